"""Participants of a conference: dialled in, looked at, muted, held, spoken to, coached, removed."""

from functools import partial
from xml.etree import ElementTree as ET

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.twilio.engine import conference as engine
from local.twilio.engine.call_life import Order, place_call
from local.twilio.engine.detection import TIMEOUT_S, Wish
from local.twilio.engine.leg import Callback, Switchboard
from local.twilio.engine.signals import Finished
from local.twilio.records import Conference, Participant
from local.twilio.render.conferences import render_participant
from local.twilio.rest.calls import CALLBACK, RECORDING, caller
from local.twilio.rest.conferences import conference_of
from local.twilio.rest.protocol import Form, Refusal, absent, is_same, page, reachable, reads
from local.twilio.source import Source

DETECTION = ("MachineDetection", "MachineDetectionTimeout", "AmdStatusCallback", "AmdStatusCallbackMethod")
ATTRIBUTES = {  # of the Conference noun, by the parameters that say the same
    "Muted": "muted",
    "Label": "participantLabel",
    "StartConferenceOnEnter": "startConferenceOnEnter",
    "EndConferenceOnExit": "endConferenceOnExit",
    "WaitUrl": "waitUrl",
    "WaitMethod": "waitMethod",
    "MaxParticipants": "maxParticipants",
    "ConferenceRecord": "record",
    "ConferenceStatusCallback": "statusCallback",
    "ConferenceStatusCallbackMethod": "statusCallbackMethod",
    "ConferenceStatusCallbackEvent": "statusCallbackEvent",
    "ConferenceRecordingStatusCallback": "recordingStatusCallback",
    "ConferenceRecordingStatusCallbackMethod": "recordingStatusCallbackMethod",
    "ConferenceRecordingStatusCallbackEvent": "recordingStatusCallbackEvent",
    "CallSidToCoach": "coach",
}


@reads("Muted", "Hold", "Coaching")
async def list_(board: Switchboard, request: Request, form: Form) -> Response:
    """List who is in a conference or on the way into it, the latest first."""
    conference = conference_of(board, request)
    there = [*conference.invited_only(), *conference.participants.values()]
    found = [one for one in reversed(there) if _matches(one, form)]
    return page(request, form, "participants", found, partial(render_participant, board.account, conference))


def _matches(one: Participant, form: Form) -> bool:
    shown = {"Muted": one.muted, "Hold": one.hold, "Coaching": bool(one.coaches)}
    return all(is_same(form, name, str(value).lower()) for name, value in shown.items())


def _participant(conference: Conference, request: Request) -> Participant:
    """Return who is named by the call's SID or by a label."""
    named = request.path_params["sid"]
    there = [*conference.participants.values(), *conference.invited_only()]
    found = next((one for one in there if named in {one.call.sid, one.label}), None)
    if not found:
        raise absent(request)
    return found


@reads("To", "From", "CallerId", "Timeout", "TimeLimit", "Record", "Coaching", *ATTRIBUTES, *CALLBACK, *RECORDING,
       *DETECTION)  # fmt: skip
async def create(board: Switchboard, request: Request, form: Form) -> Response:
    """Dial somebody into a conference, which is made when there is none of that name."""
    to = reachable(form.get("To"))
    from_ = caller(board, form, to)
    if board.account.is_unverified(to):
        raise Refusal(21219)
    conference = _conference(board, request)
    _check_coach(conference, form)
    callback = Callback.of(
        form.get("StatusCallback"), form.get("StatusCallbackMethod"), form.all("StatusCallbackEvent")
    )
    leg = place_call(board, to, from_, _order(conference, form), callback)
    invited = Participant(
        leg.call,
        leg.clock,
        starts=form.get("StartConferenceOnEnter") != "false",
        ends=form.get("EndConferenceOnExit") == "true",
        muted=form.get("Muted") == "true",
        label=form.get("Label"),
        coaches=form.get("CallSidToCoach"),
    )
    conference.invited[leg.call.sid] = invited
    return JSONResponse(render_participant(board.account, conference, invited), 201)


