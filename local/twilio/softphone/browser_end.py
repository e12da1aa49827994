"""A browser's connection: what Twilio's Voice SDK says on it, and what it is answered.

The messages are those of @twilio/voice-sdk 2.18.5 (lib/twilio/pstream.ts), without the descriptions of sound: those
stay in the page, see signalling.js. Codes are the ones that the SDK turns into its own errors (lib/twilio/device.ts).
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from local.twilio import browser
from local.twilio.acts import SETTLE_S, Act, hang_up
from local.twilio.engine.leg import Switchboard
from local.twilio.engine.signals import Answered, Declined
from local.twilio.rest.protocol import Refusal
from local.twilio.softphone.conversation import Conversation
from local.twilio.softphone.exchange import Exchange

TOKEN_INVALID, TOKEN_EXPIRED = 31204, 31205
CODES = {browser.INVALID_TOKEN: TOKEN_INVALID, browser.EXPIRED_TOKEN: TOKEN_EXPIRED}
NO_APPLICATION, NO_CALL = 31001, 31404
REGION, EDGE = "us1", "ashburn"

Payload = dict[str, Any]


class BrowserEnd:
    """One browser: `news` are the messages to it. What it says comes in by `hear`."""

    def __init__(self, board: Switchboard, exchange: Exchange) -> None:
        self.board, self.exchange = board, exchange
        self.news: asyncio.Queue[Payload | None] = asyncio.Queue()  # None ends the connection
        self.conversations: dict[str, Conversation] = {}  # by SID
        self._token = ""
        self._grants: browser.Grants | None = None
        self._comes_back_s = 0.0
        self._address = ""  # at which it is rung
        self._bell: asyncio.Task[None] | None = None
        self._expiry: asyncio.TimerHandle | None = None

    def tell(self, kind: str, **payload: Any) -> None:
        """Send a message."""
        self.news.put_nowait({"type": kind, "payload": payload})

    def cut_off(self) -> None:
        """Break the connection after what is still to be told."""
        self.news.put_nowait(None)

    async def hear(self, kind: str, payload: Payload) -> None:
        """Do what the SDK asks for; what it says beside that needs no answer."""
        if kind in ASKED:
            await ASKED[kind](self, payload)

    def leave(self) -> None:
        """The connection is gone: it is rung no more, and hangs up unless it comes back in time."""
        self._unregister()
        if self._expiry:
            self._expiry.cancel()
        for conversation in list(self.conversations.values()):
            if conversation.is_placed or conversation.is_taken:
                asyncio.get_running_loop().call_later(self._comes_back_s, conversation.lose, self)
            else:
                self.exchange.drop(conversation)

    async def listen(self, payload: Payload) -> None:
        """Check the token, the first or a newer one."""
        self._token = payload.get("token", "")
        self._comes_back_s = float(payload.get("reconnectTimeout", 0))
        self._grants = None
        try:
            self._grants = grants = browser.granted(self.board, self._token)
        except Refusal as refusal:
            self._refuse(CODES[refusal.code], refusal.message)
            self.cut_off()
            return
        left_s = int(grants.expires - time.time())
        if self._expiry:
            self._expiry.cancel()
        self._expiry = asyncio.get_running_loop().call_later(grants.expires - time.time(), self._expire)
        token = {"identity": grants.identity, "ttl": left_s}
        self.tell("connected", region=REGION, edge=EDGE, home=REGION, token=token)

    async def register(self, payload: Payload) -> None:
        """Be rung from now on, or no more."""
        if not payload.get("media", {}).get("audio"):
            self._unregister()
            self.tell("offline")
        elif not self._grants or self._grants.expires <= time.time():
            self._refuse(TOKEN_EXPIRED, "the access token has expired")
        elif not self._grants.may_be_rung:
            self._refuse(TOKEN_INVALID, "the access token does not allow incoming calls")
        else:
            self._register(self._grants.address)
            self.tell("ready")

    async def invite(self, payload: Payload) -> None:
        """Place a call, or go on with the one that a lost connection had."""
        sid = payload.get("callsid", "")
        if token := payload.get("reconnect", ""):
            if resumed := self.exchange.resumed(token):
                resumed.move_to(self)
            else:
                self.tell("hangup", callsid=sid, error={"code": NO_CALL, "message": "the call is over"})
            return
        parameters = payload.get("parameters", {})
        try:
            leg = browser.place_call(self.board, self._token, parameters)
        except Refusal as refusal:
            code = CODES.get(refusal.code, NO_APPLICATION)
            self.tell("hangup", callsid=sid, error={"code": code, "message": refusal.message})
            return
        self.exchange.hold(Conversation(leg, self, is_placed=True)).tell("ringing")

    async def answer(self, payload: Payload) -> None:
        """Pick up."""
        if conversation := self._of(payload):
            conversation.is_taken = True
            conversation.leg.post(Answered())

    async def reject(self, payload: Payload) -> None:
        """Refuse; other browsers of that name ring on."""
        if conversation := self._of(payload):
            self.exchange.drop(conversation)
            if not self.exchange.holding(conversation.sid):
                conversation.leg.post(Declined())

    async def hangup(self, payload: Payload) -> None:
        """Hang up."""
        if conversation := self._of(payload):
            await hang_up(conversation.leg, Act())

    async def dtmf(self, payload: Payload) -> None:
        """Press keys."""
        if conversation := self._of(payload):
            if conversation.leg.clock.is_manual:
                await conversation.leg.clock.settle(SETTLE_S)
            conversation.leg.press(payload.get("dtmf", ""))

    async def media(self, payload: Payload) -> None:
        """Hand a description of sound to the browser that it is for: they talk with each other directly."""
        for peer in self.exchange.holding(payload.get("peer", "")):
            peer.tell("media", peer=payload.get("callsid"), description=payload.get("description"))

    def _of(self, payload: Payload) -> Conversation | None:
        return self.conversations.get(payload.get("callsid", ""))

    def _register(self, address: str) -> None:
        if address != self._address:
            self._unregister()
            self._address, self._bell = address, self.exchange.register(self.board, self, address)

    def _unregister(self) -> None:
        if self._bell:
            self._bell.cancel()
            self.exchange.unregister(self.board, self, self._address)
        self._address, self._bell = "", None

    def _expire(self) -> None:
        """Ring it no more and end the connection; a call that goes on is left alone."""
        self._refuse(TOKEN_EXPIRED, "the access token has expired")
        self._unregister()
        if not self.conversations:
            self.cut_off()

    def _refuse(self, code: int, message: str) -> None:
        self.tell("error", error={"code": code, "message": message})


ASKED: dict[str, Callable[[BrowserEnd, Payload], Awaitable[None]]] = {
    "listen": BrowserEnd.listen,
    "register": BrowserEnd.register,
    "invite": BrowserEnd.invite,
    "answer": BrowserEnd.answer,
    "reject": BrowserEnd.reject,
    "hangup": BrowserEnd.hangup,
    "dtmf": BrowserEnd.dtmf,
    "media": BrowserEnd.media,
}
