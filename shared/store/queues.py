"""Storage queues: how a message is put into one. Messages are base64, as the Functions host wants."""

import contextlib
from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec

from shared import settings

if TYPE_CHECKING:
    from azure.storage.queue import QueueClient

CONNECT_S, READ_S = 2, 5


def put(queue: str, message: msgspec.Struct, after_s: int = 0) -> None:
    """Put a `message` into a `queue`, visible after `after_s` seconds (at most a week). Raises StorageDown."""
    from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError

    from shared.store.tables import in_our_words

    client, text = _client(queue, settings.current()), msgspec.json.encode(message).decode()
    with in_our_words():
        try:
            client.send_message(text, visibility_timeout=after_s)
        except ResourceNotFoundError:
            with contextlib.suppress(ResourceExistsError):
                client.create_queue()
            client.send_message(text, visibility_timeout=after_s)


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
