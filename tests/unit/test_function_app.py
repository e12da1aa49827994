"""What loads while a caller waits."""

import os
import subprocess
import sys

import pytest

from local import kept_flow
from local.paths import ROOT
from tests.tools import hello
from tests.tools.requests_in import BASE, TOKEN, sign

LATER = ("twilio.rest", "azure.data.tables", "azure.identity", "phonenumbers", "requests", "cryptography", "aiohttp")
ANSWERS = """
import sys
import function_app
from tests.tools import hello
from tests.tools.requests_in import post
req = post("/api/voice", [("CallSid", "CA" + "1" * 32), ("From", "+12025550122")])
answer = function_app.voice.build().get_user_function()(req)
assert b"Hello Monkey!" in answer.get_body(), answer.get_body()
print(*(name for name in sys.argv[1:] if name in sys.modules))
"""


@pytest.mark.parametrize(
    "program", ["import sys, function_app; print(*(n for n in sys.argv[1:] if n in sys.modules))", ANSWERS]
)
def test_neither_loading_the_app_nor_answering_a_call_imports_what_is_for_later(program):
    environ = os.environ | {
        "PYTHONPATH": f"{ROOT}", "TWILIO_ACCOUNT_SID": "AC1",
        "TWILIO_AUTH_TOKEN": TOKEN, "TWILIO_PHONE_NUMBER": "+12025550100", "PUBLIC_BASE_URL": BASE, **hello.PLAYED,
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", program, *LATER], env=environ, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []


AS_DEPLOYED = """
import sys
import azure.functions as func
import function_app
url, signature, sid, *unwanted = sys.argv[1:]
headers = {"content-type": "application/x-www-form-urlencoded", "x-twilio-signature": signature}
req = func.HttpRequest("POST", url, headers=headers, body=b"CallSid=" + sid.encode())
answer = function_app.voice.build().get_user_function()(req)
assert b"<Say>Hello</Say>" in answer.get_body(), answer.get_body()
print(*(name for name in unwanted if name in sys.modules))
"""


def test_a_package_answers_a_call_without_twilios_library_xml_msgspec_threads_or_a_clock(tmp_path):
    """Each of them took longer than all of the answer."""
    flow, sid, url = tmp_path / "flow.yaml", "CA" + "1" * 32, f"{BASE}/api/voice"
    flow.write_text("voice: {start: [say: Hello]}", encoding="utf-8")
    name, content = kept_flow.file_for(flow)
    flow.with_name(name).write_bytes(content)
    environ = os.environ | {"PYTHONPATH": f"{ROOT}", "TWILIO_AUTH_TOKEN": TOKEN, "AHOY_FLOW": f"{flow}",
                            "PUBLIC_BASE_URL": BASE}  # fmt: skip
    given = [url, sign(url, [("CallSid", sid)], TOKEN), sid]
    unwanted = ["twilio", "xml.etree.ElementTree", "shared.deadline", "shared.clock", "shared.words", "zoneinfo",
                "msgspec", "typing_extensions", "decimal"]  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", AS_DEPLOYED, *given, *unwanted], env=environ, capture_output=True, encoding="utf-8",
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []


def test_a_broken_flow_file_is_told_when_the_app_starts_and_stops_nothing(tmp_path):
    (tmp_path / "flow.yaml").write_text("voice: {start: [sya: Hello]}", encoding="utf-8")
    environ = os.environ | {"PYTHONPATH": f"{ROOT}", "AHOY_FLOW": str(tmp_path / "flow.yaml")}
    program = "import function_app; print(len(function_app.app.get_functions()))"
    done = subprocess.run(
        [sys.executable, "-c", program], env=environ, capture_output=True, encoding="utf-8", check=True
    )
    assert int(done.stdout) > 10
    assert 'unknown verb "sya"; did you mean "say"?' in done.stderr
