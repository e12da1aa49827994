"""The flow as it is checked when a package is made, for shared/flow/kept.py to find beside the file."""

from pathlib import Path

import msgspec

from shared.flow import document, kept, reader, yaml_parser
from shared.flow.model import Flow, Own

# What a flow is made of shows itself as the Python that makes it.
SOURCE = '''"""{name} as it was checked when this package was made; see shared/flow/kept.py."""

from shared.flow.hours import Span
from shared.flow.model import *

DIGEST = {digest!r}
FLOW = {flow!r}
WARNINGS = {warnings!r}
'''


def file_for(path: Path) -> tuple[str, bytes] | None:
    """Return name and content of the file to keep beside the flow file at `path`; None for one that has mistakes."""
    raw = path.read_bytes()
    read = reader.read(path)
    if any(mistake.breaks for mistake in read.mistakes):
        return None
    if _has_own_verbs(read.flow):
        found, _ = yaml_parser.parse(raw)
        return path.name + kept.TREE, msgspec.json.encode(document.Kept(kept.digest(raw), found))
    source = SOURCE.format(name=path.name, digest=kept.digest(raw), flow=read.flow, warnings=read.mistakes)
    return path.name + kept.MODULE, source.encode()


def _has_own_verbs(flow: Flow) -> bool:
    answers = [answer for line in (flow.line, *flow.lines.values()) for answer in line.messages.answers()]
    steps = [step for scene in flow.scenes.values() for step in scene]
    return any(answer.own for answer in answers) or any(isinstance(step, Own) for step in steps)
