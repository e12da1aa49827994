"""How long a file of sound lasts, read from its head: WAV and MP3, which is nearly all that applications play."""

import struct
from collections.abc import Iterator

from local.twilio.records import Sound

# MPEG audio, layer III, by the bits of a frame's head. Source: ISO/IEC 11172-3 and 13818-3, tables of the header.
RATES_HZ = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}  # by version: 1, 2, 2.5
KBITS = {
    True: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),  # of version 1
    False: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
ID3 = 10  # bytes of its head


def seconds_of(sound: Sound) -> float | None:
    """Return how long it lasts; None where its head does not tell."""
    content = sound.content
    read = _wav if content[:4] == b"RIFF" and content[8:12] == b"WAVE" else _mp3
    try:
        return read(content)
    except (struct.error, IndexError):  # it is cut off
        return None


def _wav(content: bytes) -> float | None:
    rate = 0  # bytes a second
    for name, at, size in _chunks(content):
        if name == b"fmt ":
            (rate,) = struct.unpack_from("<I", content, at + 8)
        if name == b"data" and rate:
            return min(size, len(content) - at) / rate
    return None


def _chunks(content: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield the name, place and size of each part of a WAV file."""
    at = 12
    while at + 8 <= len(content):
        name, size = struct.unpack_from("<4sI", content, at)
        yield name, at + 8, size
        at += 8 + size + size % 2


def _mp3(content: bytes) -> float | None:
    at = _after_tags(content)
    first = _frame(content, at)
    if not first:
        return None
    seconds, size = first
    head = content[at : at + size]
    place = max(head.find(b"Xing"), head.find(b"Info"))
    if place >= 0 and head[place + 7] & 1:  # it counts its frames, which differ in size
        (count,) = struct.unpack_from(">I", head, place + 8)
        return float(count) * seconds
    return (len(content) - at) / size * seconds


def _after_tags(content: bytes) -> int:
    if content[:3] != b"ID3" or len(content) < ID3:
        return 0
    return ID3 + sum((byte & 0x7F) << shift for byte, shift in zip(content[6:10], (21, 14, 7, 0), strict=True))


def _frame(content: bytes, at: int) -> tuple[float, int] | None:
    """Return the seconds and bytes of a frame; None where none begins."""
    head = content[at : at + 4]
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return None
    version, bits, rate = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3
    if version not in RATES_HZ or bits in {0, 15} or rate == 3:
        return None
    hz, kbits, samples = RATES_HZ[version][rate], KBITS[version == 3][bits], 1152 if version == 3 else 576
    return samples / hz, samples // 8 * kbits * 1000 // hz + (head[2] >> 1 & 1)
