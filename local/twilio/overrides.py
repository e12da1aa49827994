"""What a webhook's URL may ask of Twilio in its fragment: retries and timeouts (connection overrides)."""

from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from local.twilio.sids import whole


@dataclass(frozen=True, slots=True)
class Overrides:
    """The connection overrides of a URL's fragment; milliseconds become seconds."""

    retries: int = 1
    retry_on: frozenset[str] = frozenset({"ct"})
    connect_s: float = 5.0
    read_s: float = 15.0
    total_s: float = 15.0

    @classmethod
    def of(cls, url: str) -> "Overrides":
        """Read `#rc=2&rp=all&ct=2000&rt=5000&tt=10000`; values out of range are cut to it."""
        given = {name: values[0] for name, values in parse_qs(urlsplit(url).fragment).items()}
        return cls(
            retries=_cut(given.get("rc"), 1, 0, 5),
            retry_on=frozenset(given.get("rp", "ct").split(",")),
            connect_s=_cut(given.get("ct"), 5000, 100, 10000) / 1000,
            read_s=_cut(given.get("rt"), 15000, 100, 15000) / 1000,
            total_s=_cut(given.get("tt"), 15000, 100, 15000) / 1000,
        )


def _cut(given: str | None, default: int, least: int, most: int) -> int:
    found = whole(given or "")
    return default if found is None else min(max(found, least), most)
