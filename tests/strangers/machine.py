"""One stranger's machine, seen from inside its own mount and process namespaces: what is mounted, run, ended, left.

Nothing here is undone by hand: the mounts and the processes end with the namespaces.
"""

import contextlib
import ctypes
import fcntl
import os
import pty
import re
import shutil
import socket
import stat
import struct
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from program import Failed, Program

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# What a person behind a proxy, a mirror or an authority of their own has set; nothing else of this machine goes along.
PASSED = (
    "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "no_proxy", "all_proxy",
    "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_TRUSTED_HOST",
    "UV_DEFAULT_INDEX", "UV_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL", "UV_PYTHON_INSTALL_MIRROR", "UV_NATIVE_TLS",
    "NPM_CONFIG_REGISTRY", "npm_config_registry", "NPM_CONFIG_CAFILE", "npm_config_cafile",
)  # fmt: skip
CERTIFICATES = (
    "SSL_CERT_FILE", "SSL_CERT_DIR", "PIP_CERT", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS",
)  # fmt: skip
BUNDLE = "/etc/ssl/certs/ca-certificates.crt"  # Debian's; it may know an authority of this machine's own
CONFIGURATION = ("/etc/pip.conf", "/etc/uv/uv.toml", "~/.config/pip/pip.conf", "~/.config/uv/uv.toml", "~/.npmrc")
REACHES = re.compile(
    r"\[|(extra[-_])?index[-_]url|trusted[-_]host|(client[-_])?cert\b|(https?[-_])?proxy|noproxy|"
    r"registry|@[^=]+:registry|//|ca(file)?\b|strict-ssl"
)  # the settings of pip and npm that packages are reached by; folders of this machine are not the stranger's
DEVICES = {"null": (1, 3), "zero": (1, 5), "full": (1, 7), "random": (1, 8), "urandom": (1, 9), "tty": (5, 0)}
USER = "ann"
USER_ID = 1000


