"""What a program's author gets who has a client made of openapi.json: operations and answers with names to work with.

openapi-python-client makes it, in an environment of its own under .ahoy/tools (45 MB, from PyPI on the first run).
"""

import importlib
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from local.bootstrap import environment as environments
from local.bootstrap import uv
from local.paths import HOME
from tests.tools.waiting import eventually

VERSION = "0.29.1"
FOLDER = HOME / "tools" / f"openapi-python-client-{VERSION}"
PACKAGE = "ahoy_client"

pytestmark = [pytest.mark.downloads, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def generator():
    if not (FOLDER / "ready").exists():
        shutil.rmtree(FOLDER, ignore_errors=True)
        uv.make_environment(FOLDER, Path(sys.executable), [f"openapi-python-client=={VERSION}"])
        (FOLDER / "ready").touch()
    return environments.interpreter(FOLDER)


@pytest.fixture(scope="module")
def made(whole_line, generator, tmp_path_factory):
    """Make the client of what the running line says of itself; return what finds a part of it by name."""
    folder = tmp_path_factory.mktemp("client")
    description = folder / "openapi.json"
    description.write_bytes(httpx.get(f"{whole_line.app}/api/openapi.json", timeout=30).content)
    command = [
        generator, "-m", "openapi_python_client", "generate", "--path", description, "--output-path", folder / PACKAGE,
        "--meta", "none", "--fail-on-warning",
    ]  # fmt: skip
    environ = os.environ | {"PATH": os.pathsep.join([str(generator.parent), os.environ["PATH"]])}  # its ruff
    done = subprocess.run(command, env=environ, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "path", [*sys.path, str(folder)])
        yield lambda name: importlib.import_module(f"{PACKAGE}.{name}")


@pytest.fixture
def models(made):
    return made("models")


@pytest.fixture
def client(made, whole_line):
    with made("client").AuthenticatedClient(
        base_url=whole_line.app, token=whole_line.function_key, prefix="", auth_header_name="x-functions-key"
    ) as client:
        yield client


def test_each_operation_is_a_function_with_a_name_to_read(made):
    folder = Path(made("api").__file__).parent
    assert {f"{path.parent.name}.{path.stem}" for path in folder.glob("*/*.py") if path.stem != "__init__"} == {
        "broadcasts.get_broadcast", "broadcasts.start_broadcast", "broadcasts.update_broadcast",
        "caller_ids.list_caller_ids", "caller_ids.verify_caller_id",
        "calls.create_access_token", "calls.export_calls", "calls.list_calls", "calls.place_call",
        "line.get_health", "line.get_limits", "line.receive_alert", "line.reconcile",
        "messages.export_messages", "messages.list_messages", "messages.send_message",
        "people.delete_person",
    }  # fmt: skip


def test_no_class_has_a_name_that_the_generator_had_to_invent(models):
    assert [name for name in models.__all__ if "Type" in name or "Response" in name] == []


def test_it_lists_texts(made, models, client, line, number):
    line.twilio.text("is it ready?", from_=number)
    since = datetime.now(UTC) - timedelta(hours=1)
    listed = made("api.messages.list_messages").sync

    def inbound():
        page = listed(client=client, with_=number, since=since)
        return [one for one in page.messages if one.direction is models.Direction.INBOUND]

    (text,) = eventually(inbound)
    assert (text.body, text.person, text.status) == ("is it ready?", number, models.MessageStatus.RECEIVED)
    assert since < text.at < datetime.now(UTC)
    assert set(text.life.additional_properties) == {"received"}


def test_it_sends_a_text_once_however_often_it_asks(made, models, client, number):
    send = made("api.messages.send_message").sync
    wanted = models.TextRequest(to=number, body="Your table is ready.")
    first, again = (send(client=client, body=wanted, idempotency_key=f"table {number}") for _ in range(2))
    assert isinstance(first, models.TextAccepted)
    assert (first.to, first.segments, first.encoding) == (number, 1, models.Encoding.GSM_7)
    assert again.sid == first.sid


def test_it_places_a_call(made, models, client, line, number):
    placed = made("api.calls.place_call").sync(client=client, body=models.CallRequest(to=number, say="Hello"))
    assert isinstance(placed, models.CallAccepted)
    assert placed.status in models.CallStatus
    listed = made("api.calls.list_calls").sync
    assert eventually(lambda: [one.sid for one in listed(client=client, with_=number).calls] == [placed.sid])
    assert placed.from_ == line.number


def test_it_sends_to_many_and_sees_how_far_that_is(made, models, client, number, another):
    wanted = models.BroadcastRequest(to=[number, another], body="We open at nine.")
    begun = made("api.broadcasts.start_broadcast").sync(client=client, body=wanted)
    assert (begun.state, begun.total) == (models.BroadcastState.RUNNING, 2)
    stopped = made("api.broadcasts.update_broadcast").sync(
        begun.id, client=client, body=models.BroadcastUpdate(state=models.BroadcastState.CANCELED)
    )
    assert stopped.state in {models.BroadcastStage.CANCELED, models.BroadcastStage.DONE}
    seen = made("api.broadcasts.get_broadcast").sync(begun.id, client=client)
    assert sum(seen.counts.additional_properties.values()) == 2


def test_a_problem_says_what_is_wrong(made, models, client):
    send = made("api.messages.send_message").sync
    wrong = send(client=client, body=models.TextRequest(to="nobody"))
    assert isinstance(wrong, models.ProblemDocument)
    assert (wrong.status, {one.field for one in wrong.errors}) == (400, {"to", "body"})
    abroad = send(client=client, body=models.TextRequest(to="+4915112345678", body="Hallo"))
    assert (abroad.status, abroad.reason) == (403, "country")


def test_what_twilio_refused_says_so(made, models, client, line, number):
    line.twilio.faults(on="rest", of="Messages", method="POST", does="answer", status=400, code=21211)
    refused = made("api.messages.send_message").sync(client=client, body=models.TextRequest(to=number, body="Hi"))
    assert (refused.status, refused.twilio.code) == (400, 21211)


def test_it_asks_for_health_without_a_key(made, models, whole_line):
    with made("client").Client(base_url=whole_line.app) as client:
        health = made("api.line.get_health").sync(client=client)
    assert (health.status, health.checks.storage) == (models.Well.OK, "ok")
