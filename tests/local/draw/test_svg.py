"""A picture as SVG: for every screen, for print, and for who has it read aloud."""

import re
from xml.etree import ElementTree as ET

import pytest
from playwright.sync_api import sync_playwright

from local.bootstrap import browser as browsers
from local.draw import contents
from local.draw.svg import svg
from local.paths import ROOT
from shared.flow import reader

STRANGE, HOTEL = (ROOT / "tests" / "local" / "draw" / name for name in ("strange.yaml", "hotel.yaml"))


@pytest.fixture(scope="module")
def page():
    program = browsers.bring()
    if program is None:
        pytest.skip("no Chromium, Chrome or Edge on this machine; install one to test the pictures")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(program), args=["--no-sandbox", "--disable-gpu"])
        yield opened.new_page()
        opened.close()


@pytest.fixture(scope="module")
def picture():
    """The picture of a flow of fourteen scenes."""
    return svg(reader.read(HOTEL).flow, "hotel.yaml")


@pytest.fixture
def shown(page, picture, tmp_path):
    """The picture in a browser."""
    (tmp_path / "hotel.svg").write_text(picture, encoding="utf-8")
    page.goto((tmp_path / "hotel.svg").as_uri())
    yield page
    page.emulate_media(media="screen")


def test_title_and_description_say_what_there_is_to_see(hotel, picture):
    root = ET.fromstring(picture)  # noqa: S314 -- our own
    assert (root.get("role"), root.get("aria-labelledby")) == ("img", "title description")
    assert [root.findtext(f"{{*}}{name}") for name in ("title", "desc")] == [
        "hotel.yaml",
        contents.told(contents.boxes(hotel)),
    ]


def test_what_is_written_cannot_break_the_picture(tmp_path):
    path = tmp_path / "flow.yaml"
    path.write_text('voice: {start: [say: "</text><script>alert(1)</script> & \\"\\a\\uFFFF"]}', encoding="utf-8")
    picture = svg(reader.read(path).flow, "<flow> & co.yaml")
    root = ET.fromstring(picture)  # noqa: S314 -- our own
    assert root.findtext("{*}title") == "<flow> & co.yaml"
    assert root.find(".//{*}script") is None
    assert "&lt;script&gt;" in picture
    assert not re.search("[\a\uffff]", picture)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_word_can_be_read_on_either_screen(shown, scheme):
    shown.emulate_media(color_scheme=scheme)
    assert shown.evaluate(CONTRASTS) >= 4.5  # Source: WCAG 2.2, 1.4.3


def test_a_dark_screen_prints_on_white_paper(shown):
    shown.emulate_media(color_scheme="dark", media="print")
    assert shown.evaluate("getComputedStyle(document.querySelector('.paper')).fill") == "rgb(255, 255, 255)"


def test_no_word_leaves_its_box_in_a_browser(page, tmp_path):
    (tmp_path / "strange.svg").write_text(svg(reader.read(STRANGE).flow, "strange.yaml"), encoding="utf-8")
    page.goto((tmp_path / "strange.svg").as_uri())
    assert page.evaluate(LEAVING) == []


# Texts that end outside of their box, as this browser's fonts draw them.
LEAVING = """
[...document.querySelectorAll("g > text")].filter((text) => {
  const [at, box] = [text.getBBox(), text.parentNode.querySelector(".box").getBBox()];
  return at.x < box.x + 4 || at.x + at.width > box.x + box.width - 4;
}).map((text) => text.textContent)
"""
# The least contrast of a text with what it stands on. Source: WCAG 2.2, relative luminance.
CONTRASTS = """
Math.min(...[...document.querySelectorAll("g > text")].map((text) => {
  const light = (element) => {
    const parts = getComputedStyle(element).fill.match(/\\d+/g).slice(0, 3).map((part) => part / 255);
    const [r, g, b] = parts.map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
  };
  const [one, other] = [light(text), light(text.parentNode.querySelector(".box"))];
  return Math.max(one, other) / Math.min(one, other);
}))
"""
