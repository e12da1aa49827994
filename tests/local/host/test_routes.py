"""Which function answers an address, when several could. Source: azure-functions-host, ScriptHost.ValidateFunction."""

import logging

import pytest

from local.host import routes
from local.host.protocol import Function
from shared import routes as own
from tests.tools.app_functions import functions


def function(name, route, methods=()):
    trigger = {"type": "httpTrigger", "name": "req", "route": route, "methods": list(methods)}
    return Function(name, name, trigger)


def answering(path, *given, method="GET"):
    found = [route.function.name for route in routes.table(given, "api") if route.parameters(method, path) is not None]
    return found[0] if found else None


def test_the_first_by_name_wins_whose_route_fits_however_many_parameters_it_has():
    fixed, any_name = function("see_fixed", "see/fixed"), function("see", "see/{name}")
    assert answering("/api/see/fixed", fixed, any_name) == "see"
    assert answering("/api/see/fixed", function("B_any", "see/{name}"), function("a_fixed", "see/fixed")) == "a_fixed"


def test_of_two_with_one_route_and_a_method_in_common_the_second_by_name_is_not_loaded(caplog):
    first, second = function("a", "see/{x}", ["GET", "POST"]), function("b", "/SEE/{X}/", ["POST", "PUT"])
    assert answering("/api/see/1", second, first, method="PUT") is None
    assert "The 'b' function is in error: The route specified conflicts with the route defined by function 'a'." in (
        caplog.messages
    )


def test_two_with_one_route_and_different_methods_are_both_loaded():
    given = function("a", "see", ["GET"]), function("b", "see", ["POST"])
    assert [answering("/api/see", *given, method=method) for method in ("GET", "POST")] == ["a", "b"]


def test_without_methods_it_has_all_and_conflicts_with_each():
    given = function("a", "see"), function("b", "see", ["PUT"])
    assert answering("/api/see", *given, method="PUT") == "a"
    assert len(routes.table(given, "api")) == 1


@pytest.mark.parametrize("route", ["admin/x", "administrators", "runtime", "a/{x:regex(b)}", "a/{x=5}"])
def test_a_route_that_azure_keeps_or_that_is_not_served_here_is_in_error(caplog, route):
    assert not routes.table([function("a", route)], "api")
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


@pytest.mark.parametrize(
    ("route", "path", "parameters"),
    [
        ("{a}.{b}", "/api/x.y", {"a": "x", "b": "y"}),
        ("v{n:int}", "/api/v2", {"n": "2"}),
        ("v{n:int}", "/api/vx", None),
        ("{n:int}", "/api/+2", {"n": "+2"}),
        ("{n:int}", "/api/\u0663", None),
        ("{**rest}", "/api/a/b", {"rest": "a/b"}),
    ],
)
def test_parameters_may_share_a_segment(route, path, parameters):
    (one,) = routes.table([function("a", route)], "api")
    assert one.parameters("GET", path) == parameters


def test_each_function_of_the_app_answers_its_own_route():
    """In the order of their names no route of ours hides another's."""
    triggers = {each.get_function_name(): each.get_trigger().get_dict_repr() for each in functions()}
    given = [
        function(name, trigger["route"], [method.value for method in trigger["methods"]])
        for name, trigger in triggers.items()
        if trigger["type"] == "httpTrigger"
    ]
    table = routes.table(given, own.PREFIX)
    assert len(table) == len(given)
    for route in table:
        path = f"/api/{route.template.replace('{', '').replace('}', '')}"
        for method in route.methods:
            assert answering(path, *given, method=method) == route.function.name
