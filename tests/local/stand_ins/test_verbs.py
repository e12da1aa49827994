"""The table of verbs is what the engine does: what it stops reading is no longer called executed."""

import re

import pytest

from local.stand_ins import verbs
from local.stand_ins.reading import Code

ROWS = {row.path: row for row in verbs.rows()}


def test_each_verb_of_twilios_library_is_in_the_table():
    assert {path[0] for path in ROWS} > {"Dial", "Gather", "Record", "Enqueue", "Connect", "Pay", "Say"}
    assert {("Dial", "Number"), ("Dial", "Client", "Parameter"), ("Refer", "Sip")} < set(ROWS)


@pytest.mark.parametrize(
    ("path", "attribute"),
    [
        (("Gather",), "numDigits"),
        (("Dial",), "hangupOnStar"),
        (("Dial", "Number"), "statusCallbackEvent"),
        (("Dial", "Conference"), "endConferenceOnExit"),
        (("Dial", "Queue"), "url"),
        (("Enqueue",), "waitUrlMethod"),
        (("Say",), "loop"),
    ],
)
def test_what_the_engine_reads_is_executed(path, attribute):
    assert attribute in ROWS[path].executed


@pytest.mark.parametrize(
    ("path", "attribute"), [(("Dial", "Conference"), "region"), (("Dial", "Number"), "byoc"), (("Say",), "voice")]
)
def test_what_it_does_not_read_is_noted(path, attribute):
    assert attribute in ROWS[path].noted


def without(tmp_path, module, before, after):
    """Read the engine anew, with another text in one of its modules."""
    files = {f"local.twilio.engine.{path.stem}": path for path in (verbs.TWILIO / "engine").glob("[a-z]*.py")}
    name = f"local.twilio.engine.{module}"
    text = files[name].read_text(encoding="utf-8")
    assert before in text
    files[name] = tmp_path / f"{module}.py"
    files[name].write_text(re.sub(re.escape(before), after, text), encoding="utf-8")
    return Code(files | {"local.twilio.twiml": verbs.TWILIO / "twiml.py"})


@pytest.mark.parametrize(
    ("module", "before", "path", "attribute"),
    [
        ("gather", '"numDigits"', ("Gather",), "numDigits"),
        ("callees", '"sendDigits"', ("Dial", "Number"), "sendDigits"),
        ("conference", '"maxParticipants"', ("Dial", "Conference"), "maxParticipants"),
        ("queue", '"waitUrlMethod"', ("Enqueue",), "waitUrlMethod"),
    ],
)
def test_what_the_engine_stops_reading_is_noted_from_then_on(tmp_path, monkeypatch, module, before, path, attribute):
    assert attribute in ROWS[path].executed
    changed = without(tmp_path, module, before, '"nothing"')
    monkeypatch.setattr(verbs, "engine", lambda: changed)
    now = next(row for row in verbs.rows() if row.path == path)
    assert attribute in now.noted
