"""Texts and calls leave once, only where they may, and whatever goes wrong on the way is settled."""

import re
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.line.around import running
from tests.tools.waiting import eventually

SERVICE = "MG" + "0" * 32
SOON = "2027-01-31T09:00:00"


def status_of(line, person):
    return [row["status"] for row in line.listed("messages", person)]


def test_a_text_leaves_arrives_and_is_remembered_to_its_delivery(line, twilio, numbers):
    person = next(numbers)
    sent = line.post("send-sms", {"to": person, "body": "Grüße €"})
    assert sent.status == 202
    assert (sent.told["encoding"], sent.told["segments"]) == ("GSM-7", 1)
    assert [text["body"] for text in twilio.phone(person).messages(wait_s=20)] == ["Grüße €"]
    assert eventually(lambda: status_of(line, person) == ["delivered"])
    (row,) = line.listed("messages", person)
    assert (row["sid"], row["direction"], row["body"]) == (sent.told["sid"], "outbound", "Grüße €")
    assert person not in [row["to"] for row in line.shows("messages")["unknown"]]


def test_a_picture_leaves_from_a_service_to_whatsapp(line, twilio, numbers, service):
    person, picture = next(numbers), "https://example.com/cat.png"
    sent = line.post("send-sms", {"to": f"whatsapp:{person}", "media": [picture]})
    assert sent.status == 202
    assert sent.told["from"] == "whatsapp:+12025550100"
    assert twilio.phone(f"whatsapp:{person}").messages(wait_s=20)[0]["media_urls"] == [picture]
    assert line.post("send-sms", {"to": person, "body": "hi", "from": service}).status == 202


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"to": "+12025550122"}, "body"),
        ({"to": "555-0122", "body": "x"}, "to"),
        ({"to": "client:bob", "body": "x"}, "to"),
        ({"to": "+12025550122", "body": "x" * 1601}, "body"),
        ({"to": "+12025550122", "media": ["http://example.com/a.png"]}, "media"),
        ({"to": "+12025550122", "media": ["https://example.com/a.png"] * 11}, "media"),
        ({"to": "+12025550122", "body": "x", "from": "MG1"}, "from"),
        ({"to": "+12025550122", "body": "x", "send_at": SOON + "Z"}, "send_at"),
        ({"to": "+12025550122", "body": "x", "from": SERVICE, "send_at": SOON}, "send_at"),
        ({"to": "+12025550122", "body": "x", "from": SERVICE, "send_at": "2020-01-01T00:00:00Z"}, "send_at"),
    ],
)
def test_each_wrong_field_is_named(line, wrong, field):
    answer = line.post("send-sms", wrong)
    assert answer.status == 400
    assert [error["field"] for error in answer.told["errors"]] == [field]


@pytest.mark.parametrize(
    ("to", "reason"),
    [
        ("+19005550123", "premium-rate"),
        ("+447012345678", "personal-number"),
        ("+4918012345", "shared-cost"),
        ("+442079460958", "country"),
        ("+18765550123", "country"),  # Jamaica, behind +1
        ("+881631234567", "country"),  # a satellite
    ],
)
def test_what_costs_extra_and_foreign_countries_are_refused(line, to, reason):
    for route, more in (("send-sms", {"body": "hi"}), ("make-call", {})):
        answer = line.post(route, {"to": to, **more})
        assert (answer.status, answer.told["reason"]) == (403, reason), answer.told


@pytest.mark.parametrize(
    ("to", "reason"),
    [
        ("sip:+19005550123@example.com;user=phone", "premium-rate"),
        ("sip:442079460958@example.com", "country"),
        ("sip:9990000000@example.com", "country"),
    ],
)
def test_a_number_is_held_to_the_same_rules_inside_a_sip_address(line, to, reason):
    answer = line.post("make-call", {"to": to})
    assert (answer.status, answer.told["reason"]) == (403, reason)


def test_who_texts_stop_hears_no_more_until_start(line, twilio, numbers):
    person = next(numbers)
    assert twilio.text(" stop ", person).replies == []
    # a busy storage may lag
    assert eventually(lambda: line.post("send-sms", {"to": person, "body": "hi"}).status == 409)
    assert line.post("make-call", {"to": person}).status == 409
    assert line.shows("limits")["refused"]["opted-out"] >= 2
    twilio.text("Start", person)
    assert eventually(lambda: line.post("send-sms", {"to": person, "body": "hi"}).status == 202)


def test_advanced_opt_out_is_heeded_and_not_answered_twice(line, twilio, numbers):
    person = next(numbers)
    assert twilio.text("arrêt", person, OptOutType="STOP").replies == []
    assert eventually(lambda: line.post("send-sms", {"to": person, "body": "hi"}).status == 409)
    assert twilio.text("help", person, OptOutType="HELP").replies == []


def test_an_opt_out_that_only_twilio_knows_is_learned_from_the_callback(line, twilio, numbers):
    person = next(numbers)
    twilio.phone(person, texts="failed", error_code=21610)
    assert line.post("send-sms", {"to": person, "body": "hi"}).status == 202
    assert eventually(lambda: line.post("send-sms", {"to": person, "body": "hi"}).status == 409)


