"""A record is joined: whatever order its pieces come in, and however often, it is the same in the end."""

from datetime import UTC, datetime, timedelta
from functools import reduce
from itertools import permutations

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
    row = reduce(messages.join, [callback(status, 1) for status in statuses])
    assert row["status"] == "partially_delivered"
    for end in ("delivered", "undelivered", "failed", "read"):
        assert messages.join(row, callback(end, 2))["status"] == end


def failed(status, code, seconds=0):
    return callback(status, seconds) | {"error_code": code}


def logged(status, seconds, error_code=None):
    """Return what Twilio's log says of the text at some moment."""
    columns = dict.fromkeys(("body", "num_segments", "price", "price_unit", "date_created", "date_sent"))
    addresses = {"direction": "outbound-api", "from_": "+12025550100", "to": "+12025550122"}
    updated = NOON + timedelta(seconds=seconds)
    row = columns | addresses | {"sid": SID, "status": status, "date_updated": updated, "error_code": error_code}
    return messages.from_log(row | {"date_sent": NOON})


def outcome(*pieces):
    """Return the one status and error that some pieces give, in whatever order they come and however often."""
    outcomes = set()
    for order in permutations([*pieces, pieces[-1]]):
        joined = reduce(messages.join, order)
        assert all(messages.join(joined, piece) == joined for piece in pieces)
        outcomes.add((joined["status"], joined.get("error_code")))
    (only,) = outcomes
    return only


@pytest.mark.parametrize("lost", ["undelivered", "failed"])
def test_two_ends_of_a_text_are_one_in_any_order_and_a_receipt_is_proof(lost):
    assert outcome(failed(lost, "30005"), callback("delivered", 1)) == ("delivered", None)
    told = callback("delivered", 1), callback("read", 2), callback("sent", 3)
    assert outcome(failed(lost, "30005"), *told) == ("read", None)


def test_what_failed_and_was_not_delivered_is_one_end_with_its_error():
    assert outcome(failed("failed", "30003"), failed("undelivered", "30005")) == ("undelivered", "30005")
    assert outcome(callback("canceled", 0), callback("failed", 1), callback("queued", 2)) == ("failed", None)


def test_the_log_has_the_last_word_on_how_a_text_ended():
    delivered, lost = callback("delivered", 1), failed("undelivered", "30005")
    assert outcome(delivered, lost, logged("undelivered", 5, 30005)) == ("undelivered", "30005")
    assert outcome(delivered, lost, logged("delivered", 5)) == ("delivered", None)
    assert outcome(delivered, logged("failed", 5, 30008)) == ("failed", "30008")
    assert outcome(failed("undelivered", "30003"), logged("undelivered", 5, 30005)) == ("undelivered", "30005")


def test_of_two_words_of_the_log_the_later_counts_and_what_is_under_way_is_no_last_word():
    assert outcome(logged("undelivered", 5, 30005), logged("delivered", 9)) == ("delivered", None)
    assert outcome(logged("delivered", 5), logged("undelivered", 9, 30005)) == ("undelivered", "30005")
    assert outcome(logged("sent", 9), callback("delivered", 1)) == ("delivered", None)


def test_a_text_is_read_after_the_log_has_it_delivered():
    assert outcome(logged("delivered", 5), callback("read", 6)) == ("read", None)


def call(status, seconds=0, *, in_log=False):
    at = NOON + timedelta(seconds=seconds)
    addresses = {"to": "+12025550122", "direction": "outbound-api"}
    if in_log:
        columns = ("answered_by", "parent_call_sid", "price", "price_unit", "duration", "end_time")
        row = {"sid": SID, "status": status, "from_": "+12025550100", "start_time": NOON, "date_created": NOON}
        return calls.from_log(dict.fromkeys(columns) | addresses | row | {"date_updated": at})
    parameters = {"CallSid": SID, "CallStatus": status, "From": "+12025550100", "To": addresses["to"]}
    return calls.from_callback(parameters | {"Direction": addresses["direction"]}, at) | {"at": merge.moment(NOON)}


@pytest.mark.parametrize("other", ["busy", "no-answer", "failed", "canceled"])
def test_two_ends_of_a_call_are_one_and_the_log_has_the_last_word(other):
    def ended(*pieces):
        (status,) = {reduce(calls.join, order)["status"] for order in permutations(pieces)}
        return status

    assert ended(call(other), call("completed", 1), call("in-progress", 2)) == "completed"
    assert ended(call(other), call("completed", 1), call(other, 5, in_log=True)) == other
    assert ended(call(other), call("completed", 5, in_log=True)) == "completed"


@pytest.mark.parametrize("none", ["0", "", "None", 0, None])
def test_no_error_is_no_error_whoever_tells_it_and_however(none):
    parameters = {"MessageSid": SID, "MessageStatus": "sent", "ErrorCode": str(none or "")}
    assert "error_code" not in messages.from_callback(parameters, NOON)
    assert "error_code" not in logged("sent", 0, none)


def test_a_count_that_is_not_known_yet_hides_no_later_one():
    early, late = logged("accepted", 0), messages.join({}, logged("sent", 1)) | {"segments": 3}
    assert "segments" not in early
    assert messages.join(early, late)["segments"] == 3
    unsent = logged("accepted", 0) | {"from": ""}
    assert messages.join(unsent, callback("sent", 1))["from"] == "+12025550100"


def test_an_undelivered_message_says_why():
    lost = messages.from_callback({"MessageSid": SID, "MessageStatus": "undelivered", "ErrorCode": "30003"}, NOON)
    assert messages.join(callback("sent", 0), lost)["error_code"] == "30003"
    assert messages.join(lost, callback("sent", 0))["status"] == "undelivered"


def test_a_row_of_the_log_is_news_only_for_what_it_adds():
    known = messages.join(callback("delivered", 1), LOGGED)
    assert not merge.adds(known, LOGGED | {"life": callback("delivered", 9)["life"]}, messages.RANK)
    lost = messages.join(callback("undelivered", 1), LOGGED | {"status": "undelivered"})
    assert merge.adds(lost, LOGGED | {"status": "undelivered", "error_code": "30008"}, messages.RANK)


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
