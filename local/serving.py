"""Serve an app on this machine: bind, say where, and end with the parent that started it."""

import signal
import socket
import sys
import threading
from collections.abc import Callable
from typing import Any

import uvicorn

SHUTDOWN_S = 2


class _Server(uvicorn.Server):
    """A server that says that it ends before it waits for the answers that are still under way."""

    leaving: Callable[[], None] = staticmethod(lambda: None)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End."""
        self.leaving()
        await super().shutdown(sockets)


def serve(
    app: Any,
    port: int,
    *,
    with_parent: bool,
    listening: Callable[[str], None] = lambda _address: None,
    leaving: Callable[[], None] = lambda: None,
) -> None:
    """Serve an ASGI app at 127.0.0.1 until told to end; `port` 0 takes a free one.

    `leaving` is told of the end, so that answers which would go on for ever end, too.
    The address goes to `listening`, and is then the one line on standard output. With `with_parent` the process ends
    when its standard input does, so that a parent that was killed leaves no orphan. Raises OSError for a taken port.
    """
    with socket.socket() as bound:
        if sys.platform != "win32":  # where it would let two programs share a port
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(("127.0.0.1", port))
        server = _Server(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                proxy_headers=False,  # what a client forwards changes nothing
                server_header=False,
                timeout_graceful_shutdown=SHUTDOWN_S,
                timeout_keep_alive=30,
            )
        )
        server.leaving = leaving
        if with_parent:
            threading.Thread(target=_end_with_parent, args=(server,), daemon=True).start()
        bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # or answers wait 40 ms for acknowledgements
        bound.listen(512)
        address = f"http://127.0.0.1:{bound.getsockname()[1]}"
        listening(address)
        print(f"listening on {address}", flush=True)
        server.run(sockets=[bound])


def _end_with_parent(server: uvicorn.Server) -> None:
    sys.stdin.buffer.read()
    server.should_exit = True
    signal.raise_signal(signal.SIGTERM)
