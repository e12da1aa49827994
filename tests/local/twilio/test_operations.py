"""Twilio's API as its library's source has it: addresses, parameters, what a value may be."""

import pytest

from local.twilio import operations

CALLS = operations.at("api", "/2010-04-01/Accounts/{account}/Calls.json")


@pytest.mark.parametrize(
    ("operation", "name", "kind", "choices"),
    [
        ("POST", "To", "str", set()),
        ("POST", "Timeout", "int", set()),
        ("POST", "StatusCallbackEvent", "str", {"initiated", "ringing", "answered", "completed"}),
        ("POST", "RecordingTrack", "str", {"inbound", "outbound", "both"}),
        ("GET", "StartTime<", "datetime", set()),
        ("GET", "Status", "str", {"queued", "ringing", "in-progress", "completed", "busy", "failed", "no-answer",
                                  "canceled"}),
    ],
)  # fmt: skip
def test_a_parameter_has_its_kind_and_its_choices(operation, name, kind, choices):
    parameter = CALLS[operation].parameters[name]
    assert (parameter.kind, parameter.choices) == (kind, choices)


def test_an_operation_is_found_by_how_it_is_asked():
    asked = "/2010-04-01/Accounts/AC1/Calls/CA1/Recordings/RE1.json"
    assert {one.does for one in operations.like(asked)} == {"fetch", "update", "delete"}
    assert list(operations.like("/nowhere")) == []
    products = {one.product for one in operations.like("/v1/Services")}
    assert {"messaging", "conversations", "sync"} <= products


def test_an_operation_is_named_with_its_host():
    named = {str(one) for one in operations.like("/v1/Services") if one.does == "list"}
    assert "GET https://ip-messaging.twilio.com/v1/Services" in named


def test_numbers_of_a_page_are_no_parameters_of_an_operation():
    assert not {"PageSize", "Page", "PageToken"} & set(CALLS["GET"].parameters)
