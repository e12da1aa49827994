"""A text that has arrived, while its sender waits: what it says, and what the storage says of it in time."""

import logging
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from shared import clock, media, settings
from shared.deadline import Budget, submit, wait
from shared.platform_limits import MESSAGE_MEDIA
from shared.twilio.webhook import Webhook

if TYPE_CHECKING:
    from concurrent.futures import Future

    from shared.inbound.intake import Stored

STORAGE_S = 2.0  # for everything that is asked of the storage while a texter waits

log = logging.getLogger("ahoy.inbox")


class Attachment(NamedTuple):
    """What came with a text: its address at Twilio, and its kind (`image/png`)."""

    url: str
    kind: str


@dataclass(frozen=True)
class Received:
    """A text, passed on from room to room. `budget` is what is left of the time that the storage has in all."""

    webhook: Webhook
    storing: "Future[Stored]"
    budget: Budget

    @property
    def body(self) -> str:
        """What they wrote."""
        return self.webhook.get("Body")

    @property
    def attachments(self) -> list[Attachment]:
        """Its pictures and the like, those that are at Twilio."""
        found = [
            Attachment(self.webhook.get(f"MediaUrl{number}"), _kind(self.webhook.get(f"MediaContentType{number}")))
            for number in range(MESSAGE_MEDIA)
        ]
        return [one for one in found if media.is_twilios(one.url, settings.current())]

    @cached_property
    def stored(self) -> "Stored | None":
        """What the storage says of it; None when it has not said so within the time there is to wait."""
        return self.storing.result() if self.is_done(self.storing, "stored") else None

    def is_done(self, work: "Future[Any]", what: str) -> bool:
        """Wait for what the storage is asked as long as there is time; whether it is done."""
        try:
            wait(work, self.budget.left_s)
        except Exception as e:  # noqa: BLE001 -- whatever storage throws, the person is answered
            log.error("message %s is not %s: %s", self.webhook.sid, what, type(e).__name__)  # noqa: TRY400 -- the trace would hold the body
            return False
        return True


def _kind(content_type: str) -> str:
    """Return a content type without its parameters; what is not told is a picture, as most are."""
    return content_type.partition(";")[0].strip().lower() or "image/jpeg"


def take_in(webhook: Webhook) -> Received:
    """Begin to store a text; return it, to be answered meanwhile."""
    return Received(webhook, submit(lambda: _store(webhook.parameters)), Budget(STORAGE_S))


def _store(parameters: dict[str, str]) -> "Stored":
    from shared.inbound import intake  # it loads the tables: not while the sender waits

    return intake.remember(parameters, clock.now())
