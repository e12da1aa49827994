"""Every example of docs/flows.md is a flow without mistakes, and renders to what the page says."""

import re
from xml.etree import ElementTree as ET

import pytest

from local.paths import ROOT
from shared import flow

PAGE = (ROOT / "docs" / "flows.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
EXAMPLES = [
    (text, BLOCKS[number + 1][1] if BLOCKS[number + 1][0] == "xml" else "")
    for number, (language, text) in enumerate(BLOCKS)
    if language == "yaml"
]
(VERBS,) = (text for language, text in BLOCKS if language == "python")


@pytest.mark.parametrize(("text", "document"), EXAMPLES, ids=[text.split("\n")[2].strip() for text, _ in EXAMPLES])
def test_an_example_works_as_the_page_says(line, text, document):
    (line.folder / "verbs.py").write_text(VERBS, encoding="utf-8")
    line.says(text)
    assert flow.check(line.folder / "flow.yaml") == []
    answer = ET.tostring(line.calls(FromCity="PARIS"), encoding="unicode")
    assert not document or answer == document.strip()
