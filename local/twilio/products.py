"""What an account has beside calls, messages and numbers: API keys, messaging services, what Verify knows."""

from dataclasses import dataclass, field
from datetime import datetime

from local.twilio.sids import new_sid, utc_now


@dataclass(slots=True)
class ApiKey:
    """A key that may ask in the account's name; its secret is shown once, when it is made."""

    secret: str
    friendly_name: str = ""
    sid: str = field(default_factory=lambda: new_sid("SK"))
    created: datetime = field(default_factory=utc_now)
    updated: datetime = field(default_factory=utc_now)


@dataclass(slots=True)
class MessagingService:
    """A messaging service: its settings as REST names them, and the SIDs of its senders, oldest first."""

    settings: dict[str, str]
    sid: str = field(default_factory=lambda: new_sid("MG"))
    senders: dict[str, datetime] = field(default_factory=dict)
    created: datetime = field(default_factory=utc_now)
    updated: datetime = field(default_factory=utc_now)

    def is_on(self, name: str, *, default: bool) -> bool:
        """Tell whether a setting such as StickySender is on."""
        return self.settings.get(name, str(default)).lower() == "true"


@dataclass(slots=True)
class Verification:
    """A code that somebody was told; `attempts` are the moments and channels of the tellings, `checks` the tries."""

    service_sid: str
    to: str
    channel: str
    code: str
    sid: str = field(default_factory=lambda: new_sid("VE"))
    status: str = "pending"
    checks: int = 0
    attempts: list[tuple[datetime, str, str]] = field(default_factory=list)
    created: datetime = field(default_factory=utc_now)
    updated: datetime = field(default_factory=utc_now)


@dataclass(slots=True)
class VerifyService:
    """A service of Verify: its settings as REST names them, and the verifications in it by their SIDs."""

    settings: dict[str, str]
    sid: str = field(default_factory=lambda: new_sid("VA"))
    verifications: dict[str, Verification] = field(default_factory=dict)
    created: datetime = field(default_factory=utc_now)
    updated: datetime = field(default_factory=utc_now)
