"""The WebSocket server of an application, which a test reads and answers by hand."""

import asyncio
import json
import queue
import threading
import time
from dataclasses import dataclass, field

from aiohttp import web

PATIENCE_S = 30


@dataclass(eq=False)
class Talk:
    """One connection: how it came, and what was heard of the other side so far; `code` is how it ended."""

    loop: asyncio.AbstractEventLoop
    socket: web.WebSocketResponse
    url: str
    headers: dict
    messages: list = field(default_factory=list)
    code: int | None = None
    read: int = 0

    def hears(self, **wanted):
        """Wait for a message that holds all this, looking from where the last one was found; return it."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            for number, message in enumerate(self.messages[self.read :], self.read):
                if wanted.items() <= {name: value for name, value in message.items() if name in wanted}.items():
                    self.read = number + 1
                    return message
            time.sleep(0.005)
        raise AssertionError(f"{wanted} did not come, but {self.messages[self.read :]}")

    def got(self, **wanted):
        """Return all messages so far that hold this."""
        return [one for one in self.messages if all(one.get(name) == value for name, value in wanted.items())]

    def says(self, *messages):
        """Send messages: dicts, or text as it is."""
        for message in messages:
            text = message if isinstance(message, str) else json.dumps(message)
            self._do(self.socket.send_str(text))

    def says_bytes(self, data):
        """Send a binary message."""
        self._do(self.socket.send_bytes(data))

    def closes(self, code=1000):
        """Close it."""
        self._do(self.socket.close(code=code))

    def ended(self):
        """Wait for the end and return its code."""
        deadline = time.monotonic() + PATIENCE_S
        while self.code is None and time.monotonic() < deadline:
            time.sleep(0.005)
        return self.code

    def _do(self, work):
        asyncio.run_coroutine_threadsafe(work, self.loop).result(PATIENCE_S)


class Application:
    """A server of WebSockets at `address`; below /refuse/N it answers N instead, below /moved with a redirect."""

    def __init__(self):
        self.loop = asyncio.new_event_loop()
        self.talks = queue.Queue()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.runner = self._run(self._start())

    def talk(self):
        """Wait for the next connection."""
        return self.talks.get(timeout=PATIENCE_S)

    def stop(self):
        self._run(self.runner.cleanup())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    def _run(self, work):
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(PATIENCE_S)

    async def _start(self):
        app = web.Application()
        app.router.add_get("/refuse/{status}", self._refuse)
        app.router.add_get("/moved", self._move)
        app.router.add_get("/{path:.*}", self._serve)
        runner = web.AppRunner(app, shutdown_timeout=0)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.port = runner.addresses[0][1]
        self.address = f"ws://127.0.0.1:{self.port}"
        return runner

    async def _refuse(self, request):
        return web.Response(status=int(request.match_info["status"]))

    async def _move(self, _):
        return web.Response(status=302, headers={"Location": "/there"})

    async def _serve(self, request):
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        url = f"ws://{request.host}{request.raw_path}"
        talk = Talk(self.loop, socket, url, {name.lower(): value for name, value in request.headers.items()})
        self.talks.put(talk)
        async for message in socket:
            talk.messages.append(json.loads(message.data))
        talk.code = socket.close_code
        return socket
