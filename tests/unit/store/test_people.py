"""What is known of a person lies in one place, and what an older version kept elsewhere holds as before."""

import pytest

from shared import settings
from shared.outbound.opt_outs import has_opted_out
from shared.store import messages, older, people
from shared.store.entities import key
from shared.store.indexed import PageQuery
from shared.store.tables import Table
from tests.tools.stand_in import LINE

NOON, LATER = "2026-11-24T12:00:00.000+00:00", "2026-11-24T12:00:09.000+00:00"
SERVICE = "MG" + "0" * 32

pytestmark = pytest.mark.usefixtures("ours")


@pytest.fixture
def wrote(monkeypatch):
    """Keep a wish as commit 19c95f4 did: `wrote(partition, line, out)`."""
    monkeypatch.setattr(older, "LOOKS_S", 0)
    table = Table(settings.current(), "optouts")

    def keep(partition, line=LINE, *, out=True, at=NOON):
        table.put({"PartitionKey": partition, "RowKey": line, "line": line, "at": at, "out": out})

    yield keep
    for row in table.rows():
        table.delete(row["PartitionKey"], row["RowKey"])


def test_wishes_and_newest_texts_come_by_one_request(number, requests_of):
    text = {"MessageSid": f"SM{number[1:]:0>32}", "From": number, "To": LINE, "Body": "hi"}
    messages.table().add(messages.from_webhook(text, messages.datetime.fromisoformat(NOON)))
    for line, out in ((LINE, True), (SERVICE, False)):
        people.note(number, line, NOON, is_out=out)
    people.look(number)
    known = []
    assert requests_of(lambda: known.append(people.look(number, messages.datetime.fromisoformat(NOON)))) == 1
    assert {line: row["out"] for line, row in known[0].wishes.items()} == {LINE: True, SERVICE: False}
    assert [row["body"] for row in known[0].texts] == ["hi"]
    assert people.look(number, messages.datetime.fromisoformat(LATER)).texts == []
    assert people.look(number).texts == []


def test_a_wish_is_no_text_of_a_list(number):
    people.note(number, LINE, NOON, is_out=True)
    assert messages.table().page(PageQuery(person=(number,))) == ([], "")


@pytest.mark.parametrize("brought", [False, True])
def test_a_wish_that_an_older_version_kept_holds_until_a_newer_one(wrote, number, another, brought):
    wrote(number)
    wrote(another, out=False)
    wrote(number, SERVICE, out=False)
    if brought:
        assert people.bring_over(lambda: None) == 3
        assert list(Table(settings.current(), "optouts").rows()) == []
    assert has_opted_out(number, LINE)
    assert not has_opted_out(number, SERVICE)
    assert not has_opted_out(another, LINE)
    people.note(number, LINE, LATER, is_out=False)
    assert not has_opted_out(number, LINE)


@pytest.mark.parametrize("brought", [False, True])
@pytest.mark.parametrize(
    ("kept", "today"),
    [
        ("+52155{}", "+5255{}"),
        ("+54911{}", "+5411{}"),
        ("sip:a=3db=2f{}@example.com", "sip:a=b/{}@example.com"),
        ("", "sip:" + "a" * 250 + "{}@example.com"),  # of which only a part is in its key
    ],
)
def test_it_is_found_under_every_spelling_that_was_once_another_key(wrote, number, kept, today, brought):
    person = today.format(number[-8:])
    wrote(kept.format(number[-8:]) or key(person))
    if brought:
        people.bring_over(lambda: None)
    assert has_opted_out(person, LINE)


@pytest.mark.parametrize(("old", "new"), [(NOON, LATER), (LATER, NOON)])
def test_of_a_wish_of_before_and_one_of_today_the_newer_holds(wrote, number, old, new):
    wrote(number, at=old, out=old == LATER)
    people.note(number, LINE, new, is_out=new == LATER)
    assert has_opted_out(number, LINE)
    people.bring_over(lambda: None)
    assert has_opted_out(number, LINE)


def test_what_an_older_instance_changes_while_it_is_brought_over_is_not_lost(wrote, number):
    wrote(number, out=False)
    row = next(Table(settings.current(), "optouts").rows())
    table = _Changed(settings.current(), "optouts")
    table.meanwhile = lambda: wrote(number, at=LATER)
    people._bring_over(table, row)
    assert has_opted_out(number, LINE)
    people.bring_over(lambda: None)
    assert has_opted_out(number, LINE)


class _Changed(Table):
    """A table in which something happens between a reading and what follows."""

    def get(self, partition, row):
        found = super().get(partition, row)
        self.meanwhile()
        return found
