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


def started(api, people, **more):
    answer = api.post("broadcasts", ALL | {"to": people} | more)
    assert answer.status == 202, answer.told
    return answer.told["id"]


def shown(api, name):
    return api.get(f"broadcasts/{name}").told


def becomes(api, name, **counts):
    """Wait until the counts by outcome have these values."""
    assert eventually(lambda: counts.items() <= shown(api, name)["counts"].items(), 30), shown(api, name)


def got(twilio, person):
    return [text["body"] for text in twilio.texts(person)].count(ALL["body"])


def test_each_gets_the_pictures_too(api, twilio, numbers):
    people, picture = [next(numbers) for _ in range(2)], "https://example.com/cat.png"
    becomes(api, started(api, people, media=[picture]), sent=2)
    assert [twilio.texts(person, wait_s=5)[0]["media_urls"] for person in people] == [[picture]] * 2


def test_who_had_enough_this_hour_waits_and_holds_nobody_up(api, twilio, numbers):
    tired, other = next(numbers), next(numbers)
    assert [api.post("send-sms", {"to": tired, "body": str(n)}).status for n in range(10)] == [202] * 10
    name = started(api, [tired, other])
    becomes(api, name, waiting=1, sent=1)
    assert (shown(api, name)["state"], got(twilio, tired), got(twilio, other)) == ("running", 0, 1)
    assert 0 <= shown(api, name)["left_s"] < 60  # at the pace so far


def test_a_line_that_had_enough_sends_nothing_until_it_may_again(api, twilio, numbers, home):
    people = [next(numbers) for _ in range(2)]
    with home.app_with(AHOY_HOURLY_LIMIT="0"):
        name = started(api, people)
        time.sleep(1)
        assert (shown(api, name)["counts"]["waiting"], shown(api, name)["left_s"]) == (2, None)
    assert [got(twilio, person) for person in people] == [0, 0]
    api.post(f"broadcasts/{name}", {"state": "running"})
    becomes(api, name, sent=2)
    assert [got(twilio, person) for person in people] == [1, 1]


def test_an_opt_out_that_only_twilio_knows_is_counted_and_remembered(api, twilio, numbers, world):
    person = next(numbers)
    with deaf(world):
        twilio.text(person, "STOP")
    becomes(api, started(api, [person]), opted_out=1)
    assert api.post("make-call", {"to": person}).told["reason"] == "opted-out"


def test_a_canceled_broadcast_stops(api, twilio, numbers):
    people = [next(numbers) for _ in range(24)]
    twilio.fault(on="rest", does="hang", of="Messages", method="POST", delay_s=0.2, times=24)
    name = started(api, people)
    assert eventually(lambda: got(twilio, people[0]))
    assert api.post(f"broadcasts/{name}", {"state": "canceled"}).status == 200
    becomes(api, name, sent=10, waiting=14)  # it is asked every ten people whether it still runs
    time.sleep(0.5)
    assert sum(got(twilio, person) for person in people) == 10
    assert (shown(api, name)["state"], shown(api, name)["left_s"]) == ("canceled", None)


def test_a_batch_that_failed_too_often_is_shown_and_taken_up_when_resumed(api, twilio, numbers, processes, home):
    people = [next(numbers) for _ in range(2)]
    with home.app_with(AHOY_HOURLY_LIMIT="0"):
        name = started(api, people)
        message = base64.b64encode(json.dumps({"broadcast": name, "batch": 0}).encode()).decode()
        poison = QueueClient.from_connection_string(processes.line.storage, "broadcasts-poison")
        with suppress(ResourceExistsError):
            poison.create_queue()
        time.sleep(1)  # the batch itself has been looked at
        poison.send_message(message)
        assert eventually(lambda: shown(api, name)["stuck"] == 2), shown(api, name)
    api.post(f"broadcasts/{name}", {"state": "running"})
    becomes(api, name, sent=2)
    assert (shown(api, name)["stuck"], [got(twilio, person) for person in people]) == (0, [1, 1])
