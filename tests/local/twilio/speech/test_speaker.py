"""Speaking, by the real eSpeak NG; and by programs that crash, hang and babble in its place."""

import asyncio
import io
import sys
import wave

import pytest

from local.bootstrap import emulator
from local.twilio.speech import speaker as speakers
from local.twilio.speech.speaker import Mute, Speaker, Utterance
from local.twilio.speech.voices import Voice, voice_of

HI = Utterance("Hello Monkey!", Voice("en-US", "m3"))
HANGS = "import time; time.sleep(60)"
ANSWERS = (
    'import sys; sys.stdin.readline(); sys.stdout.write(\'{"rate": 8000, "bytes": 4}\\nabcd\'); sys.stdout.flush()'
)


def said(find, *utterances):
    """Return what each became: the bytes of a sound, or why there is none."""

    async def say_all():
        speaker, heard = Speaker(find), []
        for one in utterances:
            try:
                heard.append(await speaker.say(one))
            except Mute as e:
                heard.append(str(e))
        await speaker.close()
        return heard

    return asyncio.run(say_all())


def python(program):
    return lambda: [sys.executable, "-c", program]


def seconds(sound):
    with wave.open(io.BytesIO(sound)) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        return file.getnframes() / file.getframerate()


@pytest.fixture(scope="module")
def heard():
    """Return what eSpeak NG made of several texts, asked of one process."""
    texts = {
        "hello": HI,
        "pause": Utterance('Hello <break time="2s"/> Monkey!', HI.voice),
        "german": Utterance("Grüß Gott &amp; schön, dass Sie anrufen 🎉", voice_of("", "Polly.Hans")),
        "woman": Utterance("Hello Monkey!", voice_of("", "woman")),
        "unknown": Utterance("Kumusta", voice_of("fil-PH", "")),
        "nothing": Utterance("", HI.voice),
        "again": HI,
    }
    return dict(zip(texts, said(emulator.speech_command, *texts.values()), strict=True))


def test_a_text_is_heard_about_as_long_as_it_takes_to_say(heard):
    assert 0.4 < seconds(heard["hello"]) < 2
    with wave.open(io.BytesIO(heard["hello"])) as file:
        samples = memoryview(file.readframes(file.getnframes())).cast("h")
    assert max(samples) > 3000


def test_a_pause_in_the_markup_is_waited_for(heard):
    assert seconds(heard["pause"]) > seconds(heard["hello"]) + 1.5


def test_each_language_and_voice_sounds_of_its_own(heard):
    assert seconds(heard["german"]) > 1
    assert heard["woman"] != heard["hello"]
    assert seconds(heard["again"]) == pytest.approx(seconds(heard["hello"]), abs=0.1)


def test_what_no_voice_speaks_is_told_and_the_next_text_is_heard(heard):
    assert heard["unknown"] == "no voice speaks fil-PH"
    assert seconds(heard["nothing"]) < 0.5


@pytest.mark.parametrize("program", ["exit()", "import sys; sys.stdin.readline(); print('what?', flush=True)"])
def test_a_program_that_crashes_or_babbles_is_told_once_and_started_anew(program, caplog):
    first, second = said(python(program), HI, HI)
    assert first.startswith("eSpeak NG failed (")
    assert second == first
    assert [record.message.endswith("is read and not heard") for record in caplog.records] == [True]


def test_a_program_that_hangs_is_ended_and_the_next_text_begins_with_a_new_one(monkeypatch):
    programs = iter([HANGS, ANSWERS])

    def find():
        monkeypatch.setattr(speakers, "PATIENCE_S", 30)  # for the next text
        return [sys.executable, "-c", next(programs)]

    monkeypatch.setattr(speakers, "PATIENCE_S", 0.5)
    reason, sound = said(find, HI, HI)
    assert reason == "eSpeak NG failed (no answer in time)"
    assert sound[-4:] == b"abcd"


def test_without_it_nothing_is_heard_and_one_line_says_so(caplog):
    assert not Speaker().can_speak
    assert said(None, HI, HI) == ["eSpeak NG is not here"] * 2
    assert len(caplog.records) == 1
