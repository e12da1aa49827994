"""A person is forgotten here and, when asked, at Twilio; nobody else is."""

from datetime import UTC, datetime

import pytest

from shared.history import forget
from shared.http.problem import Problem, WrongFields
from shared.store import calls, indexed, lists, messages, tombstones
from shared.store.indexed import IndexedTable, PageQuery
from tests.tools.requests_in import api_request
from tests.tools.stand_in import LINE

pytestmark = pytest.mark.usefixtures("ours", "soon_sure")


@pytest.fixture
def soon_sure(monkeypatch):
    """Let nobody wait for what others may be writing."""
    monkeypatch.setattr(forget, "SURE_S", 0)


def forgotten(person, **query):
    req = api_request({}, "people/{person}", method="DELETE", params=query, route_params={"person": person})
    return forget.person(req)


def keep(number, name):
    """Store a text, one by WhatsApp, a call and a place on a list."""
    sids = [f"SM{number[1:].zfill(32)}", f"SM{number[1:].rjust(32, '1')}", f"CA{number[1:].zfill(32)}"]
    for sid, person in zip(sids, (number, f"whatsapp:{number}"), strict=False):
        parameters = {"MessageSid": sid, "From": person, "To": LINE, "Body": "x"}
        messages.table().add(messages.from_webhook(parameters, datetime.now(UTC)))
    parameters = {"CallSid": sids[2], "CallStatus": "completed", "From": number, "To": LINE, "Direction": "inbound"}
    calls.table().add(calls.from_callback(parameters, datetime.now(UTC)))
    lists.note(name, number, LINE, datetime.now(UTC), is_in=True)
    return sids


def test_everything_of_a_person_goes_and_of_others_nothing(number, another):
    name = f"list{number[1:]}"
    mine, theirs = keep(number, name), keep(another, name)
    done = forgotten(number)
    assert (done.messages, done.calls, done.at_twilio, done.complete) == (2, 1, 0, True)
    assert [messages.table().get(sid) or calls.table().get(sid) for sid in mine] == [None] * 3
    assert all(messages.table().get(sid) or calls.table().get(sid) for sid in theirs)
    assert [row["person"] for row in lists.members(name, 9)] == [another]
    assert tombstones.covers(number, datetime(2026, 1, 1, tzinfo=UTC))
    assert forgotten(number).messages == 0


def test_what_came_a_moment_ago_and_is_not_yet_in_the_list_of_the_person_goes_too(number, another, monkeypatch):
    monkeypatch.setattr(IndexedTable, "copy", lambda *_: None)
    mine, theirs = keep(number, "x"), keep(another, "x")
    monkeypatch.undo()
    done = forgotten(number)
    assert (done.messages, done.calls, done.complete) == (2, 1, True)
    assert [messages.table().get(sid) or calls.table().get(sid) for sid in mine] == [None] * 3
    assert all(messages.table().get(sid) or calls.table().get(sid) for sid in theirs)


def test_what_is_written_behind_an_answer_while_its_sender_is_forgotten_goes_too(number, monkeypatch):
    monkeypatch.setattr(indexed, "SURE_S", 60)  # or the writer itself would look
    told, behind = {"MessageSid": f"SM{number[1:].zfill(32)}", "From": number, "To": LINE, "Body": "x"}, []
    messages.table().remember(messages.from_webhook(told, datetime.now(UTC)), behind.append)

    def slept(_):
        while behind:
            behind.pop()()

    monkeypatch.setattr(forget.time, "sleep", slept)
    assert (forgotten(number).complete, behind) == (True, [])
    assert messages.table().page(PageQuery(person=(number,)))[0] == []
    assert forgotten(number).messages == 0


def test_twilio_forgets_when_asked(twilio, number):
    twilio.text("secret", from_=number)
    twilio.dial(from_=number)  # is over at once: nobody answers it
    assert forgotten(number, twilio="true").at_twilio >= 2
    assert forgotten(number, twilio="true").at_twilio == 0


def test_what_takes_too_long_is_not_complete(number, monkeypatch):
    keep(number, "x")
    monkeypatch.setattr(forget, "REQUEST_S", -1)
    assert not forgotten(number).complete


def test_a_twilio_that_does_not_answer_is_said(twilio, number):
    twilio.faults(on="rest", does="answer", of="Messages", method="GET", status=401, code=20003)
    with pytest.raises(Problem, match="Ask again") as silent:
        forgotten(number, twilio="true")
    assert silent.value.status == 503


@pytest.mark.parametrize("text", [" ", "nonsense", "\0", "%00", "+12025550122 ext. 5", "Ann <+12025550122>"])
def test_whoever_is_not_named_is_not_said_to_be_forgotten(text):
    with pytest.raises(WrongFields):
        forgotten(text)


@pytest.mark.parametrize(
    "spelled", ["{0}", "({1}) {2}-{3}", "{1}{2}{3}", "+1-{1}-{2}-{3}", " 1{1}{2}{3}", "whatsapp:{0}", "sip:{0}@h"]
)
def test_a_person_may_be_named_by_any_spelling_of_their_address(number, spelled):
    sids = keep(number, f"list{number[1:]}")
    done = forgotten(spelled.format(number, number[2:5], number[5:8], number[8:]))
    assert (done.messages, done.calls) == (2, 1)
    assert [messages.table().get(sid) or calls.table().get(sid) for sid in sids] == [None] * 3


def test_what_was_kept_under_another_spelling_goes_too(number):
    sid, before = f"SM{number[1:].zfill(32)}", f"whatsapp:+52155{number[-8:]}"
    row = messages.from_webhook({"MessageSid": sid, "From": before, "To": LINE, "Body": "x"}, datetime.now(UTC))
    messages.table().add(row | {"person": before})  # as it was kept once
    assert forgotten(f"+5255{number[-8:]}").messages == 1
    assert messages.table().get(sid) is None


@pytest.mark.parametrize("spelling", [LINE, f"whatsapp:{LINE}", f" {LINE} "])
def test_a_number_of_ours_is_no_person_or_the_whole_history_would_go(twilio, number, spelling):
    sids = keep(number, f"list{number[1:]}")
    twilio.text("hello", from_=number)
    with pytest.raises(Problem, match="a number of this line") as refused:
        forgotten(spelling, twilio="true")
    assert refused.value.status == 409
    assert all(messages.table().get(sid) or calls.table().get(sid) for sid in sids)
    assert not tombstones.is_known(LINE)
    assert forgotten(number, twilio="true").at_twilio >= 1  # Twilio still had it


def test_a_number_that_only_the_flow_names_is_ours_too(ours, tmp_path, number):
    (tmp_path / "flow.yaml").write_text(
        f'voice: {{start: [hangup]}}\nlines: {{"{number}": {{start: start}}}}', encoding="utf-8"
    )
    ours(AHOY_FLOW=str(tmp_path / "flow.yaml"))
    with pytest.raises(Problem, match="a number of this line"):
        forgotten(number)
