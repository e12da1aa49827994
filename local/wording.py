"""How numbers of things are said in the terminal."""


def counted(number: int, noun: str) -> str:
    """Give `1 scene`, `2 scenes`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
