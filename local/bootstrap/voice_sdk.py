"""Twilio's Voice SDK for browsers, which comes from npm with the storage emulator; see local/node/package.json."""

import json

from local.bootstrap import emulator

VERSION: str = json.loads((emulator.FILES / "package.json").read_text(encoding="utf-8"))["dependencies"][
    "@twilio/voice-sdk"
]
NAME = f"voice-sdk-{VERSION}.min.js"  # as pages name it: another version is another file
FILE = emulator.FOLDER / "node_modules" / "@twilio" / "voice-sdk" / "dist" / "twilio.min.js"


def content() -> bytes:
    """Return it, brought first where it is missing. Raises NotReady."""
    emulator.bring()
    return FILE.read_bytes()
