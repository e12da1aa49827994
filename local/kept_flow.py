"""The flow as it is checked when a package is made, for shared/flow/kept.py to find beside the file."""

from hashlib import sha256
from pathlib import Path

import msgspec

from shared.flow import kept, reader, yaml_parser
from shared.flow.model import Flow, Own


def file_for(path: Path) -> tuple[str, bytes] | None:
    """Return name and content of the file to keep beside the flow file at `path`; None for one that has mistakes."""
    raw = path.read_bytes()
    read = reader.read(path)
    if any(mistake.breaks for mistake in read.mistakes):
        return None
    found = kept.Kept(digest=sha256(raw).hexdigest())
    if _has_own_verbs(read.flow):
        found.tree, _ = yaml_parser.parse(raw)
    else:
        found.flow, found.warnings = read.flow, read.mistakes
    return path.name + kept.SUFFIX, msgspec.json.encode(found)


def _has_own_verbs(flow: Flow) -> bool:
    answers = [answer for line in (flow.line, *flow.lines.values()) for answer in line.messages.answers()]
    steps = [step for scene in flow.scenes.values() for step in scene]
    return any(answer.own for answer in answers) or any(isinstance(step, Own) for step in steps)
