"""dev.py start: the whole line on this machine, until Ctrl-C."""

import argparse
import contextlib
import signal
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from local import paths
from local.bootstrap import lock
from local.commands import phone
from local.progress import progress
from local.wording import COMMAND

if TYPE_CHECKING:
    from local.line import Running
    from local.process import Process

NEEDS = "line"
DEFAULT_PORT = 7071  # the Functions host's own
LOOK_S = 0.5
MOST_INSTANCES = 20  # each a process of 60 MB; those of functions without work are not begun

BLOCK = """
Ahoy runs. Its number is {phone_number}.

  the app       {app}/api
  health        {app}/api/health
  make a call   {app}/api/make-call?to=%2B12025550122#code={function_key}
  softphone     {app}/api/phone#code={function_key}&name=ann
  local Twilio  {twilio}
  logs          .ahoy/logs; scripts find addresses and keys in .ahoy/line.json

In a second terminal:

  {command} call +12025550122   a phone rings and hears what the line says
  {command} dial                ring the line yourself
  {command} text "hi"           send it a text
  {command} messages            see what it remembers

Or in the browser, with a phone that rings it and is rung: {twilio}

Ctrl-C ends it. What it says is in {flow}; change that while it runs.
"""


WITHOUT_APP = """
The local Twilio and the storage emulator run, without the app. {phone_number} is answered by what runs at {app}.

  local Twilio  {twilio}
  logs          .ahoy/logs

Next, the settings for `func start`, and in a third terminal, where .ahoy/venv is active, the app:

  {command} func-settings
  func start

Then `{command} call +12025550122` rings a phone through it. Ctrl-C ends what runs here.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument(
        "--port",
        type=_port,
        default=DEFAULT_PORT,
        help="where the app listens, the local Twilio one above; 0 for free ports (default: %(default)s)",
    )
    parser.add_argument("--fresh", action="store_true", help="begin without the messages and calls of earlier runs")
    parser.add_argument("--without-app", action="store_true",
                        help="leave the app at --port to `func start`; see func-settings")  # fmt: skip
    parser.add_argument("--instances", type=_count, default=1, metavar="N",
                        help="run the app on N instances, as Azure does under load (default: %(default)s)")  # fmt: skip
    parser.add_argument("--flow", type=Path, metavar="FILE", help="another flow file than flow.yaml")
    parser.add_argument("--open", dest="is_opened", action="store_true", help="open the phone in the browser, too")


def run(given: argparse.Namespace) -> int:
    """Start the line, say where it is, and keep it until it is told to end."""
    from local import flow_files, line

    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):  # a shell starts background jobs with SIGINT ignored
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _end)
    with contextlib.suppress(line.NoLine):
        print(f"A line runs here already, at {line.read(paths.CARD).app}. End that one first.", file=sys.stderr)
        return 1
    flow = given.flow.parent.resolve() / given.flow.name if given.flow else paths.ROOT / line.FLOW
    try:
        with contextlib.ExitStack() as held:
            held.enter_context(lock.held_at_once(paths.HOME / "line.lock"))
            if not flow_files.is_right(flow):
                return 1
            held.callback(_take_down_card)
            if given.fresh:
                line.forget(paths.HOME)
            app = f"http://localhost:{given.port or DEFAULT_PORT}" if given.without_app else ""
            return _keep(held, given, flow, app)
    except lock.Taken:
        print("A line starts in this folder already. End that one first.", file=sys.stderr)
        return 1
    except line.CannotStart as e:
        print(e, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nAhoy has ended.", file=sys.stderr)  # below the ^C that a terminal shows
        raise


def _take_down_card() -> None:
    from local import leftovers

    try:
        leftovers.delete(paths.CARD)
    except leftovers.InUse as e:
        print(e, file=sys.stderr)


def _keep(held: contextlib.ExitStack, given: argparse.Namespace, flow: Path, app: str) -> int:
    from local import flow_files, line
    from local.process import Process

    is_up, is_unread = threading.Event(), threading.Event()

    def print_log(logged: str) -> None:
        if is_up.is_set():
            try:
                print(logged, flush=True)
            except OSError:  # whoever read it, as `| head`, has gone: the line ends, not the thread that reads the log
                is_unread.set()
                is_up.clear()

    watch, settings = flow_files.Watch(flow), line.for_browsers() | {"AHOY_FLOW": flow_files.shown(flow)}
    with progress(f"starting the storage emulator and the local Twilio{'' if app else ', and the app'}"):
        started = held.enter_context(
            line.running(
                paths.HOME, port=given.port, on_output=print_log, settings=settings, app=app, instances=given.instances
            )
        )
    line.write(started.line, paths.CARD)
    print((WITHOUT_APP if app else BLOCK).format(command=COMMAND, **started.line.as_dict()), flush=True)
    stagehand = Process("the stagehand", paths.HOME / "logs" / "stagehand.log")
    held.callback(stagehand.end)
    is_up.set()
    try:
        _help_the_page(stagehand, started)
        if given.is_opened:
            phone.opened(phone.address_of(started.line))
        while not (died := started.died()):
            if is_unread.wait(LOOK_S):
                raise BrokenPipeError
            if changed := watch.changed():
                is_up.clear()
                print(f"Changed: {', '.join(flow_files.shown(file) for file in changed)}.", flush=True)
                _play_anew(started, flow, stagehand)
                is_up.set()
    finally:
        is_up.clear()  # how it ends stands in the log
    print(died, file=sys.stderr)
    return 1


def _help_the_page(stagehand: "Process", started: "Running") -> None:
    """Start, again with each changed flow, what grants the wishes of the phone's page; it has read the flow then."""
    from local.process import Died, quiet_environment

    stagehand.end()
    command = [sys.executable, "-m", "local.stagehand", f"--card={paths.CARD}", f"--emulator={started.emulator.pid}"]
    try:
        stagehand.start([*command, "--with-parent"], quiet_environment(), paths.ROOT)
    except Died as e:
        print(f"The phone's page knows no flow and no time: {e}", file=sys.stderr)


def _play_anew(started: "Running", flow: Path, stagehand: "Process") -> None:
    """Start the app anew with a flow that has changed; while it is broken the old one goes on."""
    from local import flow_files

    is_right = flow_files.is_right(flow)
    if is_right and started.has_app:
        started.restart_host()
    if is_right:
        _help_the_page(stagehand, started)
    if not started.has_app:
        print("Whoever runs the app starts it anew.", flush=True)
    elif is_right:
        print("The app has started anew with it.", flush=True)
    else:
        print("The line goes on with what it said before.", flush=True)


def _end(_number: int, _frame: FrameType | None) -> None:
    """End as Ctrl-C does."""
    raise KeyboardInterrupt


def _count(text: str) -> int:
    if text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= MOST_INSTANCES:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text} is no number of instances; expected one from 1 to {MOST_INSTANCES}")


def _port(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text[:6]) < 65535:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text} is no port; expected a number from 0 to 65534")
