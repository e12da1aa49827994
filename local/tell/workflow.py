"""A workflow for GitHub that tells stories on each push, with the actions that this project's own workflows use."""

import re

from local import paths

USED_IN = paths.ROOT / ".github" / "workflows" / "test.yml"
_USES = re.compile(r"uses: (actions/(?:checkout|setup-python)@.*)")
WORKFLOW = """# .github/workflows/stories.yml
name: stories
on: [push, pull_request]
permissions:
  contents: read
jobs:
  stories:
    runs-on: ubuntu-24.04
    timeout-minutes: 10
    steps:
      - uses: {checkout}
        with:
          persist-credentials: false
      - uses: {python}
        with:
          python-version: "3.13"
      - run: python dev.py tell
"""


def workflow() -> str:
    """Return it as YAML. Raises OSError when the project's workflow, which names the actions, is not there."""
    used = list(dict.fromkeys(_USES.findall(USED_IN.read_text(encoding="utf-8"))))
    checkout, python = (next(one for one in used if name in one) for name in ("/checkout@", "/setup-python@"))
    return WORKFLOW.format(checkout=checkout, python=python)
