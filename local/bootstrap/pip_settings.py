"""What pip is told on this machine about index, certificate and proxy, read where pip reads it; pip need not be there.

Source: pip's documentation, "Configuration": the files in their order, then PIP_... in the environment.
"""

import configparser
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

SECTIONS = ("global", "install")  # the later one counts more


@dataclass(frozen=True)
class PipSettings:
    """The settings that matter to whoever fetches packages; empty where nothing is said.

    A folder of links that is not there says nothing, as to pip.
    """

    index_url: str = ""
    extra_index_url: tuple[str, ...] = ()
    find_links: tuple[str, ...] = ()
    trusted_host: tuple[str, ...] = ()
    no_index: bool = False
    cert: str = ""
    client_cert: str = ""
    proxy: str = ""


def read(environ: Mapping[str, str] = os.environ) -> PipSettings:
    """Return the settings of this machine and user. A file that cannot be read says nothing."""
    settings: dict[str, str] = {}
    parsers = [_parsed(file) for file in files(environ)]
    for section in SECTIONS:
        for parser in parsers:
            if parser.has_section(section):
                settings |= {name.replace("_", "-"): value for name, value in parser.items(section)}
    for name, value in environ.items():
        if name.upper().startswith("PIP_") and value:
            settings[name[4:].lower().replace("_", "-")] = value
    return PipSettings(
        index_url=settings.get("index-url", "").strip(),
        extra_index_url=tuple(settings.get("extra-index-url", "").split()),
        find_links=tuple(
            link for link in settings.get("find-links", "").split() if "://" in link or Path(link).exists()
        ),
        trusted_host=tuple(settings.get("trusted-host", "").split()),
        no_index=settings.get("no-index", "").strip().lower() in {"1", "true", "yes", "on"},
        cert=settings.get("cert", "").strip(),
        client_cert=settings.get("client-cert", "").strip(),
        proxy=settings.get("proxy", "").strip(),
    )


def files(environ: Mapping[str, str] = os.environ) -> list[Path]:
    """Return the files that pip would read, the later one counting more; PIP_CONFIG_FILE=/dev/null means none."""
    named = environ.get("PIP_CONFIG_FILE", "")
    if named == os.devnull:
        return []
    found = [*_of_the_machine(environ), *_of_the_user(environ)]
    found.append(Path(sys.prefix) / ("pip.ini" if sys.platform == "win32" else "pip.conf"))
    return [*found, Path(named)] if named else found


def _of_the_machine(environ: Mapping[str, str]) -> Iterator[Path]:
    if sys.platform == "win32":
        yield Path(environ.get("PROGRAMDATA") or "C:/ProgramData") / "pip" / "pip.ini"
        return
    if sys.platform == "darwin":
        yield Path("/Library/Application Support/pip/pip.conf")
    for folder in (environ.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(os.pathsep):
        yield Path(folder) / "pip" / "pip.conf"
    yield Path("/etc/pip.conf")


def _of_the_user(environ: Mapping[str, str]) -> Iterator[Path]:
    home = Path(os.path.expanduser("~"))  # noqa: PTH111 -- Path.home() raises where there is none
    if sys.platform == "win32":
        yield home / "pip" / "pip.ini"
        yield Path(environ.get("APPDATA") or home / "AppData" / "Roaming") / "pip" / "pip.ini"
        return
    yield home / ".pip" / "pip.conf"
    own = home / "Library" / "Application Support" / "pip"
    if sys.platform == "darwin" and own.is_dir():
        yield own / "pip.conf"
    else:
        yield Path(environ.get("XDG_CONFIG_HOME") or home / ".config") / "pip" / "pip.conf"


def _parsed(file: Path) -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser()
    try:
        parser.read(file, encoding="utf-8")
    except (configparser.Error, UnicodeError, OSError):
        return configparser.RawConfigParser()
    return parser
