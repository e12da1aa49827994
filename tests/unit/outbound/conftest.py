"""What tests of what leaves share."""

import base64
import contextlib
import json

import pytest
from azure.core.exceptions import ResourceExistsError
from azure.storage.queue import QueueClient

from shared import routes, settings
from shared.store.tables import Table


class Queue:
    """The queue of broadcasts, as a host sees it."""

    def __init__(self, client):
        self.client = client

    def taken(self):
        """Take out what is visible."""
        found = list(self.client.receive_messages())
        for message in found:
            self.client.delete_message(message)
        return [json.loads(base64.b64decode(message.content)) for message in found]

    def hidden(self):
        """Return how many messages there are that nobody may take yet."""
        assert list(self.client.peek_messages(32)) == []
        return self.client.get_queue_properties().approximate_message_count


@pytest.fixture
def queue(ours, storage):
    """The queue, empty."""
    ours()
    with QueueClient.from_connection_string(storage.storage_connection, routes.BROADCASTS_QUEUE) as client:
        with contextlib.suppress(ResourceExistsError):
            client.create_queue()
        client.clear_messages()
        yield Queue(client)


@pytest.fixture
def uncounted(ours):
    """A line from which nothing has left yet; `uncounted(NAME=value)` sets more."""
    table = Table(settings.current(), "limits")
    for row in table.rows():
        table.delete(row["PartitionKey"], row["RowKey"])
    return ours
