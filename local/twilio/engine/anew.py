"""A line that begins anew: whatever goes on is ended, and what happened is forgotten; numbers and settings stay."""

from local.twilio.account import Account
from local.twilio.engine import carrier
from local.twilio.engine.leg import Switchboard
from local.twilio.engine.signals import Finished
from local.twilio.phones import Behaviour

SETTLE_S = 5  # real seconds that the app may take to hear of what ends
_OF_ACCOUNT = (
    "opted_out", "calls", "messages", "recordings", "transcriptions", "deleted_recordings", "conferences", "queues",
    "alerts",
)  # fmt: skip


async def end_all(board: Switchboard) -> None:
    """End what goes on, and wait for what the app is still told of it."""
    legs = list(board.legs.values())
    for leg in legs:
        if not leg.call.is_over:
            leg.interrupt(Finished())
    for leg in legs:
        await leg.clock.settle(SETTLE_S)
    await carrier.settle(SETTLE_S)
    await board.courier.settle(SETTLE_S)  # also of calls that were over before


async def begin_anew(board: Switchboard) -> None:
    """Let everything be as it was when the switchboard was started, but for what REST has set since."""
    await end_all(board)
    account = board.account
    new = Account(account.sid, account.auth_token, [])
    for name in _OF_ACCOUNT:
        setattr(account, name, getattr(new, name))
    board.phones.clear()
    board.legs.clear()
    board.scheduled.clear()
    board.usual = Behaviour()
    board.faults.waiting.clear()
    board.courier.asked.entries.clear()
    board.courier.sent.entries.clear()
