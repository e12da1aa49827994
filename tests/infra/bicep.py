"""Where the templates lie, and their text."""

from local.paths import ROOT

FOLDER = ROOT / "infra"


def files():
    """Return the text of every Bicep file by name."""
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.bicep"))}
