"""values.json, from the type declarations of Twilio's library for Node, which name every value that TwiML takes.

The library for Python has no such types. `npm pack twilio`, unpack it, then
`python -m local.twilio.declarations package`.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

TABLE = Path(__file__).with_name("values.json")
_TYPE = re.compile(r"^    type (\w+) = ([^;]+);", re.MULTILINE)
_INTERFACE = re.compile(r"^    (?:export )?interface (\w+)Attributes \{(.*?)^    \}", re.MULTILINE | re.DOTALL)
_ATTRIBUTE = re.compile(r'^        "?([\w:-]+)"?\??: ([^;]+);', re.MULTILINE)
SSML = {"Break": "break", "Emphasis": "emphasis", "Lang": "lang", "P": "p", "Phoneme": "phoneme", "Prosody": "prosody",
        "S": "s", "SayAs": "say-as", "Sub": "sub", "W": "w"}  # fmt: skip


def table(text: str) -> dict[str, dict[str, str | list[str]]]:
    """Return the types of attributes by element: `number`, `boolean`, or the words that are taken.

    `text` are declarations. A list of words ends in `[]` when several of them may stand together, with spaces.
    """
    words = {name: re.findall(r'"([^"]*)"', values) for name, values in _TYPE.findall(text)}
    found = {_element(name): dict(_typed(body, words)) for name, body in _INTERFACE.findall(text)}
    return {name: attributes for name, attributes in sorted(found.items()) if attributes}


def _element(interface: str) -> str:
    return SSML.get(interface.removeprefix("Ssml"), interface) if interface.startswith("Ssml") else interface


def _typed(body: str, words: dict[str, list[str]]) -> Iterator[tuple[str, str | list[str]]]:
    for attribute, kind in _ATTRIBUTE.findall(body):
        if kind in {"number", "boolean"}:
            yield attribute, kind
        elif kind.removesuffix("[]") in words:
            yield attribute, words[kind.removesuffix("[]")] + (["[]"] if kind.endswith("[]") else [])


def main() -> None:
    """Write values.json from an unpacked package."""
    package = Path(sys.argv[1])
    version = json.loads((package / "package.json").read_text(encoding="utf-8"))["version"]
    files = (package / "lib" / "twiml" / f"{name}.d.ts" for name in ("VoiceResponse", "MessagingResponse"))
    elements = table("\n".join(file.read_text(encoding="utf-8") for file in files))
    text = json.dumps({"version": version, "elements": elements}, separators=(",", ":"))
    TABLE.write_text(text + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
