"""A call is to leave: is it well addressed? Then Twilio is asked and the record written."""

import logging
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import azure.functions as func
import msgspec

from shared import api, flow, phone, routes, settings, signature
from shared.problem import WrongFields

MAX_SAY_CHARACTERS = 3_000  # the document may have 4,000 with its tags and escapes

log = logging.getLogger("ahoy.outbox")


class CallRequest(msgspec.Struct, kw_only=True):
    """The body of POST make-call. `timeout` is in seconds of ringing; `say` is spoken before the scene begins."""

    to: str
    from_: str = msgspec.field(name="from", default="")
    scene: str = ""
    say: Annotated[str, msgspec.Meta(max_length=MAX_SAY_CHARACTERS)] = ""
    timeout: Annotated[int, msgspec.Meta(ge=5, le=600)] = 60
    machine_detection: Literal["Enable", "DetectMessageEnd"] | None = None
    record: bool = False


def call(req: func.HttpRequest) -> dict[str, str]:
    """Place the call that the request's body asks for; give its SID and status."""
    wanted = api.body(req, CallRequest)
    known = settings.current()
    to, from_ = _addresses(wanted, known)
    sid, status = _place(wanted, to, from_, signature.base_url(req, known))
    _remember(sid, from_, to, status)
    return {"sid": sid, "status": status, "to": to, "from": from_}


def ring(to: str, from_: str, scene: str, base: str) -> str:
    """Place the call that a text asked for; give its SID. Raises Problem or BadAddress when that cannot be."""
    wanted = CallRequest(to=phone.callable_address(to), from_=from_, scene=scene)
    sid, status = _place(wanted, wanted.to, from_, base)
    _remember(sid, from_, wanted.to, status)
    return sid


def _addresses(wanted: CallRequest, known: settings.Settings) -> tuple[str, str]:
    errors: dict[str, str] = {}
    to = _address(wanted.to, "to", errors)
    from_ = _address(wanted.from_, "from", errors) if wanted.from_ else known.twilio_phone_number
    if wanted.scene and wanted.scene not in flow.current().scenes:
        errors["scene"] = f'there is no scene "{wanted.scene}"; there are {", ".join(flow.current().scenes)}'
    if errors:
        raise WrongFields(errors)
    return to, from_


def _address(text: str, field: str, errors: dict[str, str]) -> str:
    try:
        return phone.callable_address(text)
    except phone.BadAddress as e:
        errors[field] = str(e)
        return ""


def _place(wanted: CallRequest, to: str, from_: str, base: str) -> tuple[str, str]:
    from shared import twilio_api

    parameters: dict[str, Any] = {
        "to": to,
        "from_": from_,
        "timeout": wanted.timeout,
        "record": wanted.record or None,
        "machine_detection": wanted.machine_detection,
        "status_callback": routes.url(base, routes.CALL_STATUS),
        "status_callback_event": ["initiated", "ringing", "answered", "completed"],
    }
    scene_url = routes.url(base, routes.SCENE, scene=wanted.scene) if wanted.scene else routes.url(base, routes.VOICE)
    if not wanted.say:
        return twilio_api.place_call(url=scene_url, **parameters)
    return twilio_api.place_call(twiml=_spoken(wanted, scene_url), **parameters)


def _spoken(wanted: CallRequest, scene_url: str) -> str:
    from twilio.twiml.voice_response import VoiceResponse

    response = VoiceResponse()
    response.say(wanted.say)
    if wanted.scene:
        response.redirect(scene_url)
    return str(response)


def _remember(sid: str, from_: str, to: str, status: str) -> None:
    from shared.store import calls

    try:
        calls.book().add(calls.placed(sid, from_, to, status, datetime.now(UTC)))
    except Exception as e:  # noqa: BLE001 -- the call is on its way; its callbacks bring the record
        log.error("call %s was placed but not stored: %s", sid, type(e).__name__)  # noqa: TRY400 -- type says enough
