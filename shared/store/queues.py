"""Storage queues: how a message is put into one. Messages are base64, as the Functions host wants."""

import contextlib
import logging
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec

from shared import settings

if TYPE_CHECKING:
    from azure.storage.queue import QueueClient, QueueMessage

CONNECT_S, READ_S = 2, 5


log = logging.getLogger("ahoy.queues")


def put(queue: str, message: msgspec.Struct, after_s: int = 0) -> "QueueMessage":
    """Put a `message` into a `queue` and return it, visible after `after_s` seconds (at most a week).

    Raises StorageDown.
    """
    from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError

    from shared.store.tables import in_our_words

    client, text = _client(queue, settings.current()), msgspec.json.encode(message).decode()
    with in_our_words():
        try:
            return client.send_message(text, visibility_timeout=after_s)
        except ResourceNotFoundError:
            with contextlib.suppress(ResourceExistsError):
                client.create_queue()
            return client.send_message(text, visibility_timeout=after_s)


@contextlib.contextmanager
def kept_for_a_crash(queue: str, message: msgspec.Struct, after_s: int) -> Iterator[None]:
    """Have a `message` come by a `queue`, `after_s` from now, if this process dies in the block, and else never.

    The host hides what a dead one had taken for ten minutes, which no setting shortens. Raises StorageDown before the
    block; when the message cannot be taken back after it, it comes.
    """
    from azure.core.exceptions import AzureError

    kept = put(queue, message, after_s)
    try:
        yield
    finally:
        try:
            _client(queue, settings.current()).delete_message(kept)
        except AzureError as e:
            log.warning("a message comes once more than it must: %s", type(e).__name__)


@cache
def _client(queue: str, config: settings.Settings) -> "QueueClient":
    from azure.storage.queue import QueueClient, TextBase64EncodePolicy

    from shared.store.tables import spelled_out

    options: dict[str, Any] = {
        "message_encode_policy": TextBase64EncodePolicy(),
        "connection_timeout": CONNECT_S,
        "read_timeout": READ_S,
        "retry_total": 2,  # after about a second: the SDK's own 15 s and more would outlast whoever asks
        "initial_backoff": 0.3,
        "increment_base": 1,
        "random_jitter_range": 0.2,
    }
    if config.storage_connection:
        return QueueClient.from_connection_string(spelled_out(config.storage_connection), queue, **options)
    from azure.identity import ManagedIdentityCredential

    credential = ManagedIdentityCredential(client_id=config.storage_client_id or None)
    return QueueClient(config.storage_queue_endpoint, queue, credential=credential, **options)
