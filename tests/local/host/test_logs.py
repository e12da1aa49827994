"""What Azure shows of the log: the levels of host.json, and what is dropped there, marked here."""

import pytest

from local.host.host_json import HostJson
from local.host.logs import LOST, Levels
from tests.tools.waiting import eventually

CODE = """
import contextvars
import logging
import threading

log = logging.getLogger("mine")
log.error("while it is imported")
ended = threading.Event()


@app.route("says")
def says(req: func.HttpRequest) -> func.HttpResponse:
    log.info("within")
    thread = threading.Thread(target=log.info, args=("in a thread of its own",))
    thread.start()
    thread.join()
    kept = threading.Thread(target=contextvars.copy_context().run, args=(log.info, "in a thread with its context"))
    kept.start()
    kept.join()
    threading.Thread(target=contextvars.copy_context().run, args=(late,)).start()
    return func.HttpResponse("")


def late():
    ended.wait()
    log.info("after its end")


@app.route("ended")
async def end(req: func.HttpRequest) -> func.HttpResponse:
    log.info("async")
    ended.set()
    return func.HttpResponse("")


@app.route("quiet")
def quiet(req: func.HttpRequest) -> func.HttpResponse:
    log.info("too low")
    log.warning("high enough")
    return func.HttpResponse("")
"""


@pytest.fixture
def logged(capfd):
    read = []

    def lines():
        read.append(capfd.readouterr().err)
        return [line.partition(" mine")[2] for line in "".join(read).splitlines() if " mine" in line]

    return lines


def test_what_is_said_outside_of_a_running_invocation_is_marked_as_lost(serve, logged):
    host = serve(CODE)
    host.ask("/api/says")
    host.ask("/api/ended")
    assert eventually(lambda: any("after" in line for line in logged()))
    assert logged() == [
        f"{LOST}: while it is imported", ": within", f"{LOST}: in a thread of its own",
        ": in a thread with its context", ": async", f"{LOST}: after its end",
    ]  # fmt: skip


def test_the_levels_of_host_json_hold_for_what_a_function_says(serve, logged):
    host = serve(CODE, {"logging": {"logLevel": {"Function.quiet.User": "Warning"}}})
    host.ask("/api/quiet")
    assert logged() == [f"{LOST}: while it is imported", ": high enough"]


@pytest.mark.parametrize(
    ("category", "level"),
    [("Function.voice", 30), ("function.voice.user", 20), ("Function.voice_scene", 30), ("Function.sms", 20),
     ("Host.Results", 50), ("Anything", 51)],
)  # fmt: skip
def test_the_longest_name_that_a_category_begins_with_says_its_level(category, level):
    given = {"default": "None", "Function": "Information", "Function.voice": "Warning",
             "Function.voice.User": "Information", "host": "Critical"}  # fmt: skip
    assert Levels.of(HostJson({"logging": {"logLevel": given}}, {})).of_category(category) == level


def test_a_setting_overrides_a_level_and_one_of_no_such_name_is_refused():
    name = "AZUREFUNCTIONSJOBHOST__LOGGING__LOGLEVEL__DEFAULT"
    assert Levels.of(HostJson({}, {name: "Error"})).of_category("Function.sms") == 40
    with pytest.raises(ValueError, match='"Loud" is no log level'):
        Levels.of(HostJson({}, {name: "Loud"}))
