"""flow.yaml -> what the line says and replies. A broken file never takes the line down: health says what is wrong."""

from functools import cache
from pathlib import Path

import msgspec
import yaml

from shared import settings
from shared.webhook import APOLOGY

ROOT = Path(__file__).parent.parent


class Say(msgspec.Struct, frozen=True):
    """Speak a text."""

    text: str


class Flow(msgspec.Struct, frozen=True):
    """Scenes by name, each its steps in order; `mistakes` are why the file could not be used."""

    scenes: dict[str, tuple[Say, ...]]
    reply: str
    mistakes: tuple[str, ...] = ()


class _Messages(msgspec.Struct, forbid_unknown_fields=True):
    otherwise: str


class _File(msgspec.Struct, forbid_unknown_fields=True):
    voice: dict[str, list[dict[str, str]]]
    messages: _Messages


SORRY = Flow({"start": (Say(APOLOGY),)}, APOLOGY)


def load(path: Path) -> Flow:
    """Read a flow file; when it is missing or wrong, a flow that apologises and knows its mistakes."""
    try:
        file = msgspec.convert(yaml.load(path.read_bytes(), yaml.CSafeLoader), _File)
        scenes = {name: tuple(Say(step["say"]) for step in steps) for name, steps in file.voice.items()}
    except (OSError, yaml.YAMLError, msgspec.ValidationError, KeyError) as e:
        return msgspec.structs.replace(SORRY, mistakes=(f"{path.name}: {e}",))
    return Flow(scenes, file.messages.otherwise)


@cache
def current() -> Flow:
    """The flow of this process, read once; AHOY_FLOW is a path from the app's own folder."""
    return load(ROOT / settings.current().ahoy_flow)
