"""The pictures of the docs that `bench.pictures` takes: in both themes, named by the README, and small."""

import re
import struct

import pytest

from bench.pictures import HEIGHT, MOST_BYTES, THEMES, WIDTH
from local.paths import ROOT


@pytest.mark.parametrize("theme", THEMES)
def test_a_picture_is_as_it_is_taken_and_small(theme):
    content = (ROOT / f"docs/phone-{theme}.png").read_bytes()
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack_from(">II", content, 16) == (WIDTH, HEIGHT)
    assert len(content) < MOST_BYTES


def test_the_readme_shows_the_one_of_the_readers_theme():
    shown = re.search(r"<picture>.*?</picture>", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert re.findall(r"(media|srcset|src|width)=\"([^\"]+)\"", shown[0]) == [
        ("media", "(prefers-color-scheme: dark)"), ("srcset", "docs/phone-dark.png"), ("src", "docs/phone-light.png"),
        ("width", str(WIDTH)),
    ]  # fmt: skip
