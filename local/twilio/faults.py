"""Faults that a test sets: what goes wrong, with which webhook or REST request, and how often."""

from dataclasses import dataclass, field
from typing import Literal

WebhookFault = Literal["twice", "twice-together", "late", "out-of-order", "drop"]
RestFault = Literal["answer", "hang", "lose-answer"]


@dataclass(slots=True)
class Fault:
    """One fault; it wears off after so many `times`.

    On `webhook`: `of` is the webhook's kind. On `rest`: `of` is a resource such as `Messages`, `method` may narrow it;
    `answer` refuses with `status` and `code`, `hang` answers after `delay_s`, `lose-answer` does the work and drops the
    answer.
    """

    on: Literal["webhook", "rest"]
    does: WebhookFault | RestFault
    of: str = ""
    method: str = ""
    times: int = 1
    delay_s: float = 1.0
    status: int = 500
    code: int = 0
    retry_after_s: int | None = None


@dataclass(slots=True)
class Faults:
    """The faults that are still to happen."""

    waiting: list[Fault] = field(default_factory=list)

    def take(self, on: str, of: str, method: str = "", does: tuple[str, ...] = ()) -> Fault | None:
        """Return the first fault that fits and use it up by one; `does` narrows to some kinds of fault."""
        for fault in self.waiting:
            if fault.on == on and fault.of in {"", of} and fault.method in {"", method} and (
                not does or fault.does in does
            ):  # fmt: skip
                fault.times -= 1
                if fault.times <= 0:
                    self.waiting.remove(fault)
                return fault
        return None
