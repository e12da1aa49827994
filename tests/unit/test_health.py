"""Health says what is wrong with each part, and nothing that is secret."""

import json

import pytest

from shared import flow, health
from shared.http import api
from tests.tools.requests_in import api_request


@pytest.fixture(autouse=True)
def _asked_anew():
    health._storage.cache_clear()
    yield
    health._storage.cache_clear()


def checks():
    """Return the state of each part."""
    answer = api.answer(api_request({}, "health", method="GET"), health.report)
    told = json.loads(answer.get_body())
    assert answer.status_code == (200 if all(state == "ok" for state in told["checks"].values()) else 503)
    return told["checks"]


@pytest.mark.usefixtures("ours")
def test_a_line_that_is_well_says_so():
    assert checks() == {"settings": "ok", "flow": "ok", "storage": "ok"}


def test_each_part_says_what_is_wrong_with_it(ours, tmp_path):
    (tmp_path / "flow.yaml").write_text("voice: {start: [sya: x]}", encoding="utf-8")
    ours(AHOY_FLOW=str(tmp_path / "flow.yaml"), AHOY_HOURLY_LIMIT="many")
    told = checks()
    assert told["settings"] == ["AHOY_HOURLY_LIMIT is not a number from 0 to 9999999"]
    assert told["flow"] == ["1 mistake; the log and `dev.py check` say which"]


BROKEN = {
    "flow.yaml": "voice: {start: [my_word_hunter2: x], hunter2: [say: {hunter2: x}]}",
    "no YAML": "voice: {hunter2: [",
    "no text": b"\xffhunter2",
    "nothing": None,
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_nobody_is_told_what_stands_in_a_flow_file(ours, tmp_path, text):
    (tmp_path / "flow.yaml").write_bytes(text.encode() if isinstance(text, str) else text or b"")
    ours(AHOY_FLOW=str(tmp_path / ("hunter2.yaml" if text is None else "flow.yaml")))
    (told,) = checks()["flow"]
    assert "hunter2" not in told
    assert told.endswith("; the log and `dev.py check` say which")


def test_nobody_is_told_what_the_owners_verbs_raised(ours, tmp_path, caplog):
    (tmp_path / "flow.yaml").write_text("voice: {start: [count: 3]}", encoding="utf-8")
    (tmp_path / "verbs.py").write_text("raise RuntimeError('Server=db;Password=hunter2')", encoding="utf-8")
    ours(AHOY_FLOW=str(tmp_path / "flow.yaml"))
    assert checks()["flow"] == ["2 mistakes; the log and `dev.py check` say which"]
    assert "Password=hunter2" in caplog.text


def test_a_flow_that_was_broken_after_it_was_read_is_told_though_the_line_goes_on_with_the_old_one(ours, tmp_path):
    right, broken = "voice: {start: [say: x]}", "voice: {start: [sya: x]}"
    (tmp_path / "flow.yaml").write_text(right, encoding="utf-8")
    ours(AHOY_FLOW=str(tmp_path / "flow.yaml"))
    assert (checks()["flow"], list(flow.current().scenes)) == ("ok", ["start"])
    (tmp_path / "new").write_text(broken, encoding="utf-8")
    (tmp_path / "new").replace(tmp_path / "flow.yaml")
    told = checks()["flow"]
    assert (list(flow.current().scenes), len(told)) == (["start"], 1)
    (tmp_path / "flow.yaml").write_text(f"{right}\n", encoding="utf-8")
    assert checks()["flow"] == "ok"


def test_a_storage_that_is_away_or_not_set_is_named(storage_away, environ, monkeypatch):
    storage_away()
    assert checks()["storage"] == "cannot be reached (StorageDown)"
    monkeypatch.delenv("AzureWebJobsStorage")
    environ()
    health._storage.cache_clear()
    assert checks()["storage"] == "not set"
