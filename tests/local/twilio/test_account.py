"""What an owner's tools ask of an account: numbers to buy, keys, what was used, what is left."""

from datetime import UTC, date, datetime, timedelta

import pytest
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.rest import Client

from tests.tools.stand_in import ACCOUNT, LINE

BOB = "+12025550170"


def refusal(of):
    with pytest.raises(TwilioException) as refused:
        of()
    return refused.value.code if isinstance(refused.value, TwilioRestException) else refused.value.args[-1].text


def test_a_number_is_found_bought_called_and_released(twilio, app, rest):
    found = rest.available_phone_numbers("US").local.list(area_code=202, contains="20255501*5", limit=3)
    assert [number.phone_number for number in found] == ["+12025550105", "+12025550115", "+12025550125"]
    bought = rest.incoming_phone_numbers.create(phone_number=found[0].phone_number, voice_url=f"{app.address}/voice")
    app.says(voice="<Say>Under the new number</Say>")
    twilio.dial(from_=BOB, to=bought.phone_number).hears("Under the new number")
    assert "+12025550105" not in [n.phone_number for n in rest.available_phone_numbers("US").local.list(area_code=202)]
    assert refusal(lambda: rest.incoming_phone_numbers.create(phone_number=bought.phone_number)) == 21422
    assert bought.delete()
    assert [number.phone_number for number in rest.incoming_phone_numbers.list()] == [LINE]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [({}, 21421), ({"phone_number": "+15"}, 21421), ({"area_code": "1"}, 21451), ({"area_code": "555"}, 21452)],
)
def test_what_cannot_be_bought_is_refused(rest, wrong, code):
    assert refusal(lambda: rest.incoming_phone_numbers.create(**wrong)) == code


def test_numbers_are_for_sale_by_country_and_kind(rest):
    assert rest.available_phone_numbers("DE").mobile.list(limit=1)[0].iso_country == "DE"
    assert rest.available_phone_numbers("US").toll_free.list(limit=1)[0].phone_number.startswith("+1800")
    near = rest.available_phone_numbers("US").local
    assert [len(near.list(limit=1, **by)) for by in (
        {"area_code": 202, "in_region": "DC"}, {"area_code": 202, "in_region": "NY"}, {"in_postal_code": "20001"},
        {"area_code": 212, "near_number": "+12125550100"}, {"area_code": 212, "near_number": LINE},
        {"area_code": 202, "exclude_all_address_required": True, "fax_enabled": False}, {"fax_enabled": True},
    )] == [1, 0, 0, 1, 0, 1, 0]  # fmt: skip
    assert "toll_free" in rest.available_phone_numbers("US").fetch().subresource_uris
    assert len(rest.available_phone_numbers.list()) > 200
    assert refusal(lambda: rest.available_phone_numbers("XX").fetch()) == 20404


def test_numbers_of_the_account_are_found_by_what_is_known_of_them(rest):
    numbers = rest.incoming_phone_numbers
    assert [len(numbers.list(**by)) for by in (
        {"phone_number": "5501"}, {"phone_number": "777"}, {"beta": True}, {"origin": "hosted"},
        {"friendly_name": "(202) 555-0100"}, {"friendly_name": "x"},
    )] == [1, 0, 0, 0, 1, 0]  # fmt: skip
    assert (len(numbers.local.list()), len(numbers.toll_free.list())) == (1, 0)


def test_a_key_lets_in_until_it_is_deleted(rest, stand_in):
    key = rest.new_keys.create(friendly_name="deploys")
    assert "deploys" in [known.friendly_name for known in rest.keys.list()]
    client = Client(key.sid, key.secret, ACCOUNT)
    client.api.base_url = stand_in
    assert client.api.accounts(ACCOUNT).fetch().sid == ACCOUNT
    assert rest.keys(key.sid).update(friendly_name="old").friendly_name == "old"
    assert rest.keys(key.sid).delete()
    assert refusal(client.api.accounts(ACCOUNT).fetch) == 20003
    client.http_client.session.close()


def test_what_was_used_is_counted_and_paid(twilio, app, rest):
    records, before = rest.usage.records, float(rest.balance.fetch().balance)
    counted = {record.category: float(record.usage) for record in records.today.list()}
    app.says(voice="<Pause length='61'/>")
    twilio.dial(from_=BOB).ended()
    rest.messages.create(to=BOB, from_=LINE, body="x" * 161)
    twilio.phone(BOB).receives("x")
    now = {record.category: float(record.usage) for record in records.this_month.list()}
    assert (now["calls-inbound"] - counted["calls-inbound"], now["sms-outbound"] - counted["sms-outbound"]) == (2, 2)
    spent = next(float(record.price) for record in records.list(category="totalprice"))
    assert float(rest.balance.fetch().balance) == pytest.approx(15.5 - spent)
    assert before - float(rest.balance.fetch().balance) == pytest.approx(2 * 0.0085 + 2 * 0.0083)


def test_usage_has_days_and_months(rest):
    today, records = datetime.now(UTC).date(), rest.usage.records
    days = records.daily.list(category="calls", start_date=today - timedelta(days=2), end_date=today)
    assert [record.start_date for record in days] == [today, today - timedelta(days=1), today - timedelta(days=2)]
    months = records.monthly.list(category="sms", start_date=date(2026, 1, 15), end_date=date(2026, 2, 3))
    assert [(m.start_date.day, m.end_date.day) for m in months] == [(1, 3), (15, 31)]
    assert "Invalid StartDate soon" in refusal(lambda: records.list(start_date="soon"))
    assert records.yesterday.list(category="calls")[0].count == "0"
    assert len(records.daily.list(start_date=date(1, 1, 1), end_date=date(9999, 12, 31), page_size=9, limit=9)) == 9


def test_the_account_is_listed_and_renamed(rest):
    assert [account.sid for account in rest.api.accounts.list()] == [ACCOUNT]
    account = rest.api.accounts(ACCOUNT)
    assert account.update(friendly_name="Ours").friendly_name == "Ours"
    assert refusal(lambda: account.update(status="closed")) == 21477
    assert refusal(lambda: account.update(status="bogus")) == 20001


def test_an_application_is_made_changed_and_deleted(rest):
    made = rest.applications.create(friendly_name="pages", voice_url="https://a.example.com/")
    assert rest.applications.list(friendly_name="pages")[0].sid == made.sid
    assert made.update(voice_method="GET").voice_method == "GET"
    assert refusal(lambda: made.update(voice_method="PUT")) == 21403
    assert refusal(lambda: made.update(voice_url="voice")) == 21402
    assert made.delete()
    assert refusal(made.fetch) == 20404
