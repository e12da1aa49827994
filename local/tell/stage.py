"""A line for stories: the local Twilio and the app in this process, asked as if they were elsewhere."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import msgspec

from local.host.instance import Instance
from local.host.keys import HEADER
from local.line import NUMBER
from local.number import webhooks_of
from local.tell import app, inside
from local.tell.tables import TableService
from local.twilio.account import Account
from local.twilio.client import Twilio
from local.twilio.engine import carrier
from local.twilio.engine.leg import Switchboard
from local.twilio.engine.signals import Finished
from local.twilio.people import NotSo
from local.twilio.server import application
from shared import routes

SETTLE_S = 5  # real seconds, of a story that is over
ACCOUNT, TOKEN = "AC" + "0" * 32, "0123456789abcdef0123456789abcdef"


class Loop:
    """An event loop in a thread of its own: the line lives there, and whoever tells a story asks from outside."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name="told-line", daemon=True)
        self._thread.start()

    def run(self, work: Any) -> Any:
        """Run a coroutine there and return its result."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result()


@cache
def _loop() -> Loop:
    return Loop()


class Inside(Twilio):
    """The control API of a local Twilio that runs in a loop of this process."""

    def __init__(self, loop: Loop, served: Any) -> None:
        self._loop = loop
        self._client = inside.client(served, f"{inside.TWILIO}/_local")

    def ask(self, method: str, path: str, document: Any = None, **query: Any) -> Any:
        """Ask the control API and return its JSON. Raises NotSo with what it refuses."""
        response = self._loop.run(self._client.request(method, path, json=document, params=query))
        if response.is_error:
            raise NotSo(msgspec.json.decode(response.content)["message"])
        return msgspec.json.decode(response.content)


@dataclass(frozen=True, slots=True)
class Stage:
    """A line that plays a flow for one story."""

    twilio: Twilio
    loop: Loop
    app: Instance

    def place_call(self, to: str, scene: str) -> str:
        """Let the line call somebody, with a scene or its own start; return the call's SID. Raises NotSo."""
        asked = {"to": to} | ({"scene": scene} if scene else {})
        answer = self.loop.run(_asked(self.app, asked))
        if answer.is_error:
            raise NotSo(answer.text)
        return str(msgspec.json.decode(answer.content)["sid"])

    def set_clock(self, at: datetime | None) -> None:
        """Let it be another time for the app."""
        app.Here().set_clock(at)


@contextlib.contextmanager
def stage(flow: Path, numbers: Sequence[str] = ()) -> Iterator[Stage]:
    """Play a flow while the block runs, on a new line with new tables."""
    environ = {
        "TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN, "TWILIO_PHONE_NUMBER": NUMBER,
        "TWILIO_API_BASE_URL": inside.TWILIO, "PUBLIC_BASE_URL": inside.APP, "AHOY_FLOW": str(flow),
        "AzureWebJobsStorage": inside.CONNECTION,
    }  # fmt: skip
    loop, played = _loop(), app.application(environ)
    account = Account(ACCOUNT, TOKEN, [NUMBER, *numbers])
    account.base_url = inside.TWILIO

    async def made() -> Switchboard:
        return Switchboard(account, manual_clock=True, http=inside.client(played, inside.APP))

    board = loop.run(made())
    served = application(board)
    for number in account.numbers.values():
        number.settings |= {_camel(name): value for name, value in webhooks_of(inside.APP).items()}
    answers = {inside.STORAGE: inside.storage(TableService()), inside.TWILIO: inside.twilio(served, loop.loop)}
    with inside.answering(answers):
        try:
            yield Stage(Inside(loop, served), loop, played)
        finally:
            loop.run(_ended(board))
            app.Here().set_clock(None)


async def _asked(played: Instance, document: dict[str, str]) -> httpx.Response:
    async with inside.client(played, inside.APP) as client:
        return await client.post(f"/{routes.PREFIX}/{routes.MAKE_CALL}", json=document, headers={HEADER: app.KEY})


async def _ended(board: Switchboard) -> None:
    """End what goes on, and wait for what the app is still told of it."""
    for leg in list(board.legs.values()):
        if not leg.call.is_over:
            leg.interrupt(Finished())
    for leg in list(board.legs.values()):
        await leg.clock.settle(SETTLE_S)
    await carrier.settle(SETTLE_S)


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))