@dataclass(slots=True)
class Machine:
    """A stranger's machine: how its programs are started, and what they left."""

    folder: Path
    logs: Path
    project: str  # the folder of the project, as the stranger sees it
    is_root: bool = True
    has_terminal: bool = True
    umask: int = 0o022
    open_files: str = ""  # soft limit:hard limit; no limit of its own without
    environ: dict[str, str] = field(default_factory=dict)
    is_layered: bool = True
    _runs: int = 0
    _at_first: dict[str, int] = field(default_factory=dict)

    @property
    def root(self) -> Path:
        """The machine's / as this process sees it."""
        return self.folder / "root"

    @property
    def here(self) -> Path:
        """The project's folder as this process sees it."""
        return self.root / self.project.lstrip("/")

    @property
    def home(self) -> str:
        """The person's home, as they see it."""
        return "/root" if self.is_root else f"/home/{USER}"

    def appear(self, base: Path, archive: Path) -> None:
        """Mount a clean machine with the project in it."""
        for name in ("root", "upper", "work"):
            (self.folder / name).mkdir(parents=True)
        layers = f"lowerdir={base},upperdir={self.folder / 'upper'},workdir={self.folder / 'work'}"
        mounted = subprocess.run(
            ["mount", "-t", "overlay", "overlay", "-o", layers, str(self.root)], capture_output=True, check=False
        )
        if mounted.returncode:  # inside containers there are often no layers upon layers
            self.is_layered = False
            subprocess.run(["cp", "-a", "--reflink=auto", f"{base}/.", str(self.root)], check=True)
        self._mount()
        self._settle()
        self.here.mkdir(parents=True)
        subprocess.run(["tar", "-xf", str(archive), "-C", str(self.here)], check=True)
        if not self.is_root:
            subprocess.run(["chown", "-R", f"{USER_ID}:{USER_ID}", str(self.here)], check=True)
        self._at_first = dict(self._written())

    def _mount(self) -> None:
        for kind, options, place in (
            ("proc", "nosuid", "proc"), ("sysfs", "ro", "sys"), ("tmpfs", "mode=755", "dev"),
        ):  # fmt: skip
            _mount(kind, options, self.root / place)
        dev = self.root / "dev"
        for name, (major, minor) in DEVICES.items():
            os.mknod(dev / name, stat.S_IFCHR | 0o666, os.makedev(major, minor))
            (dev / name).chmod(0o666)
        for name, target in {"fd": "", "stdin": "/0", "stdout": "/1", "stderr": "/2"}.items():
            (dev / name).symlink_to(f"/proc/self/fd{target}")
        (dev / "ptmx").symlink_to("pts/ptmx")
        _mount("devpts", "newinstance,ptmxmode=666,mode=620", dev / "pts")
        _mount("tmpfs", "mode=1777", dev / "shm")

    def _settle(self) -> None:
        """Give the machine names, certificates and the settings that reach packages from here."""
        etc = self.root / "etc"
        shutil.copyfile("/etc/resolv.conf", etc / "resolv.conf")
        (etc / "hosts").write_text(f"127.0.0.1 localhost\n::1 localhost\n127.0.1.1 {socket.gethostname()}\n", "ascii")
        apt = subprocess.run(["apt-config", "dump"], capture_output=True, encoding="utf-8", check=False).stdout
        wanted = re.findall(r"^Acquire::(?:https?|Check-|Retries)\S* .*$", apt, re.MULTILINE)
        (etc / "apt/apt.conf.d/50strangers").write_text("\n".join([*wanted, ""]), encoding="utf-8")
        if not self.is_root:
            self.tool("useradd", "--uid", str(USER_ID), "--create-home", USER)
        for file, inside in zip(CONFIGURATION, self.configuration(), strict=True):
            if (source := Path(file).expanduser()).is_file():
                inside.parent.mkdir(parents=True, exist_ok=True)
                inside.write_text(reaching(source.read_text(encoding="utf-8")), encoding="utf-8")
                self._lay(re.findall(r"^(?:cert|cafile)\s*=\s*(\S+)", inside.read_text(encoding="utf-8"), re.MULTILINE))
        self.environ = {"PATH": PATH, "HOME": self.home, "LANG": "C.UTF-8", "TERM": "xterm-256color"} | {
            name: os.environ[name] for name in PASSED if name in os.environ
        } | self._certificates() | self.environ  # fmt: skip
        if not self.is_root:
            home = self.root / self.home.lstrip("/")
            for path in (home, *home.rglob("*")):
                path.chmod(0o555 if path.is_dir() else 0o444)

    def configuration(self) -> list[Path]:
        """Return where the stranger's settings of pip, uv and npm are, as this process sees them."""
        seen = [file.replace("~", self.home) for file in CONFIGURATION]
        return [self.root / file.lstrip("/") for file in seen]

    def _certificates(self) -> dict[str, str]:
        """Lay this machine's bundles of certificates at the same places; return the variables that name them."""
        named = {name: os.environ[name] for name in CERTIFICATES if name in os.environ}
        self._lay([BUNDLE, *named.values()])
        return named

    def _lay(self, places: list[str]) -> None:
        """Copy files that settings of this machine name to the same places."""
        for place in map(Path, places):
            inside = self.root / str(place).lstrip("/")
            if place.is_file():
                inside.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(place, inside)

    def tool(self, *command: str) -> str:
        """Run a command as root, for the making of the machine, and return what it printed."""
        done = subprocess.run(
            ["chroot", str(self.root), *command], env={"PATH": PATH, "HOME": "/root", "LANG": "C.UTF-8"} | self.environ,
            capture_output=True, encoding="utf-8", stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
        if done.returncode:
            raise Failed(f"{command[0]} failed while the machine was made: {(done.stdout + done.stderr)[-400:]}")
        return done.stdout

    def begin(self, *command: str, environ: Mapping[str, str] | None = None, in_terminal: bool = False) -> Program:
        """Start a program in the project's folder, as the person who sits at the machine does."""
        self._runs += 1
        said = re.sub(r"[^a-z0-9]+", "-", " ".join(command[1:]).lower()).strip("-")
        log = self.logs / f"{self._runs:02}-{said[:60]}.log"
        log.write_text(f"$ {' '.join(command)}\n", encoding="utf-8")
        whole = [*self._limits(), "chroot", *self._who(), str(self.root), *self._place(), *command]
        surroundings = self.environ | dict(environ or {})
        if in_terminal and self.has_terminal:
            keys, screen = pty.openpty()
            child = subprocess.Popen(
                ["setsid", "--ctty", *whole], env=surroundings, stdin=screen, stdout=screen, stderr=screen,
                umask=self.umask,
            )  # fmt: skip
            os.close(screen)
            return Program(child, keys, log, keys)
        output, end = os.pipe()
        child = subprocess.Popen(
            whole, env=surroundings, stdin=subprocess.DEVNULL, stdout=end, stderr=end, umask=self.umask,
            start_new_session=True,
        )  # fmt: skip
        os.close(end)
        return Program(child, output, log)

    def _limits(self) -> list[str]:
        return ["prlimit", f"--nofile={self.open_files}"] if self.open_files else []

    def _who(self) -> list[str]:
        return [] if self.is_root else [f"--userspec={USER_ID}:{USER_ID}", f"--groups={USER_ID}"]

    def _place(self) -> list[str]:
        closed = "" if self.has_terminal else " 0<&-"
        return ["sh", "-c", f'cd "$0" && exec "$@"{closed}', self.project]

    def unplug(self) -> None:
        """Pull the cable: from here on this process and all that it starts have no network but 127.0.0.1."""
        clone_newnet, siocgifflags, siocsifflags, up = 0x40000000, 0x8913, 0x8914, 1
        if ctypes.CDLL(None, use_errno=True).unshare(clone_newnet):
            raise Failed(f"the network cannot be taken away: {os.strerror(ctypes.get_errno())}")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
            flags = struct.unpack("16sH14x", fcntl.ioctl(asked, siocgifflags, struct.pack("16s16x", b"lo")))[1]
            fcntl.ioctl(asked, siocsifflags, struct.pack("16sH14x", b"lo", flags | up))

    def running(self) -> list[str]:
        """Return what runs on the machine: the namespace's processes but this one."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                state = (process / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
                if state != "Z" and int(process.name) != os.getpid():
                    command = (process / "cmdline").read_bytes().replace(b"\0", b" ")
                    found.append(command.decode("utf-8", "replace")[:120])
        return found

    def megabytes(self) -> float:
        """Return the size of the project's folder."""
        told = subprocess.run(["du", "-sk", str(self.here)], capture_output=True, encoding="utf-8", check=False).stdout
        return int(told.split()[0]) / 1024

    def elsewhere(self) -> dict[str, float]:
        """Return what was written outside the project's .ahoy, in MB by folder; empty without layers."""
        sizes: dict[str, float] = {}
        for path, size in self._written():
            if self._at_first.get(path) != size:
                place = "/".join(path.split("/")[:4])
                sizes[place] = sizes.get(place, 0) + size / 1024**2
        return sizes

    def _written(self) -> Iterator[tuple[str, int]]:
        upper = self.folder / "upper"
        own = upper / self.project.lstrip("/") / ".ahoy"
        if not self.is_layered:
            return
        for at, folders, files in os.walk(upper):
            folders[:] = [name for name in folders if name != "__pycache__" and Path(at, name) != own]
            for name in files:
                with contextlib.suppress(OSError):
                    yield f"/{Path(at, name).relative_to(upper)}", Path(at, name).lstat().st_size

    def keep_logs(self) -> None:
        """Copy what the project itself logged to where this run's logs are."""
        for source in (self.here / ".ahoy" / "setup.log", self.here / ".ahoy" / "logs"):
            if source.is_dir():
                shutil.copytree(source, self.logs / "ahoy-logs", dirs_exist_ok=True)
            elif source.is_file():
                shutil.copyfile(source, self.logs / "ahoy-setup.log")


def _mount(kind: str, options: str, place: Path) -> None:
    place.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", kind, "-o", options, kind, str(place)], check=True)


def reaching(settings: str) -> str:
    """Return the lines of a file of settings that packages are reached by, with those that go on from them."""
    kept: list[str] = []
    is_kept = False
    for line in settings.splitlines():
        is_kept = is_kept if line[:1].isspace() else bool(REACHES.match(line))
        if is_kept:
            kept.append(re.sub(r"\bfile:\S+", "", line))
    return "\n".join([*kept, ""])


def bind(source: Path, place: Path) -> None:
    """Show a folder of this machine to the stranger, who can only read it."""
    place.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "--bind", str(source), str(place)], check=True)
    subprocess.run(["mount", "-o", "remount,bind,ro", str(place)], check=True)
