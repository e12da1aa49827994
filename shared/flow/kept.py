"""What a package brings beside a flow file: the flow as it was read and checked, so that no caller waits for that.

A flow with an owner's own verbs is read anew at each start, since its verbs are; of that the tree is kept, and no YAML
reader is loaded. What does not belong to the file's very bytes is not looked at.
"""

from hashlib import sha256
from pathlib import Path

import msgspec

from shared.flow.document import Mistake, Node
from shared.flow.model import Flow

SUFFIX = ".kept"  # flow.yaml.kept


class Kept(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Either the checked flow with its warnings, or the tree of the file."""

    digest: str  # SHA-256 of the file, in hex
    flow: Flow | None = None
    warnings: list[Mistake] = []
    tree: Node | None = None


def beside(path: Path) -> Kept | None:
    """Return what is kept of the flow file at `path`; None when nothing is, or of other bytes."""
    try:
        kept = msgspec.json.decode(path.with_name(path.name + SUFFIX).read_bytes(), type=Kept)
        return kept if kept.digest == sha256(path.read_bytes()).hexdigest() else None
    except (OSError, msgspec.DecodeError):  # what another version of ours kept is a ValidationError, which is one
        return None
