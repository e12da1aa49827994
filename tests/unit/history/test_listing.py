"""Which part of the history is asked for: people, periods, and names that are none."""

import json
from datetime import UTC, datetime, timedelta, timezone

import azure.functions as func
import msgspec
import pytest

from shared.history import listing
from shared.history.export import ExportQuery
from shared.history.forget import ForgetQuery
from shared.history.listing import ListQuery
from shared.http import api
from shared.http.problem import WrongFields
from shared.outbound.rate_limits import LimitsQuery
from shared.store import calls, messages

DAY = datetime(2026, 11, 26, tzinfo=UTC)
EAST = timezone(timedelta(hours=1))


def moments(text):
    query = ListQuery(since=text, until=text)
    return listing._moment("since", query), listing._moment("until", query)


def test_a_day_is_the_whole_of_it():
    assert moments("2026-11-26") == (DAY, DAY + timedelta(days=1))


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-11-26T09:30:00Z", DAY + timedelta(hours=9, minutes=30)),
        ("2026-11-26T09:30:00+01:00", datetime(2026, 11, 26, 9, 30, tzinfo=EAST)),
        ("2026-11-26T09:30:00 01:00", datetime(2026, 11, 26, 9, 30, tzinfo=EAST)),  # a plus that was not escaped
        ("2026-11-26 09:30", DAY + timedelta(hours=9, minutes=30)),
        ("2026-11-26T09:30:00.5", DAY + timedelta(hours=9, minutes=30, milliseconds=500)),
    ],
)
def test_a_moment_without_a_zone_is_utc(text, at):
    assert moments(text) == (at, at)


def test_no_moment_is_no_bound_and_no_day_is_beyond_the_calendar():
    assert moments("") == (None, None)
    assert moments("9999-12-31")[1] == datetime(9999, 12, 31, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["yesterday", "2026-13-01", "2026-11-31", "26.11.2026", "1795824000", "\u0662\u0660\u0662\u0666-11-26"]
)
def test_what_is_no_moment_is_refused_with_one_that_is(text):
    with pytest.raises(WrongFields) as refused:
        moments(text)
    (error,) = refused.value.document["errors"]
    assert (error["field"], text in error["detail"], "2026-11-26" in error["detail"]) == ("since", True, True)


@pytest.mark.parametrize("shape", [ListQuery, ExportQuery, ForgetQuery, LimitsQuery])
@pytest.mark.parametrize("name", ["Limit", "form", "number", "with_", "offset"])
def test_a_name_that_is_none_is_refused_by_name(shape, name):
    asked = func.HttpRequest("GET", "https://ahoy.example.com/api/x", params={name: "1", "code": "key"}, body=b"")
    answer = api.answer(asked, lambda req: api.query(req, shape))
    (error,) = json.loads(answer.get_body())["errors"]
    assert (answer.status_code, error["field"]) == (400, name)
    assert all(field.encode_name in error["detail"] for field in msgspec.structs.fields(shape))


@pytest.mark.parametrize("text", ["0122", "012", "00", "+"])
def test_what_can_be_nobody_is_refused_and_not_nobody_found(text):
    with pytest.raises(WrongFields) as refused:
        listing._people(ListQuery(with_=text))
    assert [error["field"] for error in refused.value.document["errors"]] == ["with"]


def test_a_short_code_is_somebody():
    assert listing._people(ListQuery(with_="24365"))[0] == "24365"


STRANGE = ["ringing\r\nERROR forged", "+12025550122", "Delivered", "teleported"]
AT = DAY + timedelta(hours=9)


@pytest.mark.parametrize("word", STRANGE)
def test_a_status_that_is_none_of_twilios_is_shown_as_unknown_and_kept_in_the_life(word):
    text = listing.message(messages.from_callback({"MessageSid": "SM1", "MessageStatus": word}, AT))
    call = listing.call(calls.from_callback({"CallSid": "CA1", "CallStatus": word}, AT))
    assert (text.status, call.status) == ("unknown", "unknown")
    assert [*text.life] == [*call.life] == [word]


@pytest.mark.parametrize("word", STRANGE)
def test_a_strange_status_never_stands_before_one_of_twilios(word):
    told = messages.from_callback({"MessageSid": "SM1", "MessageStatus": "queued"}, AT)
    later = messages.from_callback({"MessageSid": "SM1", "MessageStatus": word}, AT + timedelta(seconds=1))
    assert listing.message(messages.join(told, later)).status == "queued"
    assert listing.message(messages.join(later, told)).status == "queued"


@pytest.mark.parametrize("word", STRANGE)
def test_a_recording_has_no_status_that_is_none_of_twilios(word):
    told = {"RecordingSid": "RE1", "RecordingStatus": word, "TranscriptionStatus": word, "RecordingDuration": "4"}
    row = calls.from_callback({"CallSid": "CA1"}, AT) | calls.from_recording_callback(told)
    recording = listing.call(row).recordings["RE1"]
    assert (recording.status, recording.transcript_status, recording.duration_s) == (None, None, 4)


@pytest.mark.parametrize("status", listing.RECORDING_STATUSES["status"])
def test_a_recording_has_each_status_of_twilios(status):
    told = calls.from_recording_callback({"RecordingSid": "RE1", "RecordingStatus": status})
    row = calls.from_callback({"CallSid": "CA1"}, AT) | told
    assert listing.call(row).recordings["RE1"].status == status
