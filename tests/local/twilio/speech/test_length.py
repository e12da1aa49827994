"""How long a file of sound lasts."""

import io
import struct
import wave

import pytest

from local.twilio.records import Sound
from local.twilio.rest.recordings import FRAMES_PER_S, SILENT_FRAME
from local.twilio.speech.length import seconds_of

MP3 = SILENT_FRAME * round(3 * FRAMES_PER_S)
ID3 = b"ID3\x04\x00\x00\x00\x00\x02\x05" + bytes(2 * 128 + 5)
VARIABLE = b"\xff\xfb\x90\xc4" + bytes(32) + b"Xing\x00\x00\x00\x01" + struct.pack(">I", 383) + bytes(500)
ULAW = b"fmt " + struct.pack("<IHHIIHH", 16, 7, 1, 8000, 8000, 1, 8) + b"LIST" + struct.pack("<I", 3) + b"abc\x00"


def wav(seconds):
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setparams((2, 2, 16000, 0, "NONE", ""))
        sound.writeframes(bytes(4 * int(16000 * seconds)))
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "seconds"),
    [
        (wav(2.5), 2.5),
        (b"RIFF\x00\x00\x00\x00WAVE" + ULAW + b"data" + struct.pack("<I", 4000) + bytes(4000), 0.5),
        (b"RIFF\x00\x00\x00\x00WAVE" + ULAW + b"data\xff\xff\xff\xff" + bytes(8000), 1.0),
        (MP3, 3.0),
        (ID3 + MP3, 3.0),
        (VARIABLE, 10.0),
    ],
    ids=["WAV", "telephone's WAV", "WAV of a stream", "MP3", "MP3 with a title", "MP3 of frames that differ"],
)
def test_the_head_of_a_file_tells(content, seconds):
    assert seconds_of(Sound("", content)) == pytest.approx(seconds, abs=0.05)


def test_what_is_cut_off_or_no_sound_is_not_told_or_short():
    for content in (wav(1), MP3, ID3 + MP3, VARIABLE, b"OggS" + bytes(40), b"<html>no sound at all</html>"):
        told = [seconds_of(Sound("", content[:length])) for length in range(60)]
        assert [seconds for seconds in told if seconds and 0.1 < seconds < 10] == []
