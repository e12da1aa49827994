"""The sounds of calls: each has an address as it is said or played, and is made when somebody wants to hear it.

An address follows from the text and its voice, or from where a file lies; what was heard last is kept.
"""

import asyncio
import hashlib
import time
from typing import Any

from local.twilio.records import Sound
from local.twilio.speech.markup import escaped
from local.twilio.speech.speaker import Mute, Speaker, Utterance
from local.twilio.speech.voices import voice_of

MOST_OFFERED = 2000  # addresses; a text has 4096 characters at most
MOST_BYTES = 64 * 1024 * 1024  # of the sounds that are kept
FRESH_S = 10.0  # a file is fetched again after this: its owner may have put another in its place
PATH = "/sounds/"


class Sounds:
    """What can be heard; the oldest is forgotten when it is too much."""

    def __init__(self, speaker: Speaker) -> None:
        self._speaker = speaker
        self._offered: dict[str, Utterance | str] = {}  # a text, or the address of a file, by what names it
        self._kept: dict[str, Sound] = {}
        self._fetched: dict[str, float] = {}  # when each file came last
        self._coming: dict[str, asyncio.Task[None]] = {}

    def address(self, kind: str, text: str, detail: dict[str, Any]) -> str:
        """Return the path at which one can hear what is `said` or `played` on a call; empty where nobody can."""
        if kind == "said" and self._speaker.can_speak:
            voice = voice_of(detail.get("language", ""), detail.get("voice", ""))
            return self._offer(Utterance(detail.get("ssml") or escaped(text), voice), ".wav")
        if kind == "played" and text.startswith(("http://", "https://")):
            return self._offer(text)
        return ""

    async def sound(self, name: str) -> Sound:
        """Return what has a path that ends with `name`. Raises Mute."""
        key = name.rpartition("/")[2].partition(".")[0]
        wanted = self._offered.get(key)
        if isinstance(wanted, Utterance) and key not in self._kept and key not in self._coming:
            self._expect(key, asyncio.create_task(self._speak(key, wanted)))
        if key in self._coming:
            await asyncio.shield(self._coming[key])  # who leaves meanwhile does not take it from others
        if key not in self._kept:
            raise Mute(f"{wanted} was not fetched" if wanted else "nothing with this name was heard lately")
        return self._kept[key]

    def has(self, url: str) -> bool:
        """Tell whether the file at an address has just come, or is on its way."""
        since = self._fetched.get(url)
        return _key(url) in self._coming or (since is not None and time.monotonic() - since < FRESH_S)

    def expect(self, url: str, fetching: asyncio.Task[None]) -> None:
        """Remember that a file is on its way."""
        self._expect(_key(url), fetching)

    def keep(self, url: str, sound: Sound) -> None:
        """Keep a file that was fetched."""
        self._fetched[url] = time.monotonic()
        self._keep(_key(url), sound)

    def add(self, sound: Sound) -> str:
        """Keep what a microphone gave, and return the path at which one can hear it."""
        key = hashlib.sha256(sound.content).hexdigest()[:32]
        self._keep(key, sound)
        return f"{PATH}{key}"

    async def close(self) -> None:
        """Say nothing more."""
        await self._speaker.close()

    async def _speak(self, key: str, utterance: Utterance) -> None:
        self._keep(key, Sound("audio/wav", await self._speaker.say(utterance)))

    def _expect(self, key: str, coming: asyncio.Task[None]) -> None:
        self._coming[key] = coming
        coming.add_done_callback(lambda done: self._has_come(key, done))

    def _has_come(self, key: str, done: asyncio.Task[None]) -> None:
        self._coming.pop(key, None)
        if not done.cancelled():
            done.exception()  # it was told to whoever waited

    def _offer(self, wanted: Utterance | str, ending: str = "") -> str:
        key = _key(wanted)
        self._offered.pop(key, None)
        self._offered[key] = wanted
        if len(self._offered) > MOST_OFFERED:
            del self._offered[next(iter(self._offered))]
        return f"{PATH}{key}{ending}"

    def _keep(self, key: str, sound: Sound) -> None:
        self._kept.pop(key, None)
        self._kept[key] = sound
        while len(self._kept) > 1 and sum(len(each.content) for each in self._kept.values()) > MOST_BYTES:
            del self._kept[next(iter(self._kept))]


def _key(wanted: Utterance | str) -> str:
    return hashlib.sha256(repr(wanted).encode()).hexdigest()[:32]
