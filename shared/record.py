"""What the line remembers, as the API shows it: messages and calls, newest first, by page."""

from typing import Any

import azure.functions as func

from shared import api, departure
from shared.problem import Problem, WrongFields
from shared.store import calls as call_book
from shared.store import messages as message_book
from shared.store.book import BadToken, Book


def messages(req: func.HttpRequest) -> dict[str, Any]:
    """Give `{"messages": [...], "next": token or null}`; `with` narrows it to one person, `page` goes on.

    On the first page `unknown` lists what may have been sent and is being looked up.
    """
    records, following = _page(req, message_book.book())
    return {"messages": [message_book.shown(record) for record in records], "next": following or None} | _unknown(
        req, "message"
    )


def calls(req: func.HttpRequest) -> dict[str, Any]:
    """Give `{"calls": [...], "next": token or null}`, asked for as messages are."""
    records, following = _page(req, call_book.book())
    return {"calls": records, "next": following or None} | _unknown(req, "call")


def _unknown(req: func.HttpRequest, kind: str) -> dict[str, Any]:
    return {} if req.params.get("page") else {"unknown": departure.unknown(kind)}


def _page(req: func.HttpRequest, book: Book) -> tuple[list[dict[str, Any]], str]:
    from azure.core.exceptions import AzureError

    limit, token, person = api.page_request(req)
    try:
        return book.newest(limit, token, person)
    except BadToken as e:
        raise WrongFields({"page": str(e)}) from None
    except AzureError:
        raise Problem(503, "The storage does not answer", "Nothing is lost; try again.", retry_after_s=10) from None
