"""Start the stand-in: `python -m local.twilio --port 0 --account-sid AC... --number +12025550100`.

The auth token comes by the environment (TWILIO_AUTH_TOKEN), where other users of the machine do not see it, or by
option. An API key may come as TWILIO_API_KEY_SID and TWILIO_API_KEY_SECRET.
"""

import argparse
import logging
import os
import sys

from local.bootstrap import emulator
from local.serving import serve
from local.twilio.account import Account
from local.twilio.engine.leg import Switchboard
from local.twilio.products import ApiKey, MessagingService
from local.twilio.records import Application
from local.twilio.server import application, leave
from local.twilio.sids import utc_now
from local.twilio.speech.speaker import Speaker


def main() -> None:
    """Serve until told to stop."""
    given = _arguments()
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    speaker = Speaker(emulator.speech_command if emulator.SPEECH.exists() else None)
    board = Switchboard(_account(given), manual_clock=given.clock == "manual", speaker=speaker)

    def listening(address: str) -> None:
        board.account.base_url = address

    app = application(board)
    serve(app, given.port, with_parent=given.with_parent, listening=listening, leaving=lambda: leave(app))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local.twilio", description="A small Twilio for one machine.")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--account-sid", required=True)
    parser.add_argument("--auth-token", default=os.environ.get("TWILIO_AUTH_TOKEN"), help="better: TWILIO_AUTH_TOKEN")
    parser.add_argument("--number", action="append", required=True, help="a number of the account; may be repeated")
    parser.add_argument("--messaging-service", action="append", default=[], help="SID of one with all the numbers")
    parser.add_argument("--application", action="append", default=[], help="SID of a TwiML app, for calls of browsers")
    parser.add_argument("--clock", choices=["real", "manual"], default="real")
    parser.add_argument("--unverified", action="append", default=[], help="a number that may not be reached")
    parser.add_argument("--trial", action="store_true", help="only verified numbers may be reached")
    parser.add_argument("--with-parent", action="store_true", help="stop when standard input ends")
    given = parser.parse_args()
    if not given.auth_token:
        parser.error("TWILIO_AUTH_TOKEN is not set")
    return given


def _account(given: argparse.Namespace) -> Account:
    account = Account(given.account_sid, given.auth_token, given.number)
    account.unverified = set(given.unverified)
    account.is_trial = given.trial
    if os.environ.get("TWILIO_API_KEY_SID"):
        secret, sid = os.environ.get("TWILIO_API_KEY_SECRET", ""), os.environ["TWILIO_API_KEY_SID"]
        account.keys[sid] = ApiKey(secret, "of the line", sid)
    for sid in given.messaging_service:
        account.messaging_services[sid] = of_every_number(account, sid)
    for sid in given.application:
        account.applications[sid] = Application({"FriendlyName": "The local browsers"}, sid)
    return account


def of_every_number(account: Account, sid: str) -> MessagingService:
    """Return a messaging service whose senders are all numbers; what comes in goes where each number sends it."""
    settings = {"FriendlyName": "The local service", "UseInboundWebhookOnNumber": "true"}
    senders = {number.sid: utc_now() for number in account.numbers.values()}
    return MessagingService(settings, sid, senders)


if __name__ == "__main__":
    main()
