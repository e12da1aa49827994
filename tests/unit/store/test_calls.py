"""What is kept of a call."""

from datetime import UTC, datetime

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
        calls_book.change(
            sid, lambda row, parameters=parameters: calls.join(row, calls.from_recording_callback(parameters))
        )
    assert merge._opened(calls_book.get(sid)["recordings"])[recording] == {
        "url": url, "status": "completed", "duration_s": 4, "transcript": "call me", "transcript_status": "completed",
    }  # fmt: skip
