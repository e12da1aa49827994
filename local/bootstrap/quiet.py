"""Runs other programs in silence, and says in one sentence why one failed."""

import contextlib
import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from local.paths import HOME, ROOT

LOG = HOME / "setup.log"


class NotReady(Exception):
    """This machine lacks something; the message says what and how to get it."""


class NoWheel(NotReady):
    """A package is made for other systems only; `name` is the package's."""

    def __init__(self, message: str, name: str) -> None:
        super().__init__(message)
        self.name = name


def run(
    command: Sequence[str | Path], reason: str, environ: Mapping[str, str] | None = None, folder: Path = ROOT
) -> str:
    """Run a command and return what it printed. `reason` is what cannot be done without it.

    Raises NotReady with the reason and the cause when it fails; its whole output is then in `.ahoy/setup.log`.
    """
    try:
        done = subprocess.run(
            [str(word) for word in command], cwd=folder, env=environ, check=False, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", errors="replace",
        )  # fmt: skip
    except OSError as e:
        raise NotReady(f"{reason}: {command[0]} does not start ({e.strerror}).") from None
    if done.returncode:
        message = f"{reason}: {cause(done.stdout)}.{_keep(command, done.stdout)}"
        if found := NO_WHEEL.search(done.stdout):
            raise NoWheel(message, found["name"])
        raise NotReady(message)
    return done.stdout


def output_of(command: Sequence[str | Path], environ: Mapping[str, str] | None = None) -> str:
    """Return what a command prints, less the space around it; empty when it fails or takes half a minute."""
    try:
        done = subprocess.run(
            [str(word) for word in command], env=environ, check=False, timeout=30, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8", errors="replace",
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return "" if done.returncode else done.stdout.strip()


def child_environment() -> dict[str, str]:
    """Return this process's environment less what would turn another Python aside; what it prints is UTF-8."""
    astray = {"PYTHONHOME", "PYTHONPATH", "PYTHONSAFEPATH", "PYTHONUSERBASE", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__"}
    kept = {name: value for name, value in os.environ.items() if name.upper() not in astray}
    return kept | {"PYTHONUTF8": "1"}


def _keep(command: Sequence[str | Path], output: str) -> str:
    with contextlib.suppress(OSError):
        HOME.mkdir(exist_ok=True)
        LOG.write_text(f"{[str(word) for word in command]}\n{output}\n", encoding="utf-8")
        return " Its whole output is in .ahoy/setup.log."
    return ""


NO_WHEEL = re.compile(r"Wheels are required for `(?P<name>[^`]+)`")  # in uv's words

# What is known to go wrong, the more telling first: a program says several things, and not the one that helps last.
CAUSES = (
    (r"no space left|ENOSPC|disk quota|not enough space", "the disk is full"),
    (
        r"\b407\b|proxy authentication",
        "the proxy wants a name and a password; set HTTPS_PROXY to http://NAME:PASSWORD@HOST:PORT",
    ),
    (
        (
            r"certificate.verify.failed|UnknownIssuer|SELF_SIGNED|unable to get (local )?issuer"
            r"|invalid peer certificate|UNABLE_TO_VERIFY|CERT_"
        ),
        (
            "the network's certificate is not trusted here; name the file of your company's certificates in PIP_CERT, "
            "and for npm in NODE_EXTRA_CA_CERTS"
        ),
    ),
    (r"EMFILE|ENFILE|too many open files", "too few files may be open at once; `ulimit -n 4096` before it lets more"),
    (r"hash mismatch|EINTEGRITY|do not match the hashes", "what came is not what is pinned: its checksum differs"),
    (
        r"\b40[13] (Unauthorized|Forbidden)|\bE40[13]\b|status code: 40[13]",
        "the package index refuses; its name and password belong into PIP_INDEX_URL, or for npm into .npmrc",
    ),
    (
        NO_WHEEL.pattern,
        "{name} is made for other systems than this one; docs/systems.md says what runs where",
    ),
    (r"EACCES|EROFS|permission denied|read-only file system|access is denied", "a file may not be written here"),
    (r"being used by another process|EBUSY|\bos error 32\b", "a file is in use; end what runs from this folder"),
    (
        (
            r"ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|Name or service not known|name resolution"
            r"|Failed to establish|Could not connect|ConnectTimeout|getaddrinfo|network is unreachable|dns error"
            r"|connection refused|tcp connect error|timed out|error sending request"
        ),
        "the network cannot be reached; where a proxy or a mirror is needed, HTTPS_PROXY and PIP_INDEX_URL name them",
    ),
)


def cause(output: str) -> str:
    """Return the sentence that helps, from all that a failed program printed, without a full stop at its end."""
    for pattern, sentence in CAUSES:
        if found := re.search(pattern, output, re.IGNORECASE):
            return sentence.format(**found.groupdict())
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if re.match(r"(npm )?(error|fatal|E:)\b", line, re.IGNORECASE)]
    return (errors or lines[-1:] or ["it printed nothing"])[0].rstrip(".")
