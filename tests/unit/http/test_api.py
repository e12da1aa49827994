"""The API's edge: each wrong field named, faults answered as problem documents, nothing shown that is ours alone."""

import json

import azure.functions as func
import msgspec
import pytest

from shared.errors import Contended, StorageDown
from shared.history.listing import ListQuery
from shared.http import api
from shared.http.problem import Problem


class Order(msgspec.Struct, kw_only=True):
    count: int
    name: str = ""
    from_: str = msgspec.field(name="from", default="")


def request(body=b"", headers=None, method="POST", **params):
    headers = {"content-type": "application/json"} if headers is None else headers
    return func.HttpRequest(
        method, "https://ahoy.example.com/api/x?code=key", headers=headers, params=params, body=body
    )


def answered(room, req, status=200):
    response = api.answer(req, room, status)
    return response.status_code, json.loads(response.get_body()), response


def ordered(body, **more):
    return answered(lambda req: msgspec.to_builtins(api.body(req, Order)), request(body, **more))


def test_a_good_body_is_taken():
    assert ordered(b'{"count": 2, "from": "x"}')[:2] == (200, {"count": 2, "name": "", "from": "x"})


def test_every_wrong_field_is_named():
    status, told, response = ordered(b'{"count": "two", "name": 3, "colour": "red"}')
    assert status == 400
    assert response.mimetype == "application/problem+json"
    assert {error["field"] for error in told["errors"]} == {"count", "name", "colour"}
    assert all(error["detail"] for error in told["errors"])


def test_a_missing_field_is_named():
    assert ordered(b"{}")[1]["errors"] == [{"field": "count", "detail": "is required"}]


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"{", None, 400),
        (b"", None, 400),
        (b"[1]", None, 400),
        (b'{"count": "\xff"}', None, 400),
        (b"[" * 20_000, None, 400),
        (b"count=1", {"content-type": "application/x-www-form-urlencoded"}, 415),
        (b'{"count": 1}', {}, 415),
        (b'{"name": "' + b"x" * 70_000 + b'"}', None, 413),
    ],
)
def test_what_is_no_json_object_of_a_fair_size_is_refused(body, headers, status):
    assert ordered(body, headers=headers)[0] == status


def test_a_failure_of_ours_is_a_500_that_shows_nothing_and_is_logged(caplog):
    def fails(_):
        raise RuntimeError("secret inside")

    status, told, response = answered(fails, request())
    assert status == 500
    assert b"secret" not in response.get_body()
    assert told["title"]
    assert "secret inside" in caplog.text
    assert "code=key" not in caplog.text


def test_a_problem_tells_when_to_come_back():
    def busy(_):
        raise Problem(503, "Busy", retry_after_s=7)

    assert answered(busy, request())[2].headers["Retry-After"] == "7"


@pytest.mark.parametrize("limit", ["0", "1001", "x", "-1", "٣", "99999999999999999999", "1.5", "true"])
def test_a_page_size_outside_its_bounds_is_refused(limit):
    assert answered(lambda req: api.query(req, ListQuery), request(limit=limit))[0] == 400


def test_a_query_has_defaults_and_what_is_the_hosts_is_not_looked_at():
    assert api.query(request(code="key", clientId="default"), ListQuery) == ListQuery()
    asked = api.query(request(limit="1000", page="t", **{"with": "+1"}), ListQuery)
    assert (asked.limit, asked.page, asked.with_) == (1000, "t", "+1")


@pytest.mark.parametrize("error", [StorageDown("ServiceRequestError"), Contended("a row of limits", 30)])
def test_a_storage_that_is_away_or_contended_is_503_with_the_time_to_wait(error):
    def room(_):
        raise error

    status, told, response = answered(room, request())
    assert (status, told["title"]) == (503, "The storage does not answer")
    assert response.headers["Retry-After"] == "10"
    assert "row" not in response.get_body().decode()
