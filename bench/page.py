"""The figures in docs/performance.md: each bench writes its own part of the page when it is asked to."""

from pathlib import Path

PAGE = Path(__file__).parent.parent / "docs/performance.md"
END = "<!-- until here -->\n"


def write(bench: str, text: str) -> None:
    """Put a text in place of what a bench (`bench.start`) wrote before.

    Raises ValueError when the page has no part of it.
    """
    begin = f"<!-- made by {bench} -->\n"
    head, found, rest = PAGE.read_text(encoding="utf-8").partition(begin)
    _, ends, after = rest.partition(END)
    if not (found and ends):
        raise ValueError(f"{PAGE.name} has no part that begins with {begin.strip()} and ends with {END.strip()}")
    PAGE.write_text(head + begin + text + END + after, encoding="utf-8")
