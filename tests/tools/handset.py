"""The phone on the screen, as the person before it uses it."""

from playwright.sync_api import expect


class Tab:
    """A phone in a tab of a browser, as the person before it sees it."""

    def __init__(self, page, number):
        self.page, self.number = page, number
        self.complaints = []
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def dials(self):
        self.page.click("button[aria-label=Call]")

    def says(self, text):
        self.page.get_by_label("What you say").fill(text)
        self.page.get_by_label("What you say").press("Enter")

    def hears(self, text):
        expect(self.page.locator(".call .captions p", has_text=text).last).to_be_visible()

    def sees(self, text, where="body"):
        expect(self.page.locator(where)).to_contain_text(text)

    def does(self, name):
        self.page.get_by_role("button", name=name, exact=True).click()
