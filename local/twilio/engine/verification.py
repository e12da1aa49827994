"""Codes of six digits: the call that asks for one to verify a number, and the text or call that tells one."""

from local.twilio.engine import call_life
from local.twilio.engine.leg import Leg, Switchboard
from local.twilio.engine.signals import Interruption, Pressed
from local.twilio.engine.states import finish
from local.twilio.products import Verification
from local.twilio.records import Call, CallerId, Message
from local.twilio.render.calls import call_parameters
from local.twilio.webhooks import Webhook

TWILIO = "+14157234000"  # the number that verification calls come from
ANSWER_S, KEY_S = 60, 10


def place_call(
    board: Switchboard, caller_id: CallerId, code: str, callback: tuple[str, str], extension: str = ""
) -> Leg:
    """Ring a number, which becomes a caller ID when its owner presses the code; return its leg.

    `callback` is a URL, or empty, and an HTTP method; the keys of an `extension` are pressed before anything is said.
    """
    leg = Leg(board, Call(caller_id.phone_number, TWILIO, "outbound-api"), board.new_clock())
    call_life.start(leg, _verify(leg, caller_id, code, callback, extension))
    return leg


async def _verify(leg: Leg, caller_id: CallerId, code: str, callback: tuple[str, str], extension: str) -> None:
    is_answered = await call_life.is_answered(leg, ANSWER_S)
    if is_answered and extension:
        leg.note("played", f"keys {extension}", digits=extension)
    is_right = is_answered and await _ask_for(leg, code)
    if is_right:
        leg.account.caller_ids[caller_id.sid] = caller_id
    finish(leg, "completed")
    _tell(leg, caller_id, callback, is_right=is_right)


async def _ask_for(leg: Leg, code: str) -> bool:
    keys = ""
    try:
        leg.note("said", "Please enter your verification code.")
        leg.note("listening", "dtmf")
        if leg.keys_left:
            leg.press(leg.keys_left)
        while len(keys) < len(code) and (signal := await leg.expect(Pressed, KEY_S)):
            keys += signal.key
        leg.note("said", "Thank you." if keys == code else "That was not the code.")
    except Interruption:
        return False
    return keys == code


def _tell(leg: Leg, caller_id: CallerId, callback: tuple[str, str], *, is_right: bool) -> None:
    url, method = callback
    if not url:
        return
    outcome = {"VerificationStatus": "success" if is_right else "failed"}
    if is_right:
        outcome["OutgoingCallerIdSid"] = caller_id.sid
    parameters = call_parameters(leg.account, leg.call) | outcome
    leg.board.courier.in_order(Webhook("verification", leg.call.sid, url, method, parameters), leg.clock)


def tell_code(board: Switchboard, verification: Verification, name: str) -> None:
    """Tell somebody the code of a verification, by text or by a call that says it twice; `name` is who asks."""
    if verification.channel == "call":
        leg = Leg(board, Call(verification.to, TWILIO, "outbound-api"), board.new_clock())
        call_life.start(leg, _say_code(leg, verification.code, name))
        return
    scheme = "whatsapp:" if verification.channel == "whatsapp" else ""
    to, from_ = f"{scheme}{verification.to}", f"{scheme}{TWILIO}"
    body = f"Your {name} verification code is: {verification.code}"
    board.phone(to).texts.append(Message(to, from_, body, "outbound-api", status="delivered"))


async def _say_code(leg: Leg, code: str, name: str) -> None:
    if not await call_life.is_answered(leg, ANSWER_S):
        return
    try:
        for _ in range(2):
            leg.note("said", f"Your {name} verification code is: {', '.join(code)}.")
            await leg.passes(len(code))
    except Interruption:
        pass
    finish(leg, "completed")
