"""dev.py text: who gets what, and why somebody gets nothing."""

import subprocess
import sys
from dataclasses import replace

import pytest

from local import line as lines
from local import paths
from tests.line.commands import IN_A_PROCESS, run
from tests.line.stage import MOBILE, OFFICE

FLOW = f"""
messages:
  keywords:
    urgent: {{forward: "{OFFICE}"}}
    both: {{reply: We have passed it on., forward: "{OFFICE}"}}
    hello: Hello!
"""


@pytest.fixture
def text(stage, tmp_path, monkeypatch, capfd):
    """Text a line, and return what is said of it."""
    stage.plays(FLOW)
    monkeypatch.setattr(paths, "CARD", tmp_path / "line.json")
    lines.write(stage.line.running.line, paths.CARD)

    def said(body, *options):
        assert run("text", body, "--from", MOBILE, *options) == 0
        printed = capfd.readouterr()
        return printed.out, printed.err

    yield said
    stage.twilio.text("START", from_=MOBILE)


def test_a_reply_is_the_texters_and_a_forward_is_not(text):
    assert text("hello") == ("Hello!\n", "")
    told, why = text("urgent")
    assert told.startswith(f"to {OFFICE}: {MOBILE}")
    assert why == f"{MOBILE} gets no reply: the flow has none for this text.\n"
    assert {line.partition(":")[0] for line in text("both")[0].splitlines()} == {
        f"to {OFFICE}",
        "We have passed it on.",
    }


def test_who_gets_nothing_is_told_why(text):
    assert text("anything") == ("", f"{MOBILE} gets no reply: the flow has none for this text.\n")
    told, why = text("STOP")
    assert told.startswith("Twilio itself: You have successfully been unsubscribed.")
    assert "they have opted out" in why
    assert "they have opted out" in text("hello")[1]


@pytest.mark.usefixtures("text")
def test_what_was_texted_is_kept_as_a_story_that_is_told_at_once(stage, tmp_path):
    played = tmp_path / "shop.yaml"
    played.write_text(FLOW, encoding="utf-8")
    lines.write(replace(stage.line.running.line, flow=str(played)), paths.CARD)
    words = ["text", "both", "--from", MOBILE, "--keep", "Both get it"]
    done = subprocess.run(
        [sys.executable, "-c", IN_A_PROCESS, str(paths.CARD), *words],
        capture_output=True, encoding="utf-8", timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, "We have passed it on." in done.stdout) == (0, True), done.stderr
    assert done.stderr.splitlines()[-1] == "true      Both get it"
    kept = (tmp_path / "shop.stories.yaml").read_text(encoding="utf-8")
    begins, *got = kept.partition("  Both get it:\n    told:\n")[2].splitlines()
    assert begins == f"      - {MOBILE} texts: both"
    assert sorted(got) == [f'      - {OFFICE} gets: "{MOBILE}: both"', f"      - {MOBILE} gets: We have passed it on."]


def test_an_app_that_cannot_be_reached_is_told_with_twilios_error(text, stage):
    numbers = stage.line.account().client().incoming_phone_numbers.list()
    before = [(number.sms_url, number.sms_fallback_url) for number in numbers]
    for number in numbers:
        number.update(sms_url="http://127.0.0.1:9/", sms_fallback_url="")
    try:
        assert "gets no reply: Twilio's error 11205: " in text("hello")[1]
    finally:
        for number, (url, fallback) in zip(numbers, before, strict=True):
            number.update(sms_url=url, sms_fallback_url=fallback)


def test_what_twilio_does_not_take_of_an_answer_is_told(text, stage):
    verbs = """
from twilio.twiml.messaging_response import MessagingResponse

from shared.flow import Message, verb

@verb
def wave(message: Message, word: str) -> MessagingResponse:
    response = MessagingResponse()
    response.message(f"{word} {message.from_}", tow="nobody")
    return response
"""
    stage.plays("messages: {otherwise: {wave: Hello}}\n", verbs)
    told, log = text("hello")
    assert told == f"Hello {MOBILE}\n"
    assert log == 'Twilio\'s log: 12200: <Message>: unknown attribute "tow"; did you mean "to"?\n'
