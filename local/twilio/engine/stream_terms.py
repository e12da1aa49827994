"""What a <Stream> element asks for.

Sources: Twilio's pages on <Stream> and on its error 31941. The `url` may be relative, and its query is not passed on:
what an application is to know goes into <Parameter>. Without a name the stream is called by its SID.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from local.twilio.engine.document import Document
from local.twilio.engine.relay_terms import custom_parameters
from local.twilio.engine.websocket import NotOpened
from local.twilio.sids import new_sid
from local.twilio.twiml import method

_SCHEMES = {"http": "ws", "https": "wss"}  # of a document, and of a WebSocket beside it
TRACKS = {"inbound_track": ("inbound",), "outbound_track": ("outbound",), "both_tracks": ("inbound", "outbound")}


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of a stream; `tracks` are empty for a track that there is not."""

    sid: str
    name: str
    url: str
    tracks: tuple[str, ...]
    callback_url: str
    callback_method: str
    parameters: dict[str, str]

    @property
    def address(self) -> str:
        """Where to connect to. Raises NotOpened for what is no address."""
        try:
            parts = urlsplit(self.url)
        except ValueError as e:
            raise NotOpened("malformed", f"{self.url}: {e}") from None
        return parts._replace(scheme=_SCHEMES.get(parts.scheme, parts.scheme), query="", fragment="").geturl()


def terms(noun: ET.Element, doc: Document) -> Terms:
    """Return what an element of a document asks for."""
    sid, url = new_sid("MZ"), noun.get("url", "")
    callback = noun.get("statusCallback", "")
    http_method = method(noun, "statusCallbackMethod")
    return Terms(
        sid=sid,
        name=noun.get("name") or sid,
        url=url if "://" in url else doc.source.beside("stream", url, "GET").url,
        tracks=TRACKS.get(noun.get("track", "inbound_track"), ()),
        callback_url=doc.source.beside("", callback, http_method).url if callback else "",
        callback_method=http_method,
        parameters=custom_parameters(noun),
    )
