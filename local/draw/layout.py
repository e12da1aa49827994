"""Where the boxes stand and how the ways run between them: told by ELK, the Eclipse Layout Kernel.

Here it is elkjs, in the Node that the storage emulator runs in.
"""

import json
import subprocess
from typing import Any

import msgspec

from local.bootstrap import emulator, quiet
from local.draw import contents
from local.draw.contents import Box
from local.draw.order import ordered
from local.draw.typesetting import HEAD, Typeset, typeset
from local.draw.words import Exit
from local.progress import progress

# Pixels, and names of strategies. Source: ELK's reference of layout options, https://eclipse.dev/elk/reference.html
OPTIONS = {
    "elk.algorithm": "layered",
    "elk.direction": "RIGHT",
    "elk.edgeRouting": "ORTHOGONAL",
    "elk.padding": "[top=20,left=20,bottom=20,right=20]",
    "elk.separateConnectedComponents": "false",  # texts stay below calls
    "elk.spacing.nodeNode": "28",
    "elk.spacing.edgeNode": "18",
    "elk.spacing.edgeEdge": "12",
    "elk.layered.spacing.nodeNodeBetweenLayers": "52",
    "elk.layered.spacing.edgeNodeBetweenLayers": "18",
    "elk.layered.spacing.edgeEdgeBetweenLayers": "11",
    "elk.layered.considerModelOrder.strategy": "NODES_AND_EDGES",  # as ordered(), where lines allow it
    "elk.layered.cycleBreaking.strategy": "MODEL_ORDER",  # a way back leads to a box before
    "elk.layered.nodePlacement.strategy": "NETWORK_SIMPLEX",
}
MANY = 120  # ways; beyond, the compact placement takes minutes (160: 9 s; 600: more than 10 min), this one seconds
LARGE = {"elk.layered.nodePlacement.strategy": "BRANDES_KOEPF"}
FIRST = {"elk.layered.layering.layerConstraint": "FIRST"}  # what begins calls stands at the left
FIXED = {"elk.portConstraints": "FIXED_POS"}

Point = tuple[float, float]


class Standing(msgspec.Struct, frozen=True):
    """A box and where its upper left corner is."""

    x: float
    y: float
    made: Typeset


class Route(msgspec.Struct, frozen=True):
    """A way out of a box: its corners from end to end, and where others to the same box join it."""

    origin: Box
    way: Exit
    corners: tuple[Point, ...]
    junctions: tuple[Point, ...] = ()


class Layout(msgspec.Struct, frozen=True):
    """A whole picture: its size and what is in it."""

    width: float
    height: float
    boxes: tuple[Standing, ...]
    routes: tuple[Route, ...]


def layout(boxes: list[Box]) -> Layout:
    """Return the boxes and all ways between them in their places. Raises NotReady when ELK cannot be run."""
    boxes = ordered(boxes)
    made = [typeset(box) for box in boxes]
    ways = [(box, nth, way) for box in boxes for nth, (_, way) in enumerate(contents.ways([box]))]
    edges = [
        {"id": str(number), "sources": [_out(box, nth)], "targets": [_in(way.target)]}
        for number, (box, nth, way) in enumerate(ways)
    ]
    children = [_node(each) for each in made]
    options = OPTIONS | LARGE if len(ways) > MANY else OPTIONS
    placed = _run({"id": "flow", "layoutOptions": options, "children": children, "edges": edges})
    standing = [Standing(node["x"], node["y"], each) for node, each in zip(placed["children"], made, strict=True)]
    routes = [_route(box, way, edge) for (box, _, way), edge in zip(ways, placed["edges"], strict=True)]
    return Layout(placed["width"], placed["height"], tuple(standing), tuple(routes))


def _out(box: Box, nth: int) -> str:
    return f"{box.key} out {nth}"


def _in(scene: str) -> str:
    return f"{scene} in"


def _node(made: Typeset) -> dict[str, Any]:
    box = made.box
    ports = [_port(_out(box, nth), "EAST", made.width, y) for nth, y in enumerate(made.outs)]
    if box.kind == contents.SCENE:
        ports.append(_port(_in(box.key), "WEST", 0, HEAD / 2))
    options = FIXED if box.kind == contents.SCENE else FIXED | FIRST
    return {"id": box.key, "width": made.width, "height": made.height, "ports": ports, "layoutOptions": options}


def _port(key: str, side: str, x: float, y: float) -> dict[str, Any]:
    return {"id": key, "x": x, "y": y, "width": 0, "height": 0, "layoutOptions": {"elk.port.side": side}}


def _route(origin: Box, way: Exit, edge: dict[str, Any]) -> Route:
    section = edge["sections"][0]
    corners = [section["startPoint"], *section.get("bendPoints", []), section["endPoint"]]
    return Route(origin, way, _points(corners), _points(edge.get("junctionPoints", [])))


def _points(found: list[dict[str, float]]) -> tuple[Point, ...]:
    return tuple((point["x"], point["y"]) for point in found)


def _run(graph: dict[str, Any]) -> dict[str, Any]:
    with progress("laying out the picture"):
        done = subprocess.run(
            emulator.layout_command(), input=json.dumps(graph), capture_output=True, encoding="utf-8", check=False
        )
    if done.returncode:
        raise quiet.NotReady(f"The picture cannot be laid out: {quiet.cause(done.stderr)}.")
    placed: dict[str, Any] = json.loads(done.stdout)
    return placed
