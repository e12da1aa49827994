"""What carriers do with STOP, START and HELP on long codes: they block, unblock and answer by themselves."""

from local.twilio.engine.leg import Switchboard
from local.twilio.records import Message

STOP = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "OPTOUT", "REVOKE"})
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


def obey(board: Switchboard, message: Message) -> None:
    """Do what an opt-out word asks for, before the webhook hears of it; the answer goes to the phone alone.

    It holds for all senders of the messaging service that the number belongs to.
    """
    if message.from_.startswith("whatsapp:"):
        return
    account, word = board.account, message.body.strip().upper()
    if word in STOP:
        account.opted_out.add((message.to, message.from_))
        _send_answer(board, message, STOPPED)
    elif word in START and account.has_opted_out(message.from_, message.to):
        account.opted_out -= {(number, message.from_) for number in account.senders_beside(message.to)}
        _send_answer(board, message, STARTED)
    elif word in HELP:
        _send_answer(board, message, HELPED)


def _send_answer(board: Switchboard, message: Message, body: str) -> None:
    answer = Message(message.from_, message.to, body, "outbound-reply", status="delivered")
    board.phone(message.from_).texts.append(answer)
