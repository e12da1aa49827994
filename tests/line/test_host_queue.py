"""The local host runs queue triggers as the real one does: batches, hiding, five tries, the poison queue."""

import asyncio
import sys
import time
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import httpx
import pytest
from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.storage.queue import QueueClient, TextBase64DecodePolicy, TextBase64EncodePolicy

from local import azurite
from local.host.protocol import Function
from local.host.queue import Listener, Pace
from local.paths import ROOT
from local.process import Process, quiet_environment
from tests.tools.waiting import eventually

WAITING = 10


class Probe:
    """The app of probe_queue, and its queues."""

    def __init__(self, http, storage):
        self.http, self.storage = http, storage
        self.jobs, self.poison, self.beyond = (
            queue(storage, f"jobs{end}") for end in ("", "-poison", "-poison-poison")
        )

    def seen(self, does):
        return [one for one in self.http.get("/api/seen").json() if one["does"] == does]

    def left(self):
        return count(self.jobs)


def count(queue):
    """Return how many messages a queue holds, hidden ones too; one that is not there holds none."""
    try:
        return queue.get_queue_properties().approximate_message_count
    except ResourceNotFoundError:
        return 0


def queue(storage, name):
    return QueueClient.from_connection_string(
        storage, name, message_encode_policy=TextBase64EncodePolicy(), message_decode_policy=TextBase64DecodePolicy()
    )


@pytest.fixture(scope="module")
def probe(tmp_path_factory):
    """Start the host over a queue that holds ten messages, so that its first look finds them all."""
    folder = tmp_path_factory.mktemp("queues")
    emulator, host = Process("the emulator", folder / "azurite.log"), Process("the host", folder / "host.log")
    storage = azurite.connection_string(azurite.start(emulator, folder / "data"))
    jobs = queue(storage, "jobs")
    jobs.create_queue()
    for n in range(WAITING):
        jobs.send_message(f"wait {n}")
    app = Path(__file__).parent / "probe_queue"
    command = [sys.executable, "-m", "local.host", "--port=0", f"--app={app}", "--with-parent"]
    settings = {"AHOY_HOST_KEY": "the-key", "AzureWebJobsStorage": storage, "PYTHON_THREADPOOL_THREAD_COUNT": "16"}
    (address,) = host.start(command, quiet_environment(**settings), ROOT)
    with httpx.Client(base_url=address) as http:
        yield Probe(http, storage)
    host.end()
    emulator.end()


def begun(probe):
    return len({one["id"] for one in probe.http.get("/api/seen").json() if one["does"].startswith("wait")})


def test_a_batch_is_taken_at_once_and_the_next_when_few_are_left_at_work(probe):
    assert eventually(lambda: begun(probe) == 4)
    for left, whole in ((3, 4), (2, 8)):  # of the first batch; only two are few enough
        probe.http.post("/api/release")
        assert eventually(lambda whole=whole: begun(probe) == whole), left
        time.sleep(0.5)
        assert begun(probe) == whole
    assert probe.left() == 8
    assert len(probe.jobs.peek_messages(32)) == 2  # those at work are hidden, those that are done are deleted
    for _ in range(WAITING - 2):
        probe.http.post("/api/release")
    assert eventually(lambda: probe.left() == 0)
    assert begun(probe) == len([one for one in probe.http.get("/api/seen").json() if one["does"].startswith("wait")])


def test_what_fails_comes_back_after_the_visibility_timeout_five_times_and_is_poison_then(probe):
    probe.jobs.send_message("fail")
    assert eventually(lambda: probe.seen("buried fail"), 20)
    tries = probe.seen("fail")
    assert [one["try"] for one in tries] == [1, 2, 3, 4, 5]
    assert len({one["id"] for one in tries}) == 1
    assert min(after["at"] - before["at"] for before, after in pairwise(tries)) >= 0.9
    assert probe.left() == 0
    time.sleep(1.5)
    assert len(probe.seen("fail")) == 5


def test_what_fails_in_the_poison_queue_stays_there_hidden(probe):
    with suppress(ResourceExistsError):
        probe.poison.create_queue()
    before = count(probe.poison)
    probe.poison.send_message("worse")
    assert eventually(lambda: probe.seen("buried worse"))
    time.sleep(1.5)  # longer than the visibility timeout
    assert len(probe.seen("buried worse")) == 1
    assert (count(probe.poison), probe.poison.peek_messages(32)) == (before + 1, [])
    assert count(probe.beyond) == 0


def test_what_is_no_base64_is_poison_at_once_and_holds_nobody_up(probe):
    before = count(probe.poison)
    QueueClient.from_queue_url(probe.jobs.url, credential=azurite.KEY).send_message("no base64!")
    probe.jobs.send_message("after")
    assert eventually(lambda: probe.seen("after"))
    assert eventually(lambda: (probe.left(), count(probe.poison)) == (0, before + 1), 3.5)  # five tries take four


def test_what_was_taken_too_often_is_poison_without_another_try(probe):
    """Hosts died at work, say: each had taken it, and none had said what became of it."""
    worn, poison = queue(probe.storage, "worn"), queue(probe.storage, "worn-poison")
    worn.create_queue()
    worn.send_message("too often")
    for _ in range(5):
        taken = next(worn.receive_messages())
        worn.update_message(taken, visibility_timeout=0)
    ran = []
    trigger = {"type": "queueTrigger", "name": "message", "queueName": "worn"}

    async def listens():
        async def call(*given):
            ran.append(given)

        listener = Listener(Function("worn", "", trigger), call, probe.storage, Pace(max_dequeue_count=5))
        task = asyncio.create_task(listener.listen())
        assert await asyncio.to_thread(eventually, lambda: count(poison) == 1)
        task.cancel()

    asyncio.run(listens())
    assert (ran, count(worn)) == ([], 0)
