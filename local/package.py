"""The zip that Azure runs as it is: the app, its flows and what they need, the pinned packages; same files, same bytes.

What is not named here or by the flow stays where it is. The package brings what every cold start would make anew while
a caller waits, since Azure mounts it read-only: the bytecode of all modules, and the flow, checked. And it brings
Twilio's Voice SDK for the phone page, as npm has it.
"""

import os
import shutil
import tempfile
import zipfile
from pathlib import Path, PurePosixPath

from local import archive, bytecode, flow_files, kept_flow, wheels
from local.bootstrap import voice_sdk

NEEDED = ("host.json", "function_app.py", "requirements.txt")  # at the root, else the host finds no functions
FLOW = "flow.yaml"
GOES = (
    *NEEDED,
    "shared/**/*.py",
    "shared/**/*.html",
    "shared/**/*.css",
    "shared/**/*.js",
    "shared/**/*.svg",
    FLOW,
    "flows/*.yaml",
    "flows/*.yml",
)
STAYS = frozenset(
    {
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "LICENSE",
        "README.md",
        "SECURITY.md",
        "ahoy",
        "ahoy.cmd",
        "azure.yaml",
        "bench",
        "dev.py",
        "docs",
        "flow.schema.json",
        "infra",
        "local",
        "local.settings.json",
        "local.settings.json.example",
        "pyproject.toml",
        "requirements-dev.in",
        "requirements-dev.txt",
        "requirements-local.in",
        "requirements-local.txt",
        "requirements.in",
        "stories.schema.json",
        "tests",
    }
)  # fmt: skip -- the project's own, which nobody expects in a package
IGNORED = ".funcignore"
PHONE_PAGE = "shared/http/console/phone"  # where it finds Twilio's Voice SDK
MOUNTED_AT = "/home/site/wwwroot"  # named in traces
TEXTS = {".css", ".html", ".js", ".json", ".py", ".svg", ".txt", ".yaml", ".yml"}


class NotAnApp(Exception):
    """The folder lacks what the host needs; the message names it."""


def write(folder: Path, to: Path, packages: Path, flow: str = FLOW) -> list[str]:
    """Write the package of the app in `folder` as a zip; return the names of its own files, less what is made of them.

    `packages` is what wheels.bring returns, `flow` the file that is played, a path from `folder`. Raises NotAnApp.
    """
    names, contents = _package(folder, flow)
    own = [archive.entry(name, content) for name, content in contents.items()]
    try:
        archive.write(to, [*own, *archive.entries(packages)])
    except ValueError as e:
        raise NotAnApp(str(e)) from None
    return names


def lay_out(folder: Path, to: Path, packages: Path, flow: str = FLOW) -> list[str]:
    """Write the same files into a new folder `to`, for a tool that makes the zip itself; return their names as `write`.

    An empty .funcignore is among them: without one such a tool leaves the bytecode out. Only what lies in .ahoy, where
    all is made anew, is replaced; raises NotAnApp for another folder that is there.
    """
    names, contents = _package(folder, flow)
    if to.exists():
        if (folder / ".ahoy").resolve() not in to.resolve().parents:
            raise NotAnApp(f"{to} is there already; name a new folder, or one in .ahoy")
        shutil.rmtree(to)
    with zipfile.ZipFile(packages) as made:
        made.extractall(to)
    for name, content in {**contents, IGNORED: b""}.items():
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        (to / name).write_bytes(content)
    return names


def complaint(zipped: Path, flow: str) -> str:
    """Return why an app that plays `flow` cannot run a zip, empty when it can."""
    try:
        with zipfile.ZipFile(zipped) as made:
            names = set(made.namelist())
    except (OSError, zipfile.BadZipFile) as e:
        return f"{zipped} is no package: {e}"
    lost = [name for name in (*NEEDED, PurePosixPath(flow).as_posix()) if name not in names]
    lost += [] if any(name.startswith(f"{wheels.LIES_IN}/") for name in names) else [wheels.LIES_IN]
    return f"{zipped} lacks {', '.join(lost)}, without which the app does not run; make it anew." if lost else ""


def left_out(folder: Path, names: list[str]) -> list[str]:
    """Return what else lies in the folder, of a folder that has none of `names` its own name only, with a slash.

    What is the project's own, hidden or made by Python is not told.
    """
    files = [PurePosixPath(name) for name in names]
    taken, told = {*files, *(above for file in files for above in file.parents)}, list[str]()
    for at, folders, others in os.walk(folder):
        here = PurePosixPath(Path(at).relative_to(folder).as_posix())
        lost = [here / name for name in (*folders, *others) if here / name not in taken]
        told += [f"{path}/" if path.name in folders else str(path) for path in lost if not _is_expected(path)]
        folders[:] = [name for name in folders if here / name in taken]
    return sorted(told)


def _is_expected(path: PurePosixPath) -> bool:
    is_made = path.name.startswith(".") or path.name == "__pycache__"
    return is_made or path.name.endswith(flow_files.STORIES) or str(path) in STAYS


def _package(folder: Path, flow: str) -> tuple[list[str], dict[str, bytes]]:
    """Return the names of the files to deploy, and the content of each and of what is made of them."""
    names = _names(folder, flow)
    if missing := [name for name in NEEDED if name not in names]:
        raise NotAnApp(f"{folder} lacks {', '.join(missing)}; this is no package to run")
    contents = {name: _content(folder / name) for name in names}
    with tempfile.TemporaryDirectory() as made:
        at = Path(made)
        for name, content in contents.items():
            (at / name).parent.mkdir(parents=True, exist_ok=True)
            (at / name).write_bytes(content)
        if (folder / PHONE_PAGE).is_dir():
            contents[f"{PHONE_PAGE}/{voice_sdk.NAME}"] = voice_sdk.content()
        for name in {FLOW, flow} & set(names):
            if found := kept_flow.file_for(at / name):
                contents[PurePosixPath(name).with_name(found[0]).as_posix()] = found[1]
                (at / name).with_name(found[0]).write_bytes(found[1])
        contents |= _bytecode(at, [name for name in contents if name.endswith(".py")])
    return names, contents


def _names(folder: Path, flow: str) -> list[str]:
    """Return the files to deploy: what GOES, and what the flows need. Raises NotAnApp when one is not there."""
    goes = {path for pattern in GOES for path in folder.glob(pattern) if path.is_file() and not _is_told(path)}
    for played in {FLOW, flow} if (folder / FLOW).is_file() else {flow}:
        goes |= {Path(os.path.normpath(path)) for path in flow_files.needed(folder / played, folder)}
    if lost := sorted(path for path in goes if not (path.is_file() and path.is_relative_to(folder))):
        raise NotAnApp(f"{lost[0]} is no file of this folder; the flow cannot do without it")
    return sorted(path.relative_to(folder).as_posix() for path in goes)


def _is_told(file: Path) -> bool:
    return file.name.endswith(flow_files.STORIES)


def _content(file: Path) -> bytes:
    """Return a file's bytes, a text's with the line ends that it has on Linux: editors and git may change them."""
    content = file.read_bytes()
    return content.replace(b"\r\n", b"\n") if file.suffix in TEXTS else content


def _bytecode(at: Path, sources: list[str]) -> dict[str, bytes]:
    """Return the bytecode of modules by its name. Raises NotAnApp when one cannot be compiled."""
    if broken := bytecode.compiled(at, sources, MOUNTED_AT):
        raise NotAnApp("a module cannot be compiled:\n" + "\n".join(broken.values()).strip())
    return {made: (at / made).read_bytes() for made in map(bytecode.path, sources)}
