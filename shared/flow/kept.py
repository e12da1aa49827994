"""What a package brings beside a flow file: the flow as it was read and checked, so that no caller waits for that.

A flow with an owner's own verbs is read anew at each start, since its verbs are; of that the tree is kept, and no YAML
reader is loaded. What does not belong to the file's very bytes is not looked at.
"""

from hashlib import sha256
from pathlib import Path

import msgspec

from shared.flow.document import Mistake, Node
from shared.flow.model import Flow, Own

_SUFFIX = ".kept"  # flow.yaml.kept


class Kept(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Either the checked flow with its warnings, or the tree of the file."""

    digest: str  # SHA-256 of the file, in hex
    flow: Flow | None = None
    warnings: list[Mistake] = []
    tree: Node | None = None


def beside(path: Path) -> Kept | None:
    """Return what is kept of the flow file at `path`; None when nothing is, or of other bytes."""
    try:
        kept = msgspec.json.decode(path.with_name(path.name + _SUFFIX).read_bytes(), type=Kept)
        return kept if kept.digest == sha256(path.read_bytes()).hexdigest() else None
    except (OSError, msgspec.DecodeError):  # what another version of ours kept is a ValidationError, which is one
        return None


def file_for(path: Path) -> tuple[str, bytes] | None:
    """Return name and content of the file to keep beside the flow file at `path`; None for one that has mistakes."""
    from shared.flow import reader, yaml_parser

    raw = path.read_bytes()
    read = reader.read(path)
    if any(mistake.breaks for mistake in read.mistakes):
        return None
    kept = Kept(digest=sha256(raw).hexdigest())
    if _has_own_verbs(read.flow):
        kept.tree, _ = yaml_parser.parse(raw)
    else:
        kept.flow, kept.warnings = read.flow, read.mistakes
    return path.name + _SUFFIX, msgspec.json.encode(kept)


def _has_own_verbs(flow: Flow) -> bool:
    answers = [answer for line in (flow.line, *flow.lines.values()) for answer in line.messages.answers()]
    steps = [step for scene in flow.scenes.values() for step in scene]
    return any(answer.own for answer in answers) or any(isinstance(step, Own) for step in steps)
