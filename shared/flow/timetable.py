"""Opening hours as people write them: `Mon-Fri 09:00-18:00`, `Mo-Fr 8-12, 13-18`, `Sat 9am-5pm`, `25.12.`.

What can be read in two ways is refused, with both of them written out.
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from shared.flow.hours import DAY_MINUTES, Span

EXPECTED = 'expected "Mon-Fri 09:00-18:00", "Sat,Sun 10:00-14:00" or "Daily 00:00-24:00"'
SHORT_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
# English, German, French, Spanish, Italian, Portuguese, Dutch; without accents.
_NAMES = (
    ("monday", "montag", "lundi", "lunes", "lunedi", "segunda", "maandag"),
    ("tuesday", "dienstag", "mardi", "martes", "martedi", "terca", "dinsdag"),
    ("wednesday", "mittwoch", "mercredi", "miercoles", "mercoledi", "quarta", "woensdag"),
    ("thursday", "donnerstag", "jeudi", "jueves", "giovedi", "quinta", "donderdag"),
    ("friday", "freitag", "vendredi", "viernes", "venerdi", "sexta", "vrijdag"),
    ("saturday", "samstag", "samedi", "sabado", "sabato", "zaterdag"),
    ("sunday", "sonntag", "dimanche", "domingo", "domenica", "zondag"),
)
_EVERY_DAY = {"daily", "everyday", "taglich"}
_WRITTEN_OUT = {"24/7": "daily 0-24", "every day": "daily"}
_TO = {"to", "till", "until", "bis"}
_AND = {"and", "und"}
_CLOSED = {"closed", "geschlossen", "ferme", "cerrado", "chiuso", "gesloten"}
_TOKEN = re.compile(
    r"(?P<hour>\d{1,2})(?:[:.h]?(?P<minute>\d\d)(?!\d))?(?:\s*(?P<half>[ap])\.?m\b\.?|\s*(?:h|uhr)\b)?"
    r"|(?P<word>[^\W\d_]+)[.:]*|(?P<sign>\S)"
)


class Clock(NamedTuple):
    """A time of day as it is written: `half` is a, p or nothing; one digit may mean the morning or the afternoon."""

    hour: int
    minute: int
    half: str
    is_one_digit: bool


type Token = Clock | str  # a word in lower case, "-" or ","
type Days = tuple[int, ...]


def spans(text: str, days: Days = ()) -> tuple[list[Span], Days]:
    """Read one entry of opening hours; return its openings, and the days (0 is Monday) of the last ones.

    `days` are those of the entry before, for one that names none. Raises ValueError that says what to write.
    """
    found: list[Span] = []
    tokens = _tokens(text)
    if not tokens:
        raise ValueError(EXPECTED)
    while tokens:
        if isinstance(tokens[0], str):
            days = _days(tokens)
        found += [_span(day, opens, closes) for opens, closes in _openings(tokens, days) for day in days]
        if tokens[:1] == [","]:
            tokens.pop(0)
    return found, days


def holiday(text: str) -> str:
    """Read a holiday, `2026-12-25`, or of each year `12-25`; with dots the day comes first. Raises ValueError."""
    if match := re.fullmatch(r"(\d{1,2})\. ?(\d{1,2})\.? ?(\d{4})?", text, re.ASCII):
        day, month, year = match.groups()
        text = f"{year}-{month:0>2}-{day:0>2}" if year else f"{month:0>2}-{day:0>2}"
    if re.fullmatch(r"\d\d-\d\d", text, re.ASCII):
        return date.fromisoformat(f"2024-{text}").strftime("%m-%d")  # 2024 has a 29 February
    return date.fromisoformat(text).isoformat()


def _tokens(text: str) -> list[Token]:
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(sign))
    plain = "".join("-" if unicodedata.category(sign) == "Pd" else sign for sign in plain.replace("\u2212", "-"))
    for said, meant in _WRITTEN_OUT.items():
        plain = plain.replace(said, meant)
    return [_token(match) for match in _TOKEN.finditer(plain)]


def _token(match: re.Match[str]) -> Token:
    if word := match["word"]:
        return "-" if word in _TO else "," if word in _AND else word
    if sign := match["sign"]:
        return "," if sign in ",;&" else str(sign)
    clock = Clock(int(match["hour"]), int(match["minute"] or 0), match["half"] or "", len(match["hour"]) == 1)
    if clock.minute > 59 or clock.hour * 60 + clock.minute > DAY_MINUTES:
        raise ValueError("a day's clock goes from 00:00 to 24:00")
    if clock.half and not 1 <= clock.hour <= 12:
        raise ValueError(f'"{match[0].strip()}" is no time; with am and pm the hours go from 1 to 12')
    return clock


def _days(tokens: list[Token]) -> Days:
    """Take days from the beginning of `tokens`: `mon-fri`, `sat,sun`, `daily`."""
    found: list[int] = []
    while tokens and isinstance(tokens[0], str):
        first = tokens.pop(0)
        if first in _EVERY_DAY:
            found += range(7)
        else:
            start = end = _day(first)
            if tokens[:1] == ["-"]:
                tokens.pop(0)
                end = _day(tokens.pop(0) if tokens else "")
            found += [(start + number) % 7 for number in range((end - start) % 7 + 1)]
        if tokens[:1] == [","]:
            tokens.pop(0)
    return tuple(dict.fromkeys(found))


def _day(word: Token) -> int:
    if not isinstance(word, str) or not word.isalpha():
        raise ValueError(EXPECTED)
    if word in _CLOSED:
        raise ValueError("leave out the days and hours on which it is closed")
    begins = word.removesuffix("s") or word
    meant = [day for day, names in enumerate(_NAMES) if any(name.startswith((word, begins)) for name in names)]
    if len(begins) < 2 or not meant:
        raise ValueError(f'"{word}" is no day{_like(word)}')
    if len(meant) > 1:
        choices = " or ".join(SHORT_DAYS[day] for day in meant)
        raise ValueError(f'"{word}" is another day in another language; write {choices}')
    return meant[0]


def _like(word: str) -> str:
    from difflib import get_close_matches

    by_name = {short.lower(): short for short in SHORT_DAYS} | {
        names[0]: short for names, short in zip(_NAMES, SHORT_DAYS, strict=True)
    }
    close = get_close_matches(word, by_name, 1, 0.6)
    return f', did you mean "{by_name[close[0]]}"?' if close else f"; write {', '.join(SHORT_DAYS)} or Daily"


def _openings(tokens: list[Token], days: Days) -> Iterator[tuple[int, int]]:
    """Take `9-12, 13-17` from the beginning of `tokens`; yield minutes since midnight."""
    is_more = True
    while is_more:
        if not tokens:
            raise ValueError('the hours are missing; write them after the days, such as "Mon-Fri 09:00-18:00"')
        opens, dash, closes = (*tokens[:3], "", "", "")[:3]
        if not isinstance(opens, Clock):
            raise ValueError(EXPECTED)  # noqa: TRY004 -- whoever reads the file catches this one
        if dash != "-" or not isinstance(closes, Clock):
            raise ValueError('it must say when it opens and when it closes, such as "Mon-Fri 09:00-18:00"')
        del tokens[:3]
        opening = _minutes(opens, closes)
        if not days:
            hours = _shown(*opening)
            raise ValueError(f'on which days? write "Daily {hours}" or "Mon-Fri {hours}"')
        yield opening
        is_more = tokens[:1] == [","] and any(isinstance(token, Clock) for token in tokens[1:2])
        del tokens[: int(is_more)]


def _minutes(opens: Clock, closes: Clock) -> tuple[int, int]:
    end = _minute(closes, closes.half)
    start = _minute(opens, opens.half)
    if closes.half and not opens.half and opens.hour <= 12:  # 9-5pm, 1-5pm
        start = max((_minute(opens, half) for half in "ap" if _minute(opens, half) < end), default=start)
    is_unsure = not closes.half and closes.is_one_digit and closes.hour and (opens.half or opens.hour <= 12)
    if is_unsure and end <= start:
        choices = f'"{_shown(start, end + DAY_MINUTES // 2)}" or "{_shown(start, end)}"'
        raise ValueError(f"that may end in the afternoon or in the night; write {choices}")
    if start in {end, DAY_MINUTES}:
        raise ValueError('it closes when it opens; write "00:00-24:00" for a whole day')
    return start, end


def _minute(clock: Clock, half: str) -> int:
    """Return minutes since midnight; 12am is midnight, 12pm noon."""
    hour = clock.hour % 12 + 12 * (half == "p") if half else clock.hour
    return hour * 60 + clock.minute


def _shown(start: int, end: int) -> str:
    return f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}"


def _span(day: int, opens: int, closes: int) -> Span:
    start = day * DAY_MINUTES + opens
    return Span(start, start + ((closes - opens) % DAY_MINUTES or DAY_MINUTES))
