"""A TCP proxy that can stall: it holds its connections open and passes nothing on, as a storage does that hangs."""

import asyncio
import contextlib
import threading


class Stalling:
    """Listens at a port of its own in front of the port `target`; while it stalls, bytes wait."""

    def __init__(self):
        self.target = 0
        self._is_up = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    def __enter__(self):
        self._thread.start()
        assert self._is_up.wait(5)
        return self

    def __exit__(self, *_):
        self._loop.call_soon_threadsafe(self._ends.set)
        self._thread.join(5)

    def stall(self):
        """Pass nothing on from now."""
        self._loop.call_soon_threadsafe(self._flows.clear)

    def flow(self):
        """Pass everything on again, what waited first."""
        self._loop.call_soon_threadsafe(self._flows.set)

    async def _serve(self):
        self._loop, self._flows, self._ends = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()
        self._flows.set()
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._is_up.set()
        await self._ends.wait()
        server.close()

    async def _connected(self, reader, writer):
        with contextlib.closing(writer), contextlib.suppress(OSError, asyncio.CancelledError):
            await self._flows.wait()
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
            with contextlib.closing(far_writer):
                await asyncio.gather(self._pass(reader, far_writer), self._pass(far_reader, writer))

    async def _pass(self, reader, writer):
        while chunk := await reader.read(65536):
            await self._flows.wait()
            writer.write(chunk)
            await writer.drain()
        writer.close()
