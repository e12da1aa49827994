"""The make-call page in a real browser."""

import pytest
from playwright.sync_api import expect, sync_playwright

from local.bootstrap import browser as browsers


@pytest.fixture(scope="module")
def browser():
    program = browsers.bring()
    if program is None:
        pytest.skip("no Chromium, Chrome or Edge on this machine; install one to test the pages")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=str(program),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
                  "--disable-sync", "--no-first-run"],
        )  # fmt: skip
        yield opened
        opened.close()


@pytest.fixture
def page(browser, line):
    tab = browser.new_page(base_url=line.app)
    tab.set_default_timeout(10_000)
    yield tab
    tab.close()


def test_looking_at_the_page_never_dials_and_the_button_does(page, line, number):
    page.goto(f"/api/make-call?to={number.replace('+', '%2B')}#code={line.function_key}")
    assert page.input_value("#to") == number
    assert line.function_key not in page.url
    assert line.twilio.phone(number).calls == []
    page.click("button")
    expect(page.locator("#said")).to_contain_text("The phone rings")
    call = line.twilio.phone(number).rings()
    call.hears("Hello Monkey!")


def test_a_wrong_key_and_a_wrong_number_are_told(page, line):
    page.goto("/api/make-call?to=12#code=wrong")
    page.click("button")
    expect(page.locator("#said")).to_contain_text("function key")
    page.fill("#key", line.function_key)
    page.click("button")
    expect(page.locator("#said")).to_contain_text("to: ")


def test_the_page_runs_under_its_own_policy_without_a_complaint(page):
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto("/api/make-call?to=%22%3E%3Cscript%3Ealert(1)%3C/script%3E")
    assert page.input_value("#to") == '"><script>alert(1)</script>'
    assert complaints == []
