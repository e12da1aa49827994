"""The make-call page in a real browser."""

import pytest
from playwright.sync_api import expect

from tests.tools.accessibility import faults
from tests.tools.browser import opened


@pytest.fixture(scope="module")
def browser():
    with opened() as started:
        yield started


@pytest.fixture
def page(browser, line):
    tab = browser.new_page(base_url=line.app)
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


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ({"status": 400, "code": 21211}, ["Twilio: error 21211"]),
        (
            {"status": 429, "code": 20429, "times": 9},
            ["Twilio cannot take this now", "Nothing was sent", "Try again at "],
        ),
        ({"status": 401, "code": 20003}, ["Twilio: error 20003"]),
    ],
)
def test_a_refusal_is_told_with_its_reason_twilios_code_and_when_to_ask_again(page, line, number, fault, told):
    line.twilio.faults(on="rest", does="answer", of="Calls", **fault)
    shown = refused(page, line, number)
    assert [text for text in told if text not in shown] == []


def refused(page, line, number):
    """Call from the page, and return what it says of the refusal."""
    page.goto(f"/api/make-call?to={number.replace('+', '%2B')}#code={line.function_key}")
    page.click("button")
    said = page.locator("#said.wrong")
    expect(said).to_be_visible(timeout=20_000)
    return said.inner_text()


def test_what_the_line_refuses_itself_is_told_with_its_detail(page, line):
    assert "AHOY_COUNTRIES allows" in refused(page, line, "+442071838750")


@pytest.mark.parametrize("body", ["", "<html>Bad gateway</html>", "[]", "{}", "null"])
def test_an_answer_that_is_not_the_lines_is_told_as_such(page, number, body):
    page.goto(f"/api/make-call?to={number.replace('+', '%2B')}#code=x")
    page.route("**/api/make-call*", lambda route: route.fulfill(status=502, body=body))
    page.click("button")
    expect(page.locator("#said")).to_contain_text("The answer was 502")


def test_the_page_runs_under_its_own_policy_without_a_complaint(page):
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto("/api/make-call?to=%22%3E%3Cscript%3Ealert(1)%3C/script%3E")
    assert page.input_value("#to") == '"><script>alert(1)</script>'
    assert complaints == []


def test_the_page_can_be_used_by_everybody_whatever_it_says(page, number):
    page.goto(f"/api/make-call?to={number.replace('+', '%2B')}")
    assert faults(page) == []
    page.fill("#key", "wrong")
    page.click("button")
    expect(page.locator("#said.wrong")).to_be_visible()
    assert faults(page) == []


def test_the_checks_find_what_some_people_cannot_use(browser):
    tab = browser.new_page()
    tab.set_content("<html lang=en><title>A</title><main><h1>A</h1><p style='color: #999'>pale<img src=a.png></main>")
    told = faults(tab)
    tab.close()
    assert [sentence.partition(":")[0] for sentence in told] == [
        "light, color-contrast", "light, image-alt", "dark, color-contrast"
    ]  # fmt: skip
