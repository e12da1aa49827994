"""What somebody with an old Python is told. Any Python from 2.7 on reads this file."""

import io
import os
import platform
import subprocess
import sys

RELEASE = "/etc/os-release"
NEWER = ["python3.%d" % minor for minor in (13, 14, 12, 11, 10)]


def advice(oldest):
    """Return how to get a newer Python on this system, in a few lines."""
    lines = ["Python %d.%d or newer is needed to start dev.py; this is %s." % (oldest + (platform.python_version(),))]
    there = [name for name in NEWER if _works(name)]
    if there:
        lines.append("This machine has a newer one:  %s dev.py %s" % (there[0], " ".join(sys.argv[1:]) or "start"))
    else:
        lines += _ways()
    return "\n".join(lines)


def _ways():
    if sys.platform == "darwin":
        return [
            "Get one with Homebrew:  brew install python@3.13",
            "or with the installer of python.org, and start again with:  python3.13 dev.py start",
        ]
    if sys.platform == "win32":
        return [
            "Get one:  winget install Python.Python.3.13",
            "or with the installer of python.org, and start again with:  py -3.13 dev.py start",
        ]
    ways = ["Get one:  %s" % _package_command()]
    ways.append("or with uv, which brings its own:  uv run --python 3.13 dev.py start")
    return ways


def _package_command():
    """Return the command of this Linux that brings a newer Python beside the system's own."""
    names = _release()
    if "ubuntu" in names:
        return (
            "sudo add-apt-repository ppa:deadsnakes/ppa && sudo apt install python3.13, then: python3.13 dev.py start"
        )
    if "rhel" in names or "fedora" in names or "centos" in names:
        return "sudo dnf install python3.12, then: python3.12 dev.py start"
    if "suse" in names or "opensuse" in names:
        return "sudo zypper install python312, then: python3.12 dev.py start"
    if "alpine" in names:
        return "apk add python3, on Alpine 3.17 or newer"
    if "debian" in names:
        return "Debian has one from release 12 on; before that: pyenv install 3.13"
    return "pyenv install 3.13, or your system's package of Python 3.13"


def _release():
    """Return the words by which this Linux names itself and its parents."""
    try:
        with io.open(RELEASE, encoding="utf-8") as file:
            lines = file.read().splitlines()
    except (IOError, OSError):
        return []
    named = [line.partition("=")[2].strip('"') for line in lines if line.startswith(("ID=", "ID_LIKE="))]
    return " ".join(named).split()


def _works(name):
    """Whether a Python of this name is on the path and starts: shims answer for versions that are not there."""
    with io.open(os.devnull, "w", encoding="utf-8") as nothing:
        try:
            return subprocess.call([name, "-c", "pass"], stdout=nothing, stderr=nothing) == 0
        except OSError:
            return False
