"""dev.py pin: pin versions and checksums, for every system, of what the *.in files ask for."""

import argparse

NEEDS = "packages"
# What is deployed is pinned first and constrains the rest.
LOCKS: dict[str, tuple[str, ...]] = {
    "requirements": (),
    "requirements-local": ("--constraint=requirements.txt",),
    "requirements-dev": ("--constraint=requirements-local.txt",),
    "local/bootstrap/uv": (),
    "local/bootstrap/node": (),
}
OPTIONS = ("--quiet", "--universal", "--python-version=3.13", "--generate-hashes", "--no-emit-index-url",
           "--no-emit-find-links", "--custom-compile-command=python3 dev.py pin")  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("--upgrade", action="store_true", help="take newer versions of what is pinned already, too")


def run(given: argparse.Namespace) -> int:
    """Write each lock file anew."""
    from local.bootstrap import uv
    from local.progress import progress

    newer = ["--upgrade"] if given.upgrade else []
    public = {"UV_INDEX": "", "UV_FIND_LINKS": "", "UV_INDEX_STRATEGY": "first-index"}  # what lies here is for here
    for name, constraints in LOCKS.items():
        files = (f"{name}.in", f"--output-file={name}.txt")
        with progress(f"pinning {name}.txt"):
            uv.run(f"{name}.txt cannot be pinned", "pip", "compile", *files, *OPTIONS, *constraints, *newer, **public)
    return 0
