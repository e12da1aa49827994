"""The set-up as strangers meet it: real ones, in copies of this folder, each made odd in one way.

Packages come from the index once, into a cache that all share; what is brought afterwards is what each would bring.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from local import cli, paths
from local.bootstrap import needs, python, uv
from tests.tools import checkout

pytestmark = [pytest.mark.downloads, pytest.mark.timeout(300)]
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signs, modes and locales of POSIX")
NOBODY_READS = 141
OLD_UV = "0.9.0"
OPENS_FILES = ["tests/unit/flow/test_reader.py", "tests/unit/http", "-k", "not no_scene"]  # read as any YAML is


@pytest.fixture(scope="module")
def program():
    """A uv to put on the path, so that not each of them fetches one."""
    return uv.program()


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def stranger(tmp_path, program, cache):
    return Stranger(tmp_path / "ahoy", program, cache)


class Stranger:
    """A copy of this project on a machine with a Python, and with a home that is not there."""

    def __init__(self, folder, program, cache):
        self.folder = folder
        folder.mkdir()
        checkout.copy(folder)
        kept = {name: value for name, value in os.environ.items() if not name.upper().startswith(("UV_", "PYTHON"))}
        self.environ = kept | {"HOME": str(folder / "no home"), "UV_CACHE_DIR": str(cache)}
        self.environ["PATH"] = os.pathsep.join([str(program.parent), os.environ["PATH"]])
        self.python = str(python.find() or sys.executable)

    def dev(self, *words, code=0, cwd=None, **environ):
        """Run dev.py; return what it said, which is never a trace."""
        done = subprocess.run([self.python, str(self.folder / "dev.py"), *words], cwd=cwd or self.folder,
                              env=self.environ | environ, stdin=subprocess.DEVNULL, capture_output=True,
                              encoding="utf-8", check=False)  # fmt: skip
        said = done.stdout + done.stderr
        assert done.returncode == code, said
        assert "Traceback" not in said
        return said

    def is_well(self, **environ):
        """Set up, then once more without any network: the second time nothing is asked of it."""
        assert "flow.yaml: ok" in self.dev("check", **environ)
        dead = {"HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9", "PATH": os.defpath}
        return "flow.yaml: ok" in self.dev("check", **environ | dead)

    def made(self):
        """Return the names at the top that were not in the checkout."""
        return {path.name for path in self.folder.iterdir()} - {path.parts[0] for path in checkout.files()}


def test_what_is_made_lies_in_ahoy_and_nowhere_else_as_large_as_it_was_announced(stranger):
    assert f"the packages ({needs.SIZES['the packages']} MB)" in stranger.dev("check")
    assert stranger.is_well()
    assert stranger.made() - {"local", "__pycache__"} == {".ahoy"}
    assert not (stranger.folder / "no home").exists()
    assert sorted(path.name for path in (stranger.folder / ".ahoy").iterdir()) == ["lock", "venv"]
    venv = stranger.folder / ".ahoy" / "venv"
    assert megabytes(venv) == pytest.approx(needs.SIZES["the packages"], rel=0.15)
    assert megabytes(paths.VENV) == pytest.approx(needs.SIZES["the packages and what tests them"], rel=0.15)
    assert megabytes(paths.HOME / "azurite") == pytest.approx(needs.SIZES[needs.EMULATOR], rel=0.15)


def megabytes(folder):
    """Measure what was brought: neither the bytecode made here nor the system's Python that a link points to."""
    brought = (path for path in folder.rglob("*") if path.suffix != ".pyc" and not path.is_symlink())
    return sum(path.stat().st_size for path in brought if path.is_file()) / 1e6


@POSIX
def test_a_folder_with_spaces_and_umlauts_that_nobody_else_may_read_from_elsewhere_and_through_a_link(
    tmp_path, program, cache
):
    before = os.umask(0o077)
    try:
        stranger = Stranger(tmp_path / "Ma ligne (été) & ü", program, cache)
        assert stranger.is_well()
    finally:
        os.umask(before)
    (tmp_path / "elsewhere").mkdir()
    assert ": ok" in stranger.dev("check", cwd=tmp_path / "elsewhere")
    (tmp_path / "link").symlink_to(stranger.folder, target_is_directory=True)
    stranger.folder = tmp_path / "link"
    assert ": ok" in stranger.dev("check", cwd=tmp_path)


