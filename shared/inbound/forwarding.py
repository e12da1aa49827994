"""Texts that go on: from whoever writes to the owner's phone, and the owner's answers back from the line."""

import logging

from shared.deadline import submit, wait
from shared.flow.placeholders import clean
from shared.inbound import contents, masking
from shared.inbound.received import Received
from shared.long_texts import parts
from shared.outbound import opt_outs
from shared.person import identity
from shared.phone import without_channel
from shared.platform_limits import MESSAGE_CHARACTERS
from shared.store import masked
from shared.twilio.twiml import Reply

NOT_STORED = "Not sent: the line cannot look up who is meant. Please try again in a minute."

log = logging.getLogger("ahoy.inbox")


def forward(text: Received, owner: str, *, may_be_answered: bool) -> list[Reply]:
    """Return a `text` as it goes on to the `owner`'s phone (E.164): in several messages when it is long.

    When it `may_be_answered`, who wrote is noted, so that the owner's next text finds them; the text says when it is
    not.
    """
    webhook, stored = text.webhook, text.stored if may_be_answered else None

    def note() -> None:
        if stored:
            masked.change(
                webhook.number,
                identity(owner),
                lambda people: masking.wrote(people, webhook.sender, webhook.line, stored.at),
            )

    hint = "" if stored and text.is_done(submit(note), "noted") else " (cannot be answered now)"
    whose = f"{webhook.sender_number}{hint}: "
    first, *others = parts(contents.told(text), MESSAGE_CHARACTERS - len(whose))
    return [
        Reply(f"{whose}{first}", contents.pictures(text), to=owner, from_=webhook.number),
        *(Reply(f"{whose}{more}", to=owner, from_=webhook.number) for more in others),
    ]


def pass_back(text: Received) -> Reply | None:
    """Return the owner's text as it goes to the person who is meant, from the line; or what the owner is told instead.

    None: an owner's phone that answers by itself would be told so without end.
    """
    if not text.stored:
        return Reply(NOT_STORED)
    stored = text.stored
    answer = masking.OwnersText(text.body, text.webhook.sid, stored.at, stored.is_new)
    try:
        meant = wait(submit(lambda: _find(text, answer)), text.budget.left_s)
    except masking.Unclear as e:
        return None if stored.is_machine else Reply(str(e))
    except Exception as e:  # noqa: BLE001 -- whatever storage throws, the owner is told that nothing was sent
        log.error("text %s was not passed on: %s", text.webhook.sid, type(e).__name__)  # noqa: TRY400 -- the trace would hold numbers
        return Reply(NOT_STORED)
    media = tuple(one.url for one in text.attachments)
    return Reply(clean(meant.text), media, to=meant.person.address, from_=meant.person.line)


def _find(text: Received, answer: masking.OwnersText) -> masking.Answered:
    """Find who is meant by the owner's text, and note that they are answered. Raises masking.Unclear."""
    found: list[masking.Answered] = []

    def note(people: list[masked.Person]) -> list[masked.Person]:
        found[:] = [masking.answered(people, answer)]
        return found[0].people

    masked.change(text.webhook.number, text.webhook.person, note)
    meant = found[0].person
    if opt_outs.has_opted_out(identity(meant.address), without_channel(meant.line)):
        raise masking.Unclear("Not sent: they asked not to be contacted, until they text START.")
    return found[0]
