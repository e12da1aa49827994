"""May it leave? Country, kind of number, opt-out, limits; every refusal is logged and counted."""

import logging

from shared import phone, settings
from shared.errors import StorageDown
from shared.http.problem import Problem
from shared.outbound import opt_outs, rate_limits

log = logging.getLogger("ahoy.gate")


class NotAllowed(Problem):
    """403: the line does not reach such numbers."""

    def __init__(self, detail: str, reason: str) -> None:
        super().__init__(403, "The line does not reach this number", detail, reason=reason)


class OptedOut(Problem):
    """409: the person does not want to hear from the line."""

    def __init__(self) -> None:
        detail = "They asked not to be contacted; they come back by texting START to the line."
        super().__init__(409, "The recipient has opted out", detail, reason="opted-out")


def admit(person: str, line: str) -> None:
    """Let one text or call to a `person` (as person.identity gives it) out, counted.

    `line` is the number or messaging service it leaves from. Raises Problem 403, 409, 429 or 503 when it may not leave.
    """
    try:
        check(person, line)
        rate_limits.take_person(person)
        rate_limits.take_line()
    except Problem as problem:
        count_refusal(person, problem)
        raise


def check(person: str, line: str) -> None:
    """Raise what forbids to reach a person (identity) from a line, whatever has left before: NotAllowed, OptedOut.

    Raises Problem 503 when the opt-outs cannot be read: then nothing leaves.
    """
    _check_number(person)
    try:
        is_out = opt_outs.has_opted_out(person, line)
    except StorageDown as e:
        log.warning("opt-outs cannot be read: %s", e.kind)
        raise Problem(503, "The opt-outs cannot be read", "Nothing was sent; try again.", retry_after_s=10) from None
    if is_out:
        raise OptedOut


def count_refusal(person: str, problem: Problem) -> None:
    """Log and count a refusal of ours; a 503 is an outage and none."""
    if problem.status == 503:
        return
    reason = str(problem.document["reason"])
    log.warning("refused to reach %s: %s", phone.redacted(person), reason)
    rate_limits.note_refusal(reason)


def countries(config: settings.Settings) -> frozenset[str]:
    """Return the countries that may be reached: AHOY_COUNTRIES, or the one of the line's number."""
    named = frozenset(config.ahoy_countries.upper().replace(",", " ").split())
    return named or frozenset(filter(None, [phone.region(config.twilio_phone_number)]))


def _check_number(number: str) -> None:
    if not number.startswith("+"):
        return  # client: and sip: have no country and no tariff
    if kind := phone.expensive_kind(number):
        raise NotAllowed(f"It is a {kind} number, which costs more than a call.", kind)
    allowed = countries(settings.current())
    country = phone.region(number)
    if country not in allowed and allowed.isdisjoint(phone.toll_free_regions(number)):
        where = f"in {country}" if country else "in no country"
        raise NotAllowed(f"It is {where}; AHOY_COUNTRIES allows {', '.join(sorted(allowed))}.", "country")
