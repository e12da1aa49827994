"""Serve a function app on this machine: `python -m local.host`."""

import argparse
import logging
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from local.host import logs
from local.host.channel import NotLoaded, Worker
from local.host.host_json import HostJson
from local.host.keys import Keys
from local.host.protocol import Function
from local.paths import ROOT

if TYPE_CHECKING:
    from local.host.instance import App

STORAGE = "AzureWebJobsStorage"
PLAYED = {"httpTrigger", "queueTrigger", "timerTrigger"}
BODY_LIMIT = "FUNCTIONS_REQUEST_BODY_SIZE_LIMIT"
KEY, MASTER_KEY = "AHOY_HOST_KEY", "AHOY_HOST_MASTER_KEY"  # taken out of the environment before the app is loaded


def main() -> None:
    """Serve a function app; its function key is AHOY_HOST_KEY, the master key AHOY_HOST_MASTER_KEY."""
    given = _arguments()
    keys = Keys(os.environ.pop(KEY, ""), os.environ.pop(MASTER_KEY, ""))
    if not keys.function:
        sys.exit(f"{KEY} is not set: without a key nobody could call the API")
    host_json = HostJson.read(given.app, os.environ)
    logs.begin_host(logs.Levels.of(host_json))
    workers: list[Worker] = []

    def worker(name: str) -> Worker:
        workers.append(Worker(given.app, host_json.timeout_s, name=name if given.instances > 1 else ""))
        return workers[-1]

    first = worker("http 1")
    first.start()
    try:
        _serve(given, _app(given, host_json, keys, first), first, worker)
    except NotLoaded as e:
        sys.exit(str(e))
    finally:
        for each in workers:
            each.end()


def _arguments() -> argparse.Namespace:
    arguments = argparse.ArgumentParser(prog="python -m local.host", description=main.__doc__)
    arguments.add_argument("--port", type=int, default=7071, help="0 takes a free one (default: %(default)s)")
    arguments.add_argument("--app", type=Path, default=ROOT, help="the app's folder (default: this one)")
    arguments.add_argument("--instances", type=int, default=1, metavar="N",
                           help="run N instances of each scaling group, as Flex Consumption does")  # fmt: skip
    arguments.add_argument("--public", type=_https, metavar="https://NAME",
                           help="the address that callers know, as behind Azure's front end")  # fmt: skip
    arguments.add_argument("--with-parent", action="store_true", help="end when standard input ends")
    return arguments.parse_args()


def _https(text: str) -> str:
    if not re.fullmatch(r"https?://[^/?#\s]+", text):
        raise argparse.ArgumentTypeError(f"{text} is no address such as https://ahoy.azurewebsites.net")
    return text


def _app(given: argparse.Namespace, host_json: HostJson, keys: Keys, worker: Worker) -> "App":
    from local.host import queue  # while the worker loads the app
    from local.host.blobs import Blobs, Times
    from local.host.instance import BODY_BYTES, App, disabled

    queue.client_class()
    storage = os.environ.get(STORAGE)
    functions = worker.functions()
    for function in functions:
        for lost in _not_played(function):
            logging.getLogger("Host.Startup").warning("%s: %s is not played here", function.name, lost)
    return App(
        functions,
        host_json.prefix,
        keys,
        queue.Pace.of(host_json),
        Blobs(storage, Times.of(host_json)) if storage else None,
        body_bytes=int(os.environ.get(BODY_LIMIT) or BODY_BYTES),
        is_behind_front_end=bool(given.public) or given.instances > 1,
        disabled=disabled(functions, os.environ),
    )


def _not_played(function: Function) -> list[str]:
    """Return what a function has that goes nowhere here."""
    triggers = [] if function.kind in PLAYED else [function.kind]
    return triggers + [f"output {name}" for name in function.outputs]


def _serve(given: argparse.Namespace, app: "App", first: Worker, worker: Callable[[str], Worker]) -> None:
    from local.host.front import Front, groups
    from local.host.instance import Instance
    from local.serving import serve

    served: Instance | Front = Instance(app, first)
    if given.instances > 1 or given.public:
        served = Front(groups(app, first, given.instances, worker), given.public or "")
    serve(served, given.port, with_parent=given.with_parent)


if __name__ == "__main__":
    main()
