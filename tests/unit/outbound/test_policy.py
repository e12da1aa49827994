"""May it leave? Not to what costs extra, abroad or to who opted out; and each refusal is counted."""

from datetime import UTC, datetime

import pytest

from shared import settings
from shared.http.problem import Problem
from shared.outbound import opt_outs, policy, rate_limits
from tests.tools.requests_in import api_request
from tests.tools.stand_in import LINE


def refused():
    return rate_limits.show(api_request({}, "limits", method="GET")).refused


@pytest.mark.usefixtures("ours")
def test_a_number_of_the_lines_own_country_may_be_reached(number):
    policy.admit(number, LINE)


@pytest.mark.parametrize(
    ("to", "reason"), [("+19005550123", "premium-rate"), ("+4915112345678", "country"), ("+442079460018", "country")]
)
def test_what_costs_extra_or_is_abroad_is_refused_and_counted(uncounted, to, reason):
    uncounted()
    with pytest.raises(policy.NotAllowed) as no:
        policy.admit(to, LINE)
    assert (no.value.status, no.value.document["reason"]) == (403, reason)
    assert refused() == {reason: 1}


def test_the_countries_of_the_setting_replace_the_lines_own(ours, number):
    ours(AHOY_COUNTRIES="gb, de")
    assert policy.countries(settings.current()) == {"GB", "DE"}
    policy.check("+442079460018", LINE)
    with pytest.raises(policy.NotAllowed, match="AHOY_COUNTRIES allows DE, GB"):
        policy.check(number, LINE)


@pytest.mark.usefixtures("ours")
@pytest.mark.parametrize("to", ["client:ann", "sip:ann@example.com"])
def test_browsers_and_sip_phones_have_no_country(to):
    policy.check(to, LINE)


@pytest.mark.usefixtures("ours")
def test_toll_free_numbers_of_north_america_belong_to_all_of_it(ours):
    for countries in ("CA", "US", "JM"):
        ours(AHOY_COUNTRIES=countries)
        policy.check("+18005550199", LINE)
    ours(AHOY_COUNTRIES="DE")
    for number in ("+18005550199", "+80012345678", "+9990000000"):
        with pytest.raises(policy.NotAllowed):
            policy.check(number, LINE)


def test_who_opted_out_is_left_alone(uncounted, number):
    uncounted()
    opt_outs.mark(number, LINE, datetime.now(UTC).isoformat(), is_out=True)
    with pytest.raises(policy.OptedOut):
        policy.admit(number, LINE)
    assert refused() == {"opted-out": 1}


def test_nothing_leaves_while_opt_outs_cannot_be_read_and_that_is_no_refusal(uncounted, storage_away, number):
    storage_away()
    with pytest.raises(Problem, match="Nothing was sent") as down:
        policy.admit(number, LINE)
    assert (down.value.status, down.value.retry_after_s) == (503, 10)
    uncounted()
    assert refused() == {}
