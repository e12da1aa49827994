"""A queue and who waits in it, as REST shows them."""

from typing import Any

from local.twilio.account import Account
from local.twilio.records import Member, Queue
from local.twilio.sids import rfc2822


def render_queue(account: Account, queue: Queue) -> dict[str, Any]:
    """Return a queue as REST shows it."""
    path = account.uri(f"Queues/{queue.sid}")
    return {
        "sid": queue.sid,
        "account_sid": account.sid,
        "friendly_name": queue.friendly_name,
        "current_size": len(queue.members),
        "max_size": queue.max_size,
        "average_wait_time": queue.average_s(),
        "date_created": rfc2822(queue.created),
        "date_updated": rfc2822(queue.created),
        "uri": f"{path}.json",
        "subresource_uris": {"members": f"{path}/Members.json"},
    }


def render_member(account: Account, queue: Queue, member: Member) -> dict[str, Any]:
    """Return who waits in a queue as REST shows it; position 0 is out of it."""
    return {
        "call_sid": member.call.sid,
        "queue_sid": queue.sid,
        "date_enqueued": rfc2822(member.since),
        "position": queue.members.index(member) + 1 if member in queue.members else 0,
        "wait_time": member.waited_s(),
        "uri": account.uri(f"Queues/{queue.sid}/Members/{member.call.sid}.json"),
    }
