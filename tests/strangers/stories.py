"""What the strangers do with the README's two commands."""

import os
import re
import shutil
import socket
import time
from collections.abc import Callable
from pathlib import Path

from bases import MODULES, TOOLS, NotToBeHad
from machine import BUNDLE, CERTIFICATES, Machine, bind
from people import Result, Stranger
from program import TRACEBACK, Failed, Program, last, say, step

PORT = 7071  # where `start` listens unless it is told otherwise
STARTS_S = 600.0  # packages come over a network
AGAIN_S = 90.0
TESTS_S = 900.0
ASKS_S = 60.0
ENDS_SOON_S = 5.0
SOON_S = 60.0  # so long may a command that cannot succeed take to say so
MANY_LINES = 12
EMPTY_MB = 0.05  # less than that elsewhere is no one's loss
RUNS = "Ahoy runs"
REFUSING = "http://127.0.0.1:9"  # discard: nobody listens there


def lives(one: Stranger, machine: Machine, result: Result) -> None:
    """`start` twice, with a call and a text each time; then `test`, for those who are tested."""
    if one.is_started:
        result.start_s = starts(machine, {}, STARTS_S)
        measures(machine, result)
        if one.is_unplugged:
            machine.unplug()
        result.again_s = starts(machine, one.again, AGAIN_S)
    if one.is_tested:
        result.test_s = tests(machine, result)
        result.megabytes = machine.megabytes()


def starts(machine: Machine, environ: dict[str, str], timeout_s: float) -> float:
    """`start`, a call, a text, Ctrl-C; return the seconds until it runs."""
    began = time.monotonic()
    with step("python3 dev.py start"):
        line = machine.begin(*start_command(), environ=environ, in_terminal=True)
        if not line.says(RUNS, timeout_s):
            raise Failed(f"`start` ended by itself and said: {last(line)}")
    took = time.monotonic() - began
    answers(machine, environ)
    ends(machine, line)
    return took


def measures(machine: Machine, result: Result) -> None:
    """Note the size of what was brought, and whether it lies in .ahoy and nowhere else."""
    result.megabytes, result.elsewhere = machine.megabytes(), machine.elsewhere()
    if sum(result.elsewhere.values()) > EMPTY_MB:
        result.broken.append(f"`start` wrote outside .ahoy: {', '.join(sorted(result.elsewhere))}")


def start_command() -> list[str]:
    """Return the README's first command; at a free port when another line of this machine's has its own."""
    with socket.socket() as asked:
        is_taken = asked.connect_ex(("127.0.0.1", PORT)) == 0
    if is_taken:
        say(f"  port {PORT} is taken on this machine: --port 0 is added")
    return ["python3", "dev.py", "start", *(["--port", "0"] if is_taken else [])]


def answers(machine: Machine, environ: dict[str, str]) -> None:
    """Ring a phone and text the line, in a second terminal."""
    for command, wanted in ((["call", "+12025550122"], "Hello Monkey!"), (["text", "hi"], "thanks for the ping")):
        with step(f"python3 dev.py {command[0]}"):
            asked = machine.begin("python3", "dev.py", *command, environ=environ)
            code = asked.wait(ASKS_S)
            if code or wanted not in asked.text:
                raise Failed(f"`{command[0]}` gave {code} and said: {last(asked)}")


def ends(machine: Machine, line: Program) -> None:
    """Press Ctrl-C: it ends in order, and nothing of it runs on."""
    with step("Ctrl-C"):
        code = line.end()
    if TRACEBACK in line.text:
        raise Failed("`start` showed a traceback")
    if "Ahoy has ended" not in line.text or code != 130:
        raise Failed(f"Ctrl-C gave {code} and said: {last(line)}")
    leaves_nothing(machine, "Ctrl-C")
    if (machine.here / ".ahoy" / "line.json").exists():
        raise Failed("Ctrl-C left .ahoy/line.json")


def leaves_nothing(machine: Machine, after: str) -> None:
    """See that no process is left; one that is just ending has three seconds."""
    until = time.monotonic() + 3
    while left := machine.running():
        if time.monotonic() > until:
            raise Failed(f"after {after} there still run: {'; '.join(left)}")
        time.sleep(0.1)


def tests(machine: Machine, result: Result) -> float:
    """`test` to its end; return the seconds it took."""
    began = time.monotonic()
    with step("python3 dev.py test"):
        tested = machine.begin("python3", "dev.py", "test")
        code = tested.wait(TESTS_S)
    if found := re.findall(r"^=+ (.*\b(?:passed|failed)\b.*?) =+$", tested.text, re.MULTILINE):
        result.notes.append(found[-1])
    if code:
        raise Failed(f"`test` gave {code} and said: {last(tested)}")
    leaves_nothing(machine, "the tests")
    return time.monotonic() - began


