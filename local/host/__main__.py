"""Serve a function app on this machine: `python -m local.host`."""

import argparse
import logging
import os
import sys
from pathlib import Path

from local.host import logs
from local.host.channel import NotLoaded, Worker
from local.host.host_json import HostJson
from local.host.keys import Keys
from local.paths import ROOT

STORAGE = "AzureWebJobsStorage"
BODY_LIMIT = "FUNCTIONS_REQUEST_BODY_SIZE_LIMIT"
KEY, MASTER_KEY = "AHOY_HOST_KEY", "AHOY_HOST_MASTER_KEY"  # taken out of the environment before the app is loaded


def main() -> None:
    """Serve a function app; its function key is AHOY_HOST_KEY, the master key AHOY_HOST_MASTER_KEY."""
    arguments = argparse.ArgumentParser(prog="python -m local.host", description=main.__doc__)
    arguments.add_argument("--port", type=int, default=7071, help="0 takes a free one (default: %(default)s)")
    arguments.add_argument("--app", type=Path, default=ROOT, help="the app's folder (default: this one)")
    arguments.add_argument("--with-parent", action="store_true", help="end when standard input ends")
    given = arguments.parse_args()
    keys = Keys(os.environ.pop(KEY, ""), os.environ.pop(MASTER_KEY, ""))
    if not keys.function:
        sys.exit(f"{KEY} is not set: without a key nobody could call the API")
    host_json = HostJson.read(given.app, os.environ)
    logs.begin_host(logs.Levels.of(host_json))
    worker = Worker(given.app, host_json.timeout_s)
    worker.start()
    try:
        _serve(given, host_json, keys, worker)
    except NotLoaded as e:
        sys.exit(str(e))
    finally:
        worker.end()


def _serve(given: argparse.Namespace, host_json: HostJson, keys: Keys, worker: Worker) -> None:
    from local.host import queue  # while the worker loads the app
    from local.host.blobs import Blobs, Times
    from local.host.instance import BODY_BYTES, App, Instance, disabled
    from local.serving import serve

    functions = worker.functions()
    for function in functions:
        for output in function.outputs:
            logging.getLogger("Host.Startup").warning("%s: output %s goes nowhere here", function.name, output)
    body_bytes = int(os.environ.get(BODY_LIMIT) or BODY_BYTES)
    storage = os.environ.get(STORAGE)
    blobs = Blobs(storage, Times.of(host_json)) if storage else None
    app = App(functions, host_json.prefix, keys, queue.Pace.of(host_json), blobs, body_bytes,
              disabled=disabled(functions, os.environ))  # fmt: skip
    serve(Instance(app, worker), given.port, with_parent=given.with_parent)


if __name__ == "__main__":
    main()
