"""What an app sees of a request, and what becomes of its answer, as at Azure's host."""

import pytest

CODE = """
import json


@app.route("see/{name}")
def see(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(json.dumps(
        {"url": req.url, "route": dict(req.route_params), "headers": dict(req.headers), "query": dict(req.params)}))


@app.route("all")
def all_methods(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(req.method)


@app.route("cookies")
def cookies(req: func.HttpRequest) -> func.HttpResponse:
    answer = func.HttpResponse("")
    answer.headers.add("Set-Cookie", "a=1; Path=/; HttpOnly; Secure; SameSite=Strict")
    answer.headers.add("Set-Cookie", "b=x/y=; Max-Age=60")
    return answer


@app.route("headers")
def header(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("", headers={"x-name": req.params["name"]})


@app.route("locked", auth_level=func.AuthLevel.FUNCTION)
def locked(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("open")


@app.route("master", auth_level=func.AuthLevel.ADMIN)
def master(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("open")
"""


@pytest.fixture(scope="module")
def host(serve):
    return serve(CODE)


@pytest.fixture(scope="module")
def hosted(serve):
    return serve(CODE, is_behind_front_end=True)


def key(value):
    return {"x-functions-key": value}


def test_dot_segments_are_gone_and_a_null_character_is_refused(host):
    told = host.ask("/api/all/%2e%2e/see/%2E/a.b").json()
    assert (told["route"], told["url"]) == ({"name": "a.b"}, "http://127.0.0.1:7071/api/see/a.b")
    assert [host.ask(path).status_code for path in ("/api/see/%2e%2e", "/api/see/%2e")] == [404, 404]
    refused = host.ask("/api/see/a%00b")
    assert (refused.status_code, refused.content) == (400, b"")


def test_names_in_a_query_have_no_case(host):
    assert host.ask("/api/see/a?From=1&from=2&To=3").json()["query"] == {"From": "1,2", "To": "3"}


def test_an_escaped_slash_in_a_route_parameter_stays_escaped(host):
    told = host.ask("/api/see/a%2Fb%20c%2f").json()
    assert told["route"] == {"name": "a%2Fb c%2f"}
    assert told["url"].endswith("/api/see/a%2Fb%20c%2f")


@pytest.mark.parametrize(
    ("sent", "seen"),
    [("it%27s", "it's"), ("a%2Bb", "a+b"), ("caf%C3%A9", "caf%C3%A9"), ("%FF", "%FF"), ("100%25", "100%25")],
)
def test_the_path_of_an_address_is_escaped_anew(host, sent, seen):
    assert host.ask(f"/api/see/{sent}").json()["url"] == f"http://127.0.0.1:7071/api/see/{seen}"


def test_a_path_is_decoded_before_its_route_is_sought(host):
    assert host.ask("/api/%73ee/x").json()["route"] == {"name": "x"}


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_a_route_that_names_no_methods_has_all(host, method):
    assert host.ask("/api/all", method).text == method


def test_every_cookie_arrives_with_its_value_escaped(host):
    assert host.ask("/api/cookies").headers.get_list("set-cookie") == [
        "a=1; path=/; secure; samesite=strict; httponly", "b=x%2Fy%3D; max-age=60",
    ]  # fmt: skip


def test_headers_are_read_as_utf_8_and_anything_else_is_a_bad_request(host):
    assert host.ask("/api/see/x", headers={"x-name": "café".encode()}).json()["headers"]["x-name"] == "café"
    assert host.ask("/api/see/x", headers={"x-name": "café".encode("latin-1")}).status_code == 400


def test_an_answer_with_a_header_beyond_ascii_is_an_empty_500(host):
    assert host.ask("/api/headers?name=cafe").headers["x-name"] == "cafe"
    answer = host.ask("/api/headers?name=caf%C3%A9")
    assert (answer.status_code, answer.content) == (500, b"")


def test_an_empty_key_in_the_header_wins_over_the_query_and_is_refused(host):
    assert host.ask("/api/locked?code=the-key").text == "open"
    assert host.ask("/api/locked?CODE=the-key").text == "open"
    assert host.ask("/api/locked?code=the-key", headers=key("")).status_code == 401


def test_the_master_key_opens_functions_too_and_alone_what_is_for_admins(host):
    assert host.ask("/api/locked", headers=key("the-master-key")).text == "open"
    assert host.ask("/api/master", headers=key("the-master-key")).text == "open"
    assert host.ask("/api/master", headers=key("the-key")).status_code == 401
    assert host.ask("/api/master").status_code == 401


@pytest.mark.parametrize("path", ["/admin/functions/none", "/admin/host/status", "/ADMIN/clock", "/runtime/webhooks/x"])
def test_what_the_host_has_beside_the_functions_wants_the_master_key(host, path):
    assert host.ask(path, "POST").status_code == 401
    assert host.ask(path, "POST", headers=key("the-key")).status_code == 401
    assert host.ask(path, "POST", headers=key("the-master-key")).status_code == 404


FORWARDED = {"disguised-host": "ahoy-1a2b.azurewebsites.net", "x-forwarded-proto": "https",
             "x-forwarded-host": "evil.example"}  # fmt: skip


def test_behind_azures_front_end_its_headers_say_which_host_and_scheme_it_was(hosted):
    told = hosted.ask("/api/see/x?a=1", headers=FORWARDED).json()
    assert told["url"] == "https://ahoy-1a2b.azurewebsites.net/api/see/x?a=1"
    assert told["headers"]["host"] == "ahoy-1a2b.azurewebsites.net"


def test_elsewhere_they_say_nothing(host):
    told = host.ask("/api/see/x", headers=FORWARDED).json()
    assert told["url"] == "http://127.0.0.1:7071/api/see/x"
