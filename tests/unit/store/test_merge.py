"""A record is joined: whatever order its pieces come in, and however often, it is the same in the end."""

import functools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.rest.api.v2010.account.call import CallInstance
from twilio.rest.api.v2010.account.message import MessageInstance

from shared.store import calls, merge, messages

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SID = "SM" + "1" * 32


def callback(status, seconds):
    parameters = {"MessageSid": SID, "MessageStatus": status, "From": "+12025550100", "To": "+12025550122"}
    return messages.from_callback(parameters, NOON + timedelta(seconds=seconds)) | {"at": merge.moment(NOON)}


LIVES = [
    callback(status, n) for n, status in enumerate(("queued", "sending", "sent", "delivered", "read", "new-status"))
]
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
    row, rank = callback("unknown", 0), 0
    for status in statuses:
        row = messages.join(row, callback(status, 1))
        assert messages.RANK[row["status"]] >= max(rank, messages.RANK[status])
        rank = messages.RANK[row["status"]]


@pytest.mark.parametrize(
    ("table", "statuses"), [(messages, MessageInstance.Status), (calls, CallInstance.Status)], ids=["messages", "calls"]
)
def test_each_status_of_twilios_has_a_rank(table, statuses):
    assert {value for name, value in vars(statuses).items() if name.isupper()} <= table.RANK.keys()


@given(st.permutations(["queued", "sent", "partially_delivered"]))
def test_what_has_reached_some_is_later_than_sent_and_gives_way_to_what_became_of_it(statuses):
    row = functools.reduce(messages.join, [callback(status, 1) for status in statuses])
    assert row["status"] == "partially_delivered"
    for end in ("delivered", "undelivered", "failed", "read"):
        assert messages.join(row, callback(end, 2))["status"] == end


def test_an_undelivered_message_says_why():
    lost = messages.from_callback({"MessageSid": SID, "MessageStatus": "undelivered", "ErrorCode": "30003"}, NOON)
    assert messages.join(callback("sent", 0), lost)["error_code"] == "30003"
    assert messages.join(lost, callback("sent", 0))["status"] == "undelivered"


def test_a_row_of_the_log_is_news_only_for_what_it_adds():
    row = messages.join(callback("delivered", 1), LOGGED)
    assert not merge.adds(row, LOGGED | {"life": callback("delivered", 9)["life"]}, messages.RANK)
    assert merge.adds(row, LOGGED | {"error_code": "30008"}, messages.RANK)


@given(st.text())
def test_a_count_is_read_from_any_text(text):
    assert 0 <= merge.whole(text) < 2**31


def test_a_call_that_came_in_is_of_the_time_when_it_began_although_its_end_is_the_first_that_is_callback():
    parameters = {"CallSid": "CA" + "1" * 32, "CallStatus": "completed", "From": "+12025550122", "To": "+12025550100"}
    call = calls.from_callback(parameters | {"Direction": "inbound", "CallDuration": "90"}, NOON)
    assert call["at"] == merge.moment(NOON - timedelta(seconds=90))
    assert merge.moment(NOON) in call["life"]
    assert calls.from_callback(parameters | {"Direction": "outbound-api", "CallDuration": "90"}, NOON)[
        "at"
    ] == merge.moment(NOON)
