"""A text is what came first under its SID; of whoever wrote it the line knows whether they want to be left alone."""

import secrets
import threading
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest

from shared.inbound import intake, texts
from shared.inbound.texts import OPTED_OUT
from shared.outbound import opt_outs
from shared.store import messages, people
from shared.store.indexed import IndexedTable, PageQuery
from shared.store.order import newest_first
from shared.twilio.webhook import Webhook
from tests.tools.requests_in import BASE
from tests.tools.stand_in import LINE

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
OWNER = "+12025550101"
FLOW = f"""\
voice: {{start: [say: Hi.]}}
messages:
  keywords: {{hours: Nine to six., call me: {{reply: We will., call: start}}}}
  otherwise: {{forward: "{OWNER}", reply: We got it.}}
"""


@pytest.fixture
def texted(ours, tmp_path):
    """Send the line a text; return whom it answers, and what."""
    (tmp_path / "flow.yaml").write_text(FLOW, encoding="utf-8")
    ours(AHOY_FLOW=str(tmp_path / "flow.yaml"))

    def text(body, from_, sid="", **more):
        channel = from_.removesuffix(from_.removeprefix("whatsapp:"))
        sent = {"MessageSid": sid or f"SM{secrets.token_hex(16)}", "From": from_, "To": channel + LINE, "Body": body}
        document = texts.receive(Webhook(sent | more, BASE))
        response = ET.fromstring(document)  # noqa: S314 -- our own
        return [(message.get("to", ""), "".join(message.itertext())) for message in response]

    return text


@pytest.mark.usefixtures("ours")
def test_a_text_that_comes_again_from_somebody_else_or_to_another_line_is_not_taken(number, another):
    text = {"MessageSid": "SM" + secrets.token_hex(16), "From": number, "To": LINE, "Body": "hi"}
    assert intake.remember(text, NOW).is_new
    assert not intake.remember(text, NOW).is_new
    for told in ({"From": another, "Body": "STOP"}, {"To": another}, {"From": ""}):
        with pytest.raises(intake.AnotherText):
            intake.remember(text | told, NOW)
    assert not intake.opt_outs.has_opted_out(another, LINE)


def new(number, body="hi"):
    return {"MessageSid": "SM" + secrets.token_hex(16), "From": number, "To": LINE, "Body": body}


@pytest.mark.usefixtures("ours")
def test_what_must_be_known_of_a_sender_is_asked_while_their_text_is_stored(number, monkeypatch):
    both_are_at_work = threading.Barrier(2, timeout=30)
    for where, name in ((IndexedTable, "remember"), (people, "look")):
        real = getattr(where, name)

        def meets(*arguments, real=real, **named):
            both_are_at_work.wait()
            return real(*arguments, **named)

        monkeypatch.setattr(where, name, meets)
    assert intake.remember(new(number), NOW).is_new


@pytest.mark.usefixtures("ours")
def test_nobody_waits_for_what_only_a_list_shows(number, monkeypatch):
    may_copy, copied, real = threading.Event(), threading.Event(), IndexedTable.copy

    def copy(*arguments):
        may_copy.wait(30)
        real(*arguments)
        copied.set()

    def listed():
        return [row["sid"] for row in messages.table().page(PageQuery(person=(number,)))[0]]

    monkeypatch.setattr(IndexedTable, "copy", copy)
    text = new(number)
    assert intake.remember(text, NOW).is_new
    assert (listed(), messages.table().get(text["MessageSid"])["body"]) == ([], "hi")
    may_copy.set()
    assert copied.wait(30)
    assert listed() == [text["MessageSid"]]


@pytest.mark.usefixtures("ours")
def test_a_text_whose_copy_is_on_its_way_is_counted_when_its_sender_writes_again(number, monkeypatch):
    may_copy, copy, waits = threading.Event(), IndexedTable.copy, intake.wait
    monkeypatch.setattr(intake, "ANSWERED_AN_HOUR", 1)
    monkeypatch.setattr(IndexedTable, "copy", lambda *given: may_copy.wait(30) and copy(*given))
    monkeypatch.setattr(intake, "wait", lambda copying: [may_copy.set(), waits(copying)])
    assert not intake.remember(new(number), NOW).is_machine
    assert intake.remember(new(number), NOW + timedelta(seconds=1)).is_machine


@pytest.mark.usefixtures("ours")
def test_a_text_that_comes_again_is_judged_as_when_it_first_came(number, monkeypatch):
    monkeypatch.setattr(intake, "ANSWERED_AN_HOUR", 5)
    sent = [(new(number), NOW + timedelta(seconds=n)) for n in range(7)]
    assert [intake.remember(text, at).is_machine for text, at in sent] == [False] * 5 + [True] * 2
    for hours in (0, 5):
        again = [intake.remember(text, at + timedelta(hours=hours)).is_machine for text, at in sent]
        assert again == [False] * 5 + [True] * 2
    assert not intake._copying


