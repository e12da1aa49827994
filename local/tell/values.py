"""What a sentence holds beside words: times, keys, counts; each kind with what a text of it looks like."""

import re

import msgspec

ENDED = ("completed", "busy", "no-answer", "failed", "canceled")
KEYS = r"[0-9*#w]+"  # w: half a second of nothing
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


class Kind(msgspec.Struct, frozen=True):
    """`pattern` matches the whole of a text of this kind, in Python as in JSON Schema; `known` are all there are."""

    name: str
    pattern: str
    expected: str
    known: tuple[str, ...] = ()

    def is_right(self, text: str) -> bool:
        """Whether a text is of this kind."""
        return bool(re.fullmatch(self.pattern, text))

    @property
    def ecma_262(self) -> str:
        """The pattern as JSON Schema matches a whole text."""
        return f"^{self.pattern}$"


_NUMBER = r"[0-9]{1,6}(\.[0-9]+)?"  # more days than that lead beyond all dates
TIME = Kind(
    "time",
    rf"{_NUMBER} *(s|sec|seconds?|m|min|minutes?|h|hours?|d|days?)?",
    "expected one such as 30 s, 2 min, 1 h or 31 days",
)
PRESSED = Kind("key", KEYS, "expected 1, 42# or *; words are for says")
COUNT = Kind("count", r"[1-9][0-9]{0,2}", "expected a whole number from 1")
SHARE = Kind("share", r"(0(\.[0-9]+)?|1(\.0+)?)", "expected a number from 0 to 1")
SECONDS = Kind("number of seconds", _NUMBER, "expected one such as 5")
ENDING = Kind("way to end", rf"(silence|hang-up|{KEYS}|)", 'expected silence, hang-up, a key, or "" for none')
STATUS = Kind("end of a call", f"({'|'.join(ENDED)})", f"expected {', '.join(ENDED)}", ENDED)


def seconds_of(time: str) -> float:
    """Return the seconds of a time such as `30 s`, `2 min`, `1 h` or `31 days`; without a unit it is in seconds."""
    number, unit = re.fullmatch(r"([0-9.]+) *(.*)", time, re.DOTALL).groups()  # type: ignore[union-attr]  # read as TIME
    return float(number) * _UNITS[(unit or "s")[0]]
