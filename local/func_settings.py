"""local.settings.json as Core Tools (`func start`) read it, for the local Twilio and storage in place of an account.

What its owner has set stays, but for what says which account it is, and where: that of a real one is put aside first.
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from local import line, loopback
from local.line import Line

FILE, EXAMPLE = "local.settings.json", "local.settings.json.example"
# Another account's: none of them is known to the local Twilio.
OF_AN_ACCOUNT = (
    "TWILIO_AUTH_TOKEN_SECONDARY",
    "TWILIO_API_KEY_SID",
    "TWILIO_API_KEY_SECRET",
    "TWILIO_MESSAGING_SERVICE_SID",
    "TWILIO_TWIML_APP_SID",
)


class NotReadable(Exception):
    """There is a settings file that cannot be read; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """The settings as a document, and what of the owner's they would replace: names of values, no value itself."""

    document: dict[str, Any]
    replaced: tuple[str, ...]

    def text(self) -> str:
        """Return what stands in the file."""
        return json.dumps(self.document, indent=2, ensure_ascii=False) + "\n"


def prepare(folder: Path, running: Line) -> Prepared:
    """Return the settings of the project in `folder` for a line without its app. Raises NotReadable."""
    example = _read(folder / EXAMPLE)
    there = _read(folder / FILE) if (folder / FILE).exists() else {}
    values = there.get("Values", {})
    is_local = not values.get("TWILIO_ACCOUNT_SID") or _is_here(values.get("TWILIO_API_BASE_URL", ""))
    ours = ({} if is_local else dict.fromkeys(OF_AN_ACCOUNT, "")) | _of(running)
    port = {"LocalHttpPort": urlsplit(running.app).port}
    document = {
        "IsEncrypted": False, **there,
        "Values": {**example["Values"], **values, **ours},
        "Host": {**there.get("Host", {}), **port},
    }  # fmt: skip
    lost = () if is_local else tuple(n for n, value in ours.items() if values.get(n) and values[n] != value)
    return Prepared(document, lost)


def _of(running: Line) -> dict[str, str]:
    """Return the values that say which line it is."""
    return {
        "FUNCTIONS_WORKER_RUNTIME": "python",
        "PYTHON_THREADPOOL_THREAD_COUNT": line.THREADS,
        "AzureWebJobsStorage": running.storage,
        "TWILIO_ACCOUNT_SID": running.account_sid,
        "TWILIO_AUTH_TOKEN": running.auth_token,
        "TWILIO_PHONE_NUMBER": running.phone_number,
        "TWILIO_API_BASE_URL": running.twilio,
        "PUBLIC_BASE_URL": running.app,
        "AHOY_FLOW": running.flow,
    } | running.browsers


def _is_here(address: str) -> bool:
    return urlsplit(address).hostname in loopback.HERE


def put_aside(folder: Path, to: Path) -> Path:
    """Copy the settings file, readable by its owner alone, to the first free name in the folder `to`; return where."""
    to.mkdir(mode=0o700, parents=True, exist_ok=True)
    number = 1
    while (to / f"local.settings.{number}.json").exists():
        number += 1
    copy = to / f"local.settings.{number}.json"
    _write(copy, (folder / FILE).read_text(encoding="utf-8-sig"))
    return copy


def write(folder: Path, prepared: Prepared) -> None:
    """Write the settings file, whole or not at all, readable by its owner alone."""
    new = folder / f".{FILE}.{os.getpid()}"
    _write(new, prepared.text())
    new.replace(folder / FILE)


def _write(file: Path, text: str) -> None:
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        out.write(text)


def _read(file: Path) -> dict[str, Any]:
    try:
        document = json.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as e:
        raise NotReadable(f"{file.name} cannot be read: {e.strerror}.") from None
    except json.JSONDecodeError as e:
        mend = "Mend it, or move it away"
        raise NotReadable(f"{file.name}:{e.lineno}:{e.colno}: this is no JSON: {e.msg}. {mend}.") from None
    except ValueError:
        raise NotReadable(f"{file.name} is not written in UTF-8; write it so, or move it away.") from None
    if not isinstance(document, dict) or not all(isinstance(document.get(n, {}), dict) for n in ("Values", "Host")):
        raise NotReadable(
            f'{file.name}: "Values" and "Host" must be objects, as in {EXAMPLE}. Mend it, or move it away.'
        )
    if document.get("IsEncrypted"):
        raise NotReadable(f"{file.name} is encrypted; `func settings decrypt` opens it, then start again.")
    return document