@pytest.mark.usefixtures("ours")
def test_who_writes_without_end_is_known_by_the_hour_before_a_text_whenever_it_comes(number, monkeypatch):
    monkeypatch.setattr(intake, "ANSWERED_AN_HOUR", 2)
    for minutes in (0, -59, -61):
        text = {"MessageSid": f"SM{minutes + 99:0>2}" + number[1:].zfill(30), "From": number, "To": LINE, "Body": "hi"}
        found = intake.remember(text, NOW + timedelta(minutes=minutes))
    assert not found.is_machine
    for sid, minutes, expected in (
        ("SM01", 0.5, True),
        ("SM01", 120, True),
        ("SM02", 121, False),
        ("SM99", 122, False),
    ):
        again = text | {"MessageSid": sid + number[1:].zfill(30)}
        assert intake.remember(again, NOW + timedelta(minutes=minutes)).is_machine is expected


@pytest.mark.usefixtures("ours")
def test_a_machine_that_gets_long_answers_in_many_texts_is_known_all_the_same(number):
    times, parts = [NOW + timedelta(seconds=n) for n in range(intake.ANSWERED_AN_HOUR)], 6
    texts = [messages.from_webhook(new(number), at) for at in times]
    sids = [f"SM{secrets.token_hex(16)}" for _ in times * parts]
    answers = [
        messages.sent(sid, LINE, number, "part", "sent", at) for sid, at in zip(sids, times * parts, strict=True)
    ]
    copies = [{"PartitionKey": number, "RowKey": newest_first(row["at"], row["sid"])} | row for row in texts + answers]
    messages.table().by_person.put_all(copies)
    assert intake.remember(new(number), NOW + timedelta(minutes=2)).is_machine


@pytest.mark.parametrize("channel", ["", "whatsapp:"])
@pytest.mark.parametrize(
    "body", ["Stop.", "STOP!", "\u201cstop\u201d", "OPT-OUT", "stop\u200b", "\uff33\uff34\uff2f\uff30"]
)
def test_who_opts_out_in_words_that_twilio_does_not_know_is_told_so_once(texted, number, channel, body):
    first, *others = texted(body, channel + number)
    assert first == ("", OPTED_OUT)
    assert [to for to, _ in others] == [OWNER] * (body == "OPT-OUT")  # two words may say more than that
    assert opt_outs.has_opted_out(number, LINE)
    assert texted("Stop.", channel + number) == []
    assert texted("hours", channel + number) == []


@pytest.mark.parametrize("body", ["unsubscribe me", "please stop", "stop texting me", "stop please call me back"])
def test_what_they_wrote_besides_still_reaches_the_owner(texted, number, body):
    assert texted(body, number) == [("", OPTED_OUT), (OWNER, f"{number} (cannot be answered now): {body}")]


def test_an_opt_out_that_is_delivered_again_is_answered_again(texted, number):
    sid = f"SM{secrets.token_hex(16)}"
    assert texted("Stop.", number, sid) == texted("Stop.", number, sid) == [("", OPTED_OUT)]


def test_what_twilio_answers_itself_is_answered_by_nobody_else(texted, number, another):
    assert texted("stop", number) == []
    assert texted("Stop.", number) == []  # they know
    assert texted("Arrête", another, OptOutType="STOP") == []
    assert opt_outs.has_opted_out(another, LINE)


def test_who_came_back_is_told_when_they_leave_again(texted, number):
    assert texted("Stop!", number)
    assert texted("please start", number)[1:] == []
    assert opt_outs.has_opted_out(number, LINE)
    assert texted("\u201cStart\u201d", number)[0] == ("", "We got it.")
    assert texted("Stop!", number) == [("", OPTED_OUT)]


def test_an_owners_words_are_for_somebody_else_unless_twilio_heeds_them(texted, number):
    texted("Shall I stop by?", number)
    assert texted(f"@{number[1:]} Please stop.", OWNER) == [(number, "Please stop.")]
    assert texted(f"@{number[1:]} Stop it", OWNER) == [(number, "Stop it")]
    assert not opt_outs.has_opted_out(OWNER, LINE)


def test_that_a_call_back_was_not_placed_is_said_before_its_text_is_answered(texted, twilio, number, caplog):
    """What its thread says later, when the invocation has ended, nobody sees in Azure."""
    sid = f"SM{secrets.token_hex(16)}"
    twilio.faults(on="rest", does="answer", of="Calls", method="POST", status=400, code=21215)
    texted("call me", number, sid=sid)
    said = {
        record.getMessage().partition(f"the call that text {sid} asked for ")[2]: record for record in caplog.records
    }
    assert {record.thread for what, record in said.items() if what} == {threading.get_ident()}
