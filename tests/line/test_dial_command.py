"""dev.py dial and call: a person on a call in the terminal. What is piped in is done when the line listens."""

import os
import signal
import subprocess
import sys

import pytest

from local import cli
from local import line as lines
from tests.line.stage import CALLER, MOBILE, OFFICE
from tests.tools.waiting import eventually

DIAL = """
import signal
import sys
from pathlib import Path

from local import cli, paths

paths.CARD = Path(sys.argv.pop(1))
signal.signal(signal.SIGINT, signal.default_int_handler)  # as dev.py's main does
given = cli.parser().parse_args()
sys.exit(cli.ending_quietly(lambda: given.room.run(given)))
"""


@pytest.fixture
def command(stage, tmp_path):
    """The command that dials this line while it plays the menu; the office is engaged."""
    stage.plays("menu")
    stage.voice_url(f"{stage.line.app}/api/voice")
    stage.phone(OFFICE, answers="busy")
    lines.write(stage.line.running.line, tmp_path / "line.json")
    return [sys.executable, "-c", DIAL, str(tmp_path / "line.json"), "dial"]


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
    with subprocess.Popen([*command[:-1], *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, encoding="utf-8") as run:  # fmt: skip
        assert run.stdout.readline().split()[0] in {"answered", "ringing"}
        run.stdout.close()
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
        return {row["sid"] for row in stage.line.get("calls", limit=1000, **{"with": CALLER}).told["calls"]}

    before = calls()
    piped(command, "\n")
    assert eventually(lambda: calls() - before)
