"""The package is exact, and the same every time: tests/infra/test_wheels.py holds the packages in it to the same."""

import hashlib
import marshal
import os
import shutil
import subprocess
import sys
import zipfile
from importlib.util import cache_from_source
from pathlib import Path
from types import CodeType

import pathspec
import pytest

from local import archive, package, wheels
from local.bootstrap import voice_sdk
from local.commands import package as command
from local.paths import ROOT
from tests.tools import checkout

STAY = ("local.settings.json", ".env", "tests/t.py", "shared/__pycache__/a.pyc", ".git/config", "dev.py")
OWN = (
    "patients.csv",
    "secrets.txt",
    "notes.py",
    "old.zip",
    "media/hello.mp3",
    "shared/a.csv",
    "shared/deep/x/y.key",
    "flows/notes.txt",
    "sub/flow.yaml",
)  # fmt: skip -- of an owner, and nothing that the line needs
PACKAGES = tuple(f"{wheels.LIES_IN}/{name}" for name in ("a/__init__.py", "a/__pycache__/__init__.cpython-313.pyc"))


@pytest.fixture
def app(tmp_path):
    """A small app in a folder, with files that must not leave it."""
    folder = tmp_path / "app"
    for name in (*package.NEEDED, "flow.yaml", "shared/a.py", "shared/b.html", *STAY):
        write(folder / name, f"{name}\n")
    return folder


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    """The app of this project with a flow of its own, whatever lies in this folder."""
    folder = tmp_path_factory.mktemp("ours")
    checkout.copy(folder)
    return folder


@pytest.fixture(scope="module")
def packages(tmp_path_factory):
    """A small zip in place of that of all pinned packages, which tests/infra/test_wheels.py makes."""
    made = tmp_path_factory.mktemp("packages") / "packages.zip"
    archive.write(made, [archive.entry(name, name.encode()) for name in PACKAGES])
    return made


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_the_package_holds_what_runs_and_nothing_else(ours, tmp_path, packages):
    package.write(ours, tmp_path / "a.zip", packages)
    names = zipfile.ZipFile(tmp_path / "a.zip").namelist()
    top = {name.partition("/")[0] for name in names}
    assert top - {"flows", "__pycache__"} == {
        ".python_packages", "function_app.py", "flow.yaml", "flow.yaml.kept.py", "host.json", "requirements.txt",
        "shared",
    }  # fmt: skip
    plain = {".txt", ".json", ".yaml", ".py", ".pyc"}
    assert {Path(name).suffix for name in names} - plain <= {".html", ".js", ".css", ".svg"}


def test_each_module_has_its_bytecode_and_python_takes_it_without_a_look_at_the_source(ours, tmp_path, packages):
    package.write(ours, tmp_path / "a.zip", packages)
    with zipfile.ZipFile(tmp_path / "a.zip") as made:
        made.extractall(tmp_path / "app")
        names = set(made.namelist())
    modules = {name for name in names if name.endswith(".py")}
    assert {name for name in names - set(PACKAGES) if name.endswith(".pyc")} == {
        Path(cache_from_source(name)).as_posix() for name in modules - set(PACKAGES)
    }
    (tmp_path / "app" / "shared" / "phone.py").write_text("raise RuntimeError", encoding="utf-8")
    done = subprocess.run([sys.executable, "-c", "import shared.phone"], cwd=tmp_path / "app", check=False)
    assert done.returncode == 0


def test_the_phone_page_finds_twilios_sdk_in_a_package_and_no_copy_of_it_is_kept_here(ours, tmp_path, packages):
    names = package.write(ours, tmp_path / "a.zip", packages)
    sdk = f"{package.PHONE_PAGE}/{voice_sdk.NAME}"
    with zipfile.ZipFile(tmp_path / "a.zip") as made:
        assert made.read(sdk) == voice_sdk.FILE.read_bytes()
    assert sdk not in names
    assert not (ours / sdk).exists()


def test_a_module_that_cannot_be_compiled_stops_the_package(app, tmp_path, packages):
    (app / "shared" / "a.py").write_text("def broken(:\n", encoding="utf-8")
    with pytest.raises(package.NotAnApp, match=r"shared/a\.py"):
        package.write(app, tmp_path / "a.zip", packages)


APP = ["flow.yaml", "function_app.py", "host.json", "requirements.txt", "shared/a.py", "shared/b.html"]


def test_what_nothing_names_stays_at_home_and_is_told(app, tmp_path, packages):
    for name in OWN:
        write(app / name, name)
    names = package.write(app, tmp_path / "a.zip", packages)
    assert names == APP
    assert package.left_out(app, names) == [
        "flows/", "media/", "notes.py", "old.zip", "patients.csv", "secrets.txt", "shared/a.csv", "shared/deep/",
        "sub/",
    ]  # fmt: skip
    write(app / "flows" / "night.yaml", "voice: {start: [say: Good night.]}")
    write(app / "flows" / "night.stories.yaml", "stories: []")  # are told of flows, and needed by nobody who rings
    names = package.write(app, tmp_path / "a.zip", packages)
    assert (set(names) - set(APP), package.left_out(app, names)[:2]) == (
        {"flows/night.yaml"},
        ["flows/notes.txt", "media/"],
    )


