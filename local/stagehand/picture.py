"""The drawn flow for the page: the picture, and where in it each box and each item of a box is."""

import hashlib
from pathlib import Path
from typing import Any

from local.draw import contents, svg
from local.draw.layout import Standing, layout
from shared.flow.model import Flow


def picture(of: Flow, file: Path, known: str) -> dict[str, Any]:
    """Return the picture of a flow; only its `version` when that is `known`. Raises NotReady without Node."""
    boxes = contents.boxes(of)
    told = contents.told(boxes)
    version = hashlib.sha256(repr(boxes).encode()).hexdigest()
    if version == known:
        return {"version": version}
    placed = layout(boxes)
    return {
        "version": version,
        "name": file.name,
        "told": told,
        "svg": svg.written(placed, file.name, told),
        "width": placed.width,
        "height": placed.height,
        "boxes": {standing.made.box.key: _shape(standing) for standing in placed.boxes},
    }


def _shape(standing: Standing) -> dict[str, Any]:
    """Return the rectangle of a box and those of its items, as [x, y, width, height]."""
    made = standing.made
    ends = [*made.rules[1:], made.height]
    x, y, width = standing.x, standing.y, made.width
    items = [[x, y + top, width, end - top] for top, end in zip(made.rules, ends, strict=False)]
    return {"at": [x, y, width, made.height], "items": items}