def test_an_environment_of_the_users_own_stays_as_it_is_and_uv_run_makes_no_project(stranger, program):
    subprocess.run([program, "venv", "--quiet", ".venv", "--python", stranger.python], cwd=stranger.folder, check=True)
    before = sorted(str(path) for path in (stranger.folder / ".venv").rglob("*"))
    stranger.python = str(
        stranger.folder / ".venv" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    )
    assert stranger.is_well(VIRTUAL_ENV=str(stranger.folder / ".venv"))
    done = subprocess.run([program, "run", "--python", stranger.python, "dev.py", "check"], cwd=stranger.folder,
                          env=stranger.environ, capture_output=True, encoding="utf-8", check=False)  # fmt: skip
    assert (done.returncode, ": ok" in done.stdout) == (0, True), done.stdout + done.stderr
    assert "uv.lock" not in stranger.made()
    assert sorted(str(path) for path in (stranger.folder / ".venv").rglob("*")) == before


@pytest.mark.parametrize(
    "environ",
    [
        {
            "PIP_USER": "1",
            "PIP_REQUIRE_VIRTUALENV": "1",
            "PIP_TARGET": "/nowhere",
            "PIP_NO_BINARY": ":all:",
            "PYTHONPATH": "bad",
            "PYTHONNOUSERSITE": "",
            "PYTHONSTARTUP": "/nowhere.py",
            "UV_PYTHON": "3.9",
            "UV_PROJECT_ENVIRONMENT": "/nowhere",
            "UV_NO_BINARY": "1",
            "UV_OFFLINE": "0",
        },
        {
            "CONDA_PREFIX": "/opt/conda",
            "CONDA_DEFAULT_ENV": "base",
            "VIRTUAL_ENV": "/nowhere",
            "PYTHONSAFEPATH": "1",
            "LC_ALL": "C",
            "TERM": "dumb",
            "HOME": "",
            "USERPROFILE": "",
        },
    ],
    ids=["of tools", "of surroundings"],
)
def test_settings_for_something_else_turn_nothing_aside(stranger, environ):
    (stranger.folder / "bad").mkdir()
    for name in ("yaml", "msgspec", "twilio"):
        (stranger.folder / "bad" / f"{name}.py").write_text("raise SystemExit('not mine')", encoding="utf-8")
    if "PYTHONPATH" in environ:
        environ = environ | {"PYTHONPATH": str(stranger.folder / "bad")}
    assert stranger.is_well(**environ)


@POSIX
def test_pythonhome_of_the_python_that_starts_it_is_not_handed_on(stranger):
    other = next((path for path in Path("/root/.pyenv/versions").glob("3.1[012].*/bin/python")), None)
    if other is None:
        pytest.skip("no Python 3.10 to 3.12 beside 3.13 on this machine")
    stranger.python = str(other)
    assert stranger.is_well(PYTHONHOME=str(other.parents[1]), PYENV_ROOT=str(other.parents[3]))


FILES = """import resource
from local import cli
cli._let_files_be_opened()
print(resource.getrlimit(resource.RLIMIT_NOFILE))
"""


@POSIX
def test_a_machine_that_lets_few_files_be_open(stranger):
    (stranger.folder / "told.py").write_text(FILES, encoding="utf-8")
    asked = f'ulimit -S -n 256; exec "{stranger.python}" told.py'
    done = subprocess.run(["bash", "-c", asked], cwd=stranger.folder, capture_output=True, check=True,
                          encoding="utf-8")  # fmt: skip
    assert done.stdout.startswith(f"({cli.MANY_FILES}, ")


