"""A record is joined: whatever order its pieces come in, and however often, it is the same in the end."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.store import calls, merge, messages

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SID = "SM" + "1" * 32


def told(status, seconds):
    parameters = {"MessageSid": SID, "MessageStatus": status, "From": "+12025550100", "To": "+12025550122"}
    return messages.from_callback(parameters, NOON + timedelta(seconds=seconds)) | {"at": merge.moment(NOON)}


LIVES = [told(status, n) for n, status in enumerate(("queued", "sending", "sent", "delivered", "read", "new-status"))]
LOGGED = {"sid": SID, "status": "delivered", "price": "-0.0079", "price_unit": "USD", "body": "hello", "segments": 1}


@given(st.permutations([*LIVES, *LIVES, LOGGED]))
def test_order_and_repeats_change_nothing(pieces):
    joined = pieces[0]
    for piece in pieces[1:]:
        joined = messages.join(joined, piece)
        assert messages.join(joined, piece) == joined
    in_order = LIVES[0]
    for piece in [*LIVES[1:], LOGGED]:
        in_order = messages.join(in_order, piece)
    assert joined == in_order
    assert (joined["status"], joined["body"], joined["price"]) == ("read", "hello", "-0.0079")


@given(st.lists(st.sampled_from(list(messages.RANK)), min_size=1))
def test_a_status_never_goes_back(statuses):
    known, rank = told("unknown", 0), 0
    for status in statuses:
        known = messages.join(known, told(status, 1))
        assert messages.RANK[known["status"]] >= max(rank, messages.RANK[status])
        rank = messages.RANK[known["status"]]


def test_an_undelivered_message_says_why():
    lost = messages.from_callback({"MessageSid": SID, "MessageStatus": "undelivered", "ErrorCode": "30003"}, NOON)
    assert messages.join(told("sent", 0), lost)["error_code"] == "30003"
    assert messages.join(lost, told("sent", 0))["status"] == "undelivered"


def test_a_row_of_the_log_is_news_only_for_what_it_adds():
    known = messages.join(told("delivered", 1), LOGGED)
    assert not merge.adds(known, LOGGED | {"life": told("delivered", 9)["life"]}, messages.RANK)
    assert merge.adds(known, LOGGED | {"error_code": "30008"}, messages.RANK)


@given(st.text())
def test_a_count_is_read_from_any_text(text):
    assert 0 <= merge.whole(text) < 2**31


def test_a_call_that_came_in_is_of_the_time_when_it_began_although_its_end_is_the_first_that_is_told():
    told = {"CallSid": "CA" + "1" * 32, "CallStatus": "completed", "From": "+12025550122", "To": "+12025550100"}
    call = calls.from_callback(told | {"Direction": "inbound", "CallDuration": "90"}, NOON)
    assert call["at"] == merge.moment(NOON - timedelta(seconds=90))
    assert merge.moment(NOON) in call["life"]
    assert calls.from_callback(told | {"Direction": "outbound-api", "CallDuration": "90"}, NOON)["at"] == merge.moment(
        NOON
    )
