"""What loads while a caller waits."""

import os
import subprocess
import sys

import pytest

from local.paths import ROOT
from tests.tools import hello
from tests.tools.requests_in import BASE, TOKEN

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


def test_a_broken_flow_file_is_told_when_the_app_starts_and_stops_nothing(tmp_path):
    (tmp_path / "flow.yaml").write_text("voice: {start: [sya: Hello]}", encoding="utf-8")
    environ = os.environ | {"PYTHONPATH": f"{ROOT}", "AHOY_FLOW": str(tmp_path / "flow.yaml")}
    program = "import function_app; print(len(function_app.app.get_functions()))"
    done = subprocess.run(
        [sys.executable, "-c", program], env=environ, capture_output=True, encoding="utf-8", check=True
    )
    assert int(done.stdout) > 10
    assert 'unknown verb "sya"; did you mean "say"?' in done.stderr