def test_verbs_go_with_the_modules_that_they_import_and_the_files_that_they_name(app, tmp_path, packages):
    write(app / "verbs.py", 'import prices\nfrom tables.old import x\n\nFILES = ["prices.csv", "media"]\n')
    write(app / "prices.py", 'FILES = ("more/prices.json",)\n')
    own = ["prices.csv", "more/prices.json", "media/a.mp3", "media/deep/b.mp3", "tables/old.py", "tables/__init__.py"]
    for name in (*own, "tables/patients.csv", "more/patients.csv", "other.py"):
        write(app / name, "")
    names = package.write(app, tmp_path / "a.zip", packages)
    assert sorted(set(names) - set(APP)) == sorted([*own, "verbs.py", "prices.py"])
    assert package.left_out(app, names) == ["more/patients.csv", "other.py", "tables/patients.csv"]


def test_the_flow_that_the_line_plays_goes_wherever_it_lies_with_its_tree_and_verbs(app, tmp_path, packages):
    write(app / "shop" / "night.yaml", "voice: {start: [say: Good night.]}")
    write(app / "shop" / "verbs.py", "")
    names = package.write(app, tmp_path / "a.zip", packages, "shop/night.yaml")
    assert set(names) - set(APP) == {"shop/night.yaml", "shop/verbs.py"}
    assert {"shop/night.yaml.kept.py", "flow.yaml"} <= set(zipfile.ZipFile(tmp_path / "a.zip").namelist())
    (app / "flow.yaml").unlink()
    assert "flow.yaml" not in package.write(app, tmp_path / "a.zip", packages, "shop/night.yaml")


@pytest.mark.parametrize("flow", ["none.yaml", "../elsewhere.yaml", "shop"])
def test_a_flow_or_a_file_of_its_verbs_that_is_not_there_stops_the_package(app, tmp_path, flow, packages):
    write(tmp_path / "elsewhere.yaml", "voice: {start: [say: Hello.]}")
    write(app / "shop" / "a.txt", "")
    with pytest.raises(package.NotAnApp, match=flow.replace("../", "")):
        package.write(app, tmp_path / "a.zip", packages, flow)
    for name in ("none.csv", "../elsewhere.yaml", str(tmp_path / "elsewhere.yaml")):
        write(app / "verbs.py", f"FILES = [{name!r}]")
        with pytest.raises(package.NotAnApp, match=Path(name).stem):
            package.write(app, tmp_path / "a.zip", packages)


def test_tools_that_read_funcignore_find_the_app_and_nothing_beside_it(ours, tmp_path, packages):
    let_through = pathspec.GitIgnoreSpec.from_lines((ROOT / ".funcignore").read_text(encoding="utf-8").splitlines())
    assert list(let_through.match_files(package.write(ours, tmp_path / "a.zip", packages))) == []
    stay = [name for name in (*STAY, *OWN) if not name.startswith(("shared/", "flows/"))]
    assert sorted(let_through.match_files(stay)) == sorted(stay)


def test_the_same_files_give_the_same_bytes_whenever_they_were_written(app, tmp_path, packages):
    package.write(app, tmp_path / "a.zip", packages)
    for path in app.rglob("*.*"):
        os.utime(path, (1_700_000_000, 1_700_000_000))
    (app / "host.json").chmod(0o755)
    package.write(app, tmp_path / "b.zip", packages)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    (app / "host.json").write_text("another", encoding="utf-8")
    package.write(app, tmp_path / "b.zip", packages)
    assert (tmp_path / "a.zip").read_bytes() != (tmp_path / "b.zip").read_bytes()


def files_of(code):
    """Return the file names in a code object and all within it."""
    yield code.co_filename
    for within in code.co_consts:
        if isinstance(within, CodeType):
            yield from files_of(within)


def test_every_path_in_the_package_is_spelled_as_on_linux(ours, tmp_path, packages):
    package.write(ours, tmp_path / "a.zip", packages)
    with zipfile.ZipFile(tmp_path / "a.zip") as made:
        own = set(made.namelist()) - set(PACKAGES)
        compiled = {name: made.read(name) for name in own if name.endswith(".pyc")}
        assert not [name for name in made.namelist() if "\\" in name or ":" in name]
    for name, content in compiled.items():
        folder, _, file = name.rpartition("__pycache__/")
        assert set(files_of(marshal.loads(content[16:]))) == {  # noqa: S302 -- made a moment ago
            f"{package.MOUNTED_AT}/{folder}{file.rpartition('.cpython-')[0]}.py"
        }


