"""dev.py dial and call: a person on a call in the terminal. What is piped in is done when the line listens."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace

import pytest

from local import cli, paths
from local import line as lines
from tests.line.commands import IN_A_PROCESS
from tests.line.stage import CALLER, MOBILE, OFFICE
from tests.tools.waiting import eventually


@pytest.fixture
def command(stage, tmp_path):
    """The command that dials this line while it plays the menu; the office is engaged."""
    stage.plays("menu")
    stage.voice_url(f"{stage.line.app}/api/voice")
    stage.phone(OFFICE, answers="busy")
    lines.write(stage.line.running.line, tmp_path / "line.json")
    return [sys.executable, "-c", IN_A_PROCESS, str(tmp_path / "line.json"), "dial"]


def piped(command, typed, *options):
    done = subprocess.run(
        [*command, *options], input=typed, capture_output=True, encoding="utf-8", timeout=30, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout.splitlines()


WELCOME = '  "Welcome. For sales, press 1 or say sales. For our opening hours, press 2 or say hours."'


def test_keys_and_words_that_are_piped_in_are_done_when_the_line_listens(command):
    told = piped(command, "2\nlet me talk to sales, please\n")
    assert told[0] == "answered +12025550100"
    assert told.count(WELCOME) == 2
    assert [line for line in told if line.startswith(("pressed", "spoke", "dialled"))] == [
        "pressed 2",
        "spoke let me talk to sales, please",
        f"dialled {OFFICE}",
    ]
    assert told[-2] == '  "Nobody can take your call right now. Please call again later."'
    assert told[-1].startswith("completed after ")


def test_what_was_done_is_kept_as_a_story_that_is_told_at_once(command, tmp_path):
    played = tmp_path / "menu.yaml"
    shutil.copy(paths.ROOT / "flows" / "menu.yaml", played)
    card = tmp_path / "line.json"
    lines.write(replace(lines.read(card), flow=str(played)), card)
    done = subprocess.run(
        [*command, "--busy", "--keep", "Sales are busy"], input="1\n", capture_output=True, encoding="utf-8",
        timeout=60, check=False,
    )  # fmt: skip
    kept = (tmp_path / "menu.stories.yaml").read_text(encoding="utf-8")
    assert (done.returncode, "true      Sales are busy" in done.stderr) == (0, True), done.stderr + kept
    assert "    office: busy\n    told:\n      - ann dials\n" in kept
    assert "- presses: 1" in kept


def test_an_empty_line_hangs_up(command):
    told = piped(command, "\n")
    assert told[-1].startswith("completed after ")
    assert "pressed" not in "".join(told)


def test_the_caller_may_be_anybody(stage, command):
    phone = stage.phone(OFFICE, answers="asks")
    with subprocess.Popen(
        [*command, "--from", MOBILE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    ) as run:
        run.stdin.write("1\n")
        run.stdin.flush()
        leg = phone.rings()
        assert leg.shown()["from"] == MOBILE
        leg.declines()
        assert "Nobody can take your call" in run.stdout.read()
    assert run.returncode == 0


@pytest.mark.parametrize("options", [["--busy"], ["--busy", OFFICE], ["--voicemail", "--busy", OFFICE]])
def test_other_phones_are_engaged_for_one_call(stage, command, options):
    stage.phone(OFFICE)
    told = piped(command, "1\n", *options)
    assert [line for line in told if OFFICE in line] == [f"dialled {OFFICE}", f"busy {OFFICE}"]
    assert told[-2] == '  "Nobody can take your call right now. Please call again later."'
    call = stage.dials()
    call.presses("1")
    call.sees("bridged")


def test_a_voicemail_box_picks_up(stage, command):
    phone = stage.phone(OFFICE)
    with subprocess.Popen(
        [*command, "--voicemail", OFFICE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    ) as run:
        run.stdin.write("1\n")
        run.stdin.flush()
        box = phone.rings()
        while run.stdout.readline() != f"bridged {OFFICE}\n":
            assert run.poll() is None
        box.hangs_up()
        assert "completed after" in run.stdout.read()


def test_whom_the_line_rings_is_engaged(command):
    assert piped([*command[:-1], "call", MOBILE], "", "--busy") == ["busy after 0 s"]


@pytest.fixture
def hours(stage, command, tmp_path):
    """The command that dials a line with opening hours in Paris."""
    stage.plays("business-hours")
    card = replace(stage.line.running.line, flow="flows/business-hours.yaml")
    lines.write(card, tmp_path / "line.json")
    return command


def test_it_may_be_another_hour_for_one_call(stage, hours):
    closed = '  "We are closed. Our hours are nine to six, Monday to Friday, and ten to two on Saturdays."'
    assert closed in piped(hours, "\n", "--at", "Thu 22:00", "--busy")
    assert f"dialled {OFFICE}" in piped(hours, "\n", "--at", "Thu 10:00", "--busy")
    assert closed in piped(hours, "\n", "--at", "2026-12-25 10:00", "--busy")
    latest = stage.line.account().client().calls.list(limit=1)[0]
    [row] = stage.line.rows("callsbytime", sid=latest.sid)
    assert {f"{latest.start_time:%Y-%m-%d}", row["at"][:10]} == {"2026-12-25"}  # the log and the row alike
    assert stage.line.http.put("/admin/clock", content=b"", headers=stage.line.key).status_code == 401


def test_of_a_flow_without_hours_it_is_said_that_the_time_changes_nothing(command):
    words = [*command[:-1], "text", "hi", "--at", "Thu 22:00"]
    done = subprocess.run(words, capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stderr.splitlines()[0]) == (
        0,
        "The flow has no hours: the time changes nothing of what it says.",
    )


@pytest.mark.parametrize("words", [["dial"], ["call", MOBILE], ["text", "hi"]])
def test_what_is_no_time_is_one_sentence(command, words):
    done = subprocess.run(
        [*command[:-1], *words, "--at", "teatime"], capture_output=True, encoding="utf-8", check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == '"teatime" is no time such as "Thu 22:00" or "2026-12-25 10:00"\n'


class Terminal:
    """A person at a terminal: types, and reads what appears."""

    def __init__(self, command):
        import pty

        self.screen, inner = pty.openpty()
        self.run = subprocess.Popen(command, stdin=inner, stdout=inner, stderr=inner, start_new_session=True)
        os.close(inner)
        self.seen = ""

    def reads(self, text):
        """Read until a text appears."""
        while text not in self.seen:
            more = os.read(self.screen, 4096).decode()
            assert more, self.seen
            self.seen += more.replace("\r\n", "\n")
        shown, _, self.seen = self.seen.partition(text)
        return shown

    def types(self, line):
        """Type a line."""
        os.write(self.screen, f"{line}\n".encode())

    def ended(self):
        """Wait until the command has ended."""
        code = self.run.wait(timeout=20)
        os.close(self.screen)
        return code


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX's")
def test_at_a_terminal_a_person_presses_keys_speaks_and_hangs_up(command):
    terminal = Terminal(command)
    terminal.reads("Type keys (1, 42#) to press them, words to say them, nothing to hang up.")
    terminal.reads("For sales, press 1")
    terminal.types("hours")
    terminal.reads("We are open from nine to six")
    terminal.reads("For sales, press 1")
    terminal.types("2")
    terminal.reads("pressed 2")
    terminal.reads("For sales, press 1")
    terminal.types("")
    terminal.reads("completed after ")
    assert terminal.ended() == 0


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX's")
def test_ctrl_c_hangs_up_and_nothing_is_told_twice(command):
    terminal = Terminal(command)
    told = terminal.reads("For sales, press 1")
    terminal.run.send_signal(signal.SIGINT)
    told += terminal.reads("completed after ")
    assert told.count("answered") == 1
    assert terminal.ended() == 0


@pytest.mark.parametrize("words", [["dial"], ["call", MOBILE]])
def test_when_nobody_reads_any_more_the_call_ends_without_a_word(stage, command, words):
    before = under_way(stage)
    with subprocess.Popen([*command[:-1], *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, encoding="utf-8") as run:  # fmt: skip
        assert run.stdout.readline().split()[0] in {"answered", "ringing"}
        run.stdout.close()
        with contextlib.suppress(BrokenPipeError):  # it has ended already
            run.stdin.write("2\n")  # so that something happens that would be told
            run.stdin.close()
        assert run.wait(timeout=20) == cli.NOBODY_READS
        assert run.stderr.read() == ""
    assert eventually(lambda: under_way(stage) <= before)


def under_way(stage):
    """Return the calls that are not over."""
    client = stage.line.account().client()
    return {call.sid for state in ("ringing", "in-progress") for call in client.calls.list(status=state)}


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX's")
def test_whom_the_line_rings_presses_keys_and_ctrl_c_hangs_up_there_too(command):
    terminal = Terminal([*command[:-1], "call", MOBILE])
    terminal.reads("For sales, press 1")
    terminal.types("2")
    terminal.reads("pressed 2")
    terminal.reads("We are open from nine to six")
    terminal.run.send_signal(signal.SIGINT)
    terminal.reads("completed after ")
    assert terminal.ended() == 0


def test_the_caller_is_the_usual_one_unless_told(stage, command):
    def calls():
        return {row["sid"] for row in stage.line.listed("calls", CALLER)}

    before = calls()
    piped(command, "\n")
    assert eventually(lambda: calls() - before)
