"""Grant what the page wants, one wish after the other: `python -m local.stagehand --card line.json`."""

import argparse
import logging
import os
import sys
import threading
from pathlib import Path
from typing import Any

import httpx

from local import line as lines
from local import paths
from local.api_client import NotAsked
from local.bootstrap.quiet import NotReady
from local.moments import NoTime
from local.stagehand.acts import GRANTS, NotGranted, Stage
from local.tell.writing import NotWritten
from local.twilio.client import Twilio
from local.twilio.people import NotSo
from shared import flow

LOOK_S = 30

log = logging.getLogger("stagehand")


def main() -> None:
    """Serve the page of a line until whoever started this ends, or the line does."""
    given = _arguments()
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(name)s %(message)s")
    line = lines.known(given.card)
    file = paths.ROOT / line.flow
    with Twilio(line.twilio) as twilio:
        stage = Stage(line, twilio, file, flow.load(file), given.emulator)
        if given.with_parent:
            threading.Thread(target=_end_with_parent, args=(stage,), daemon=True).start()
        print(f"listening at {line.twilio}", flush=True)  # to what is wished there
        try:
            serve(stage)
        except httpx.HTTPError:  # the line has ended
            stage.leave()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local.stagehand", description="Grant what the page wants.")
    parser.add_argument("--card", type=Path, default=paths.CARD, help="the file that says where the line is")
    parser.add_argument("--emulator", type=int, default=0, help="the process of the storage emulator")
    parser.add_argument("--with-parent", action="store_true", help="stop when standard input ends")
    return parser.parse_args()


def _end_with_parent(stage: Stage) -> None:
    sys.stdin.buffer.read()
    stage.leave()
    os._exit(0)


def serve(stage: Stage) -> None:
    """Grant wishes for ever. Raises httpx.HTTPError when the local Twilio is gone."""
    seen: dict[str, int] = {}
    while True:
        told = stage.twilio.ask("GET", "/wishes", wait_s=LOOK_S, **seen)
        seen = {"after": told["next"]}
        for wish in told["wishes"]:
            stage.twilio.ask("PUT", f"/wishes/{wish['number']}", granted(stage, wish))


def granted(stage: Stage, wish: dict[str, Any]) -> dict[str, Any]:
    """Return what came of a wish, as the local Twilio is told: what is granted, or why nothing is."""
    grant = GRANTS.get(wish["wants"])
    if not grant:
        return {"refused": f"nobody knows how to grant {wish['wants']}; there are {', '.join(GRANTS)}"}
    try:
        return {"granted": grant(stage, wish["given"])}
    except (NotGranted, NoTime, NotAsked, NotReady, NotSo, NotWritten) as e:
        return {"refused": str(e)}
    except (KeyError, TypeError, ValueError) as e:
        log.exception("%s", wish["wants"])
        return {"refused": f"{wish['wants']}: {e!r}"}


if __name__ == "__main__":
    main()
