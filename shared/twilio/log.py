"""Twilio's own log: what it has of messages, calls and recordings, read page by page, and deleted when asked."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from requests import RequestException
from twilio.base.exceptions import TwilioException, TwilioRestException

from shared import settings
from shared.http.problem import Problem
from shared.platform_limits import PAGE_ROWS
from shared.twilio.client import NoAnswer, client

type Row = dict[str, Any]


class LogNotReadable(Exception):
    """Twilio's log cannot be read or changed now; the message says why. Try again later."""


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except TwilioRestException as refusal:
        raise LogNotReadable(f"Twilio answered {refusal.status}, error {refusal.code}") from None
    except (TwilioException, RequestException) as e:  # a page that cannot be read is the former, without a status
        raise LogNotReadable(f"Twilio did not answer as it should ({type(e).__name__})") from None
    except (Problem, NoAnswer) as e:  # after all the tries that are worth it
        raise LogNotReadable(f"Twilio cannot be asked now ({type(e).__name__})") from None


def messages(after: datetime, before: datetime | None) -> Iterator[Row]:
    """Return the messages that were sent in a period, newest first, a page at a time."""
    limits = _limits(date_sent_after=after, date_sent_before=before)
    with _readable():
        yield from (_row(row) for row in _account().messages.stream(**limits))


def calls(after: datetime, before: datetime | None) -> Iterator[Row]:
    """Return the calls that began in a period, newest first, a page at a time."""
    limits = _limits(start_time_after=after, start_time_before=before)
    with _readable():
        yield from (_row(row) for row in _account().calls.stream(**limits))


def recordings(after: datetime, before: datetime | None) -> Iterator[Row]:
    """Return the recordings that were made in a period, newest first, a page at a time."""
    limits = _limits(date_created_after=after, date_created_before=before)
    with _readable():
        yield from (_row(row) for row in _account().recordings.stream(**limits))


def call(sid: str) -> Row:
    """Return one call."""
    with _readable():
        return _row(_account().calls(sid).fetch())


def media(message_sid: str) -> list[tuple[str, str]]:
    """Return address and content type of a message's media."""
    account = _account()
    with _readable():
        found = account.messages(message_sid).media.list()
    return [(account.api.base_url + row.uri.removesuffix(".json"), row.content_type) for row in found]


def forget(person: str) -> Iterator[str]:
    """Delete what Twilio has of a person, and return the SID of each record; what is gone already is no fault.

    A call's recordings go before the call, so that whoever is cut off finds them again.
    """
    account = _account()
    with _readable():
        for which in ({"to": person}, {"from_": person}):
            for message in account.messages.list(**which, page_size=PAGE_ROWS):
                yield from _delete([message])
            for ended in account.calls.list(**which, page_size=PAGE_ROWS):
                yield from _delete(account.recordings.list(call_sid=ended.sid))
                yield from _delete([ended])


def _delete(rows: Iterable[Any]) -> Iterator[str]:
    for row in rows:
        try:
            row.delete()
        except TwilioRestException as refusal:
            if refusal.status != 404:
                raise
        yield str(row.sid)


def _row(found: Any) -> Row:
    """Return the columns of a row; twilio-python keeps a call's `from` under another name than a message's."""
    columns: Row = vars(found)
    return columns | {"from_": columns.get("from_") or columns.get("_from") or ""}


def _limits(**bounds: datetime | None) -> dict[str, Any]:
    return {name: bound for name, bound in bounds.items() if bound} | {"page_size": PAGE_ROWS}


def _account() -> Any:
    return client(settings.current())
