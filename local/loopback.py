"""Programs of this machine speak to each other directly, whatever proxy the environment or the system names.

Standard library, Python 3.10 and newer.
"""

import os
import sys
import urllib.request
from collections.abc import MutableMapping

HERE = ("127.0.0.1", "localhost", "::1")  # not [::1], as urllib would have it: httpx takes no such name
# Tools differ in which of the two they read first; on Windows they are one.
NAMES = ("NO_PROXY",) if sys.platform == "win32" else ("no_proxy", "NO_PROXY")


def keep_direct(environ: MutableMapping[str, str] = os.environ) -> None:
    """Add this machine's addresses to those that go through no proxy; what is there already stays."""
    if not any(name.lower().endswith("_proxy") and value for name, value in environ.items()):
        _take_over_the_systems(environ)
    named = [environ.get(name, "").strip() for name in NAMES]
    kept = [host.strip() for text in named for host in text.split(",") if host.strip()]
    hosts = "*" if "*" in named else ",".join(dict.fromkeys((*kept, *HERE)))
    environ.update(dict.fromkeys(NAMES, hosts))


def _take_over_the_systems(environ: MutableMapping[str, str]) -> None:
    """Python asks macOS and Windows for their proxies only while the environment has no variable of the kind."""
    for scheme, proxy in systems().items():
        if scheme in {"http", "https"}:
            environ[f"{scheme}_proxy"] = proxy


def systems() -> dict[str, str]:
    """Return the proxies in the system's own settings by scheme; Linux has none beside the environment."""
    found: dict[str, str] = {}
    if sys.platform == "darwin":
        found = urllib.request.getproxies_macosx_sysconf()  # type: ignore[attr-defined]  # not in typeshed
    elif sys.platform == "win32":
        found = urllib.request.getproxies_registry()  # type: ignore[attr-defined]  # not in typeshed
    return found
