"""What holds a broadcast back: limits, opt-outs that only Twilio knows, a cancel, a batch that failed too often."""

import base64
import json
import time
from contextlib import suppress

from azure.core.exceptions import ResourceExistsError
from azure.storage.queue import QueueClient

from tests.line.around import deaf
from tests.tools.waiting import eventually

ALL = {"body": "hello all"}


def started(line, people, **more):
    answer = line.post("broadcasts", ALL | {"to": people} | more)
    assert answer.status == 202, answer.told
    return answer.told["id"]


def shown(line, name):
    return line.shows(f"broadcasts/{name}")


def becomes(line, name, **counts):
    """Wait until the counts by outcome have these values."""
    assert eventually(lambda: counts.items() <= shown(line, name)["counts"].items(), 30), shown(line, name)


def got(twilio, person):
    return [text["body"] for text in twilio.phone(person).messages()].count(ALL["body"])


def test_each_gets_the_pictures_too(line, twilio, numbers):
    people, picture = [next(numbers) for _ in range(2)], "https://example.com/cat.png"
    becomes(line, started(line, people, media=[picture]), sent=2)
    assert [twilio.phone(person).messages(wait_s=20)[0]["media_urls"] for person in people] == [[picture]] * 2


def test_who_had_enough_this_hour_waits_and_holds_nobody_up(line, twilio, numbers):
    tired, other = next(numbers), next(numbers)
    assert [line.post("send-sms", {"to": tired, "body": str(n)}).status for n in range(10)] == [202] * 10
    name = started(line, [tired, other])
    becomes(line, name, waiting=1, sent=1)
    assert (shown(line, name)["state"], got(twilio, tired), got(twilio, other)) == ("running", 0, 1)
    assert 0 <= shown(line, name)["left_s"] < 60  # at the pace so far


def test_a_line_that_had_enough_sends_nothing_until_it_may_again(line, twilio, numbers, home):
    people = [next(numbers) for _ in range(2)]
    with home.app_with(AHOY_HOURLY_LIMIT="0"):
        name = started(line, people)
        time.sleep(1)
        assert (shown(line, name)["counts"]["waiting"], shown(line, name)["left_s"]) == (2, None)
    assert [got(twilio, person) for person in people] == [0, 0]
    line.post(f"broadcasts/{name}", {"state": "running"})
    becomes(line, name, sent=2)
    assert [got(twilio, person) for person in people] == [1, 1]


def test_an_opt_out_that_only_twilio_knows_is_counted_and_remembered(line, twilio, numbers):
    person = next(numbers)
    with deaf(line):
        twilio.text("STOP", person)
    becomes(line, started(line, [person]), opted_out=1)
    assert line.post("make-call", {"to": person}).told["reason"] == "opted-out"


def test_a_canceled_broadcast_stops(line, twilio, numbers):
    people = [next(numbers) for _ in range(24)]
    twilio.faults(on="rest", does="hang", of="Messages", method="POST", delay_s=0.1, times=24)
    name = started(line, people)
    assert eventually(lambda: got(twilio, people[0]))
    assert line.post(f"broadcasts/{name}", {"state": "canceled"}).status == 200
    becomes(line, name, sent=20, waiting=4)  # it is asked every twenty people whether it still runs
    time.sleep(0.5)
    assert sum(got(twilio, person) for person in people) == 20
    assert (shown(line, name)["state"], shown(line, name)["left_s"]) == ("canceled", None)


def test_a_batch_that_failed_too_often_is_shown_and_taken_up_when_resumed(line, twilio, numbers, home):
    people = [next(numbers) for _ in range(2)]
    with home.app_with(AHOY_HOURLY_LIMIT="0"):
        name = started(line, people)
        message = base64.b64encode(json.dumps({"broadcast": name, "batch": 0}).encode()).decode()
        poison = QueueClient.from_connection_string(line.running.line.storage, "broadcasts-poison")
        with suppress(ResourceExistsError):
            poison.create_queue()
        time.sleep(1)  # the batch itself has been looked at
        poison.send_message(message)
        assert eventually(lambda: shown(line, name)["stuck"] == 2), shown(line, name)
    line.post(f"broadcasts/{name}", {"state": "running"})
    becomes(line, name, sent=2)
    assert (shown(line, name)["stuck"], [got(twilio, person) for person in people]) == (0, [1, 1])
