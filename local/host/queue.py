"""Queue triggers on this machine, as the Functions host runs them.

Up to `batchSize` messages are taken at once and run at the same time; more are taken once `newBatchThreshold` or fewer
are at work. A message that failed comes back after `visibilityTimeout`; after `maxDequeueCount` tries it goes to the
queue `NAME-poison`, at once when it is no base64. A poison queue has none of its own: what fails there stays hidden for
a while. Source: the host.json reference, "queues"; azure-sdk-for-net's QueueListenerFactory and pull request 18326.
"""

import asyncio
import base64
import contextlib
import logging
import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from azure.core.exceptions import AzureError, ResourceExistsError, ResourceNotFoundError

from local.host.channel import Failed
from local.host.host_json import HostJson, seconds
from local.host.protocol import Function

if TYPE_CHECKING:
    from azure.storage.queue import QueueClient, QueueMessage

HIDDEN_S = 600  # while a message is at work; a host that crashes shows it again after this long
FIRST_POLL_S = 0.1  # doubled by each look that finds nothing
POISON = "-poison"

type Run = Callable[[Function, str, str, dict[str, str]], Awaitable[object]]

log = logging.getLogger("Host.Triggers.Queues")


@dataclass(frozen=True, slots=True)
class Pace:
    """host.json's `queues`; times in seconds."""

    batch_size: int = 16
    new_batch_threshold: int = 8
    visibility_s: int = 0
    max_polling_s: float = 60
    max_dequeue_count: int = 5

    @classmethod
    def of(cls, host_json: HostJson) -> "Pace":
        """Read it from host.json."""
        given = host_json.below("extensions", "queues")
        batch_size = int(given.get("batchsize", 16))
        return cls(
            batch_size,
            int(given.get("newbatchthreshold", batch_size // 2)),
            int(seconds(given.get("visibilitytimeout", "00:00:00"))),
            seconds(given.get("maxpollinginterval", "00:01:00")),
            int(given.get("maxdequeuecount", 5)),
        )


async def run(function: Function, call: Run, pace: Pace) -> None:
    """Run a function for each message of its queue, until cancelled."""
    connection = os.environ[function.trigger["connection"]]
    await Listener(function, call, connection, pace).listen()


class Listener:
    """One function and its queue."""

    def __init__(self, function: Function, call: Run, connection: str, pace: Pace) -> None:
        self._function, self._call = function, call
        self._pace = pace
        name = function.trigger["queueName"]
        self._queue = _client(connection, name)
        self._poison = None if name.endswith(POISON) else _client(connection, name + POISON)
        self._at_work: set[asyncio.Task[None]] = set()

    async def listen(self) -> None:
        """Take messages and run them."""
        pause_s = FIRST_POLL_S
        while True:
            if len(self._at_work) > self._pace.new_batch_threshold:
                await asyncio.wait(self._at_work, return_when=asyncio.FIRST_COMPLETED)
                continue
            taken = await asyncio.to_thread(self._take)
            for message in taken:
                task = asyncio.create_task(self._run(message))
                self._at_work.add(task)
                task.add_done_callback(self._at_work.discard)
            pause_s = FIRST_POLL_S if taken else min(pause_s * 2, self._pace.max_polling_s)
            if not taken:
                await asyncio.sleep(pause_s)

    def _take(self) -> "list[QueueMessage]":
        size = self._pace.batch_size
        try:
            page = self._queue.receive_messages(max_messages=size, messages_per_page=size, visibility_timeout=HIDDEN_S)
            return list(page)
        except ResourceNotFoundError:
            return []
        except AzureError as e:
            log.warning("queue %s cannot be read: %s", self._queue.queue_name, type(e).__name__)
            return []

    async def _run(self, message: "QueueMessage") -> None:
        if (message.dequeue_count or 0) > self._pace.max_dequeue_count:
            await asyncio.to_thread(self._give_back, message)
            return
        metadata = {"Id": message.id, "DequeueCount": str(message.dequeue_count)}
        try:
            content = base64.b64decode(message.content, validate=True).decode()
        except ValueError:
            log.error("a message of %s is no text in base64", self._queue.queue_name)  # noqa: TRY400 -- that is all
            await asyncio.to_thread(self._give_back, message, is_hopeless=True)
            return
        try:
            await self._call(self._function, "string", content, metadata)
        except Failed:
            await asyncio.to_thread(self._give_back, message)
        else:
            await asyncio.to_thread(self._delete, message)

    def _give_back(self, message: "QueueMessage", *, is_hopeless: bool = False) -> None:
        if self._poison is None:
            return
        try:
            if not is_hopeless and (message.dequeue_count or 0) < self._pace.max_dequeue_count:
                self._queue.update_message(message, visibility_timeout=self._pace.visibility_s)
                return
            _put(self._poison, message.content)
        except AzureError as e:
            log.warning("message %s comes back by itself: %s", message.id, type(e).__name__)
        else:
            log.error("a message of %s is now in %s", self._queue.queue_name, self._poison.queue_name)
            self._delete(message)

    def _delete(self, message: "QueueMessage") -> None:
        try:
            self._queue.delete_message(message)
        except AzureError as e:
            log.warning("message %s will come again: %s", message.id, type(e).__name__)


def _put(queue: "QueueClient", content: str) -> None:
    """Put a message into a queue as it is, made when it is missing."""
    try:
        queue.send_message(content)
    except ResourceNotFoundError:
        with contextlib.suppress(ResourceExistsError):
            queue.create_queue()
        queue.send_message(content)


def _client(connection: str, name: str) -> "QueueClient":
    return client_class().from_connection_string(connection, name, retry_total=0, connection_timeout=2, read_timeout=10)


def client_class() -> "type[QueueClient]":
    """Return the SDK's client, without aiohttp: that is for its clients of another kind, and takes as long again."""
    is_needless = "aiohttp" not in sys.modules
    if is_needless:
        sys.modules["aiohttp"] = None  # type: ignore[assignment]
    try:
        from azure.storage.queue import QueueClient
    finally:
        if is_needless:
            del sys.modules["aiohttp"]
    return QueueClient
