"""Conferences: who enters, when it starts, when it ends, and the callbacks that tell of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from local.twilio.account import Account
from local.twilio.engine import recordings
from local.twilio.engine.document import Document
from local.twilio.engine.hold import hold
from local.twilio.engine.leg import Leg, Switchboard
from local.twilio.engine.run import follow
from local.twilio.engine.signals import Interruption, Pressed, Signal
from local.twilio.records import Conference, Event, Participant, Recording
from local.twilio.render.conferences import conference_parameters
from local.twilio.sids import utc_now
from local.twilio.source import Source
from local.twilio.twiml import method, whole_number
from local.twilio.webhooks import Webhook

MAX_PARTICIPANTS = 250
# the words of statusCallbackEvent, and the events they stand for
EVENTS = {
    "start": "conference-start",
    "end": "conference-end",
    "join": "participant-join",
    "leave": "participant-leave",
    "mute": "participant-mute participant-unmute",
    "hold": "participant-hold participant-unhold",
    "modify": "participant-modify",
    "speaker": "participant-speech-start participant-speech-stop",
    "announcement": "announcement-end announcement-fail",
}


class Started(Interruption):
    """The conference begins: whoever waits for it stops waiting."""


@dataclass(frozen=True, slots=True)
class Ended(Signal):
    """The conference is over, or this participant was removed from it."""


@dataclass(frozen=True, slots=True)
class Announced(Signal):
    """REST lets this participant hear a document."""

    source: Source


@dataclass(frozen=True, slots=True)
class Held(Signal):
    """REST puts this participant on hold, with a document to hear or the usual music."""

    music: Source | None


class Unheld(Interruption):
    """The hold is over."""


async def join(leg: Leg, dial: ET.Element, noun: ET.Element, doc: Document) -> dict[str, str]:
    """Take part until it ends, the participant leaves by star, or is removed; return what the Dial's action is told.

    `dial` is the verb, `noun` the Conference in it, `doc` where both stand. Raises what interrupts the leg.
    """
    conference = named(leg.account, (noun.text or "").strip())
    if len(conference.participants) >= whole_number(noun, "maxParticipants", MAX_PARTICIPANTS):
        leg.note("alert", f"conference {conference.friendly_name} is full")
        return {"DialCallStatus": "failed", "DialBridged": "false"}
    _subscribe(conference, noun, doc)
    participant = Participant(
        leg.call,
        leg.clock,
        starts=noun.get("startConferenceOnEnter", "true") != "false",
        ends=noun.get("endConferenceOnExit") == "true",
        muted=noun.get("muted") == "true",
        label=noun.get("participantLabel", ""),
        coaches=noun.get("coach", ""),
        beep=noun.get("beep", "true"),
    )
    _record(conference, participant, noun, doc)
    enter(leg.board, conference, participant)
    outcome = {"DialCallStatus": "answered", "DialBridged": "true", "ConferenceSid": conference.sid}
    try:
        await _wait(leg, conference, noun, doc)
        await _listen(leg, participant, ends_on_star=dial.get("hangupOnStar") == "true")
    except Interruption as interruption:
        interruption.outcome = outcome
        raise
    finally:
        leave(leg.board, conference, participant)
    return outcome


def named(account: Account, name: str) -> Conference:
    """Return the running conference of a name, or a new one."""
    conferences = account.conferences
    running = (c for c in conferences.values() if c.friendly_name == name and c.status != "completed")
    conference = next(running, None) or Conference(name)
    conferences[conference.sid] = conference
    return conference


def _subscribe(conference: Conference, noun: ET.Element, doc: Document) -> None:
    """Send its events to the callback of the first noun that names one."""
    url = noun.get("statusCallback", "")
    if url and not conference.callback[0]:
        http_method = method(noun, "statusCallbackMethod")
        conference.callback = (doc.source.beside("", url, http_method).url, http_method)
        conference.events = frozenset(_events(noun.get("statusCallbackEvent", "")))


def _record(conference: Conference, participant: Participant, noun: ET.Element, doc: Document) -> None:
    """Have it recorded from its start, when this noun asks for that and is the first one to do so."""
    if conference.recorder or noun.get("record", "do-not-record") not in {"record-from-start", "true"}:
        return
    conference.recorder, conference.recording_callback = participant, recordings.callback_of(noun, doc)


def _events(words: str) -> Iterator[str]:
    for word in words.split():
        yield from EVENTS.get(word, word).split()


def _wait_source(noun: ET.Element, doc: Document) -> Source | None:
    url = noun.get("waitUrl", "")
    return doc.source.beside("wait", url, method(noun, "waitMethod")).heard_in("conference") if url else None


async def _wait(leg: Leg, conference: Conference, noun: ET.Element, doc: Document) -> None:
    """Wait for the start; an empty waitUrl is silence."""
    if conference.status != "init":
        return
    source = _wait_source(noun, doc)
    if noun.get("waitUrl") is None:
        leg.note("played", "hold music")
    interruption = await hold(leg, lambda: source)
    if not isinstance(interruption, Started):
        raise interruption


async def _listen(leg: Leg, participant: Participant, *, ends_on_star: bool) -> None:
    while signal := await leg.expect((Ended, Pressed, Announced, Held)):
        match signal:
            case Ended():
                return
            case Pressed(key="*") if ends_on_star:
                return
            case Announced(source):
                await follow(leg, source)
            case Held(music) if participant.hold:
                await _stay_on_hold(leg, music)


async def _stay_on_hold(leg: Leg, music: Source | None) -> None:
    """Hear the music of the hold, or a document over and over, until it ends."""
    if not music:
        leg.note("played", "hold music")
    interruption = await hold(leg, lambda: music)
    if not isinstance(interruption, Unheld | Started):
        raise interruption


def enter(board: Switchboard, conference: Conference, participant: Participant) -> None:
    """Enter; it starts as soon as two are there and one of them may start it."""
    leg = board.legs[participant.call.sid]
    conference.participants[participant.call.sid] = participant
    leg.watchers.append(lambda event: _pass_on(board, conference, participant, event))
    leg.note("joined", f"conference {conference.friendly_name}", sid=conference.sid, muted=participant.muted)
    tell(board, conference, "participant-join", participant)
    _beep(board, conference, participant, "onEnter")
    there = conference.participants.values()
    if conference.status == "init" and len(there) > 1 and any(other.starts for other in there):
        conference.status = "in-progress"
        tell(board, conference, "conference-start", participant)
        _begin_recording(board, conference)
        for other in (board.legs[sid] for sid in conference.participants):
            other.note("conference_started", conference.friendly_name)
            if other is not leg:
                other.interrupt(Started())


def _beep(board: Switchboard, conference: Conference, participant: Participant, when: str) -> None:
    """Let the others hear that one comes (`onEnter`) or goes (`onExit`)."""
    if participant.beep in {"true", when}:
        for other in conference.participants.values():
            if other is not participant:
                board.legs[other.call.sid].note("played", "beep")


def _pass_on(board: Switchboard, conference: Conference, participant: Participant, event: Event) -> None:
    """Let the others hear what one of them says: all of them, or the one who is coached."""
    is_there = conference.participants.get(participant.call.sid) is participant and conference.status == "in-progress"
    if event.kind != "spoke" or not is_there or participant.muted or participant.hold:
        return
    tell(board, conference, "participant-speech-start", participant)
    for sid, other in conference.participants.items():
        if other is not participant and not other.hold and participant.coaches in {"", sid}:
            board.legs[sid].hear(event)
    tell(board, conference, "participant-speech-stop", participant)


def _begin_recording(board: Switchboard, conference: Conference) -> None:
    """Record a conference that starts, when somebody asked for that; the callback does not tell whose call it was."""
    if not conference.recorder:
        return
    call, clock = conference.recorder.call, conference.recorder.clock
    callback, sid = conference.recording_callback, conference.sid
    recording = Recording(call.sid, "Conference", clock.now(), callback=callback, conference_sid=sid)
    conference.recording = recordings.begin(board, clock, recording)


def leave(board: Switchboard, conference: Conference, participant: Participant) -> None:
    """Leave; the last one, or one whose leaving ends it, ends it for all."""
    if conference.participants.pop(participant.call.sid, None) is None:
        return
    board.legs[participant.call.sid].note("left", f"conference {conference.friendly_name}")
    tell(board, conference, "participant-leave", participant)
    _beep(board, conference, participant, "onExit")
    if participant.ends:
        end(board, conference, "participant-with-end-conference-on-exit-left", participant)
    elif not conference.participants:
        end(board, conference, "last-participant-left", participant)


def end(board: Switchboard, conference: Conference, reason: str, participant: Participant | None = None) -> None:
    """End it for everybody who is still there; `reason` is one of Twilio's, `participant` whose leaving ended it."""
    if conference.status == "completed":
        return
    conference.status, conference.reason_ended, conference.updated = "completed", reason, utc_now()
    conference.call_sid_ending = participant.call.sid if participant else None
    about = participant or next(iter(conference.participants.values()), None)
    for other in list(conference.participants.values()):
        remove(board, other)
        conference.participants.pop(other.call.sid)
        tell(board, conference, "participant-leave", other)
    tell(board, conference, "conference-end", about)
    if conference.recording and conference.recorder:
        recordings.end(board, conference.recorder.clock, conference.recording)


