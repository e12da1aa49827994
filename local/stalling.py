"""A storage that hangs: a TCP proxy in front of the emulator that can stall, and a line that goes through it."""

import asyncio
import contextlib
import threading
from asyncio import StreamReader, StreamWriter
from pathlib import Path
from typing import Self

from local.line import Running

STARTS_S = 5


class Stalling:
    """Listens at a port of its own in front of the port `target`; while it stalls, bytes wait and nobody is told."""

    def __init__(self) -> None:
        self.target = 0
        self.port = 0
        self._is_up = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._loop: asyncio.AbstractEventLoop
        self._flows: asyncio.Event
        self._ends: asyncio.Event

    def __enter__(self) -> Self:
        """Listen."""
        self._thread.start()
        if not self._is_up.wait(STARTS_S):
            raise TimeoutError("the proxy does not listen")
        return self

    def __exit__(self, *_: object) -> None:
        """End, and every connection with it."""
        self._loop.call_soon_threadsafe(self._ends.set)
        self._thread.join(STARTS_S)

    def stall(self) -> None:
        """Pass nothing on from now."""
        self._loop.call_soon_threadsafe(self._flows.clear)

    def flow(self) -> None:
        """Pass everything on again, what waited first."""
        self._loop.call_soon_threadsafe(self._flows.set)

    async def _serve(self) -> None:
        self._loop, self._flows, self._ends = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()
        self._flows.set()
        server = await asyncio.start_server(self._relay, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._is_up.set()
        await self._ends.wait()
        server.close()

    async def _relay(self, reader: StreamReader, writer: StreamWriter) -> None:
        with contextlib.closing(writer), contextlib.suppress(OSError, asyncio.CancelledError):
            await self._flows.wait()
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
            with contextlib.closing(far_writer):
                await asyncio.gather(self._pass(reader, far_writer), self._pass(far_reader, writer))

    async def _pass(self, reader: StreamReader, writer: StreamWriter) -> None:
        while chunk := await reader.read(65536):
            await self._flows.wait()
            writer.write(chunk)
            await writer.drain()
        writer.close()


class Proxied(Running):
    """A line whose app reaches its tables through a proxy."""

    def __init__(self, folder: Path, proxy: Stalling) -> None:
        super().__init__(folder)
        self._proxy = proxy
        self._real: list[str] = []

    def start_storage(self) -> None:
        """Start the emulator behind the proxy, again at its own addresses when it ran before."""
        self.storage_addresses = self._real
        super().start_storage()
        self._real = self.storage_addresses
        self._proxy.target = int(self._real[2].rpartition(":")[2])
        self.storage_addresses = [*self._real[:2], f"http://127.0.0.1:{self._proxy.port}"]
