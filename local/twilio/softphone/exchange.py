"""The browsers that are connected, and the calls that they hold: who rings under which name, who talks with whom."""

import asyncio
from typing import Any
from urllib.parse import urlencode

from local.twilio.engine.leg import Leg, Switchboard
from local.twilio.phones import Behaviour, Phone
from local.twilio.records import Call, Event
from local.twilio.softphone.conversation import Conversation, End

LOOK_S = 3600.0
WHY_NOT = {"busy": 31486, "no-answer": 31480, "failed": 31480}  # how a call that nobody took ended -> the SDK's errors
SOUNDS = frozenset({"said", "played", "heard"})
STOPS = frozenset({"pressed", "bridged"})  # what ends what is said


class Exchange:
    """All browsers of a switchboard."""

    def __init__(self) -> None:
        self._rung: dict[str, list[End]] = {}  # by address
        self._usual: dict[str, Behaviour] = {}  # of phones whose owners sit at browsers meanwhile
        self._conversations: list[Conversation] = []

    def register(self, board: Switchboard, end: End, address: str) -> asyncio.Task[None]:
        """Let a browser be rung at an address from now on; return what tells it of each call."""
        phone = board.phone(address)
        ends = self._rung.setdefault(address, [])
        if not ends:
            self._usual[address], phone.behaviour = phone.behaviour, Behaviour("asks")
        ends.append(end)
        phone.tabs += 1
        return asyncio.create_task(self._ring(board, phone, end))

    def unregister(self, board: Switchboard, end: End, address: str) -> None:
        """Ring it no more; the phone behaves as it did when no browser is left."""
        ends, phone = self._rung[address], board.phone(address)
        ends.remove(end)
        phone.tabs -= 1
        if not ends:
            phone.behaviour = self._usual.pop(address)

    async def _ring(self, board: Switchboard, phone: Phone, end: End) -> None:
        read = len(phone.rings.entries)
        while True:
            for call in await phone.rings.after(read, LOOK_S):
                read += 1
                leg = board.legs.get(call.sid)
                if leg and not leg.call.answered:
                    conversation = self.hold(Conversation(leg, end, is_placed=False))
                    conversation.tell("invite", reconnect=conversation.token, **_invitation(leg, call))

    def hold(self, conversation: Conversation) -> Conversation:
        """Begin to tell a browser what happens on its call; return the conversation."""
        self._conversations.append(conversation)
        conversation.end.conversations[conversation.sid] = conversation
        conversation.leg.has_ears = True
        conversation.leg.watchers.append(lambda event: self._happened(conversation, event))
        return conversation

    def drop(self, conversation: Conversation) -> None:
        """Tell of it no more."""
        if conversation in self._conversations:
            self._conversations.remove(conversation)
        conversation.end.conversations.pop(conversation.sid, None)

    def resumed(self, token: str) -> Conversation | None:
        """Return the call that a lost connection comes back to."""
        return next((one for one in self._conversations if one.token == token), None)

    def holding(self, sid: str) -> list[Conversation]:
        """Return what browsers have to do with a call."""
        return [one for one in self._conversations if one.sid == sid]

    def _happened(self, conversation: Conversation, event: Event) -> None:
        if conversation not in self._conversations:
            return
        if event.kind == "answered":
            self._answered(conversation)
        elif event.kind == "ended":
            self._ended(conversation, event.text)
        elif event.kind in SOUNDS and (sound := event.detail.get("sound", "")):
            conversation.tell("sound", name=sound.rpartition("/")[2])
        elif event.kind in STOPS:
            conversation.tell("silence")
        if event.kind in {"bridged", "joined"}:
            self._connect(conversation, event.detail.get("sid", ""))
        elif event.kind == "left":
            conversation.tell("apart")

    def _answered(self, conversation: Conversation) -> None:
        if conversation.is_placed:
            conversation.tell("answer", reconnect=conversation.token)
        elif not conversation.is_taken:  # in another browser
            conversation.tell("cancel")
            self.drop(conversation)

    def _ended(self, conversation: Conversation, status: str) -> None:
        if not (conversation.is_placed or conversation.is_taken):
            conversation.tell("cancel")
        elif code := 0 if conversation.leg.call.answered else WHY_NOT.get(status, 0):
            conversation.tell("hangup", error={"code": code, "message": f"the call ended: {status}"})
        else:
            conversation.tell("hangup")
        self.drop(conversation)

    def _connect(self, conversation: Conversation, sid: str) -> None:
        """Let browsers hear each other: both ends of a bridge, or whoever is in a conference.

        Of a bridge both are told, and the one with the lower SID begins; in a conference the one who joins.
        """
        conference = conversation.leg.account.conferences.get(sid)
        for peer_sid in conference.participants if conference else [sid]:
            is_first = peer_sid != conversation.sid if conference else conversation.sid < peer_sid
            if is_first and self.holding(peer_sid):
                conversation.tell("media", peer=peer_sid)


def _invitation(leg: Leg, call: Call) -> dict[str, Any]:
    """Return what a ringing browser is told of a call; the SDK reads custom parameters from a query."""
    parameters = {
        "CallSid": call.sid,
        "AccountSid": leg.account.sid,
        "From": call.from_,
        "To": call.to,
        "Params": urlencode(leg.brings.get("parameters", {})),
    }
    return {"parameters": parameters}
