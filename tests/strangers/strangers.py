"""All strangers, by name."""

import windows
from people import Stranger
from stories import REFUSING, handed_python, told_or_lives, two_starts, without_certificates

PROXIES = {name: REFUSING for low in ("http_proxy", "https_proxy", "all_proxy") for name in (low, low.upper())}
NO_PYTHON = (r"python 3\.13", "network|reach|resolve", "python.org|pyenv|apt install")  # what, why, the way out

STRANGERS = {
    one.name: one
    for one in (
        Stranger("debian-13", "Python 3.13 alone: no pip, no git, no Node, no compiler", is_tested=True),
        Stranger("debian-12", "Python 3.11 alone: 3.13 must be fetched, or one sentence says how", base="debian-12",
                 story=told_or_lives(*NO_PYTHON)),
        Stranger("debian-12-pyenv", "Python 3.11, and 3.13 by PYENV_ROOT", base="debian-12", story=handed_python),
        Stranger("ubuntu-24.04", "Python 3.12 alone", base="ubuntu-24.04", story=told_or_lives(*NO_PYTHON)),
        Stranger("user", "not root, and nothing can be written at home", is_root=False),
        Stranger("accents", "a folder with spaces, accents and brackets", folder="Ma ligne (été)"),
        Stranger("umask", "umask 077", umask=0o077),
        Stranger("few-files", "256 open files unless more are asked for, as on macOS", open_files="256:"),
        Stranger("fewest-files", "ulimit -n 256: a line, or one sentence about it", open_files="256:256",
                 story=told_or_lives("open files|ulimit")),
        Stranger("dead-proxy", "at the second start a proxy is named that refuses", again=PROXIES),
        Stranger("unplugged", "at the second start there is no network", is_unplugged=True),
        Stranger("pip-user", "pip is told to install for the user, only in environments, and from a folder long gone",
                 environ={"PIP_USER": "1", "PIP_REQUIRE_VIRTUALENV": "1", "PIP_FIND_LINKS": "/srv/gone"}),
        Stranger("c-locale", "LC_ALL=C, then POSIX", environ={"LC_ALL": "C"}, again={"LC_ALL": "POSIX"}),
        Stranger("no-terminal", "standard input closed, TERM=dumb, ended by SIGTERM", has_terminal=False,
                 environ={"TERM": "dumb"}),
        Stranger("two-starts", "started twice at the same time in one folder", story=two_starts),
        Stranger("no-certificates", "no authority's certificate: one sentence says so", story=without_certificates),
        Stranger("windows-node", "Node and uv for Windows, under wine: npm and the storage emulator",
                 story=windows.node_runs),
    )
}  # fmt: skip
