"""Writers, folds and deletions of two texts in many orders, with answers lost and processes ended between requests.

Each order is played by one seed: of all that wait with a request, one goes on at a time.
"""

import random
from datetime import UTC, datetime, timedelta
from threading import Condition, Thread, current_thread

import pytest
from urllib3.exceptions import ProtocolError

from local.tell import inside
from local.tell.tables import TableService
from shared import settings
from shared.errors import Contended, StorageDown
from shared.history import forget
from shared.store import folding, indexed, merge, messages, tombstones
from shared.store.indexed import IndexedTable, PageQuery

LINE, WHO = "+12025550100", "+12025550122"
IN, OUT = "SM" + "a" * 32, "SM" + "b" * 32
SEEDS = range(24)


class Ended(BaseException):
    """A process has ended here."""


class Turns:
    """Lets threads ask the storage one at a time, in an order by chance; of `faults` some befall a request."""

    def __init__(self, chance, real, faults):
        self.chance, self.real, self.faults = chance, real, faults
        self.changed, self.waiting, self.alive = Condition(), set(), set()

    def asked(self, *request):
        name = current_thread().name
        if name not in self.alive:
            return self.real(*request)
        with self.changed:
            self.waiting.add(name)
            self.changed.notify_all()
            self.changed.wait_for(lambda: name not in self.waiting)
        fault = self.chance.choices((None, *self.faults), (9, *[0.5] * len(self.faults)))[0]
        if fault == "ends before":
            raise Ended
        answer = self.real(*request)
        if fault == "ends after":
            raise Ended
        if fault == "answer lost":
            raise ProtocolError
        return answer

    def play(self, works):
        threads = [Thread(target=self._until_its_end, args=(work,), name=name) for name, work in works.items()]
        self.alive = set(works)
        for thread in threads:
            thread.start()
        while self.alive:
            with self.changed:
                assert self.changed.wait_for(lambda: self.waiting == self.alive, timeout=60)
                if self.alive:
                    self.waiting.remove(self.chance.choice(sorted(self.waiting)))
                    self.changed.notify_all()
                self.changed.wait_for(lambda: self.waiting == self.alive, timeout=60)
        for thread in threads:
            thread.join()

    def _until_its_end(self, work):
        try:
            work()
        except (Ended, StorageDown, Contended):
            pass
        finally:
            with self.changed:
                self.alive.discard(current_thread().name)
                self.changed.notify_all()


@pytest.fixture
def played(environ, monkeypatch):
    """Play works, named by their kind, by a seed; return what is left when reconcile has come by: `played(7, ...)`."""
    environ(AzureWebJobsStorage=inside.CONNECTION)
    monkeypatch.setattr(indexed, "SURE_S", 0)
    monkeypatch.setattr(forget, "SURE_S", 0)

    def play(seed, kinds, faults):
        chance, service = random.Random(seed), TableService()  # noqa: S311 -- any order will do
        turns = Turns(chance, inside.storage(service), faults)
        works = Works(datetime.now(UTC) - timedelta(minutes=30))
        with inside.answering({inside.STORAGE: turns.asked}, is_all=False):
            picked = [chance.choice(kinds) for _ in range(5)]
            turns.play({f"at-once-{n}-{kind}": getattr(works, kind) for n, kind in enumerate(picked)})
            if "forgets" in picked:
                works.forgets()  # who was cut off asks again
            works.reconciles("forgets" not in picked)
            table = works.table()
            shown = [table.page(query)[0] for query in (PageQuery(), PageQuery(person=(WHO,), as_copied=True))]
            one_by_one = [table.get(row["sid"]) for row in shown[0]]
        return shown, one_by_one, {name: len(rows) for name, rows in service.tables.items()}

    return play


class Works:
    """What may happen to two texts, one in and one out; each by a process of its own."""

    def __init__(self, at):
        self.at = at

    def table(self):
        return IndexedTable(settings.current(), "messages", messages.join)

    def comes_in(self):
        told = {"MessageSid": IN, "From": WHO, "To": LINE, "Body": "hi"}
        number = int(current_thread().name.split("-")[2])
        self.table().add(messages.from_webhook(told, self.at + timedelta(milliseconds=number)))

    def goes_out(self):
        self.table().add(messages.sent(OUT, LINE, WHO, "hello", "queued", self.at))

    def is_sent(self):
        self._tell("sent", 1, None)

    def is_delivered(self):
        self._tell("delivered", 2, self.at)

    def is_lost(self):
        self._tell("undelivered", 3, self.at)

    def _tell(self, status, seconds, left):
        told = {"MessageSid": OUT, "MessageStatus": status, "From": LINE, "To": WHO}
        self.table().tell(messages.from_callback(told, self.at + timedelta(seconds=seconds)), left)

    def folds(self):
        table = self.table()
        folding.fold(table, [(one, {"price": "-0.0079"}) for one in folding.read(table, PageQuery())])

    def forgets(self):
        tombstones.note(WHO, datetime.now(UTC))
        forget._delete_all_records((WHO,), forget.DeletionResult(), float("inf"))

    def reconciles(self, is_all):
        table = self.table()
        for sid, event in ((IN, {"direction": "inbound"}), (OUT, merge.last_word("delivered", self.at, ""))):
            if one := folding.find(table, sid):
                folding.fold(table, [(one, event)])
            elif is_all:
                table.add(messages.sent(sid, LINE, WHO, "of the log", "delivered", self.at))


HAPPENS = ("comes_in", "goes_out", "is_sent", "is_delivered", "is_lost", "folds", "folds")


@pytest.mark.parametrize("faults", [(), ("answer lost", "ends before", "ends after")], ids=["no fault", "faults"])
@pytest.mark.parametrize("kinds", [HAPPENS, (*HAPPENS, "forgets", "forgets")], ids=["told", "told and forgotten"])
def test_whatever_comes_in_whatever_order_is_one_record_and_one_copy_that_is_like_it(played, kinds, faults):
    for seed in SEEDS:
        shown, one_by_one, rows = played(seed, kinds, faults)
        assert shown == [one_by_one] * 2, seed
        assert len({row["sid"] for row in one_by_one}) == len(one_by_one) == rows.get("messagesbyperson", 0), seed
        assert len(one_by_one) * 2 == rows.get("messagesbytime", 0), seed
        assert "forgets" in kinds or len(one_by_one) == 2, seed
