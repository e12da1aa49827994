"""What a newcomer does with the README in hand, in a copy of this folder: start, ring, text, list, Ctrl-C."""

import json
import re
import shutil
import signal
import subprocess
import sys
import urllib.request

import pytest

from bench import pictures
from local import paths
from local.wording import COMMAND
from tests.tools import checkout
from tests.tools.browser import heard, listen, opened
from tests.tools.processes import OWN_GROUP, descendants_of, interrupt, is_alive, link
from tests.tools.waiting import eventually

STARTS_S = 60  # at most, on a machine that is busy


def run(folder, *arguments, code=0):
    done = subprocess.run(
        [sys.executable, "dev.py", *arguments], cwd=folder, capture_output=True, encoding="utf-8", timeout=60,
        check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout if code == 0 else done.stdout + done.stderr


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A copy of what git knows, with the set-up of this folder, since that takes minutes."""
    copy = tmp_path_factory.mktemp("clone")
    checkout.copy(copy)
    _set_up(copy)
    return copy


def _set_up(copy):
    (copy / ".ahoy").mkdir()
    for name in ("azurite", "node", "venv"):
        if (paths.HOME / name).exists():
            link(copy / ".ahoy" / name, paths.HOME / name)


def copied(folder, name):
    """Return another copy, in which nothing has run yet."""
    copy = folder.parent / name
    shutil.copytree(folder, copy, ignore=shutil.ignore_patterns(".ahoy", "__pycache__"))
    _set_up(copy)
    return copy


def started(folder, *arguments):
    child = subprocess.Popen(
        [sys.executable, "dev.py", "start", "--port", "0", *arguments], cwd=folder, encoding="utf-8",
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, **OWN_GROUP,
    )  # fmt: skip
    block = []
    for line in child.stdout:
        block.append(line)
        if line.startswith("Ctrl-C ends it"):
            return child, "".join(block)
    raise AssertionError("".join(block) + child.stderr.read())


def ended(child, how=signal.SIGINT):
    """End it; return what it said after its first block."""
    interrupt(child, how)
    with child:
        out, err = child.communicate(timeout=30)
    return out, err


@pytest.fixture(scope="module")
def line(folder):
    child, block = started(folder)
    yield block
    ended(child)


def test_the_first_block_names_the_addresses_and_what_to_try(folder, line):
    card = json.loads((folder / ".ahoy" / "line.json").read_text(encoding="utf-8"))
    assert f"{card['app']}/api" in line
    assert card["twilio"] in line
    assert f"{COMMAND} call +12025550122" in line
    known = {"app", "twilio", "function_key", "master_key", "account_sid", "auth_token", "phone_number",
             "storage", "flow", "has_app", "browsers"}  # fmt: skip
    assert set(card) == known
    with urllib.request.urlopen(f"{card['app']}/api/health") as answer:
        assert json.load(answer)["status"] == "ok"


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX's")
@pytest.mark.usefixtures("line")
def test_what_the_card_holds_is_for_its_owner_only(folder):
    assert (folder / ".ahoy" / "line.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.usefixtures("line")
def test_a_phone_rings_and_hears_the_line(folder):
    told = run(folder, "call", "+12025550122")
    assert "+12025550122" in told
    assert "Hello Monkey!" in told


def test_a_click_on_the_phone_in_the_browser_and_the_line_is_seen_and_heard(line, tmp_path):
    address = re.search(r"rung: (\S+)", line)[1]
    with opened("--autoplay-policy=no-user-gesture-required") as browser:
        (picture,) = pictures.take(browser, address, tmp_path, ["dark"])  # which waits until all of it is seen
        context = browser.new_context(base_url=address)
        listen(context)
        page = context.new_page()
        page.goto("/")
        page.click("button[aria-label=Call]")
        assert eventually(lambda: any(at > 0.1 and not wrong for at, _, wrong in heard(page)))
    assert 10_000 < picture.stat().st_size < pictures.MOST_BYTES


@pytest.mark.usefixtures("line")
def test_a_caller_hears_the_line(folder):
    assert "Hello Monkey!" in run(folder, "dial")


@pytest.mark.usefixtures("line")
def test_a_text_is_answered_and_listed(folder):
    assert run(folder, "text", "hi from the terminal") == "Hey, thanks for the ping! Twilio and Azure rock!\n"
    assert "hi from the terminal" in run(folder, "messages")
    rows = [json.loads(row) for row in run(folder, "messages", "--json").splitlines()]
    assert rows[0]["body"] == "hi from the terminal"


@pytest.mark.usefixtures("line")
def test_a_bad_number_is_refused_in_a_sentence(folder):
    told = run(folder, "call", "12", code=1)
    assert "to:" in told
    assert "Traceback" not in told


@pytest.mark.usefixtures("line")
def test_a_second_line_in_the_same_folder_is_refused(folder):
    assert "runs here already" in run(folder, "start", "--port", "0", code=1)


@pytest.fixture(scope="module")
def raced(folder):
    """Two that were started at once in another copy: where, the one that runs, and the one that was told."""
    own = copied(folder, "two")
    both = [
        subprocess.Popen([sys.executable, "dev.py", "start", "--port", "0"], cwd=own, encoding="utf-8",
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, **OWN_GROUP)
        for _ in range(2)
    ]  # fmt: skip
    assert eventually(lambda: any(child.poll() is not None for child in both), STARTS_S)
    told, runs = sorted(both, key=lambda child: child.poll() is None)
    yield own, runs, told
    if runs.poll() is None:
        ended(runs)


def test_of_two_that_start_at_once_one_is_told_and_takes_nothing_from_the_other_and_ctrl_c_leaves_only_data(raced):
    own, child, told = raced
    with told:
        assert "already" in told.communicate()[1]
    assert told.returncode == 1
    assert eventually((own / ".ahoy" / "line.json").exists, STARTS_S)
    assert "Hello Monkey!" in run(own, "dial")

    pids = descendants_of(child.pid)
    assert len(pids) >= 3
    run(own, "text", "remember me")
    out, err = ended(child)
    assert (child.returncode, err.splitlines()[-1]) == (130, "Ahoy has ended.")
    assert "Shutting down" not in out
    assert "Shutting down" in (own / ".ahoy" / "logs" / "app.log").read_text(encoding="utf-8")
    assert eventually(lambda: not any(is_alive(pid) for pid in pids))
    assert not (own / ".ahoy" / "line.json").exists()

    child, _ = started(own)
    assert "remember me" in run(own, "messages")
    ended(child, signal.SIGTERM)

    child, _ = started(own, "--fresh")
    assert "remember me" not in run(own, "messages")
    ended(child)


def test_without_a_line_each_command_says_how_to_start_one(folder):
    alone = copied(folder, "alone")
    for command in (["call", "+12025550122"], ["dial"], ["text", "hi"], ["messages"], ["calls"]):
        assert f"{COMMAND} start" in run(alone, *command, code=1)


def test_a_taken_port_is_one_sentence_and_nothing_is_started(folder):
    import socket

    alone = copied(folder, "taken")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert run(alone, "start", "--port", str(port), code=1) == (
            f"Port {port} is taken; choose another with --port, or --port 0 for free ones.\n"
        )
    assert not (alone / ".ahoy" / "data").exists()