def _conference(board: Switchboard, request: Request) -> Conference:
    """Return the conference of a SID, or the one of a name that goes on, or a new one."""
    named = request.path_params["conference"]
    conferences = board.account.conferences
    if named.startswith("CF") and (named not in conferences or conferences[named].status == "completed"):
        raise absent(request)
    return conferences.get(named) or engine.named(board.account, named)


def _check_coach(conference: Conference, form: Form) -> None:
    coached = form.get("CallSidToCoach")
    if coached and coached not in conference.participants:
        raise Refusal(20404, f"The call to coach, {coached}, is not in the conference")
    if form.get("Coaching") == "true" and not coached:
        raise Refusal(20001, "Coaching needs CallSidToCoach")


def _order(conference: Conference, form: Form) -> Order:
    limit = form.int("TimeLimit", 0)
    return Order(
        source=Source("voice", twiml=_document(conference, form)),
        timeout_s=min(form.int("Timeout", 60), 600),
        time_limit_s=limit or None,
        machine=Wish(
            mode=form.get("MachineDetection"),
            timeout_s=form.int("MachineDetectionTimeout", TIMEOUT_S),
            is_async=True,
            callback_url=form.get("AmdStatusCallback"),
            callback_method=form.get("AmdStatusCallbackMethod") or "POST",
        ),
        record=form.named(RECORDING) if form.get("Record") == "true" else None,
    )


def _document(conference: Conference, form: Form) -> str:
    """Return the document that a participant follows: the same as one who calls in and is dialled to it."""
    response = ET.Element("Response")
    noun = ET.SubElement(ET.SubElement(response, "Dial"), "Conference")
    noun.text = conference.friendly_name
    for name, attribute in ATTRIBUTES.items():
        if values := form.all(name):
            noun.set(attribute, " ".join(values))
    return ET.tostring(response, encoding="unicode")


async def fetch(board: Switchboard, request: Request, _: Form) -> Response:
    """Show one participant."""
    conference = conference_of(board, request)
    return JSONResponse(render_participant(board.account, conference, _participant(conference, request)))


@reads("Muted", "Hold", "HoldUrl", "HoldMethod", "AnnounceUrl", "AnnounceMethod", "EndConferenceOnExit", "Coaching",
       "CallSidToCoach")  # fmt: skip
async def change(board: Switchboard, request: Request, form: Form) -> Response:
    """Mute, hold, speak to or let coach one participant, or undo that."""
    conference = conference_of(board, request)
    participant = _participant(conference, request)
    if participant.call.sid not in conference.participants:
        raise Refusal(21220, "The participant is not in the conference yet")
    _check_coach(conference, form)
    if form.get("Muted"):
        engine.mute(board, conference, participant, is_muted=form.get("Muted") == "true")
    if form.get("Hold"):
        music = _source(form, "Hold")
        engine.hold_participant(board, conference, participant, music, is_held=form.get("Hold") == "true")
    if announcement := _source(form, "Announce"):
        engine.announce(board, participant, announcement)
    if form.get("EndConferenceOnExit"):
        participant.ends = form.get("EndConferenceOnExit") == "true"
    if form.get("Coaching") or form.get("CallSidToCoach"):
        participant.coaches = "" if form.get("Coaching") == "false" else form.get("CallSidToCoach")
    return JSONResponse(render_participant(board.account, conference, participant))


def _source(form: Form, what: str) -> Source | None:
    url, method = form.get(f"{what}Url"), form.get(f"{what}Method")
    return Source(what.lower(), url, method or "POST") if url else None


async def remove(board: Switchboard, request: Request, _: Form) -> Response:
    """Remove one; its call goes on with what follows the Dial. Who is still dialled is not dialled any more."""
    conference = conference_of(board, request)
    participant = _participant(conference, request)
    if participant.call.sid in conference.participants:
        engine.remove(board, participant)
    else:
        board.legs[participant.call.sid].interrupt(Finished())
    return Response(status_code=204)