def told_or_lives(*wanted: str) -> Callable[[Stranger, Machine, Result], None]:
    """Return the story of a machine that may lack what `start` needs: it lives, or says so soon and helpfully.

    `wanted` are patterns that a helpful sentence has.
    """

    def story(_one: Stranger, machine: Machine, result: Result) -> None:
        began = time.monotonic()
        with step("python3 dev.py start"):
            line = machine.begin(*start_command(), in_terminal=True)
            runs = line.says(RUNS, STARTS_S)
        took = time.monotonic() - began
        if runs:
            answers(machine, {})
            ends(machine, line)
            result.start_s = took
            measures(machine, result)
            return
        helps(line, took, *wanted)
        leaves_nothing(machine, "it had given up")
        result.notes.append(f"told after {took:.0f} s: {last(line)}")

    return story


def helps(line: Program, took_s: float, *wanted: str) -> None:
    """See that a command which gave up said why, soon and for a person."""
    if TRACEBACK in line.text:
        raise Failed("`start` showed a traceback")
    if line.wait(ENDS_SOON_S) == 0:
        raise Failed("`start` gave up with exit code 0")
    for pattern in wanted:
        if not re.search(pattern, line.text, re.IGNORECASE):
            raise Failed(f"`start` gave up without a word of {pattern}: {last(line)}")
    if len(re.sub(r"[^\n]*\r(?!\n)", "", line.text).splitlines()) > MANY_LINES:  # a live line is written over
        raise Failed(f"`start` gave up with more words than a person reads: {last(line, MANY_LINES)}")
    if took_s > SOON_S:
        raise Failed(f"`start` took {took_s:.0f} s to give up")


def handed_python(one: Stranger, machine: Machine, result: Result) -> None:
    """A Python 3.13 of this machine's is found by PYENV_ROOT."""
    python = own_python()
    bind(python, machine.root / str(python).lstrip("/"))  # at its own place: it looks for its library there
    machine.environ["PYENV_ROOT"] = str(python.parents[1])
    lives(one, machine, result)


def own_python() -> Path:
    """Return the folder of a Python 3.13 of pyenv's on this machine."""
    root = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser()
    for version in sorted(root.glob("versions/3.13.*"), reverse=True):
        if (version / "bin" / "python3.13").exists():
            return version
    raise NotToBeHad("pyenv has no Python 3.13 on this machine to hand in")


def without_certificates(one: Stranger, machine: Machine, result: Result) -> None:
    """No authority is known: whatever is fetched over https cannot be checked."""
    for name in CERTIFICATES:
        machine.environ.pop(name, None)
    for file in (*machine.configuration(), *(machine.root / BUNDLE.lstrip("/")).parent.iterdir()):
        file.unlink(missing_ok=True)
    told_or_lives("certificate")(one, machine, result)


def two_starts(_one: Stranger, machine: Machine, result: Result) -> None:
    """Two people, or one impatient one, start in the same new folder at the same time: one line runs, one is told."""
    command = start_command()
    began = time.monotonic()
    with step("python3 dev.py start, twice at once"):
        both = [machine.begin(*command, in_terminal=True) for _ in range(2)]
        while not (ended := [line for line in both if line.child.poll() is not None]):
            if all(RUNS in line.text for line in both):
                raise Failed("two lines run in one folder")
            if time.monotonic() - began > STARTS_S:
                raise Failed(f"after {STARTS_S:.0f} s neither had ended")
            time.sleep(0.2)
    loser = ended[0]
    winner = both[1 - both.index(loser)]
    if not winner.says(RUNS, STARTS_S):
        raise Failed(f"neither of two runs; one said: {last(loser)}; the other: {last(winner)}")
    result.start_s = time.monotonic() - began
    helps(loser, 0, r"runs here already|in use|taken|at the same time|another|busy")
    result.notes.append(f"the second was told: {last(loser, 2)}")
    answers(machine, {})
    ends(machine, winner)
    measures(machine, result)


def knows(machine: Machine) -> str:
    """Return what the stranger's machine has; raises Failed when it has more than a stranger's should."""
    version = machine.tool("python3", "--version").strip()
    asked = "import importlib.util as u, sys; print(*(n for n in sys.argv[1:] if u.find_spec(n)))"
    has = machine.tool("python3", "-c", asked, *MODULES).split()
    has += [tool for tool in TOOLS if shutil.which(tool, path=str(machine.root / "usr/bin"))]
    if has:
        raise Failed(f"this machine is no stranger: it has {', '.join(has)}")
    return f"{version}; no {', '.join((*MODULES[1:], *TOOLS))}"
