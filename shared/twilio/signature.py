"""Was this request signed by Twilio? Nothing else is done with a request before this room has said yes.

The rules are Twilio's (security page of its docs). A form that was signed for the very address it came to is known
here at once, with one hash; of everything else twilio's RequestValidator has the last word. There is no switch that
turns the check off: without a usable token every request is refused.
"""

import json
import logging
from base64 import b64encode
from hmac import compare_digest, digest
from urllib.parse import unquote_to_bytes, urlsplit

import azure.functions as func

from shared.settings import UNRESOLVED, Settings
from shared.twilio import sids

SIGNATURE_HEADER = "X-Twilio-Signature"
SIGNATURE_SETTINGS_HEADER = "X-Twilio-Webhooks-Signature-Settings"  # which key has signed and how; mostly missing
FORM = "application/x-www-form-urlencoded"
MAX_BODY_BYTES = 64 * 1024  # Twilio's own limit for a webhook's answer; its requests stay far below
MAX_PARAMETERS = 500  # a message with ten media and all of its geography has about 60

log = logging.getLogger("ahoy.signature")


class Refused(Exception):
    """The request is not Twilio's. `status` is for the sender; the reason is for the log only."""

    def __init__(self, reason: str, status: int = 403) -> None:
        super().__init__(reason)
        self.status = status


def verified(req: func.HttpRequest, settings: Settings) -> dict[str, str]:
    """Return the parameters of a request that Twilio signed; raise Refused for any other.

    A repeated parameter is signed once per distinct value and in sorted order, so that repeats and their order can be
    changed without breaking the signature: of a repeated one the first in that order counts, whatever was sent.
    """
    tokens = _tokens(req, settings)
    url = signed_url(req, settings)
    signed, pairs = _content(req, url)
    ordered = sorted(set(pairs))
    distinct = ordered if signed is pairs else []
    words = url + "".join([name + value for name, value in distinct])
    is_plain = not isinstance(signed, str) and _is_plainly_signed(req, tokens, words)
    if not (is_plain or any(_matches(token, req, url, signed) for token in tokens)):
        raise Refused(f"the signature does not match {shown(url)}; if that is not the address Twilio was given, "
                      "set PUBLIC_BASE_URL")  # fmt: skip
    if not sids.are_apart(words, distinct):
        raise Refused("a SID stands in the words of another parameter, so it was cut otherwise when it was signed")
    parameters = dict(reversed(ordered))
    if fault := sids.fault(parameters, settings.twilio_account_sid):
        raise Refused(fault)
    return parameters


def signed_url(req: func.HttpRequest, settings: Settings) -> str:
    """Return the address as Twilio was told it: PUBLIC_BASE_URL, or the request's own host, and path and raw query."""
    _, _, after_scheme = req.url.partition("://")
    _, _, path = after_scheme.partition("/")
    return f"{base_url(req, settings)}/{path}"


def base_url(req: func.HttpRequest, settings: Settings) -> str:
    """Return scheme and host under which the app is known outside, without a slash at the end."""
    if settings.public_base_url:
        return settings.public_base_url.rstrip("/")
    scheme, _, after_scheme = req.url.partition("://")
    return f"{scheme}://{after_scheme.partition('/')[0]}"


def shown(url: str) -> str:
    """Return an address as logs may hold it: the query of a GET webhook carries bodies, and `?code=` a key."""
    return url.partition("?")[0] + ("?…" if "?" in url else "")


def _tokens(req: func.HttpRequest, settings: Settings) -> list[str]:
    """The secrets that may have signed: the auth token, the next one during a rotation, or the named API key's."""
    candidates = [settings.twilio_auth_token, settings.twilio_auth_token_secondary]
    named_key = f"key={settings.twilio_api_key_sid},"
    if settings.twilio_api_key_sid and named_key in req.headers.get(SIGNATURE_SETTINGS_HEADER, "") + ",":
        candidates.append(settings.twilio_api_key_secret)
    tokens = [token for token in candidates if token and not token.startswith(UNRESOLVED)]
    if not tokens:
        state = "holds an unresolved Key Vault reference" if settings.twilio_auth_token else "is not set"
        raise Refused(f"TWILIO_AUTH_TOKEN {state}, so no request can be told from a forged one")
    return tokens


