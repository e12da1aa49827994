"""The ready-made lines."""

from local.flow_files import STORIES
from local.paths import ROOT

READY_MADE_FLOWS = sorted(path for path in (ROOT / "flows").glob("*.yaml") if not path.name.endswith(STORIES))
