"""A month is reckoned from what a line does, at the prices of one file."""

import dataclasses
import json
import re
from datetime import date

import pytest

from local import cost
from local.paths import ROOT

AT = cost.prices()
NOTHING = cost.Usage(numbers=0, alerts=False)


def usd(usage, *names):
    """Return what these parts of a month cost, or all of them."""
    return sum(item.usd for item in cost.reckoned(usage, AT) if not names or item.price in names)


def quantity(usage, name):
    return sum(item.quantity for item in cost.reckoned(usage, AT) if item.price == name)


def with_(**more):
    return dataclasses.replace(NOTHING, **more)


def test_a_line_at_rest_costs_its_number_and_its_alerts():
    assert usd(cost.Usage(), "number") == 1.15
    assert usd(cost.Usage(), "log_alert_5_minutes", "log_alert_hourly", "metric_alert") == pytest.approx(9.80)
    assert usd(NOTHING) == pytest.approx(0.007, abs=0.002)


@pytest.mark.parametrize(("minutes", "billed"), [(1, 1), (2.1, 3), (0.2, 1)])
def test_a_call_is_billed_in_whole_minutes(minutes, billed):
    assert quantity(with_(calls_in=10, minutes=minutes), "minute_in") == 10 * billed


def test_a_forwarded_call_is_two_legs():
    assert usd(with_(calls_in=100, forwarded=100), "minute_in", "minute_out") == pytest.approx(200 * (0.0085 + 0.0140))


def test_recordings_are_kept_for_nothing_up_to_ten_thousand_minutes():
    assert usd(with_(recorded=5000), "stored_minute") == 0
    assert usd(with_(recorded=5000, recordings_months=2), "stored_minute") == pytest.approx(5.0)


def test_a_long_text_is_several_segments_and_each_has_its_carrier():
    assert usd(with_(texts_out=100, segments=3), "segment_out", "carrier_out") == pytest.approx(300 * (0.0083 + 0.0045))
    assert usd(with_(texts_out=1), "campaign") == 1.5
    assert usd(with_(texts_in=1), "campaign") == 0


def test_an_execution_is_at_least_a_second_of_the_whole_memory():
    timer = cost.TIMER_RUNS * cost.TIMER_S * 2
    assert quantity(with_(texts_in=1000), "gb_seconds") - timer == 1000 * 2
    assert quantity(with_(texts_in=1000, memory_gb=0.5), "gb_seconds") == (1000 + cost.TIMER_RUNS * cost.TIMER_S) / 2


def test_what_is_beyond_the_free_grant_is_billed():
    calls = with_(calls_in=100_000)
    expected = (quantity(calls, "gb_seconds") - 100_000) * 0.000026 + (quantity(calls, "executions") - 250_000) * 4e-7
    assert usd(calls, "gb_seconds", "executions") == pytest.approx(expected)
    assert expected > 10


def test_an_instance_that_is_always_ready_is_billed_around_the_clock_and_nothing_of_it_is_free():
    assert usd(with_(always_ready=1), "baseline_gb_seconds") == pytest.approx(21.02, abs=0.01)
    assert usd(with_(always_ready=1, ready_hours=73), "baseline_gb_seconds") == pytest.approx(2.10, abs=0.01)
    assert usd(with_(always_ready=1, texts_in=1000), "ready_gb_seconds") == pytest.approx(1000 * 2 * 0.000016)
    assert quantity(with_(always_ready=1, texts_in=1000), "gb_seconds") == cost.TIMER_RUNS * cost.TIMER_S * 2


def test_zones_keep_two_instances_of_each_group_ready_all_month():
    two_of_four_groups = 2 * 4 * 730 * 3600 * 2
    assert quantity(with_(zones=True, ready_hours=10), "baseline_gb_seconds") == two_of_four_groups
    assert quantity(with_(zones=True, always_ready=3), "baseline_gb_seconds") == two_of_four_groups / 8 * 9
    assert usd(with_(zones=True, calls_in=1000), "stored_gb") == 0


def test_a_private_network_is_billed_by_the_hour():
    assert usd(with_(private_network=True)) - usd(NOTHING) == pytest.approx(4 * 7.30 + 4 * 0.50)


@pytest.mark.parametrize(
    ("opening", "hours"), [("Mon-Fri 08:00-18:00", 217.3), ("Daily 00:00-24:00", 730), ("Sat 22:00-02:00", 17.4)]
)
def test_desk_hours_are_a_part_of_the_month(opening, hours):
    assert cost.hours_a_month(opening) == hours


def test_desk_hours_that_are_none_say_so():
    with pytest.raises(ValueError, match="Mon-Fri 09:00-18:00"):
        cost.hours_a_month("")


def test_each_price_has_its_source_and_is_reckoned_with():
    used = {item.price for example in cost.EXAMPLES.values() for item in cost.reckoned(example, AT)}
    options = with_(private_network=True, zones=True, calls_in=1, always_ready=1)
    used |= {item.price for item in cost.reckoned(options, AT)}
    assert used == set(AT.by_name)
    assert all(price.source and price.unit and price.usd > 0 for price in AT.by_name.values())
    assert date.fromisoformat(AT.as_of)


def test_other_prices_give_another_sum(tmp_path):
    told = json.loads(cost.PRICES.read_text("utf-8"))
    told["prices"]["minute_in"]["usd"] = 1
    (tmp_path / "prices.json").write_text(json.dumps(told), encoding="utf-8")
    at = cost.prices(tmp_path / "prices.json")
    assert [i.usd for i in cost.reckoned(with_(calls_in=5), at) if i.price == "minute_in"] == [10]


@pytest.mark.parametrize(
    ("said", "option"),
    [
        ("costs 21.02 a month", {"always_ready": 1}),
        ("are 168 a month", {"zones": True}),
        ("zones, 31 a month", {"private_network": True}),
    ],
)
def test_the_page_says_what_an_option_costs(said, option):
    page = (ROOT / "docs" / "cost.md").read_text("utf-8").replace("\n", " ")
    more = usd(with_(**option)) - usd(NOTHING)
    assert said in page
    assert float(re.search(r"[\d.]+", said)[0]) == pytest.approx(more, abs=0.5)