def _content(req: func.HttpRequest, url: str) -> tuple[list[tuple[str, str]] | str, list[tuple[str, str]]]:
    """What the signature covers beside the URL, and the parameters as name-value pairs."""
    body = req.get_body()
    if len(body) > MAX_BODY_BYTES:
        raise Refused(f"the body has {len(body)} bytes; {MAX_BODY_BYTES} are accepted", status=413)
    query = urlsplit(url).query
    if req.method == "GET" or (not body and not req.headers.get("content-type")):
        return [], _parsed(query)
    if req.headers.get("content-type", "").partition(";")[0].strip().lower() == FORM:
        pairs = _parsed(_decoded(body))
        return pairs, pairs
    if "bodySHA256=" not in query:
        raise Refused("the body is neither a form nor covered by bodySHA256, so the signature says nothing about it")
    text = _decoded(body)
    return text, _json_pairs(text)


def _parsed(query: str) -> list[tuple[str, str]]:
    """Return the pairs of a form or query, blanks included, as urllib's parse_qsl does in four times the time."""
    are_marks_escaped = "%26" in query or "%3D" in query or "%3d" in query  # then an & or = may belong to a value
    try:
        fields = [field for field in (query if are_marks_escaped else _plain(query)).split("&") if field]
        pairs = [(name, value) for name, _, value in [field.partition("=") for field in fields]]
        pairs = [(_plain(name), _plain(value)) for name, value in pairs] if are_marks_escaped else pairs
    except UnicodeError:
        raise Refused("the parameters are not UTF-8") from None
    if len(pairs) > MAX_PARAMETERS:
        raise Refused(f"there are {len(pairs)} parameters; {MAX_PARAMETERS} are accepted")
    return pairs


def _plain(text: str) -> str:
    return unquote_to_bytes(text.replace("+", " ")).decode() if "%" in text or "+" in text else text


def _decoded(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise Refused("the body is not UTF-8") from None


def _json_pairs(text: str) -> list[tuple[str, str]]:
    """The top-level strings of a JSON object; nobody vouches for the body yet, so any fault in it is a refusal."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise Refused("the body is not JSON") from None
    if not isinstance(document, dict):
        raise Refused("the body is not a JSON object")
    return [(name, value) for name, value in document.items() if isinstance(value, str)]


def _is_plainly_signed(req: func.HttpRequest, tokens: list[str], words: str) -> bool:
    """Whether `words`, an address and a form's distinct names and values in order, are signed in the everyday way.

    It takes a tenth of the time of twilio's validator, which says the same of them.
    """
    if req.headers.get(SIGNATURE_SETTINGS_HEADER):
        return False
    given = req.headers.get(SIGNATURE_HEADER, "").encode(errors="surrogatepass")
    hashed = words.encode(errors="surrogatepass")  # what is no UTF-8 nobody has signed
    return any(compare_digest(b64encode(digest(token.encode(), hashed, "sha1")), given) for token in tokens)


def _matches(token: str, req: func.HttpRequest, url: str, signed: list[tuple[str, str]] | str) -> bool:
    """Ask twilio's validator: for an address with or without its port, for JSON, for another algorithm.

    Whatever it raises on hostile input is a no.
    """
    from twilio.request_validator import RequestValidator, get_signature_algorithm

    try:
        algorithm = get_signature_algorithm(req.headers.get(SIGNATURE_SETTINGS_HEADER, ""))
        parameters = signed if isinstance(signed, str) else Repeated(signed)
        given = req.headers.get(SIGNATURE_HEADER, "")
        return bool(RequestValidator(token).validate(url, parameters, given, algorithm))
    except Exception as e:  # noqa: BLE001 -- TypeError and ValueError are known; a refusal is right for any
        log.warning("the signature check failed on hostile input: %s", type(e).__name__)
        return False


class Repeated(dict[str, list[str]]):
    """Parameters with repeats, in the shape that RequestValidator asks for (`getall`)."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        super().__init__()
        for name, value in pairs:
            self.setdefault(name, []).append(value)

    def getall(self, name: str) -> list[str]:
        """Return all values of a name."""
        return self[name]
