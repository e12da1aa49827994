"""A newer version is merged around what is the owner's, or nothing is done and the message says what to do."""

import os
import shutil
import subprocess
import sys

import pytest

from local import paths, upgrade
from local.upgrade import CannotUpgrade
from tests.tools import checkout
from tests.tools.processes import link

pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="no git on this machine")
FLOW = "voice: {start: [say: This is Ann's shop., dial: '+12025550101']}\n"
VERBS = 'import prices\n\nFILES = ["prices.csv"]\n'


def git(folder, *arguments, code=0):
    identity = ("-c", "user.name=Ann", "-c", "user.email=ann@example.com", "-c", "init.defaultBranch=main")
    done = subprocess.run(
        ["git", *identity, *arguments], cwd=folder, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == code, done.stderr
    return done.stdout


def write(folder, **files):
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def commit(folder, tag=""):
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message=a change")
    if tag:
        git(folder, "tag", tag)


@pytest.fixture(autouse=True)
def _nobody_here(tmp_path, monkeypatch):
    """Let git know nothing of who uses this machine."""
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
        monkeypatch.setenv(name, os.devnull)
    monkeypatch.setattr(paths, "ROOT", tmp_path / "line")


@pytest.fixture
def project(tmp_path):
    """The project's repository with three versions; each changes the first flow and a room of its own."""
    folder = tmp_path / "project"
    folder.mkdir()
    git(folder, "init", "--quiet")
    for minor, name in ((2, "v0.2.0"), (9, "v0.9.0"), (10, "v0.10.0")):
        write(
            folder,
            pyproject_toml=f'[project]\nversion = "0.{minor}.0"\n',
            flow_yaml=f"voice: {{start: [say: {name}]}}\n",
            flows__menu_yaml=f"# {name}\n",
            shared__a_py=f"A = {minor}\n",
            shared__b_py="B = 1\n",
        )
        commit(folder, name)
    git(folder, "tag", "v1.0.0-rc1")
    return folder


@pytest.fixture
def line(project, tmp_path):
    """A clone of the first version."""
    folder = tmp_path / "line"
    git(tmp_path, "clone", "--quiet", str(project), "line")
    git(folder, "checkout", "--quiet", "-B", "main", "v0.2.0")
    return folder


def text(path):
    return path.read_text(encoding="utf-8")


def test_the_newest_version_comes_and_what_is_the_owners_stays_committed_or_not(line):
    write(line, verbs_py=VERBS, prices_py="", prices_csv="a;1\n")
    commit(line)
    write(line, flow_yaml=FLOW, prices_csv="a;2\n", local_settings_json="{}", notes_txt="mine")
    tag, before = upgrade.upgrade("", "")
    assert (tag, text(line / "shared" / "a.py")) == ("v0.10.0", "A = 10\n")
    assert [text(line / name) for name in ("flow.yaml", "verbs.py", "prices.csv")] == [FLOW, VERBS, "a;2\n"]
    assert (text(line / "local.settings.json"), text(line / "notes.txt")) == ("{}", "mine")
    assert git(line, "status", "--porcelain", "--untracked-files=no") == ""
    git(line, "reset", "--keep", before)
    assert (text(line / "shared" / "a.py"), text(line / "flow.yaml")) == ("A = 2\n", FLOW)


def test_versions_are_taken_one_after_another_and_each_once(line):
    write(line, flow_yaml=FLOW)
    assert upgrade.upgrade("v0.9.0", "")[0] == "v0.9.0"
    assert (text(line / "shared" / "a.py"), text(line / "flow.yaml")) == ("A = 9\n", FLOW)
    with pytest.raises(CannotUpgrade, match=r"has v0\.9\.0 already"):
        upgrade.upgrade("v0.9.0", "")
    upgrade.upgrade("", "")
    with pytest.raises(CannotUpgrade, match=r"has v0\.10\.0 already"):
        upgrade.upgrade("", "")


def test_a_flow_that_nobody_has_changed_stays_too_and_so_does_the_one_that_the_settings_name(line, monkeypatch):
    monkeypatch.setenv("AHOY_FLOW", "flows/menu.yaml")
    upgrade.upgrade("", "")
    assert text(line / "flow.yaml") == "voice: {start: [say: v0.2.0]}\n"
    assert text(line / "flows" / "menu.yaml") == "# v0.2.0\n"


def test_stories_of_the_owners_stay_added_to_git_or_not(project, line):
    for name in ("flow.stories.yaml", "flows/menu.stories.yaml"):
        (project / name).write_text("stories: {Theirs: {told: [ann dials]}}\n", encoding="utf-8")
    commit(project, "v0.11.0")
    write(line, flow_yaml=FLOW, flow_stories_yaml="stories: {Mine: {told: [ann dials]}}\n")
    upgrade.upgrade("v0.11.0", "")
    assert text(line / "flow.stories.yaml") == "stories: {Mine: {told: [ann dials]}}\n"
    assert (line / "flows" / "menu.stories.yaml").exists()
    assert git(line, "status", "--porcelain") == ""


def test_stories_of_the_versions_flow_do_not_come_beside_the_owners(project, line):
    (project / "flow.stories.yaml").write_text("stories: {Theirs: {told: [ann dials]}}\n", encoding="utf-8")
    commit(project, "v0.11.0")
    write(line, flow_yaml=FLOW)
    upgrade.upgrade("v0.11.0", "")
    assert not (line / "flow.stories.yaml").exists()
    (project / "flow.stories.yaml").write_text("stories: {Others: {told: [ann dials]}}\n", encoding="utf-8")
    commit(project, "v0.12.0")
    upgrade.upgrade("v0.12.0", "")
    assert not (line / "flow.stories.yaml").exists()


def test_a_copy_with_a_history_of_its_own_is_upgraded_from_where_it_came(project, line):
    shutil.rmtree(line / ".git")
    git(line, "init", "--quiet")
    write(line, flow_yaml=FLOW, shared__b_py="B = 'changed'\n")
    (line / "flows" / "menu.yaml").unlink()
    commit(line)
    with pytest.raises(CannotUpgrade, match="--from"):
        upgrade.upgrade("", "")
    upgrade.upgrade("", str(project))
    assert [text(line / "shared" / name) for name in ("a.py", "b.py")] == ["A = 10\n", "B = 'changed'\n"]
    assert (text(line / "flow.yaml"), (line / "flows" / "menu.yaml").exists()) == (FLOW, False)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"shared__b_py": "B = 2\n"}, "Changed and not committed: shared/b.py"),
        ({"shared__b_py": "B = 2\n", "flow_yaml": FLOW}, "Changed and not committed: shared/b.py"),
    ],
)
def test_other_changes_that_are_not_committed_stop_it(line, changed, told):
    write(line, **changed)
    before = git(line, "status", "--porcelain"), git(line, "log", "--oneline")
    with pytest.raises(CannotUpgrade, match=told):
        upgrade.upgrade("", "")
    assert (git(line, "status", "--porcelain"), git(line, "log", "--oneline")) == before


