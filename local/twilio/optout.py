"""What carriers do with STOP, START and HELP on long codes: they block, unblock and answer by themselves."""

from typing import TYPE_CHECKING

from local.twilio.records import Message

if TYPE_CHECKING:
    from local.twilio.exchange import Exchange

STOP = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"})
START = frozenset({"START", "YES", "UNSTOP"})
HELP = frozenset({"HELP", "INFO"})

STOPPED = (
    "You have successfully been unsubscribed. You will not receive any more messages from this number. "
    "Reply START to resubscribe."
)
STARTED = (
    "You have successfully been re-subscribed to messages from this number. Reply HELP for help. "
    "Reply STOP to unsubscribe. Msg&Data Rates May Apply."
)
HELPED = "Reply STOP to unsubscribe. Msg&Data Rates May Apply."


def obey(exchange: "Exchange", message: Message) -> None:
    """Do what an opt-out word asks for, before the webhook hears of it; the answer goes to the phone alone."""
    if message.from_.startswith("whatsapp:"):
        return
    word, pair = message.body.strip().upper(), (message.to, message.from_)
    if word in STOP:
        exchange.opted_out.add(pair)
        _answer(exchange, message, STOPPED)
    elif word in START and pair in exchange.opted_out:
        exchange.opted_out.discard(pair)
        _answer(exchange, message, STARTED)
    elif word in HELP:
        _answer(exchange, message, HELPED)


def _answer(exchange: "Exchange", message: Message, body: str) -> None:
    answer = Message(message.from_, message.to, body, "outbound-reply", status="delivered")
    exchange.phone(message.from_).texts.append(answer)
