"""The worker is a process of its own: what takes too long ends it, and what ends it is noticed."""

import asyncio
import logging
import sys
import time
from datetime import UTC, datetime

import pytest

from local.host import monitor, timer
from local.host.channel import Failed, NotLoaded
from local.host.host_json import HostJson
from tests.tools.waiting import eventually

CODE = """
import os
import signal
import time
from datetime import UTC, datetime

held = []


@app.route("pid")
def pid(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(f"{os.getpid()} {len(held)}")


@app.route("hangs")
def hangs(req: func.HttpRequest) -> func.HttpResponse:
    held.append(1)
    time.sleep(60)
    return func.HttpResponse("late")


@app.route("slow")
def slow(req: func.HttpRequest) -> func.HttpResponse:
    time.sleep(0.85)
    return func.HttpResponse("late")


@app.route("interrupt")
def interrupt(req: func.HttpRequest) -> func.HttpResponse:
    os.kill(os.getpid(), signal.SIGINT)
    return func.HttpResponse("goes on")


@app.route("dies")
def dies(req: func.HttpRequest) -> func.HttpResponse:
    os._exit(3)
"""


@pytest.fixture(scope="module")
def host(serve):
    return serve(CODE, {"functionTimeout": "00:00:00.8"})


def pid(host):
    return host.ask("/api/pid").text.split()[0]


def test_what_takes_longer_than_the_function_timeout_fails_and_its_worker_is_started_anew(host, caplog):
    before = pid(host)
    began = time.monotonic()
    answer = host.ask("/api/hangs")
    assert (answer.status_code, answer.content) == (500, b"")
    assert time.monotonic() - began < 10
    assert "hangs goes on: its worker is started anew, and all that runs in it ends" in caplog.messages
    after, held = host.ask("/api/pid").text.split()
    assert (after != before, held) == (True, "0")  # what it kept in memory is gone, too


def test_what_ends_within_the_grace_period_has_failed_and_its_worker_goes_on(host):
    before = pid(host)
    assert host.ask("/api/slow").status_code == 500
    assert pid(host) == before


@pytest.mark.skipif(sys.platform == "win32", reason="there Ctrl-C is for a console, not for a process")
def test_ctrl_c_is_for_the_host_which_ends_its_worker_in_order(host):
    before = pid(host)
    assert host.ask("/api/interrupt").text == "goes on"
    assert pid(host) == before


def test_a_worker_that_dies_fails_its_invocation_and_is_started_anew(host, caplog):
    before = pid(host)
    assert host.ask("/api/dies").status_code == 500
    assert eventually(lambda: pid(host) != before)
    assert "the worker process has ended (3) and is started anew" in caplog.messages


@pytest.mark.parametrize(
    ("given", "seconds"), [({}, 1800), ({"functionTimeout": "1.00:05:00"}, 86700), ({"functionTimeout": "-1"}, None)]
)
def test_without_a_limit_it_is_half_an_hour_and_minus_one_is_none(given, seconds):
    assert HostJson(given, {}).timeout_s == seconds


def test_an_app_that_cannot_be_imported_is_not_loaded(serve, capfd):
    with pytest.raises(NotLoaded):
        serve("raise RuntimeError('what went wrong')")
    assert "what went wrong" in capfd.readouterr().err


def test_a_failure_is_one_line_of_what_was_raised(serve, caplog):
    caplog.set_level(logging.INFO)
    host = serve(
        """
        @app.queue_trigger("message", "jobs", "AzureWebJobsStorage")
        def work(message: func.QueueMessage) -> None:
            if message.get_body() == b"bad":
                raise ValueError("no good")
        """,
        {"functionTimeout": "-1"},
    )
    host.runs("work", given="good")
    with pytest.raises(Failed, match=r"ValueError\('no good'\)"):
        host.runs("work", given="bad")
    executed = [message.partition(" ms")[0].rpartition(", ")[0] for message in caplog.messages]
    assert executed == ["Executed 'work' (Succeeded", "Executed 'work' (Failed"]


def test_a_timer_is_told_that_it_is_past_due_and_of_which_time(serve, capfd):
    host = serve(
        """
        import logging

        @app.timer_trigger("timer", schedule="0 0 0 * * *")
        def daily(timer: func.TimerRequest) -> None:
            logging.getLogger("daily").info("%s %s", timer.past_due, timer.schedule_status)
        """
    )
    status = monitor.Status(*[datetime(2026, 11, day, tzinfo=UTC) for day in (1, 2, 1)])
    (daily,) = host.app.functions
    asyncio.run(timer.once(daily, host.instance.run, status, is_past_due=True))
    assert "INFO daily: True {'Last': '2026-11-01T00:00:00Z', 'Next': '2026-11-02T00:00:00Z'" in capfd.readouterr().err