def with_crlf(folder):
    for path in folder.rglob("*"):
        if path.is_file() and path.suffix != ".zip":
            path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))


def test_line_ends_of_another_system_give_the_same_bytes(ours, tmp_path, packages):
    names = package.write(ours, tmp_path / "a.zip", packages)
    for name in names:
        (tmp_path / "app" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ours / name, tmp_path / "app" / name)
    with_crlf(tmp_path / "app")
    assert package.write(tmp_path / "app", tmp_path / "b.zip", packages) == names
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_what_is_no_text_is_left_as_it_is(app, tmp_path, packages):
    write(app / "verbs.py", 'FILES = ["a.png"]')
    (app / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    package.write(app, tmp_path / "a.zip", packages)
    assert zipfile.ZipFile(tmp_path / "a.zip").read("a.png") == b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize("convert", ["true", "false"])
def test_git_checks_out_the_same_line_ends_on_every_system(tmp_path, convert):
    """Git for Windows is set up with core.autocrlf=true, as a rule; sh and the package want what Linux has."""
    if not shutil.which("git"):
        pytest.skip("no git on this machine")
    attributes = tmp_path / "a" / ".gitattributes"
    git(tmp_path, "init", "--quiet", "a")
    shutil.copy(ROOT / ".gitattributes", attributes)
    for name in ("ahoy", "ahoy.cmd", "flow.yaml", ".ci/run"):
        (tmp_path / "a" / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / "a" / name)
    git(tmp_path / "a", "add", "--all")
    git(tmp_path / "a", "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "--quiet", "--message=a")
    git(tmp_path, "-c", f"core.autocrlf={convert}", "clone", "--quiet", "a", "b")
    ends = {
        name: b"\r\n" in (tmp_path / "b" / name).read_bytes() for name in ("ahoy", "ahoy.cmd", "flow.yaml", ".ci/run")
    }
    assert ends == {"ahoy": False, "ahoy.cmd": True, "flow.yaml": False, ".ci/run": False}


def git(folder, *arguments):
    subprocess.run(["git", *arguments], cwd=folder, check=True)


@pytest.mark.parametrize("name", package.NEEDED)
def test_a_package_that_would_find_no_functions_is_not_written(app, tmp_path, name, packages):
    (app / name).unlink()
    with pytest.raises(package.NotAnApp, match=name):
        package.write(app, tmp_path / "a.zip", packages)
    assert not (tmp_path / "a.zip").exists()


def test_a_folder_holds_the_same_files_as_the_zip_and_lets_none_be_left_out(app, tmp_path, packages):
    laid_out = app / ".ahoy" / "package"
    (laid_out / "old").mkdir(parents=True)
    names = package.lay_out(app, laid_out, packages)
    assert names == package.write(app, tmp_path / "a.zip", packages)
    with zipfile.ZipFile(tmp_path / "a.zip") as made:
        zipped = {name: made.read(name) for name in made.namelist()}
    laid = {path.relative_to(laid_out).as_posix(): path.read_bytes() for path in laid_out.rglob("*") if path.is_file()}
    assert laid == {**zipped, ".funcignore": b""}
    assert not (laid_out / "old").exists()


@pytest.mark.parametrize("there", ["elsewhere", ".ahoy", "."])
def test_a_folder_that_may_hold_something_else_is_never_replaced(app, there, packages):
    (app / there).mkdir(exist_ok=True)
    with pytest.raises(package.NotAnApp, match="is there already"):
        package.lay_out(app, app / there, packages)
    assert (app / "host.json").exists()


def test_the_command_writes_where_it_is_told(tmp_path, monkeypatch, capsys, packages):
    import argparse

    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    monkeypatch.setattr(wheels, "bring", lambda *_: packages)
    assert command.run(parser.parse_args(["-o", str(tmp_path / "a.zip")])) == 0
    hashed = hashlib.sha256((tmp_path / "a.zip").read_bytes()).hexdigest()
    assert f"SHA-256 {hashed}, with bytecode of Python 3.13" in capsys.readouterr().out
    assert command.run(parser.parse_args(["-o", str(tmp_path / "b.zip"), "--hash"])) == 0
    assert capsys.readouterr().out == f"{hashed}\n"
    monkeypatch.setenv("AHOY_FLOW", "none.yaml")
    assert command.run(parser.parse_args(["-o", str(tmp_path / "b.zip")])) == 1
    assert "none.yaml:1:1: the file cannot be read" in capsys.readouterr().err
    monkeypatch.delenv("AHOY_FLOW")
    assert command.run(parser.parse_args(["-o", str(tmp_path / "nowhere" / "a.zip")])) == 1
    assert command.run(parser.parse_args(["--folder", str(tmp_path / "laid")])) == 0
    assert (tmp_path / "laid" / "host.json").exists()
