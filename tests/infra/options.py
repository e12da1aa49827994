"""The choices that whoever deploys has, as sets of parameters: what is right must be right with each of them."""

from functools import cache

from local.bicep import deployment
from tests.infra.bicep import FOLDER

SID = "0123456789abcdef0123456789abcdef"
PLAIN = {"TWILIO_ACCOUNT_SID": f"AC{SID}", "TWILIO_PHONE_NUMBER": "+12025550100", "TWILIO_AUTH_TOKEN": SID}
ALL = {
    "plain": PLAIN,
    "nothing": {"AHOY_MONTHLY_BUDGET": "0"},
    "everything": PLAIN
    | {
        "TWILIO_AUTH_TOKEN_SECONDARY": SID,
        "AHOY_ROTATING_TOKEN": "true",
        "TWILIO_API_KEY_SID": f"SK{SID}",
        "TWILIO_API_KEY_SECRET": SID,
        "AHOY_RETENTION_DAYS": "30",
        "AHOY_ALWAYS_READY": "1",
        "AHOY_OWNER_EMAIL": "owner@example.com",
        "AHOY_ALERT_NUMBER": "+12025550122",
        "AHOY_OWNER_PHONE_COUNTRY_CODE": "1",
        "AHOY_OWNER_PHONE_NUMBER": "2025550122",
        "PUBLIC_BASE_URL": "https://ahoy.example.com",
        "AHOY_BUDGET_START": "2026-11-01",
    },
}


def deployed(environment, folder=FOLDER):
    """Return what would be made where the environment variables have these values."""
    given = deployment.parameters(folder / "main.bicepparam", environment)
    return deployment.deployed(folder / "main.bicep", given)


@cache
def of(name):
    """Return what one of these sets makes."""
    return deployed(ALL[name])
