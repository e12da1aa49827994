"""The workflow that tests holds the packages of three systems to each other, and deploys one of them."""

import subprocess

import pytest
import yaml

from local.paths import ROOT
from tests.tools.shells import shell_here

FOLDER = ROOT / ".github" / "workflows"
TESTS, DEPLOYS = (yaml.safe_load((FOLDER / name).read_text("utf-8")) for name in ("test.yml", "deploy.yml"))
KEEPS, TAKES = "actions/upload-artifact@", "actions/download-artifact@"


def steps(document, job, action):
    return [step["with"] for step in document["jobs"][job]["steps"] if step.get("uses", "").startswith(action)]


def test_what_is_deployed_is_one_that_was_compared():
    (kept,) = steps(TESTS, "package", KEEPS)
    (taken,) = steps(DEPLOYS, "deploy", TAKES)
    systems = TESTS["jobs"]["package"]["strategy"]["matrix"]["os"]
    names = [kept["name"].replace("${{ matrix.os }}", system) for system in systems]
    assert taken["name"] in names
    (compare,) = [step["run"] for step in TESTS["jobs"]["same"]["steps"] if "run" in step]
    assert all(name in compare for name in names)
    runs = [step.get("run", "") for step in DEPLOYS["jobs"]["deploy"]["steps"]]
    assert any("dev.py deploy" in run and "--package ahoy.zip" in run for run in runs)
    assert "ahoy.zip" in kept["path"].split()


@pytest.mark.skipif(not shell_here("bash"), reason="bash is not on this machine")
@pytest.mark.parametrize(
    ("versions", "contents", "is_well"),
    [
        (["3.13.9\n", "3.13.9\n", "3.13.9\r\n"], ["a", "a", "a"], True),
        (["3.13.9\n", "3.13.9\n", "3.13.9\r\n"], ["a", "a", "b"], False),
        (["3.13.9\n", "3.13.9\n", "3.13.9\r\n"], ["a", "b", "a"], False),
        (["3.13.9\n", "3.13.8\n", "3.13.9\n"], ["a", "b", "a"], True),
    ],
)
def test_packages_of_three_systems_are_the_same_where_their_python_is(tmp_path, versions, contents, is_well):
    (step,) = [step for step in TESTS["jobs"]["same"]["steps"] if "run" in step]
    for system, version, content in zip(("ubuntu-24.04", "macos-15", "windows-2025"), versions, contents, strict=True):
        (tmp_path / f"package-{system}").mkdir()
        (tmp_path / f"package-{system}" / "python.txt").write_bytes(version.encode())
        (tmp_path / f"package-{system}" / "ahoy.zip").write_text(content, "utf-8")
    done = subprocess.run([shell_here("bash"), "-e", "-c", step["run"]], cwd=tmp_path, check=False, capture_output=True)
    assert (done.returncode == 0) is is_well, done
