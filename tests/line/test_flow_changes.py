"""An owner's flow on a line: a mistake is told before it starts, a change while it runs is played, a slip is not."""

import itertools
import json
import threading
import urllib.error
import urllib.request

import pytest

from local.wording import COMMAND
from tests.line.test_first_minute import copied, ended, folder, run, started  # noqa: F401 -- one is a fixture
from tests.tools.processes import interrupt
from tests.tools.waiting import eventually

VERBS = """
from twilio.twiml.voice_response import VoiceResponse

from prices import PRICE
from shared.flow import Call, verb


@verb
def price(call: Call) -> VoiceResponse:
    response = VoiceResponse()
    response.say(PRICE)
    return response
"""


class Owner:
    """A line in a folder, what it prints, and its files as an owner edits them."""

    def __init__(self, home, *arguments):
        self.home = home
        self.child, self.block = started(home, *arguments)
        self.printed = ""
        for stream in (self.child.stdout, self.child.stderr):
            threading.Thread(target=self._read, args=(stream,), daemon=True).start()

    def _read(self, stream):
        with stream:
            for line in stream:
                self.printed += line

    def writes(self, name, text):
        (self.home / name).write_text(text, encoding="utf-8")

    def puts_in_its_place(self, name, text):
        """Write as many editors do: a new file beside it, which takes its name."""
        (self.home / f".{name}.new").write_text(text, encoding="utf-8")
        (self.home / f".{name}.new").replace(self.home / name)

    def reads(self, *told):
        """Wait until the terminal has said this, each once more than before."""
        assert eventually(lambda: all(text in self.printed for text in told), 20), self.printed
        seen, self.printed = self.printed, ""
        return seen

    def drawn(self):
        """Return the flow as the phone's page has it drawn, in words, or why it has not."""
        card = json.loads((self.home / ".ahoy" / "line.json").read_text(encoding="utf-8"))
        wish = urllib.request.Request(f"{card['twilio']}/_local/wishes", json.dumps({"wants": "flow"}).encode())
        with urllib.request.urlopen(wish) as answer:
            outcome = json.load(answer)
        return outcome["granted"]["told"] if outcome["granted"] else outcome["refused"]

    def health(self):
        card = json.loads((self.home / ".ahoy" / "line.json").read_text(encoding="utf-8"))
        try:
            with urllib.request.urlopen(f"{card['app']}/api/health") as answer:
                return json.load(answer)["checks"]["flow"]
        except urllib.error.HTTPError as e:
            return json.load(e)["checks"]["flow"]


@pytest.fixture(scope="module")
def owner(folder):  # noqa: F811 -- the fixture
    home = copied(folder, "edited")
    (home / "night.yaml").write_text("voice: {start: [say: Good night.]}\n", encoding="utf-8")
    owner = Owner(home, "--flow", "night.yaml")
    yield owner
    interrupt(owner.child)
    owner.child.wait(30)


def test_the_file_that_is_played_is_named(owner):
    assert "What it says is in night.yaml;" in owner.block
    assert "Good night." in run(owner.home, "dial")
    told = run(owner.home, "doctor", "--local")
    assert "night.yaml: the file on this machine is right" in told
    assert "flow.yaml" not in told


def test_a_change_is_played_however_it_is_saved_and_a_slip_is_told_with_its_place(owner):
    owner.writes("night.yaml", "voice: {start: [say: Sleep well.]}\n")
    owner.reads("Changed: night.yaml.", "The app has started anew with it.")
    assert "Sleep well." in run(owner.home, "dial")
    owner.puts_in_its_place("night.yaml", "voice:\n  start:\n    - sya: Sweet dreams.\n")
    owner.reads('night.yaml:3:7: unknown verb "sya"; did you mean "say"?', "goes on with what it said before.")
    assert "Sleep well." in run(owner.home, "dial")
    assert owner.health() != "ok"
    assert "Sleep well." in owner.drawn()
    assert "WRONG  night.yaml" in run(owner.home, "doctor", "--local", code=1)
    owner.puts_in_its_place("night.yaml", "voice:\n  start:\n    - say: Sweet dreams.\n")
    owner.reads("The app has started anew with it.")
    assert "Sweet dreams." in run(owner.home, "dial")
    assert owner.health() == "ok"
    assert "Sweet dreams." in owner.drawn()


def test_verbs_and_what_they_import_are_played_anew_too(owner):
    owner.writes("prices.py", 'PRICE = "One dollar."\n')
    owner.writes("verbs.py", VERBS)
    owner.writes("night.yaml", "voice: {start: [price: ]}\n")
    owner.reads("The app has started anew with it.")
    assert "One dollar." in run(owner.home, "dial")
    owner.writes("prices.py", 'PRICE = "Two dollars."\n')
    owner.reads("Changed: prices.py.", "The app has started anew with it.")
    assert "Two dollars." in run(owner.home, "dial")
    owner.writes("prices.py", 'PRIZE = "Three dollars."\n')
    owner.reads("night.yaml:1:1: verbs.py cannot be imported: ImportError", "goes on with what it said before.")
    assert "Two dollars." in run(owner.home, "dial")


NUMBERS = itertools.count()
BROKEN = "voice: {start: [sya: Hello]}\nmessages: {otherwise: {replay: hi}}\n"


@pytest.mark.parametrize(
    ("arguments", "text", "told"),
    [
        ([], BROKEN, ['flow.yaml:1:17: unknown verb "sya"', "flow.yaml:2:"]),
        ([], "voice: [\n", ["flow.yaml:"]),
        (["--flow", "nofile.yaml"], "", ["nofile.yaml:1:1: the file cannot be read: No such file"]),
        (["--flow", "flows"], "", ["flows:1:1: the file cannot be read"]),
    ],
)
def test_what_cannot_be_played_is_told_before_anything_is_started(folder, arguments, text, told):  # noqa: F811
    home = copied(folder, f"broken {next(NUMBERS)}")
    if text:
        (home / "flow.yaml").write_text(text, encoding="utf-8")
    said = run(home, "start", "--port", "0", *arguments, code=1).splitlines()
    assert len(said) == len(told)
    assert all(line.startswith(begin) for line, begin in zip(said, told, strict=True)), said
    assert not (home / ".ahoy" / "data").exists()


def test_what_does_no_harm_is_told_and_played(folder):  # noqa: F811 -- the fixture
    home = copied(folder, "alone scene")
    (home / "flow.yaml").write_text("voice: {start: [say: Hello.], alone: [say: x]}\n", encoding="utf-8")
    child, block = started(home)
    _, err = ended(child)
    assert "What it says is in flow.yaml;" in block
    assert 'nothing leads to the scene "alone"' in err
    assert f"{COMMAND} dial" in block
