"""The phone in a browser before a whole line: the place in the drawn flow, time, a storage that hangs, a story kept."""

import os
import subprocess
import sys
from dataclasses import replace

import httpx
import pytest
from playwright.sync_api import expect

from local import line as lines
from local import paths
from tests.tools.browser import opened
from tests.tools.waiting import eventually

FLOW = """voice:
  start:
    - hours: {open: "Mon-Fri 09:00-18:00", timezone: Europe/Paris, closed: night}
    - say: Good day.
  night: [say: We are closed.]
"""


@pytest.fixture(scope="module")
def card(whole_stage, tmp_path_factory):
    """The file that says where the line is, which plays the flow."""
    whole_stage.plays(FLOW)
    whole_stage.voice_url(f"{whole_stage.line.app}/api/voice")  # others let calls begin elsewhere
    running = whole_stage.line.running
    file = tmp_path_factory.mktemp("card") / "line.json"
    lines.write(replace(running.line, flow=str(running.folder / "flow.yaml")), file)
    yield file
    (running.folder / "flow.stories.yaml").unlink(missing_ok=True)


@pytest.fixture(scope="module")
def browser(whole_stage, card):
    """A browser, and whoever grants what pages in it want."""
    running = whole_stage.line.running
    command = [sys.executable, "-m", "local.stagehand", f"--card={card}", f"--emulator={running.emulator.pid}"]
    piped = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "encoding": "utf-8"}
    with opened() as started, subprocess.Popen([*command, "--with-parent"], **piped) as stagehand:
        assert stagehand.stdout.readline() == f"listening at {running.line.twilio}\n"
        assert eventually(lambda: whole_stage.twilio.ask("POST", "/wishes", {"wants": "state"})["granted"])
        yield started
        stagehand.stdin.close()
        stagehand.wait(10)


@pytest.fixture
def tab(browser, stage):
    """A phone of the line."""
    page = browser.new_page(base_url=stage.line.running.line.twilio, reduced_motion="reduce")
    page.goto("/?number=%2B12025550122")
    yield page
    page.close()


def it_is(page, when):
    page.get_by_label("Set the time of the line").fill(when)
    page.get_by_label("Set the time of the line").press("Enter")
    expect(page.locator(".now")).to_contain_text(when)


def rings(page, hears):
    page.click("[data-door=keypad]")
    page.click("button[aria-label=Call]")
    expect(page.locator(".call .captions")).to_contain_text(hears)


def test_the_place_lights_up_by_the_time_that_is_set_and_a_call_is_kept_as_a_story(tab, stage):
    expect(tab.locator(".picture img")).to_be_visible()
    it_is(tab, "Tue 10:00")
    rings(tab, "Good day.")
    expect(tab.locator(".where")).to_have_text("The call is at start, step 2")
    expect(tab.locator("#rooms .keypad")).to_be_visible()
    it_is(tab, "Tue 22:00")
    rings(tab, "We are closed.")
    expect(tab.locator(".canvas rect.item:not(.was)")).to_have_count(2)
    tab.click("[data-door=recents]")
    tab.locator(".recents summary").first.click()
    tab.get_by_label("Name of the story").first.fill("At night")
    tab.keyboard.press("Enter")
    expect(tab.locator(".kept").first).to_contain_text("true      At night")
    expect(tab.get_by_label("Name of the story").first).to_be_focused()
    tab.get_by_role("button", name="As it is").press("Enter")
    expect(tab.get_by_label("Set the time of the line")).to_be_focused()
    told = (stage.line.running.folder / "flow.stories.yaml").read_text(encoding="utf-8")
    assert "at: Tue 22:0" in told
    assert "hears: We are closed." in told


def test_a_storage_hangs_and_goes_on_as_the_switch_says(tab, stage):
    def answers():
        try:
            return stage.line.http.get("/api/messages", headers=stage.line.key, timeout=0.5).status_code == 200
        except httpx.ReadTimeout:
            return False

    assert eventually(answers)
    tab.locator(".faults summary").click()
    tab.get_by_label("Storage hangs").check()
    expect(tab.locator(".faults summary")).to_have_text("Faults: 1 switched on")
    assert not answers()
    tab.get_by_label("Storage hangs").uncheck()
    expect(tab.locator(".faults summary")).to_have_text("Faults")
    assert eventually(answers)


@pytest.mark.skipif(sys.platform == "win32", reason="BROWSER is read elsewhere")
def test_the_command_says_where_the_phone_is_and_opens_it(card):
    opens = "from local import paths; from pathlib import Path; paths.CARD = Path(sys.argv.pop(1))"
    program = f"import sys; {opens}; from local import cli; sys.exit(cli._run())"
    done = subprocess.run(
        [sys.executable, "-c", program, str(card), "phone", "+12025550101"], cwd=paths.ROOT, check=True,
        capture_output=True, encoding="utf-8", env=os.environ | {"BROWSER": "echo opened %s"},
    )  # fmt: skip
    address = f"{lines.read(card).twilio}/?number=%2B12025550101"
    assert done.stdout.split("\n")[:2] == [address, f"opened {address}"]
