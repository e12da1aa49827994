"""Who speaks: eSpeak NG, in a process of its own that may crash or hang without taking the local Twilio with it."""

import asyncio
import contextlib
import io
import json
import logging
import wave
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec

from local.bootstrap.quiet import NotReady
from local.twilio.speech.voices import Voice

PATIENCE_S = 20.0  # the longest Say takes two seconds on an idle machine

log = logging.getLogger("twilio.speech")


class Mute(Exception):
    """Nothing can be heard; the message says why."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """A text to speak, as SSML, and the voice for it."""

    text: str
    voice: Voice


class Answer(msgspec.Struct):
    """What speech.mjs says before so many bytes of sound, of `rate` Hz; or why there are none."""

    bytes: int
    rate: int = 0
    error: str = ""


class Speaker:
    """A process that begins with the first text to speak, by the command that `find` returns, where there is one."""

    def __init__(self, find: Callable[[], Sequence[str]] | None = None) -> None:
        self._find = find
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()
        self._has_complained = False

    @property
    def can_speak(self) -> bool:
        """Whether there is something to start."""
        return self._find is not None

    async def say(self, utterance: Utterance) -> bytes:
        """Return the text as a WAV file. Raises Mute."""
        async with self._turn:
            try:
                async with asyncio.timeout(PATIENCE_S):
                    return await self._ask(utterance)
            except Mute:
                raise
            except (OSError, EOFError, msgspec.DecodeError, TimeoutError) as e:
                await self._end()
                raise self._complaint(f"eSpeak NG failed ({str(e) or 'no answer in time'})") from None
            except BaseException:
                await self._end()  # or the next text would be answered with what is left of this one
                raise

    async def close(self) -> None:
        """End the process."""
        async with self._turn:
            await self._end()

    async def _ask(self, utterance: Utterance) -> bytes:
        process = self._process = self._process or await self._start()
        assert process.stdin and process.stdout  # noqa: S101, PT018 -- they were asked for
        voice = utterance.voice
        request = {"text": utterance.text, "language": voice.language, "variant": voice.variant}
        process.stdin.write(json.dumps(request).encode() + b"\n")
        if not (line := await process.stdout.readline()):
            raise EOFError("it has ended")
        answer = msgspec.json.decode(line, type=Answer)
        if answer.error:
            raise Mute(answer.error)
        return _wav(await process.stdout.readexactly(answer.bytes), answer.rate)

    async def _start(self) -> asyncio.subprocess.Process:
        if self._find is None:
            raise self._complaint("eSpeak NG is not here")
        try:
            command = await asyncio.to_thread(self._find)
        except NotReady as e:
            raise self._complaint(str(e)) from None
        pipe, nowhere = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
        return await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, stderr=nowhere)

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    def _complaint(self, why: str) -> Mute:
        """Return why nothing is heard; the log has it once."""
        if not self._has_complained:
            log.warning("%s: what the line says is read and not heard", why)
        self._has_complained = True
        return Mute(why)


def _wav(samples: bytes, rate_hz: int) -> bytes:
    """Return a WAV file of samples with 16 bits, one channel."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate_hz)
        sound.writeframes(samples)
    return file.getvalue()
