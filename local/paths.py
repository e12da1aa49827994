"""Where things lie on this machine. All that is brought or made lies in `.ahoy`, which git does not see."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".ahoy"
VENV = HOME / "venv"
CARD = HOME / "line.json"  # where the line that runs here is found
