"""What API callers are told when something is wrong: problem documents, RFC 9457."""

from typing import Any

import azure.functions as func
import msgspec

STORAGE_RETRY_S = 10
MIME = "application/problem+json"


class Problem(Exception):
    """An answer other than the one asked for. Raised where it is found, turned into HTTP at the edge."""

    def __init__(self, status: int, title: str, detail: str = "", *, retry_after_s: int = 0, **more: Any) -> None:
        super().__init__(detail or title)
        self.document: dict[str, Any] = {
            "type": "about:blank",
            "title": title,
            "status": status,
            "detail": detail,
        } | more
        self.status = status
        self.retry_after_s = retry_after_s

    def response(self) -> func.HttpResponse:
        """Return the problem as an HTTP answer."""
        headers = {"Retry-After": str(self.retry_after_s)} if self.retry_after_s else {}
        return func.HttpResponse(
            msgspec.json.encode(self.document), status_code=self.status, headers=headers, mimetype=MIME
        )


class StorageUnavailable(Problem):
    """503: the storage does not answer, or others changed the same row, try after try."""

    def __init__(self, detail: str = "Nothing was sent; try again.") -> None:
        super().__init__(503, "The storage does not answer", detail, retry_after_s=STORAGE_RETRY_S)


class WrongFields(Problem):
    """400: fields of the request that are wrong, each with its reason."""

    def __init__(self, errors: dict[str, str]) -> None:
        listed = [{"field": field, "detail": detail} for field, detail in errors.items()]
        names = ", ".join(errors)
        super().__init__(400, "Some fields are wrong", f"Look at: {names}", errors=listed)
