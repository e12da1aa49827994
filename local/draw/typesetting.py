"""The lines of text in each box, and how large it is with them."""

from math import ceil

import msgspec

from local.draw import contents
from local.draw.contents import Box
from local.draw.lettering import width, wrapped
from local.draw.words import Exit, Item

# Pixels of the picture, as all that follows: whole ones, as ELK places what lines begin at.
TITLE, PLAIN, SMALL = 14.0, 13.0, 11.5  # sizes of fonts
ROOM = 208.0  # for a line of text
MARGIN = 12.0  # at both sides of it
GAP = 16.0  # between a text and what leads out on the same line
LINE = 17.0  # from one base line to the next
HEAD = 32.0  # a box with nothing but a line of title
RISE = 20.0  # from a top to the first base line below it
DROP = 9.0  # from the last base line to what follows
MIDDLE = 4.0  # of a line of text, above its base line

TITLED, SAID, DETAIL, OUT, ENDING = "title", "said", "detail", "out", "ending"  # kinds of lines
SIZES = {TITLED: TITLE, DETAIL: SMALL}  # of those that are not plain


class Line(msgspec.Struct, frozen=True):
    """A line of text: `y` is its base line, `lead` comes before it in bold; what leads out stands at the right side."""

    y: float
    kind: str
    text: str
    lead: str = ""

    @property
    def width(self) -> float:
        """Its width at most."""
        text = width(self.text, SIZES.get(self.kind, PLAIN), is_bold=self.kind == TITLED)
        return text + (width(f"{self.lead} ", PLAIN, is_bold=True) if self.lead else 0)


class Typeset(msgspec.Struct):
    """A box with its lines; `rules` are the tops of its items, `outs` the heights at which its ways out begin."""

    box: Box
    width: float = ROOM + 2 * MARGIN
    height: float = 0.0
    lines: list[Line] = []
    rules: list[float] = []
    outs: list[float] = []


def typeset(box: Box) -> Typeset:
    """Return a box with its texts in lines."""
    made = Typeset(box)
    for number, title in enumerate(wrapped(box.title, ROOM, TITLE, is_bold=True)):
        made.lines.append(Line(RISE + 1 + number * LINE, TITLED, title))
    made.height = made.lines[-1].y + HEAD - RISE - 1
    if box.kind == contents.CALL and len(contents.ways([box])) == 1:  # its arrow says all
        made.outs.append(made.height // 2)
        made.width = ceil(max(line.width for line in made.lines)) + 2 * MARGIN
        return made
    for item in box.items:
        _add_item(made, item)
    if box.ending:
        _add_item(made, Item("", box.ending), ENDING)
    return made


def _add_item(made: Typeset, item: Item, kind: str = SAID) -> None:
    made.rules.append(made.height)
    y = made.height + RISE
    for text, lead in _led(item):
        made.lines.append(Line(y, kind, text, lead))
        y += LINE
    for text in wrapped(item.details, ROOM, SMALL):
        made.lines.append(Line(y, DETAIL, text))
        y += LINE
    for way in item.exits:
        y = _add_way(made, way, y)
    made.height = y - LINE + DROP


def _led(item: Item) -> list[tuple[str, str]]:
    """Return the lines of an item's text, each with the part of its lead that comes before it."""
    *above, last = wrapped(item.lead, ROOM, PLAIN, is_bold=True) or [""]
    indent = width(f"{last} ", PLAIN, is_bold=True) if last else 0
    texts = wrapped(item.text, ROOM, PLAIN, indent=indent) or ([""] if last else [])
    return [*(("", lead) for lead in above), *((text, "" if number else last) for number, text in enumerate(texts))]


def _add_way(made: Typeset, way: Exit, y: float) -> float:
    """Add a way out, beside the line above when that is its own item's and leaves room; return the next base line."""
    texts = wrapped(way.label or way.target, ROOM, PLAIN)
    above = made.lines[-1]
    is_own = above.y > made.rules[-1] and above.kind != OUT
    if is_own and len(texts) == 1 and above.width + GAP + width(texts[0], PLAIN) <= ROOM:
        y -= LINE
    for text in texts:
        made.lines.append(Line(y, OUT, text))
        y += LINE
    made.outs.append(y - LINE - MIDDLE)
    return y
