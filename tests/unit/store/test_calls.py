"""What is kept of a call."""

from datetime import UTC, datetime
from functools import reduce
from itertools import permutations

import pytest

from shared.store import calls, merge
from shared.store.indexed import IndexedTable

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.usefixtures("environ")
def test_a_recording_and_its_transcript_join_the_call(storage, fresh_table):
    calls_book = IndexedTable(storage, fresh_table("c"), calls.join)
    sid, recording = "CA" + "1" * 32, "RE" + "2" * 32
    caller = {"CallSid": sid, "From": "+12025550122", "To": "+12025550100"}
    ended = caller | {"CallStatus": "completed", "CallDuration": "12"}
    calls_book.add(calls.from_callback(ended, NOON))
    url = f"https://api.twilio.com/2010-04-01/Accounts/AC1/Recordings/{recording}"
    for parameters in (
        {"RecordingSid": recording, "TranscriptionText": "call me", "TranscriptionStatus": "completed"},
        {"RecordingSid": recording, "RecordingUrl": url, "RecordingStatus": "completed", "RecordingDuration": "4"},
        {"RecordingSid": recording, "RecordingUrl": "https://evil.example/x", "RecordingStatus": "in-progress"},
    ):
        assert calls_book.tell_known(sid, calls.from_recording_callback(parameters))
    assert merge._opened(calls_book.get(sid)["recordings"])[recording] == {
        "url": url, "status": "completed", "duration_s": 4, "transcript": "call me", "transcript_status": "completed",
    }  # fmt: skip


@pytest.mark.usefixtures("environ")
def test_a_good_recording_has_no_error_and_an_absent_one_has_its_own():
    def joined(*told):
        pieces = [calls.from_recording_callback({"RecordingSid": "RE1"} | piece) for piece in told]
        return merge._opened(reduce(calls.join, pieces)["recordings"])["RE1"]

    begun = {"RecordingStatus": "in-progress", "RecordingDuration": "-1", "ErrorCode": "0"}
    good = {"RecordingStatus": "completed", "RecordingDuration": "4", "ErrorCode": "0"}
    absent = {"RecordingStatus": "absent", "ErrorCode": "16102"}
    for order in permutations([begun, good, good]):
        assert joined(*order) == {"status": "completed", "duration_s": 4}
    for order in permutations([begun, absent]):
        assert joined(*order) == {"status": "absent", "error_code": "16102"}
    stored = {"recordings": '{"RE1": {"status": "in-progress", "error_code": "0", "duration_s": 0}}'}
    mended = calls.join(stored, calls.from_recording_callback({"RecordingSid": "RE1"} | good))
    assert merge._opened(mended["recordings"])["RE1"] == {"status": "completed", "duration_s": 4}


@pytest.mark.usefixtures("environ")
@pytest.mark.parametrize(("status", "code"), [("completed", None), ("completed", 0), ("completed", "0")])
def test_the_log_of_a_good_recording_has_no_error(status, code):
    row = {"sid": "RE1", "call_sid": "CA1", "media_url": None, "status": status, "duration": "-1", "error_code": code}
    assert merge._opened(calls.logged_recording(row)["recordings"])["RE1"] == {"status": status}
