"""Where a request finds its call or text in the flow: as the app decides it, step by step."""

from datetime import UTC, datetime

import pytest

from local.draw import contents
from local.stagehand.place import places
from shared import clock, flow

BASE = "http://127.0.0.1:7071/api"
FLOW = """
voice:
  start:
    - say: Hello
    - hours: {open: "Mon-Fri 09:00-18:00", timezone: Europe/Paris, closed: night}
    - callers: {match: ["+12025550122"], then: friends}
    - gather:
        prompt: Press 1.
        choices: {"1": sales}
        attempts: 2
        otherwise: night
  friends: [say: Hello friend, redirect: sales]
  sales:
    - dial: {number: "+12025550101", unanswered: night}
    - say: Thank you
  night:
    - record: {then: thanks}
    - say: Nothing was said
  thanks: [say: Thanks, hangup]
lines:
  "+12025550111": {start: night, messages: {keywords: {hours: Nine}, otherwise: What?}}
"""
THURSDAY = {10: datetime(2026, 11, 26, 9, tzinfo=UTC), 22: datetime(2026, 11, 26, 21, tzinfo=UTC)}  # hours in Paris


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    file = tmp_path_factory.mktemp("flow") / "flow.yaml"
    file.write_text(FLOW, encoding="utf-8")
    return flow.load(file)


@pytest.fixture
def it_is():
    yield lambda hour: clock.set_to(THURSDAY[hour])
    clock.set_to(None)


def asked(of, route, **parameters):
    usual = {"CallSid": "CA1", "From": "+12025550199", "To": "+12025550100", "Direction": "inbound"}
    return places(of, f"{BASE}/{route}", usual | parameters)


def test_a_call_begins_at_the_hours_and_the_line_that_it_came_for(played, it_is):
    it_is(10)
    assert asked(played, "voice") == [("start", 0), ("start", 1), ("start", 2), ("start", 3)]
    assert asked(played, "voice", From="+12025550122")[3:] == [("friends", 0), ("friends", 1)]
    assert asked(played, "voice", To="+12025550111") == [("night", 0)]
    it_is(22)
    assert asked(played, "voice") == [("start", 0), ("start", 1), ("night", 0)]


@pytest.mark.parametrize(
    ("route", "parameters", "found"),
    [
        ("voice/start/3", {"Digits": "1"}, [("sales", 0)]),
        ("voice/start/3", {"Digits": "7"}, [("start", 3)]),
        ("voice/start/3?attempt=2", {"Digits": "7"}, [("night", 0)]),
        ("voice/sales/0", {"DialCallStatus": "completed", "DialBridged": "true"}, [("sales", 1)]),
        ("voice/sales/0", {"DialCallStatus": "busy"}, [("night", 0)]),
        ("voice/night/0", {}, [("thanks", 0), ("thanks", 1)]),
        ("voice/sales", {}, [("sales", 0)]),
        ("voice/gone", {}, []),
        ("voice/start/77", {}, []),
        ("voice/start/x", {}, []),
        ("status/call", {}, []),
    ],
)
def test_a_call_goes_on_where_its_step_leads(played, it_is, route, parameters, found):
    it_is(10)
    assert asked(played, route, **parameters) == found


@pytest.mark.parametrize(("body", "number"), [("Hours?", 0), ("hours please", 0), ("tomorrow", 1)])
def test_a_text_is_at_its_answer_in_a_box_that_is_drawn(played, body, number):
    [(box, item)] = asked(played, "sms", To="+12025550111", Body=body)
    assert item == number
    [drawn] = [one for one in contents.boxes(played) if one.key == box]
    assert drawn.items[item].text in {"Nine", "What?"}


def test_every_place_of_a_call_is_an_item_of_a_box_that_is_drawn(played, it_is):
    it_is(10)
    drawn = {box.key: len(box.items) for box in contents.boxes(played)}
    assert all(number < drawn[box] for box, number in asked(played, "voice", From="+12025550122"))
