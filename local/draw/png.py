"""A picture in pixels, for whoever takes no SVG. Letters are DejaVu Sans, and the system's fonts where it has none."""

from math import sqrt

from local.bootstrap import emulator
from local.draw import contents
from local.draw.layout import layout
from local.draw.svg import written
from shared.flow.model import Flow

SCALE = 2.0  # pixels for one of the picture: as sharp as a printer and today's screens show it
PIXELS = 60_000_000  # at most; each takes four bytes while it is drawn
LETTERS = "text{font-family:'DejaVu Sans'}"


def png(of: Flow, name: str) -> bytes:
    """Return the picture of the flow that `name` is called. Raises NotReady when it cannot be laid out."""
    return of_boxes(contents.boxes(of), name)


def of_boxes(boxes: list[contents.Box], name: str) -> bytes:
    """Return the picture of some boxes. Raises NotReady when it cannot be laid out."""
    import resvg_py

    placed = layout(boxes)
    picture = written(placed, name, contents.told(boxes))
    scale = min(SCALE, sqrt(PIXELS / (placed.width * placed.height)))
    fonts = [str(path) for path in emulator.FONTS]
    return bytes(resvg_py.svg_to_bytes(svg_string=picture, zoom=scale, font_files=fonts, style_sheet=LETTERS))
