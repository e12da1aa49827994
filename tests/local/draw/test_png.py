"""A picture in pixels."""

import struct
import zlib

from local.draw import contents, png
from local.draw.layout import layout


def pixels(content):
    """Return width, height and the unpacked rows of a PNG."""
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    chunks, at = {}, 8
    while at < len(content):
        length, kind = struct.unpack(">I4s", content[at : at + 8])
        chunks[kind] = chunks.get(kind, b"") + content[at + 8 : at + 8 + length]
        at += length + 12
    return *struct.unpack(">II", chunks[b"IHDR"][:8]), zlib.decompress(chunks[b"IDAT"])


def test_it_is_a_png_twice_as_sharp(hotel):
    placed = layout(contents.boxes(hotel))
    width, height, rows = pixels(png.png(hotel, "hotel.yaml"))
    assert (width, height) == (2 * round(placed.width), 2 * round(placed.height))
    assert len(set(rows)) > 100  # paper, boxes, lines, and letters with all their shades


def test_a_large_one_stays_within_the_memory_of_a_laptop(hotel, monkeypatch):
    monkeypatch.setattr(png, "PIXELS", 100_000)
    width, height, _ = pixels(png.png(hotel, "hotel.yaml"))
    assert 90_000 < width * height < 110_000
