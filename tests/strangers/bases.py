"""The strangers' bare machines, made with debootstrap from the mirror that this machine's own apt uses.

A base is made once and never written to: each stranger gets a layer over it, or a copy.
"""

import os
import re
import shutil
import subprocess
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

APT = Path("/etc/apt")
# python3 is what the README asks for. ca-certificates is on every Debian but the barest (its priority is standard, and
# minbase leaves that out): without it no https can be checked. One stranger does without: no-certificates.
PACKAGES = "python3,ca-certificates"
MODULES = ("pip", "ensurepip", "virtualenv")  # modules that a stranger's Python must not have
TOOLS = ("pip", "pip3", "uv", "git", "node", "npm", "cc", "gcc", "curl", "wget")  # programs, likewise


class NotToBeHad(Exception):
    """This machine cannot make that one; the message says why. Neither green nor red."""


@dataclass(frozen=True, slots=True)
class Base:
    """A release: what debootstrap is to make."""

    name: str
    family: str
    suite: str
    script: str  # of debootstrap, for a suite that is younger than it


BASES = {
    base.name: base
    for base in (
        Base("debian-13", "debian", "trixie", "sid"),
        Base("debian-12", "debian", "bookworm", "sid"),
        Base("ubuntu-24.04", "ubuntu", "noble", "gutsy"),
    )
}


@dataclass(frozen=True, slots=True)
class Source:
    """An entry of apt's sources."""

    address: str
    suites: tuple[str, ...]
    components: tuple[str, ...]


def make(base: Base, folder: Path, log: Path) -> Path:
    """Return the folder of a base, made when it is not there yet; raises NotToBeHad."""
    made = folder / base.name
    if made.exists():
        return made
    address = mirror(base.family)
    if address is None:
        raise NotToBeHad(f"apt's sources on this machine name no mirror of {base.family.capitalize()}")
    bring_debootstrap()
    part = folder / f"{base.name}.part"
    remove(part)
    part.mkdir(parents=True)
    scripts = Path("/usr/share/debootstrap/scripts")
    script = [] if (scripts / base.suite).exists() else [str(scripts / base.script)]
    # Its mounts live in a namespace of their own: whatever happens, none stays.
    command = ["unshare", "--mount", "debootstrap", "--variant=minbase", f"--include={PACKAGES}", base.suite]
    with log.open("w", encoding="utf-8") as told:
        done = subprocess.run([*command, str(part), address, *script], stdout=told, stderr=told, check=False)
    if done.returncode:
        raise NotToBeHad(f"debootstrap cannot make {base.suite} from this machine's mirror; its output is in {log}")
    part.rename(made)
    return made


def bring_debootstrap() -> None:
    """Install debootstrap with apt-get unless it is there."""
    if shutil.which("debootstrap"):
        return
    if not shutil.which("apt-get"):
        raise NotToBeHad("debootstrap is not on this machine, and neither is apt-get to bring it")
    for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", "debootstrap"]):
        if subprocess.run(["apt-get", *command], capture_output=True, check=False).returncode:
            raise NotToBeHad("debootstrap is not on this machine and cannot be installed with apt-get")


def mirror(family: str) -> str | None:
    """Return the address that apt on this machine has for `family` (debian, ubuntu), or None."""
    this = Path("/etc/os-release").read_text(encoding="utf-8")
    release = dict(re.findall(r'^(\w+)="?([^"\n]*)"?$', this, re.MULTILINE))
    codename = release.get("VERSION_CODENAME") if release.get("ID") == family else None
    for source in sources():
        last = urllib.parse.urlsplit(source.address).path.rstrip("/").rpartition("/")[2]
        if "main" in source.components and (last == family or codename in source.suites):
            return source.address
    return None


def sources() -> Iterator[Source]:
    """Read apt's sources, in the one-line format and in deb822."""
    for file in (APT / "sources.list", *sorted(APT.glob("sources.list.d/*"))):
        if file.is_file() and file.suffix in {".list", ".sources"}:
            read = _lines if file.suffix == ".list" else _stanzas
            yield from read(file.read_text(encoding="utf-8"))


def _lines(text: str) -> Iterator[Source]:
    for line in text.splitlines():
        if found := re.match(r"deb\s+(?:\[[^\]]*\]\s*)?(\S+)\s+(\S+)\s*([^#]*)", line.strip()):
            yield Source(_listed(found[1]), (found[2],), tuple(found[3].split()))


def _stanzas(text: str) -> Iterator[Source]:
    bare = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    for stanza in re.split(r"\n\s*\n", bare):
        fields = {
            name.lower(): value.split()
            for name, value in re.findall(r"^([\w-]+):((?:[^\n]*)(?:\n[ \t][^\n]*)*)", stanza, re.MULTILINE)
        }
        if "deb" in fields.get("types", []) and fields.get("enabled", ["yes"])[0].lower() != "no":
            for address in fields.get("uris", []):
                yield Source(_listed(address), tuple(fields.get("suites", [])), tuple(fields.get("components", [])))


def _listed(address: str) -> str:
    """Return the first address of a list of mirrors, as images for the cloud have it: mirror+file:/etc/apt/..."""
    if not address.startswith("mirror+file:"):
        return address
    listed = Path(address.partition(":")[2].replace("//", "/"))
    return listed.read_text(encoding="utf-8").split()[0] if listed.is_file() else address


def mounts_below(folder: Path) -> list[str]:
    """Return what is mounted at or below a folder."""
    lines = Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()
    points = [re.sub(r"\\(\d{3})", lambda code: chr(int(code[1], 8)), line.split()[4]) for line in lines]
    return [point for point in points if Path(point).is_relative_to(folder.resolve())]


def remove(folder: Path) -> None:
    """Remove a folder with all in it, never through a mount."""
    if not os.path.lexists(folder):
        return
    if mounted := mounts_below(folder):
        raise RuntimeError(f"{folder} is not removed: mounted below it is {', '.join(mounted)}")
    subprocess.run(["rm", "-rf", "--one-file-system", "--", str(folder)], check=True)
