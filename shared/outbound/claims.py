"""People of a broadcast who are taken on together, before anything is sent: one request for all instead of one each.

A claim says that somebody is at work on a person and since when. One that has waited is made anew right before the
sending, so that whoever looks into Twilio's log a minute after it finds what was sent.
"""

import time
from collections.abc import Collection, Iterable

from shared import clock
from shared.store import broadcasts, merge
from shared.store.broadcasts import Recipient

FRESH_S = 10  # of a claim; with all tries of a request to Twilio (twilio/client.py) well below dispatch.SETTLES_S


class Claims:
    """The claims of a few people of one batch; those that somebody else has taken on are taken one by one."""

    def __init__(self, people: Collection[Recipient]) -> None:
        self._at, self._is_fresh_until = _now(), time.monotonic() + FRESH_S
        self._ahead = set(people) if broadcasts.claim_all(people, self._at) else set()

    def take(self, whom: Recipient, before: str = "") -> str:
        """Return since when a person (ISO 8601, UTC) is taken on for a sending that begins now; "" when by others.

        `before` is when a sending to them began that was never closed.
        """
        at = _now()
        if whom in self._ahead:
            self._ahead.discard(whom)
            if time.monotonic() < self._is_fresh_until:
                return self._at
            before = self._at
        is_ours = broadcasts.claim_again(whom, at, before) if before else broadcasts.claim(whom, at)
        return at if is_ours else ""

    def give_back(self, closed: Iterable[Recipient]) -> None:
        """Let go of whoever was taken on and not written to, but for those of whom it is `closed` what became of them.

        Raises StorageDown.
        """
        for whom in self._ahead.difference(closed):
            broadcasts.release(whom, self._at)


def _now() -> str:
    return merge.moment(clock.now())