def test_two_at_the_same_time_set_up_once(stranger):
    command = [stranger.python, "dev.py", "check"]
    both = [subprocess.Popen(command, cwd=stranger.folder, env=stranger.environ, stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
            for _ in range(2)]  # fmt: skip
    said = [child.communicate(timeout=200)[0] for child in both]
    assert [child.returncode for child in both] == [0, 0], said
    assert "".join(said).count("Ahoy brings into .ahoy") == 1


def test_an_old_uv_on_the_path_is_enough(stranger, tmp_path):
    uv.run("an old uv", "pip", "install", "--quiet", "--no-deps", "--python", sys.executable,
           "--target", tmp_path / "old", f"uv=={OLD_UV}")  # fmt: skip
    stranger.environ["PATH"] = os.pathsep.join([str(tmp_path / "old" / "bin"), os.defpath])
    assert stranger.is_well()


def test_a_machine_without_uv_fetches_the_pinned_one(stranger):
    stranger.environ["PATH"] = os.defpath
    assert stranger.is_well()


def test_without_a_network_one_sentence_says_what_to_do(stranger):
    said = stranger.dev("check", code=1, PATH=os.defpath, PIP_INDEX_URL="http://127.0.0.1:9/simple",
                        PIP_EXTRA_INDEX_URL="", PIP_FIND_LINKS="", PIP_CONFIG_FILE=os.devnull)  # fmt: skip
    assert "uv 0." in said
    assert "the network cannot be reached; where a proxy or a mirror is needed, HTTPS_PROXY and PIP_INDEX_URL" in said


def test_a_folder_that_cannot_be_written_is_one_sentence(stranger):
    (stranger.folder / ".ahoy").touch()
    assert "copy the folder to where you may write" in stranger.dev("check", code=1)


def test_a_folder_that_is_not_whole_is_one_sentence(stranger):
    (stranger.folder / "requirements-local.txt").unlink()
    assert "requirements-local.txt is missing. Get the code again." in stranger.dev("check", code=1)


@POSIX
def test_a_reader_that_has_seen_enough_ends_it_quietly_and_a_python_that_is_gone_is_brought_anew(stranger):
    stranger.dev("check")
    for command in ("--help", "flow --help", "start --help"):
        piped = f'"{stranger.python}" dev.py {command} | head -n 1; exit ${{PIPESTATUS[0]}}'
        done = subprocess.run(["bash", "-c", piped], cwd=stranger.folder, env=stranger.environ, capture_output=True,
                              encoding="utf-8", check=False)  # fmt: skip
        assert (done.returncode in {0, NOBODY_READS}, done.stderr) == (True, ""), command
        assert len(done.stdout.splitlines()) == 1
    found = stranger.folder / ".ahoy" / "venv" / "bin" / "python"
    found.unlink()
    assert stranger.is_well()


@pytest.fixture(scope="module")
def cp1252(tmp_path_factory):
    """A real locale whose letters are those of Windows' western code page."""
    folder = tmp_path_factory.mktemp("locales")
    if not shutil.which("localedef") or not Path("/usr/share/i18n/charmaps").is_dir():
        pytest.skip("localedef or the character maps of Debian's package locales are not on this machine")
    # It warns of signs that a map lacks, with exit code 1, and has written the locale.
    subprocess.run(["localedef", "-c", "-i", "fr_FR", "-f", "CP1252", str(folder / "fr_FR.CP1252")], check=False,
                   capture_output=True)  # fmt: skip
    assert (folder / "fr_FR.CP1252").is_dir()
    return {"LOCPATH": str(folder), "LC_ALL": "fr_FR.CP1252", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}


@POSIX
def test_in_a_western_code_page_all_is_written_in_utf_8(stranger, cp1252):
    asked = [stranger.python, "-c", "import locale; print(locale.getpreferredencoding(False))"]
    assert (
        subprocess.run(asked, env=stranger.environ | cp1252, capture_output=True, check=True).stdout.lower().strip()
        == b"cp1252"
    )
    (stranger.folder / "flow.yaml").write_text("voice: {start: [{say: 'Grüezi ☎ 你好'}, {sya: '☎'}]}", encoding="utf-8")
    assert 'unknown verb "sya"' in stranger.dev("check", code=1, **cp1252)
    (stranger.folder / "flow.yaml").write_text("voice: {start: [{say: 'Grüezi ☎ 你好'}]}", encoding="utf-8")
    assert "☎ 你好" in stranger.dev("flow", "--mermaid", **cp1252)


@POSIX
def test_what_opens_files_passes_its_tests_in_a_western_code_page(cp1252):
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")} | cp1252
    quiet = ["-q", "-p", "no:cacheprovider", "-x", *OPENS_FILES]
    done = subprocess.run([sys.executable, "-m", "pytest", *quiet], cwd=paths.ROOT, env=environ, capture_output=True,
                          encoding="utf-8", errors="replace", check=False)  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:]
