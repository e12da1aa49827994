"""Numbers that can be bought, by country and kind: valid ones that nobody has."""

import re
from itertools import islice
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.twilio import numbering
from local.twilio.account import Account
from local.twilio.engine.leg import Switchboard
from local.twilio.geography import geography
from local.twilio.rest.protocol import Form, Resource, absent, page, reads

LETTERS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")
CAPABILITIES = {"VoiceEnabled": "voice", "SmsEnabled": "SMS", "MmsEnabled": "MMS", "FaxEnabled": "fax"}
PLACES = {  # filters of where a number is, and what a number shows of that
    "InRegion": "region",
    "InLocality": "locality",
    "InRateCenter": "rate_center",
    "InPostalCode": "postal_code",
    "InLata": "lata",
}
# filters that every number here passes: none needs an address, none is new to the platform
ALWAYS_TRUE = ("Beta", "ExcludeAllAddressRequired", "ExcludeLocalAddressRequired", "ExcludeForeignAddressRequired")
AREA = 5  # characters of a number of North America up to its area code
TEXTS_WHERE = {"Local", "Mobile", "TollFree"}


class _Country:
    """A country, as a row of a list."""

    def __init__(self, code: str) -> None:
        self.sid = code


async def list_countries(board: Switchboard, request: Request, form: Form) -> Response:
    """List the countries that have numbers."""
    rows = [_Country(code) for code in numbering.countries()]
    return page(request, form, "countries", rows, lambda row: _render_country(board.account, row.sid))


async def fetch_country(board: Switchboard, request: Request, _: Form) -> Response:
    """Show a country, and which kinds of numbers it has."""
    code = request.path_params["country"]
    if code not in numbering.countries():
        raise absent(request)
    return JSONResponse(_render_country(board.account, code))


def _render_country(account: Account, code: str) -> dict[str, Any]:
    path = account.uri(f"AvailablePhoneNumbers/{code}")
    names = {"Local": "local", "Mobile": "mobile", "TollFree": "toll_free", "National": "national",
             "SharedCost": "shared_cost", "Voip": "voip"}  # fmt: skip
    kinds = [kind for kind in numbering.KINDS if next(numbering.on_sale(code, kind), "")]
    return {
        "country_code": code,
        "country": code,
        "beta": False,
        "uri": f"{path}.json",
        "subresource_uris": {names[kind]: f"{path}/{kind}.json" for kind in kinds},
    }


def of_kind(kind: str) -> Resource:
    """Return what lists the numbers of a kind that can be bought, such as TollFree."""

    @reads("AreaCode", "Contains", "NearNumber", *CAPABILITIES, *PLACES, *ALWAYS_TRUE)
    async def list_(board: Switchboard, request: Request, form: Form) -> Response:
        """List numbers that can be bought."""
        country = request.path_params["country"]
        if country not in numbering.countries():
            raise absent(request)
        found = [_Available(number, kind) for number in numbering.on_sale(country, kind, form.get("AreaCode"))]
        fitting = (one for one in found if one.number not in board.account.numbers and one.fits(form))
        rows = list(islice(fitting, form.int("PageSize", numbering.SHOWN_MOST)))
        return page(request, form, "available_phone_numbers", rows, lambda row: row.shown())

    return list_


class _Available:
    """A number that can be bought."""

    def __init__(self, number: str, kind: str) -> None:
        self.number = self.sid = number
        self.capabilities = {"voice": True, "SMS": kind in TEXTS_WHERE, "MMS": kind in TEXTS_WHERE, "fax": False}

    def fits(self, form: Form) -> bool:
        """Tell whether it passes the filters; `Contains` may hold letters, and `*` for any digit."""
        wanted = re.sub(r"[^\d*]", "", form.get("Contains").upper().translate(LETTERS)).replace("*", r"\d")
        asked = {name: form.get(name).lower() for name in CAPABILITIES if form.get(name)}
        shown = self.shown()
        return (
            bool(re.search(wanted, self.number))
            and self.number.startswith(form.get("NearNumber")[:AREA])
            and all(self.capabilities[CAPABILITIES[name]] == (value == "true") for name, value in asked.items())
            and all(form.get(name).upper() in {"", shown[of]} for name, of in PLACES.items())
        )

    def shown(self) -> dict[str, Any]:
        """Return it as REST shows it."""
        where = geography("", self.number)
        return {
            "friendly_name": numbering.written(self.number),
            "phone_number": self.number,
            "lata": None,
            "locality": where["City"] or None,
            "rate_center": where["City"] or None,
            "latitude": None,
            "longitude": None,
            "region": where["State"] or None,
            "postal_code": None,
            "iso_country": numbering.country_of(self.number),
            "address_requirements": "none",
            "beta": False,
            "capabilities": self.capabilities,
        }