@pytest.mark.parametrize("is_copy", [False, True])
def test_a_conflict_in_the_projects_own_files_undoes_all_of_it(project, line, is_copy):
    if is_copy:
        shutil.rmtree(line / ".git")
        git(line, "init", "--quiet")
    write(line, shared__a_py="A = 'mine'\n", flow_yaml=FLOW)
    commit(line)
    before = git(line, "rev-parse", "HEAD")
    with pytest.raises(CannotUpgrade, match=r"changes, too: shared/a\.py\. Nothing was done"):
        upgrade.upgrade("", str(project))
    assert (git(line, "rev-parse", "HEAD"), git(line, "status", "--porcelain")) == (before, "")
    assert text(line / "flow.yaml") == FLOW


def test_a_file_of_the_owners_that_git_does_not_know_is_never_overwritten(project, line):
    write(project, verbs_py="# the project's\n")
    commit(project, "v0.11.0")
    write(line, verbs_py=VERBS)
    with pytest.raises(CannotUpgrade, match=r"verbs\.py"):
        upgrade.upgrade("", "")
    assert (text(line / "verbs.py"), text(line / "shared" / "a.py")) == (VERBS, "A = 2\n")
    commit(line)
    upgrade.upgrade("", "")
    assert (text(line / "verbs.py"), text(line / "shared" / "a.py")) == (VERBS, "A = 10\n")


@pytest.mark.usefixtures("line")
@pytest.mark.parametrize(
    ("tag", "source", "told"),
    [
        ("v7.0.0", "", r"has no version v7\.0\.0: there is v0\.10\.0, v0\.9\.0, v0\.2\.0"),
        ("v1.0.0-rc1", "", "has no version"),
        ("", "nowhere", "nowhere"),
    ],
)
def test_a_version_or_a_place_that_is_not_there_is_named(tag, source, told):
    with pytest.raises(CannotUpgrade, match=told):
        upgrade.upgrade(tag, source)


def test_a_merge_that_is_under_way_is_left_alone(line):
    write(line, shared__a_py="A = 'mine'\n")
    commit(line)
    git(line, "merge", "v0.9.0", code=1)
    with pytest.raises(CannotUpgrade, match="End it first"):
        upgrade.upgrade("", "")


def test_who_has_unpacked_a_zip_is_told_what_to_copy(line):
    shutil.rmtree(line / ".git")
    write(line, verbs_py=VERBS, prices_py="", prices_csv="", local_settings_json="{}", notes_txt="")
    with pytest.raises(
        CannotUpgrade, match=r"yours: flow\.yaml, prices\.csv, prices\.py, verbs\.py, local\.settings\.json\. "
    ):
        upgrade.upgrade("", "")


def test_a_machine_without_git_is_told_so(line, monkeypatch):
    monkeypatch.setenv("PATH", str(line))
    with pytest.raises(CannotUpgrade, match="install it"):
        upgrade.upgrade("", "")


def test_the_whole_project_goes_on_with_the_next_version_by_one_command(tmp_path):
    """From the folder as it is to a version that another release would make of it."""
    project, line = tmp_path / "project", tmp_path / "line"
    checkout.copy(project)
    git(project, "init", "--quiet")
    commit(project, "v0.2.0")
    git(tmp_path, "clone", "--quiet", str(project), "line")
    write(project, flow_yaml="voice: {start: [say: Another demo]}\n", NEW_md="x")
    (project / "local" / "wording.py").write_text(
        text(project / "local" / "wording.py") + "\nNEW = 1\n", encoding="utf-8"
    )
    commit(project, "v99.0.0")
    write(line, flow_yaml="voice: {start: [count: 3]}\n", local_settings_json='{"Values": {}}')
    guide = text(paths.Path(__file__).parents[2] / "docs" / "flows.md")
    write(line, verbs_py=guide.partition("```python\n")[2].partition("```")[0])
    (line / ".ahoy").mkdir()
    link(line / ".ahoy" / "venv", paths.HOME / "venv")
    done = subprocess.run(
        [sys.executable, "dev.py", "upgrade"], cwd=line, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "This folder is Ahoy v99.0.0 now" in done.stdout
    assert "flow.yaml: ok, 1 scene" in done.stdout
    assert text(line / "local" / "wording.py").endswith("NEW = 1\n")
    assert text(line / "flow.yaml") == "voice: {start: [count: 3]}\n"
    assert git(line, "status", "--porcelain") == "?? verbs.py\n"
