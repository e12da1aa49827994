"""docs/stand-ins.md: the sections, each made from the code of what it tells of."""

from local.paths import ROOT
from local.stand_ins import host, operations, refusals, verbs

PAGE = ROOT / "docs" / "stand-ins.md"
SECTIONS = (verbs, refusals, operations, host)  # each a module with a TITLE and text(), which returns Markdown
HEAD = """\
# What the stand-ins do

`python3 dev.py start` runs the line on a local Twilio and a local host. This page says which part of Twilio and of the
real host they play, so that you know what a test here proves. It is made from their code by
`python3 dev.py stand-ins --write` (on Windows with `py`), and a test holds it to that: nobody writes it by hand.
"""


def text() -> str:
    """Return the whole page."""
    return HEAD + "".join(f"\n## {section.TITLE}\n\n{section.text().strip()}\n" for section in SECTIONS)
