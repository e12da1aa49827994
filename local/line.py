"""The line on one machine: the storage emulator, the local Twilio and the function app, started and ended together."""

import contextlib
import json
import os
import secrets
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from local import azurite, leftovers, paths
from local.number import application_webhooks_of, webhooks_of
from local.process import Died, Process, quiet_environment
from local.wording import COMMAND
from shared.settings import Settings

NUMBER = "+12025550100"  # the line's own, from the range kept for fiction
FLOW = Settings().ahoy_flow
THREADS = "16"
BODY_BYTES = "5242880"  # as in Azure: infra/app.bicep
KEY = {"TWILIO_API_KEY_SID", "TWILIO_API_KEY_SECRET"}  # known to the local Twilio when the settings have them
FOR_BROWSERS = ("TWILIO_API_KEY_SID", "TWILIO_API_KEY_SECRET", "TWILIO_TWIML_APP_SID")
ANSWER_S = 5
BECOMES_WELL_S = 15
OTHER_PORT = "choose another with --port, or --port 0 for free ones."
NO_LINE = f"No line runs here. Start it in another terminal: {COMMAND} start"


class NoLine(Exception):
    """No line runs here; the message says how to start one."""


class CannotStart(Exception):
    """The line cannot be started; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Line:
    """What others need to know of a running line. `app` and `twilio` are addresses without a slash at the end."""

    app: str
    twilio: str
    function_key: str
    master_key: str  # opens what the host has beside the functions: /admin
    account_sid: str
    auth_token: str
    phone_number: str
    storage: str
    flow: str  # the file that is played, a path from the root of this folder
    has_app: bool = True  # else somebody else starts one at `app`
    browsers: dict[str, str] = field(default_factory=dict)  # the settings with which browsers ring it and are rung

    def as_dict(self) -> dict[str, Any]:
        """Return it as it stands in line.json."""
        return asdict(self)


class Running:
    """The three processes of a line that runs in a folder."""

    def __init__(self, folder: Path, on_output: Callable[[str], None] | None = None) -> None:
        logs = folder / "logs"
        self.folder = folder
        self.emulator = Process("the storage emulator", logs / "azurite.log")
        self.twilio = Process("the local Twilio", logs / "twilio.log")
        self.host = Process("the function app", logs / "app.log", on_output)
        self.storage_addresses: list[str] = []
        self.environ: dict[str, str] = {}
        self.settings: dict[str, str] = {}
        self.line: Line
        self.instances = 1
        self.root = paths.ROOT  # where the app is, and the host that runs it
        self.has_app = True  # else the app is somebody else's, and not looked after here

    def start_storage(self) -> None:
        """Start the emulator, again at the same addresses when it ran before."""
        self.storage_addresses = azurite.start(self.emulator, self.folder / "data", self.storage_addresses or None)

    def start(
        self, port: int, clock: str, settings: dict[str, str], others: Sequence[str] = (), app: str = ""
    ) -> None:  # fmt: skip
        """Start all three and introduce them to each other; the app listens at `port`, Twilio one above, 0 is free.

        With the address of an app that somebody else starts, only the other two are.
        """
        account_sid, auth_token = "AC" + secrets.token_hex(16), secrets.token_hex(16)
        key, master_key = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
        self.start_storage()
        storage = azurite.connection_string(self.storage_addresses)
        (twilio,) = self.twilio.start(
            _python("local.twilio", f"--port={port and port + 1}", f"--account-sid={account_sid}",
                    *(f"--number={number}" for number in (NUMBER, *others)), f"--clock={clock}", "--with-parent",
                    *_services(settings), *_application(settings)),
            quiet_environment(TWILIO_AUTH_TOKEN=auth_token, **{name: settings[name] for name in KEY & settings.keys()}),
            paths.ROOT,
        )  # fmt: skip
        self.environ = {
            "AzureWebJobsStorage": storage,
            "TWILIO_ACCOUNT_SID": account_sid,
            "TWILIO_AUTH_TOKEN": auth_token,
            "TWILIO_PHONE_NUMBER": NUMBER,
            "TWILIO_API_BASE_URL": twilio,
            "PYTHON_THREADPOOL_THREAD_COUNT": THREADS,
            "FUNCTIONS_REQUEST_BODY_SIZE_LIMIT": BODY_BYTES,
            "AHOY_HOST_KEY": key,
            "AHOY_HOST_MASTER_KEY": master_key,
        }
        self.settings |= settings
        self.has_app = not app
        app = app or self.start_host(port)
        flow = self.settings.get("AHOY_FLOW", FLOW)
        browsers = {name: settings[name] for name in FOR_BROWSERS if name in settings}
        self.line = Line(
            app, twilio, key, master_key, account_sid, auth_token, NUMBER, storage, flow, self.has_app, browsers
        )
        _connect(self.line)
        if self.has_app:
            self._wait_for(f"{app}/api/health")

    def _wait_for(self, address: str) -> None:
        """Ask until it is well: the first answer may come while storage still warms up."""
        for _ in range(BECOMES_WELL_S * 4):
            try:
                with urllib.request.urlopen(address, timeout=ANSWER_S):
                    return
            except urllib.error.HTTPError as e:
                state = e.read().decode(errors="replace")
            except OSError as e:
                state = str(e)
            time.sleep(0.25)
        raise Died(f"{address} does not become well: {state}\n{self.host.last_lines()}")

    def start_host(self, port: int, settings: Mapping[str, str] = MappingProxyType({})) -> str:
        """Start the app with more settings, again when they change; return its address. Raises Died."""
        self.settings |= settings
        environ = quiet_environment(**self.environ | self.settings)
        command = _python("local.host", f"--port={port}", f"--instances={self.instances}", "--with-parent")
        (app,) = self.host.start(command, environ, self.root)
        return app

    def restart_host(self, settings: Mapping[str, str] = MappingProxyType({})) -> None:
        """Start the app anew at the same address, as Azure does when its files or settings change. Raises Died."""
        self.host.end()
        self.start_host(urlsplit(self.line.app).port or 0, settings)

    def died(self) -> str:
        """Say which process has ended and its last lines; empty when all run."""
        kept = (self.emulator, self.twilio, *([self.host] if self.has_app else []))
        ended = [process for process in kept if not process.is_running]
        return "\n".join(f"{process.name} has ended:\n{process.last_lines()}" for process in ended)

    def end(self) -> None:
        """End all three, the app first, so that it finds the others while it finishes."""
        for process in (self.host, self.twilio, self.emulator):
            process.end()


@contextlib.contextmanager
def running(  # noqa: PLR0913 -- each may be left out, and is named where it is given
    folder: Path,
    *,
    port: int = 0,
    clock: str = "real",
    on_output: Callable[[str], None] | None = None,
    settings: dict[str, str] | None = None,
    others: Sequence[str] = (),
    app: str = "",
    instances: int = 1,
) -> Iterator[Running]:
    """Run a line whose data is in `folder` while the block runs. Raises CannotStart, and then nothing is left running.

    `clock` is the local Twilio's, `on_output` gets each line of the app's log, `settings` are more of its settings,
    `others` are numbers of the account beside the line's own, `app` the address of an app that is started elsewhere;
    the one that is started here runs on so many `instances` as Azure's Flex Consumption would.
    """
    for taken in {0 if app else port, port and port + 1} - {0}:
        _check_free(taken)
    started = Running(folder, on_output)
    started.instances = instances
    try:
        started.start(port, clock, settings or {}, others, app)
        yield started
    except Died as e:
        raise CannotStart(str(e)) from None
    finally:
        started.end()


def forget(folder: Path) -> None:
    """Delete the data of a line that does not run. Raises CannotStart when another program holds it."""
    try:
        leftovers.delete(folder / "data")
    except leftovers.InUse as e:
        raise CannotStart(f"The data of earlier runs stays: {e}") from None


def write(line: Line, file: Path) -> None:
    """Write what others need to know to a file that nobody else on this machine can read. Raises CannotStart."""
    try:
        leftovers.delete(file)
    except leftovers.InUse as e:
        raise CannotStart(str(e)) from None
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        json.dump(line.as_dict(), out, indent=2)


def read(file: Path) -> Line:
    """Return the line that runs here; raises NoLine when none does."""
    line = _card(file)
    try:
        with urllib.request.urlopen(f"{line.app}/", timeout=ANSWER_S):
            return line
    except OSError:
        missing = NO_LINE if line.has_app else f"No app answers at {line.app}. Start it there: func start"
        raise NoLine(missing) from None


def known(file: Path) -> Line:
    """Return the line whose local Twilio runs here, whether its app answers or not; raises NoLine when none does."""
    line = _card(file)
    at = urlsplit(line.twilio)
    try:
        socket.create_connection((at.hostname or "", at.port or 0), timeout=ANSWER_S).close()
    except OSError:
        raise NoLine(NO_LINE) from None
    return line


def _card(file: Path) -> Line:
    try:
        return Line(**json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        raise NoLine(NO_LINE) from None


def _check_free(port: int) -> None:
    with socket.socket() as probe:
        if sys.platform != "win32":  # where it would let two programs share a port
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            raise CannotStart(f"{_reserved(port)}; {OTHER_PORT}") from None
        except OSError:
            raise CannotStart(f"Port {port} is taken; {OTHER_PORT}") from None


def _reserved(port: int) -> str:
    """Say whose a port is that this program may not have, though nobody listens there."""
    if sys.platform == "win32":  # WinError 10013; Hyper-V and others reserve whole ranges anew at each start
        return f"Windows keeps port {port} for itself (netsh interface ipv4 show excludedportrange protocol=tcp)"
    return f"Port {port} is for the system only"


def _python(module: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", module, *arguments]


def _services(settings: Mapping[str, str]) -> list[str]:
    """Return what lets the local Twilio have the messaging service that the line sends from."""
    sid = settings.get("TWILIO_MESSAGING_SERVICE_SID")
    return [f"--messaging-service={sid}"] if sid else []


def _application(settings: Mapping[str, str]) -> list[str]:
    """Return what lets the local Twilio have the TwiML app through which browsers call."""
    sid = settings.get("TWILIO_TWIML_APP_SID")
    return [f"--application={sid}"] if sid else []


def for_browsers() -> dict[str, str]:
    """Return settings with which browsers ring a line and are rung: an API key and a TwiML app, new ones."""
    return {
        "TWILIO_API_KEY_SID": f"SK{secrets.token_hex(16)}",
        "TWILIO_API_KEY_SECRET": secrets.token_hex(16),
        "TWILIO_TWIML_APP_SID": f"AP{secrets.token_hex(16)}",
    }


def _connect(line: Line) -> None:
    """Tell Twilio where calls and texts go, those of numbers as `dev.py connect` does at the real one."""
    from twilio.rest import Client

    client = Client(line.account_sid, line.auth_token)
    client.api.base_url = line.twilio
    for number in client.incoming_phone_numbers.list():
        number.update(**webhooks_of(line.app))
    for application in client.applications.list():
        application.update(**application_webhooks_of(line.app))
