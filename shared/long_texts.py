"""A text that is too long for one message, as the messages that carry it: all of it, in order."""

from unicodedata import category

from shared.platform_limits import MESSAGE_CHARACTERS

CLUSTER = 32  # code points at most that are kept together as one character; what is longer is no writing


def parts(text: str, most: int = MESSAGE_CHARACTERS) -> list[str]:
    """Return a text as messages of at most `most` UTF-16 units each, more than one: Twilio may count an emoji twice.

    A message ends at a blank, which is left out, when there is one in its second half; else not inside of a character.
    """
    if _units(text) <= most:
        return [text]
    found, rest = [], text.strip()
    while _units(rest) > most:
        end = _end(rest, most)
        found.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return [*found, rest]


def _units(text: str) -> int:
    return len(text) + sum(character > "\uffff" for character in text)


def _end(text: str, most: int) -> int:
    """Return where the first message of a text ends."""
    longest = len(text.encode("utf-16-le", "surrogatepass")[: 2 * most].decode("utf-16-le", "ignore"))
    blank = max(text.rfind(" ", longest // 2, longest + 1), text.rfind("\n", longest // 2, longest + 1))
    if blank > 0:
        return blank
    ends = range(longest, max(longest - CLUSTER, 0), -1)
    return next((end for end in ends if not _are_joined(text[end - 1], text[end])), longest)


def _are_joined(before: str, after: str) -> bool:
    """Whether two characters are seen as one: a mark upon a letter, parts of an emoji."""
    is_skin = "\U0001f3fb" <= after <= "\U0001f3ff"
    return category(after) in {"Mn", "Mc", "Me", "Cf"} or category(before) == "Cf" or is_skin
