"""The ready-made stories notice what changes in their flows: a few of the changes of bench.stories, all found."""

import pytest

from bench import changes, stories
from local.paths import ROOT

FLOWS = ROOT / "flows"
EVERY = {str(change): change for flow in changes.flows(FLOWS) for change in changes.changes(flow)}
NOTICED = [
    "hello.yaml:6:18 Monkey -> zebra",  # a word
    "menu.yaml:8:20 1 -> 2",  # a key, which is then there twice
    "menu.yaml:8:24 sales -> hours",  # a target
    "forward.yaml:6:47 20 -> 21",  # a number
    "business-hours.yaml:7:57 00 -> 01",  # a minute
    "keywords.yaml:16:10 me -> zebra",  # a keyword
]


def test_there_are_changes_of_every_kind_in_every_flow():
    assert len(EVERY) > 300
    assert {change.name for change in EVERY.values()} == {flow.name for flow in FLOWS.glob("[!.]*.yaml")} - {
        file.name for file in FLOWS.glob("*.stories.yaml")
    }
    assert [name for name in stories.UNNOTICED if name not in EVERY] == []


@pytest.mark.parametrize("name", NOTICED)
def test_a_slip_is_noticed(name):
    change = EVERY[name]
    assert changes.is_noticed(FLOWS / change.name, change)


def test_what_makes_no_difference_is_not_noticed():
    name = "screening.yaml:12:20 refuse -> ended"
    assert name in stories.UNNOTICED
    assert not changes.is_noticed(FLOWS / "screening.yaml", EVERY[name])
