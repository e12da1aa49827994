"""What a package brings beside a flow file: the flow as it was read and checked, so that no caller waits for that.

It is a module, whose bytecode the package has as that of any other: taking a flow out of JSON would first tell msgspec
of all its types, half a millisecond of a cold start. A flow with an owner's own verbs is read anew at each start, since
its verbs are; of that the tree is kept, and no YAML reader is loaded. What does not belong to the file's very bytes is
not looked at.
"""

from hashlib import sha256
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shared.flow.mistake import Mistake
from shared.flow.model import Flow

if TYPE_CHECKING:
    from shared.flow.document import Node

MODULE = ".kept.py"  # flow.yaml.kept.py: DIGEST, FLOW, WARNINGS
TREE = ".kept"  # flow.yaml.kept


def checked(path: Path) -> tuple[Flow, list[Mistake]] | None:
    """Return the flow and the warnings that are kept of the flow file at `path`; None when none are of its bytes."""
    kept: dict[str, Any] = {"DIGEST": "", "FLOW": None, "WARNINGS": []}
    try:
        exec(SourceFileLoader("kept", f"{path}{MODULE}").get_code("kept") or "", kept)  # noqa: S102 -- a module of ours
        is_of_file = kept["DIGEST"] == digest(path.read_bytes()) and isinstance(kept["FLOW"], Flow)
    except Exception:  # noqa: BLE001 -- there is none, or another version of ours made it
        return None
    return (kept["FLOW"], kept["WARNINGS"]) if is_of_file else None


def tree(path: Path) -> "Node | None":
    """Return the tree that is kept of the flow file at `path`; None when nothing is, or of other bytes."""
    import msgspec

    from shared.flow.document import Kept

    try:
        kept = msgspec.json.decode(path.with_name(path.name + TREE).read_bytes(), type=Kept)
        return kept.tree if kept.digest == digest(path.read_bytes()) else None
    except (OSError, msgspec.DecodeError):  # what another version of ours kept is a ValidationError, which is one
        return None


def digest(content: bytes) -> str:
    """Return by what the `content` of a flow file is known."""
    return sha256(content).hexdigest()
