"""A conference and its participants, as REST shows them and as its callback tells of them."""

from typing import Any

from local.twilio.account import API_VERSION, Account
from local.twilio.records import Conference, Participant
from local.twilio.sids import rfc2822


def render_conference(account: Account, conference: Conference) -> dict[str, Any]:
    """Return a conference as REST shows it."""
    path = account.uri(f"Conferences/{conference.sid}")
    return {
        "sid": conference.sid,
        "account_sid": account.sid,
        "friendly_name": conference.friendly_name,
        "status": conference.status,
        "region": "us1",
        "api_version": API_VERSION,
        "date_created": rfc2822(conference.created),
        "date_updated": rfc2822(conference.updated),
        "reason_conference_ended": conference.reason_ended,
        "call_sid_ending_conference": conference.call_sid_ending,
        "uri": f"{path}.json",
        "subresource_uris": {"participants": f"{path}/Participants.json", "recordings": f"{path}/Recordings.json"},
    }


def render_participant(account: Account, conference: Conference, participant: Participant) -> dict[str, Any]:
    """Return one participant of a conference as REST shows it."""
    return {
        "account_sid": account.sid,
        "call_sid": participant.call.sid,
        "label": participant.label or None,
        "call_sid_to_coach": participant.coaches or None,
        "coaching": bool(participant.coaches),
        "conference_sid": conference.sid,
        "date_created": rfc2822(participant.joined),
        "date_updated": rfc2822(participant.joined),
        "start_conference_on_enter": participant.starts,
        "end_conference_on_exit": participant.ends,
        "muted": participant.muted,
        "hold": participant.hold,
        "status": _status(conference, participant),
        "queue_time": None,
        "uri": account.uri(f"Conferences/{conference.sid}/Participants/{participant.call.sid}.json"),
    }


def _status(conference: Conference, participant: Participant) -> str:
    if participant.call.sid in conference.participants:
        return "connected"
    return {"ringing": "ringing", "in-progress": "connecting"}.get(participant.call.status, "queued")


def conference_parameters(
    account: Account, conference: Conference, event: str, participant: Participant
) -> dict[str, str]:
    """Return what a conference's callback tells of an event, such as `participant-join`, and whom it is about."""
    parameters = {
        "ConferenceSid": conference.sid,
        "FriendlyName": conference.friendly_name,
        "AccountSid": account.sid,
        "StatusCallbackEvent": event,
        "SequenceNumber": str(conference.sequence),
        "Timestamp": rfc2822(participant.clock.now()) or "",
    }
    if event.startswith("participant"):
        parameters |= {
            "CallSid": participant.call.sid,
            "Muted": str(participant.muted).lower(),
            "Hold": str(participant.hold).lower(),
            "Coaching": str(bool(participant.coaches)).lower(),
            "StartConferenceOnEnter": str(participant.starts).lower(),
            "EndConferenceOnExit": str(participant.ends).lower(),
        }
        named = {"ParticipantLabel": participant.label, "CallSidToCoach": participant.coaches}
        parameters |= {name: value for name, value in named.items() if value}
    if event == "conference-end":
        parameters["ReasonConferenceEnded"] = conference.reason_ended or ""
    return parameters
