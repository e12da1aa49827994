"""Break a running line while people text it, let it reconcile, and count what was lost, doubled or let in.

    .ahoy/venv/bin/python -m bench.faults [--texts 300] [--forged 1000] [--json]

Storage hangs, is killed and started again; webhooks come twice at once or never; Twilio's log fails.
"""

import argparse
import base64
import json
import secrets
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx

from local.stalling import Proxied, Stalling
from local.twilio.client import Twilio

AT_ONCE = 16
FORM = {"content-type": "application/x-www-form-urlencoded"}


@dataclass
class Run:
    """A line that is broken on purpose, and what has been done to it."""

    line: Proxied
    proxy: Stalling
    twilio: Twilio
    http: httpx.Client
    sent: int = 0
    unanswered: int = 0
    slowest_s: float = 0.0
    faults: Counter[str] = field(default_factory=Counter)

    def texts(self, count: int) -> None:
        """Let people text, so many at once."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            outcomes = list(pool.map(self._text, range(count)))
        self.sent += count
        self.unanswered += sum(not has_reply for has_reply, _ in outcomes)
        self.slowest_s = max([self.slowest_s, *(seconds for _, seconds in outcomes)])

    def _text(self, n: int) -> tuple[bool, float]:
        began = time.monotonic()
        reply = self.twilio.text(f"text {n}", from_=f"+1202555{101 + n % 98:04d}")
        return bool(reply.texts), time.monotonic() - began

    def fault(self, name: str, times: int = 1) -> None:
        """Note a fault that is about to be injected."""
        self.faults[name] += times


def main() -> None:
    """Run and print the figures."""
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--texts", type=int, default=300, help="how many people text (default: %(default)s)")
    arguments.add_argument("--forged", type=int, default=1000, help="forged requests (default: %(default)s)")
    arguments.add_argument("--json", action="store_true", help="print the figures as JSON")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder, Stalling() as proxy:
        line = Proxied(Path(folder), proxy)
        try:
            line.start(0, "manual", {})
            with Twilio(line.line.twilio) as twilio, httpx.Client(base_url=line.line.app, timeout=120) as http:
                figures = measured(Run(line, proxy, twilio, http), given.texts // 5, given.forged)
        finally:
            line.end()
    print(json.dumps(figures) if given.json else "\n".join(f"{name:34}{value}" for name, value in figures.items()))


def measured(run: Run, texts: int, forged: int) -> dict[str, Any]:
    """Break it in five ways, then reconcile and count."""
    run.texts(texts)
    run.fault("storage hangs")
    run.proxy.stall()
    run.texts(texts)
    run.proxy.flow()
    run.fault("storage is killed")
    killing = threading.Timer(0.2, run.line.emulator.kill)
    killing.start()
    run.texts(texts)
    killing.join()
    run.line.start_storage()
    for does, of in (("twice-together", "sms"), ("drop", "message-status"), ("out-of-order", "message-status")):
        run.fault(f"webhook {does}", 10)
        run.twilio.faults(on="webhook", does=does, of=of, times=10)
    run.texts(texts)
    run.twilio.faults()
    run.fault("Twilio's log refuses", 1)
    run.twilio.faults(on="rest", does="answer", of="Messages", status=429, times=1)
    reconcile(run)
    run.texts(texts)
    accepted = sum(is_accepted(run, n) for n in range(forged))
    while not reconcile(run):
        time.sleep(1)
    return counted(run) | {"forged requests tried": forged, "forged requests accepted": accepted}


def reconcile(run: Run) -> bool:
    """Have the app compare with Twilio's log; False when the log refused."""
    since = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 3600))
    answer = run.http.post("/api/reconcile", json={"since": since}, headers=_key(run))
    return answer.status_code == 200 and answer.json()["complete"]


def is_accepted(run: Run, n: int) -> bool:
    """Try to get in with a text of nobody's, signed in one of several wrong ways."""
    body = urlencode({"MessageSid": "SM" + secrets.token_hex(16), "From": "+12025550199", "Body": "forged"})
    signature = base64.b64encode(secrets.token_bytes(20)).decode()
    signatures = (signature, "", signature[:-4], run.line.line.account_sid, "é")
    signed = {"x-twilio-signature": signatures[n % len(signatures)]}
    headers = httpx.Headers(FORM | signed, encoding="utf-8")
    route = ("sms", "voice", "status/message", "status/call", "status/recording")[n % 5]
    return run.http.post(f"/api/{route}", content=body, headers=headers).status_code < 400


def counted(run: Run) -> dict[str, Any]:
    """Compare what Twilio has with what the history has, by SID."""
    twilios, record = Counter(_at_twilio(run)), Counter(_in_history(run))
    return {
        "texts sent to the line": run.sent,
        "left without an answer": run.unanswered,
        "slowest answer": f"{run.slowest_s:.2f} s",
        "faults injected": ", ".join(f"{name} x{times}" for name, times in run.faults.items()),
        "messages that Twilio has": len(twilios),
        "lost": len(twilios.keys() - record.keys()),
        "doubled": sum(times > 1 for times in record.values()),
        "in the history but not at Twilio": len(record.keys() - twilios.keys()),
    }


def _at_twilio(run: Run) -> list[str]:
    card, sids = run.line.line, []
    path = f"/2010-04-01/Accounts/{card.account_sid}/Messages.json?PageSize=1000"
    while path:
        page = httpx.get(card.twilio + path, auth=(card.account_sid, card.auth_token)).json()
        sids += [row["sid"] for row in page["messages"]]
        path = page["next_page_uri"]
    return sids


def _in_history(run: Run) -> list[str]:
    sids, page = [], ""
    while True:
        listed = run.http.get("/api/messages", params={"limit": 1000, "page": page}, headers=_key(run)).json()
        sids += [row["sid"] for row in listed["messages"]]
        if not (page := listed["next"]):
            return sids


def _key(run: Run) -> dict[str, str]:
    return {"x-functions-key": run.line.line.function_key}


if __name__ == "__main__":
    main()
