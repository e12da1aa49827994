"""Where a document comes from."""

from dataclasses import dataclass, field, replace
from urllib.parse import urljoin


@dataclass(frozen=True, slots=True)
class Source:
    """A URL to ask, or the document itself in `twiml`; `parameters` are sent beside the usual ones.

    `place` is where its document is followed when that is not the call's own, such as `whisper`: see engine/taking.py.
    """

    kind: str
    url: str = ""
    method: str = "POST"
    parameters: dict[str, str] = field(default_factory=dict)
    twiml: str = ""
    place: str = ""

    def beside(self, kind: str, url: str, method: str, parameters: dict[str, str] | None = None) -> "Source":
        """Return the source for a URL that a document from here names; one may be relative, and none means itself.

        `kind` is the webhook's, `method` HTTP's; without `parameters` only the usual ones are sent.
        """
        if not url:
            return replace(self, kind=kind, method=method, parameters=parameters or {})
        return Source(kind, urljoin(self.url, url), method, parameters or {}, place=self.place)

    def heard_in(self, place: str) -> "Source":
        """Return it as the source of a document that is followed in a place."""
        return replace(self, place=place)