def test_the_same_key_gives_the_same_answer_and_one_text(line, twilio, numbers):
    person, key = next(numbers), {"Idempotency-Key": "order-1"}
    first = line.post("send-sms", {"to": person, "body": "once"}, **key)
    assert line.post("send-sms", {"to": person, "body": "once"}, **key).told == first.told
    assert line.post("send-sms", {"to": person, "body": "another"}, **key).status == 422
    assert len(twilio.phone(person).messages(wait_s=20)) == 1


def test_the_same_key_at_the_same_time_sends_one_text(line, twilio, numbers):
    person, key = next(numbers), {"Idempotency-Key": "together"}
    with ThreadPoolExecutor(6) as pool:
        asked = [pool.submit(line.post, "send-sms", {"to": person, "body": "once"}, **key) for _ in range(6)]
    assert {one.result().status for one in asked} <= {202, 409}
    assert 202 in {one.result().status for one in asked}
    assert len(twilio.phone(person).messages(wait_s=20)) == 1


def test_a_refused_request_gives_its_key_back(line):
    key = {"Idempotency-Key": "refused"}
    assert [line.post("send-sms", {"to": "+442079460958", "body": "x"}, **key).status for _ in "12"] == [403, 403]


def test_a_lost_answer_is_looked_up_and_never_sent_again(line, twilio, numbers):
    person = next(numbers)
    twilio.faults(on="rest", does="lose-answer", of="Messages", method="POST")
    sent = line.post("send-sms", {"to": person, "body": "lost"})
    assert sent.status == 202
    assert [text["sid"] for text in twilio.phone(person).messages(wait_s=20)] == [sent.told["sid"]]


def test_a_failure_that_did_nothing_is_in_doubt_and_shown_as_unknown(line, twilio, numbers):
    person = next(numbers)
    twilio.faults(on="rest", does="answer", of="Messages", method="POST", status=500)
    answer = line.post("send-sms", {"to": person, "body": "?"}, **{"Idempotency-Key": "in doubt"})
    assert answer.status == 503
    assert int(answer.headers["retry-after"]) > 0
    assert [row["status"] for row in line.shows("messages")["unknown"] if row["to"] == person] == ["unknown"]
    assert line.post("send-sms", {"to": person, "body": "?"}, **{"Idempotency-Key": "in doubt"}).status == 409
    assert twilio.phone(person).messages() == []


def test_429_is_waited_for_and_then_given_on(line, twilio, numbers):
    person = next(numbers)
    twilio.faults(on="rest", does="answer", of="Messages", method="POST", status=429, retry_after_s=1, times=2)
    began = time.monotonic()
    assert line.post("send-sms", {"to": person, "body": "patience"}).status == 202
    assert time.monotonic() - began >= 2
    twilio.faults(on="rest", does="answer", of="Messages", method="POST", status=429, retry_after_s=77)
    answer = line.post("send-sms", {"to": person, "body": "no patience"})
    assert (answer.status, answer.headers["retry-after"]) == (503, "77")
    assert [text["body"] for text in twilio.phone(person).messages()] == ["patience"]


def test_two_same_texts_to_one_person_are_two(line, twilio, numbers):
    person = next(numbers)
    first = line.post("send-sms", {"to": person, "body": "same"}).told["sid"]
    twilio.faults(on="rest", does="lose-answer", of="Messages", method="POST")
    second = line.post("send-sms", {"to": person, "body": "same"}).told["sid"]
    assert eventually(lambda: {text["sid"] for text in twilio.phone(person).messages()} == {first, second})
    assert first != second


def test_a_person_is_reached_ten_times_an_hour_at_most(line, numbers):
    person = next(numbers)
    answers = [line.post("send-sms", {"to": person, "body": str(n)}) for n in range(11)]
    assert [answer.status for answer in answers] == [202] * 10 + [429]
    assert 0 < int(answers[-1].headers["retry-after"]) <= 3600


def test_limits_and_once_only_hold_across_instances_and_scaling_groups(tmp_path, numbers):
    """On two instances of each group, as on Flex Consumption: exactly as many leave as may, each to one person once."""
    with running(tmp_path, {"AHOY_HOURLY_LIMIT": "12"}, instances=2) as line:
        people = [next(numbers) for _ in range(20)]
        told = line.post("broadcasts", {"body": "hello all", "to": people[:4]}).told

        def text(n):
            sent = {"to": people[n], "body": "hi"}
            return httpx.post(f"{line.app}/api/send-sms", json=sent, headers=line.key, timeout=30).status_code

        assert eventually(lambda: line.shows(f"broadcasts/{told['id']}")["state"] == "done", 30)
        with ThreadPoolExecutor(8) as pool:
            statuses = list(pool.map(text, range(4, 20)))
        assert sorted(statuses) == [202] * 8 + [429] * 8
        for _ in range(2):  # whichever is asked
            limits = line.get("limits").told
            assert limits["hour"] == {"used": 12, "limit": 12}
            assert limits["refused"] == {"AHOY_HOURLY_LIMIT": 8}
        assert [len(line.twilio.phone(person).messages()) for person in people[:4]] == [1] * 4
        assert eventually(lambda: {"http 1", "http 2"} <= set(re.findall(r" ahoy\.\w+ \[(.+?)\]: ", line.log())))

        line.running.emulator.kill()
        assert text(0) == 503
