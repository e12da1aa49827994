"""A line for stories in its three real processes: slow, and what the one in this process is held against.

Each story finds it as it was at first: nobody has called, nobody has opted out, and the tables are empty.
"""

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from azure.data.tables import TableServiceClient
from twilio.rest import Client

from local import api_client
from local.line import Running, running
from local.number import webhooks_of
from local.tell.stage import Stage, placed
from local.twilio.client import Twilio
from local.twilio.people import NotSo
from shared import flow as flows


class Processes:
    """A line of its own that plays one flow after the other, as an app does that is restarted with another."""

    def __init__(self, line: Running, playing: Path) -> None:
        self._line = line
        self._playing = playing
        self._twilio = Twilio(line.line.twilio)
        self._tables = TableServiceClient.from_connection_string(line.line.storage)

    def __enter__(self) -> Self:
        self._have_numbers()
        return self

    def __exit__(self, *_: object) -> None:
        self._twilio.__exit__()
        self._tables.close()

    @contextlib.contextmanager
    def stage(self, flow: Path) -> Iterator[Stage]:
        """Play a flow while the block runs, for one story."""
        if flow != self._playing:
            self._line.restart_host({"AHOY_FLOW": str(flow.absolute())})
            self._playing = flow
            self._have_numbers()
        self._clear()
        try:
            yield Stage(self._twilio, self._place_call, self._set_clock)
        finally:
            self._twilio.set_clock(None)
            api_client.set_clock(self._line.line, None)

    def _set_clock(self, at: datetime | None) -> None:
        """Let the clocks of Twilio and the app be one, as they are in one process."""
        line = self._line.line
        app = f"{line.app}{api_client.CLOCK}"
        self._twilio.set_clock(at or datetime.now(UTC), leads=True, app=app, key=line.master_key)

    def _have_numbers(self) -> None:
        """Let the account have the numbers of the flow's lines, which lead to the app."""
        line = self._line.line
        client = Client(line.account_sid, line.auth_token)
        client.api.base_url = line.twilio
        there = {number.phone_number for number in client.incoming_phone_numbers.list()}
        for number in flows.load(self._playing).lines.keys() - there:
            client.incoming_phone_numbers.create(phone_number=number, **webhooks_of(line.app))

    def _clear(self) -> None:
        """Forget what others have left: of the calls first, of which the app may still write something down."""
        self._twilio.begins_anew()
        for one in self._tables.list_tables():
            table = self._tables.get_table_client(one.name)
            for row in table.list_entities(select=["PartitionKey", "RowKey"]):
                table.delete_entity(row)

    def _place_call(self, to: str, scene: str) -> str:
        try:
            answer = api_client.ask(api_client.of(self._line.line), "make-call", placed(to, scene))
        except api_client.Refusal as e:
            raise NotSo(str(e)) from None
        return str(answer["sid"])


@contextlib.contextmanager
def started(folder: Path, flow: Path) -> Iterator[Processes]:
    """Run a line in a folder while the block runs; it plays `flow` at first. Raises CannotStart."""
    settings = {"AHOY_FLOW": str(flow.absolute()), "AzureWebJobs.reconcile.Disabled": "true"}
    with running(folder, clock="manual", settings=settings) as line, Processes(line, flow) as processes:
        yield processes
