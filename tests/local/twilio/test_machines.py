"""Answering machines: who picked up, and whom that is told."""

import pytest

from tests.tools.stand_in import LINE


@pytest.mark.parametrize(
    ("mode", "answered_by"), [("Enable", "machine_start"), ("DetectMessageEnd", "machine_end_beep")]
)
def test_an_answering_machine_is_told_from_a_person(twilio, app, rest, mode, answered_by):
    app.says(hello="")
    machine = twilio.phone("+12025550192", answers="machine")
    made = rest.calls.create(to=machine.address, from_=LINE, url=f"{app.address}/hello", machine_detection=mode)
    twilio.call(made.sid).ended()
    assert app.got("hello")[0]["AnsweredBy"] == answered_by
    made = rest.calls.create(
        to=machine.address,
        from_=LINE,
        url=f"{app.address}/hello",
        machine_detection=mode,
        async_amd="true",
        async_amd_status_callback=f"{app.address}/amd",
    )
    twilio.call(made.sid).ended()
    (sent,) = twilio.webhooks("machine-detection", made.sid, wait_s=20)
    assert sent.parameters["AnsweredBy"] == answered_by
    assert "AnsweredBy" not in app.got("hello")[1]
