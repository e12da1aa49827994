"""A line for stories: the local Twilio and the app in this process, asked as if they were elsewhere."""

import asyncio
import atexit
import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import msgspec
from starlette.applications import Starlette

from local import api_client
from local.host.instance import Instance
from local.host.keys import HEADER
from local.line import NUMBER
from local.number import webhooks_of
from local.tell import app, inside
from local.tell.tables import TableService
from local.tell.telling import PlaceCall
from local.tell.watching import Watch, watching
from local.twilio.account import Account
from local.twilio.client import Twilio
from local.twilio.engine.anew import end_all
from local.twilio.engine.leg import Switchboard
from local.twilio.people import NotSo, refused
from local.twilio.server import application
from shared import flow as flows
from shared import routes

ANSWERS_S = 60  # real seconds; above what the local Twilio itself waits for
ACCOUNT, TOKEN = "AC" + "0" * 32, "0123456789abcdef0123456789abcdef"


class Loop:
    """An event loop of this thread, in which the line lives: it goes on while somebody asks something of it."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        atexit.register(self.loop.close)

    def run(self, work: Any) -> Any:
        """Run a coroutine there and return its result. Raises NotSo when it takes longer than ANSWERS_S."""
        try:
            return self.loop.run_until_complete(asyncio.wait_for(work, ANSWERS_S))
        except TimeoutError:
            raise NotSo(f"the line did not answer within {ANSWERS_S} s") from None

    def drop_all(self) -> None:
        """Let nothing go on of what goes on there: somebody wants it to end."""
        for task in asyncio.all_tasks(self.loop):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                self.loop.run_until_complete(task)


@cache
def _loop() -> Loop:
    return Loop()


@cache
def _account() -> TableService:
    return TableService()


def _emptied(account: TableService) -> TableService:
    """Return the tables of this process without what an earlier story left in them."""
    account.clear()
    return account


class Inside(Twilio):
    """The control API of a local Twilio that runs in a loop of this process."""

    def __init__(self, loop: Loop, served: Any) -> None:
        self._loop, self._served = loop, served

    def ask(self, method: str, path: str, document: Any = None, **query: Any) -> Any:
        """Ask the control API and return its JSON. Raises NotSo with what it refuses."""
        url = f"{inside.TWILIO}/_local{path}" + (f"?{urlencode(query)}" if query else "")
        body = b"" if document is None else msgspec.json.encode(document)
        answer = self._loop.run(inside.request(self._served, method, url, body))
        if answer.status >= HTTPStatus.BAD_REQUEST:
            raise refused(answer.body)
        return msgspec.json.decode(answer.body)


@dataclass(frozen=True, slots=True)
class Stage:
    """A line that plays a flow for one story, wherever it runs."""

    twilio: Twilio
    place_call: PlaceCall
    set_clock: Callable[[datetime | None], None]  # of the app
    watch: Watch | None = None  # what the app decides, where that can be seen


@contextlib.contextmanager
def stage(flow: Path) -> Iterator[Stage]:
    """Play a flow while the block runs, on a new line with new tables."""
    environ = {
        "TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN, "TWILIO_PHONE_NUMBER": NUMBER,
        "TWILIO_API_BASE_URL": inside.TWILIO, "PUBLIC_BASE_URL": inside.APP, "AHOY_FLOW": str(flow.absolute()),
        "AzureWebJobsStorage": inside.CONNECTION,
    }  # fmt: skip
    with app.playing(environ) as played, _switchboard(played) as board:
        loop, served = _loop(), _served(board)
        answers = {
            inside.STORAGE: inside.storage(_emptied(_account())),
            inside.TWILIO: inside.twilio(served, loop.loop),
        }
        with inside.answering(answers), watching(Watch(flows.current())) as watch:
            try:
                yield Stage(Inside(loop, served), partial(_place_call, loop, played), app.Here().set_clock, watch)
            except KeyboardInterrupt:
                loop.drop_all()
                raise
            finally:
                loop.run(end_all(board))


@contextlib.contextmanager
def _switchboard(played: Instance) -> Iterator[Switchboard]:
    """Yield a switchboard in the loop, whose numbers, those of the flow among them, lead to the app."""
    account = Account(ACCOUNT, TOKEN, [NUMBER, *flows.current().lines])
    account.base_url = inside.TWILIO
    for number in account.numbers.values():
        number.settings |= {_camel(name): value for name, value in webhooks_of(inside.APP).items()}

    async def made() -> Switchboard:
        switchboard = Switchboard(account, manual_clock=True, http=inside.Client(played, inside.APP))
        switchboard.leads = True  # the app's clock is the same: it is in this process
        return switchboard

    board = _loop().run(made())
    try:
        yield board
    finally:
        _loop().run(board.courier.close())


def _served(board: Switchboard) -> Starlette:
    """Return the application that serves a switchboard: one for all, or each would set up its hundred routes again."""
    served = _application()
    served.state.board = board
    return served


@cache
def _application() -> Starlette:
    return application(Switchboard(Account(ACCOUNT, TOKEN, []), http=inside.Client(None, inside.APP)))


def _place_call(loop: Loop, played: Instance, to: str, scene: str) -> str:
    answer = loop.run(_asked(played, placed(to, scene)))
    if answer.is_error:
        raise NotSo(api_client.sentences(answer.status_code, answer.content))
    return str(msgspec.json.decode(answer.content)["sid"])


def placed(to: str, scene: str) -> dict[str, str]:
    """Return what make-call is asked, to let the line call somebody with a scene, or with its own start."""
    return {"to": to} | ({"scene": scene} if scene else {})


async def _asked(played: Instance, document: dict[str, str]) -> httpx.Response:
    async with inside.Client(played, inside.APP) as client:
        return await client.post(f"/{routes.PREFIX}/{routes.MAKE_CALL}", json=document, headers={HEADER: app.KEY})


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))