def remove(board: Switchboard, participant: Participant) -> None:
    """Let a participant's call go on with what follows its Dial."""
    leg = board.legs[participant.call.sid]
    if leg.waits_in_line:
        leg.interrupt(Started())
    leg.post(Ended())


def mute(board: Switchboard, conference: Conference, participant: Participant, *, is_muted: bool) -> None:
    """Let the others not hear a participant, or hear them again."""
    if participant.muted != is_muted:
        participant.muted = is_muted
        board.legs[participant.call.sid].note("muted", str(is_muted).lower())
        tell(board, conference, "participant-mute" if is_muted else "participant-unmute", participant)


def hold_participant(
    board: Switchboard, conference: Conference, participant: Participant, music: Source | None, *, is_held: bool
) -> None:
    """Put a participant on hold, with `music` to hear, or take them back."""
    if participant.hold == is_held:
        return
    participant.hold, leg = is_held, board.legs[participant.call.sid]
    leg.note("held", str(is_held).lower())
    if is_held:
        leg.post(Held(music))
    elif leg.waits_in_line and conference.status == "in-progress":
        leg.interrupt(Unheld())
    tell(board, conference, "participant-hold" if is_held else "participant-unhold", participant)


def announce(board: Switchboard, participant: Participant, source: Source) -> None:
    """Let one participant hear a document."""
    board.legs[participant.call.sid].post(Announced(source))


def tell(board: Switchboard, conference: Conference, event: str, about: Participant | None) -> None:
    """Send an event, such as `participant-join`, to the conference's callback when it was asked for."""
    conference.sequence += 1
    url, http_method = conference.callback
    if not url or event not in conference.events or about is None:
        return
    parameters = conference_parameters(board.account, conference, event, about)
    board.courier.in_order(Webhook("conference", conference.sid, url, http_method, parameters), about.clock)
