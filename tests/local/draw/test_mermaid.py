"""Mermaid text: the same boxes and ways, in a language that GitHub draws."""

from local.draw import contents
from local.draw.mermaid import mermaid
from shared.flow import reader


def test_every_box_and_way_is_there(path):
    of = reader.read(path).flow
    boxes = contents.boxes(of)
    lines = mermaid(of).splitlines()
    assert lines[0] == "flowchart LR"
    assert sum("->" in line for line in lines) == len(contents.ways(boxes))
    assert len(lines) == 1 + len(boxes) + len(contents.ways(boxes))


def test_texts_keys_and_ways_aside_are_said(hotel):
    drawn = mermaid(hotel)
    assert "<br/>leave: You are off our list. (leaves the list news)<br/>" in drawn
    assert '-->|"1, rooms"| ' in drawn
    assert '-.->|"while waiting"| ' in drawn


def test_what_is_written_is_no_mermaid(tmp_path):
    (tmp_path / "flow.yaml").write_text(
        "voice: {start: [say: '\"quotes\" <b>#35; `x`'], end: [hangup]}\nentrances: end", encoding="utf-8"
    )
    drawn = mermaid(reader.read(tmp_path / "flow.yaml").flow)
    assert "say: #34;quotes#34; #60;b#62;#35;35; #96;x#96;" in drawn
