"""A line that plays any flow: the app starts anew for each file, the emulator and the local Twilio go on.

It starts at the same address, as an app in Azure does when a setting changes.
"""

import contextlib
from datetime import UTC, datetime, timedelta

from local.line import BECOMES_WELL_S
from local.paths import ROOT
from local.twilio.people import NotSo
from tests.tools.waiting import eventually

FLOWS = ROOT / "flows"
CALLER = "+12025550122"
OFFICE, MOBILE, COLLEAGUE = "+12025550101", "+12025550102", "+12025550103"  # the phones of the ready-made lines
SHOP, BRANCH = "+12025550110", "+12025550111"  # more numbers of the account
USUAL = {"answers": "yes"}
TOLD_S = 5


def another_day():
    """Return a day of the week that it is not now, wherever on earth."""
    return f"{datetime.now(UTC) + timedelta(days=3):%A}"


class Stage:
    """The line, the flow that it plays, and the phones around it."""

    def __init__(self, line):
        self.line = line
        self.twilio = line.twilio
        self._playing = None
        self._url = ""
        self._changed = []
        self._calls = []

    def plays(self, flow, verbs=""):
        """Let the line play a flow: the name of a ready-made one, or the text of one with its own verbs."""
        if (flow, verbs) != self._playing:
            self.restarts(self._path(flow, verbs))
            assert eventually(self._is_well, BECOMES_WELL_S), self.line.http.get("/api/health").text
        self._playing = flow, verbs
        return self

    def restarts(self, path):
        """Start the app anew with a flow file, whatever is in it."""
        self._playing = None
        self.line.running.restart_host({"AHOY_FLOW": str(path)})

    def dials(self, from_=CALLER, scene="", **parameters):
        """Let somebody ring the line. `scene`: the number's webhook is set to that scene first."""
        self.voice_url(f"{self.line.app}/api/voice{scene and '/'}{scene}")
        call = self.twilio.dial(from_=from_, **parameters)
        self._calls.append(call)
        return call

    def voice_url(self, url):
        """Set where the numbers' calls go, as one does at the real Twilio."""
        if url == self._url:
            return
        self._url = url
        for number in self.line.account().client().incoming_phone_numbers.list():
            number.update(voice_url=url)

    def phone(self, address, **behaviour):
        """Return a phone that behaves like this until the test is over, seen from now on."""
        self._changed.append(address)
        phone = self.twilio.phone(address, **USUAL | behaviour)
        phone._rung = len(phone.calls)
        return phone

    def members(self, name):
        """Return the rows of those who are on a list."""
        return [dict(row) for row in self.line.rows("lists", PartitionKey=name, is_in=True)]

    @contextlib.contextmanager
    def dead_storage(self):
        """End the emulator, in order, since it writes its data down late; start it again over them afterwards."""
        self.line.running.emulator.end()
        try:
            yield
        finally:
            self.line.running.start_storage()

    def sound(self, url):
        """Return the sound of a recording, as somebody fetches it who may."""
        account = self.line.account()
        answer = self.line.http.get(f"{url}.wav", auth=(account.sid, account.auth_token))
        assert answer.status_code == 200
        return answer.content

    def cleared(self):
        """Let everything be as at first: nobody talks or waits any more, phones are picked up, nothing fails.

        Calls begin where the line says, also for who dials without this stage.
        """
        self.twilio.faults()
        self.voice_url(f"{self.line.app}/api/voice")
        for call in self._calls:
            with contextlib.suppress(NotSo):  # most calls are over
                call.hangs_up()
        for call in self._calls:  # the line is told of its end now, and not in the next test
            self.twilio.webhooks("call-status", call.sid, wait_s=TOLD_S)
        self._calls.clear()
        for address in self._changed:
            self.twilio.phone(address, **USUAL)
        self._changed.clear()

    def _path(self, flow, verbs):
        if "\n" not in flow:
            return FLOWS / f"{flow}.yaml"
        folder = self.line.running.folder
        (folder / "verbs.py").write_text(verbs, encoding="utf-8")
        (folder / "flow.yaml").write_text(flow, encoding="utf-8")
        return folder / "flow.yaml"

    def _is_well(self):
        return self.line.http.get("/api/health").status_code == 200
