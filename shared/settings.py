"""Environment -> Settings. Every setting is read here only; what is missing is said by name, all at once."""

import os
from collections.abc import Mapping
from functools import cache

from shared.frozen import Frozen

UNRESOLVED = "@Microsoft.KeyVault("  # what Azure leaves in a setting whose Key Vault reference it could not resolve


class Settings(Frozen, kw_only=True):
    """What the environment says. A field's name in capitals is the name of its environment variable."""

    twilio_account_sid: str = ""
    twilio_auth_token: str = ""
    twilio_auth_token_secondary: str = ""
    twilio_api_key_sid: str = ""
    twilio_api_key_secret: str = ""
    twilio_phone_number: str = ""
    twilio_messaging_service_sid: str = ""
    twilio_twiml_app_sid: str = ""
    twilio_api_base_url: str = ""
    public_base_url: str = ""
    ahoy_flow: str = "flow.yaml"
    ahoy_retention_days: str = ""
    ahoy_countries: str = ""
    ahoy_person_hourly_limit: str = "10"
    ahoy_hourly_limit: str = "1000"
    ahoy_daily_limit: str = "5000"
    ahoy_alert_number: str = ""
    ahoy_alert_token: str = ""
    storage_connection: str = ""
    storage_table_endpoint: str = ""
    storage_queue_endpoint: str = ""
    storage_client_id: str = ""

    def __repr__(self) -> str:
        """Name the settings that are set, never their values: a repr ends up in logs."""
        names = [name for name in self._fields if getattr(self, name)]
        return f"Settings({', '.join(names)})"

    def problems(self) -> list[str]:
        """Say in one sentence each what keeps the line from working; an empty list means ready."""
        missing = [name.upper() for name in REQUIRED if not getattr(self, name)]
        if not self.has_storage:
            missing.append("AzureWebJobsStorage")
        if self.ahoy_alert_number and not self.ahoy_alert_token:
            missing.append("AHOY_ALERT_TOKEN")
        unresolved = [name.upper() for name in SECRETS if getattr(self, name).startswith(UNRESOLVED)]
        wrong = [] if self.ahoy_retention_days in {"", str(self.retention_days)} else [_NO_DAYS]
        no_numbers = [name.upper() for name in NUMBERS if not _is_count(getattr(self, name))]
        return [
            *(f"{name} is not set" for name in missing),
            *wrong,
            *(f"{name} is a Key Vault reference that was not resolved" for name in unresolved),
            *(f"{name} is not a number from 0 to 9999999" for name in no_numbers),
        ]

    @property
    def retention_days(self) -> int:
        """How many days records are kept; 0 keeps them for ever, and so does a setting that cannot be read."""
        days = self.ahoy_retention_days
        is_number = days.isascii() and days.isdigit() and len(days) <= len(str(MAX_RETENTION_DAYS))
        return int(days) if is_number and int(days) <= MAX_RETENTION_DAYS else 0

    @property
    def has_storage(self) -> bool:
        """Whether tables can be reached, by connection string or by identity."""
        return bool(self.storage_connection or self.storage_table_endpoint)


REQUIRED = ("twilio_account_sid", "twilio_auth_token", "twilio_phone_number")
MAX_RETENTION_DAYS = 36_500  # a century; a longer time is a slip
_NO_DAYS = (
    f"AHOY_RETENTION_DAYS is not a number of days, such as 90, of at most {MAX_RETENTION_DAYS}; nothing is deleted"
)
NUMBERS = ("ahoy_person_hourly_limit", "ahoy_hourly_limit", "ahoy_daily_limit")
SECRETS = ("twilio_auth_token", "twilio_auth_token_secondary", "twilio_api_key_secret", "ahoy_alert_token")


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 8


def read(environ: Mapping[str, str]) -> Settings:
    """Settings from environment variables; blanks count as not set."""
    named = {field: value for field in Settings._fields if (value := environ.get(field.upper(), "").strip())}
    return Settings(**(_storage(environ) | named))


def _storage(environ: Mapping[str, str]) -> dict[str, str]:
    """`AzureWebJobsStorage`, or its identity form: `__accountName` or a `__…ServiceUri` for each, and `__clientId`."""
    return {
        "storage_connection": environ.get("AzureWebJobsStorage", "").strip(),
        "storage_table_endpoint": _endpoint(environ, "table"),
        "storage_queue_endpoint": _endpoint(environ, "queue"),
        "storage_client_id": environ.get("AzureWebJobsStorage__clientId", "").strip(),
    }


def _endpoint(environ: Mapping[str, str], service: str) -> str:
    account = environ.get("AzureWebJobsStorage__accountName", "").strip()
    named = environ.get(f"AzureWebJobsStorage__{service}ServiceUri", "").strip()
    return named or (f"https://{account}.{service}.core.windows.net" if account else "")


@cache
def current() -> Settings:
    """The settings of this process, read once: Azure restarts the app when they change."""
    return read(os.environ)
