"""A broadcast to 100,000 is accepted within one request, by upload and by stored list; nothing is sent."""

import copy
import json
import time
from pathlib import Path

import httpx
import pytest
from azure.data.tables import TableClient

from local import azurite
from local import line as lines
from local.process import Process
from tests.tools import hello

PEOPLE = [f"+1202{200 + n // 10_000}{n % 10_000:04d}" for n in range(100_000)]
SHUT = {"AHOY_DAILY_LIMIT": "0"}
MEMORY_MB = 400  # of an instance's 2048
ACCEPTS_S = 60


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    folder = tmp_path_factory.mktemp("line")
    keep_list(folder, "news", PEOPLE)
    with lines.running(folder, settings=hello.PLAYED | SHUT) as started:
        yield started


def keep_list(folder, name, people):
    """Write a list into the emulator's file: it would take a quarter of an hour to insert as many rows."""
    emulator = Process("the emulator", folder / "logs" / "first.log")
    connection = azurite.connection_string(azurite.start(emulator, folder / "data"))
    with TableClient.from_connection_string(connection, "lists") as table:
        table.create_table()
        table.create_entity(
            {"PartitionKey": name, "RowKey": people[0], "list": name, "person": people[0], "is_in": True}
        )
    emulator.end()
    (file,) = (folder / "data").glob("*table*.json")
    stored = json.loads(file.read_text(encoding="utf-8"))
    kept = next(one for one in stored["collections"] if one["name"].endswith("$lists"))
    (row,) = kept["data"]
    kept["data"] = [member(row, number, person) for number, person in enumerate(people, 1)]
    kept["maxId"] = len(people)
    for index in kept["binaryIndices"].values():
        index.update(dirty=True, values=[])
    file.write_text(json.dumps(stored), encoding="utf-8")


def member(row, number, person):
    return copy.deepcopy(row) | {
        "$loki": number,
        "RowKey": person,
        "properties": row["properties"] | {"RowKey": person, "person": person},
    }


def accepted(running, document):
    """Start a broadcast and stop it at once; return its id, its total, the seconds and the app's peak memory."""
    with httpx.Client(base_url=running.line.app, headers={"x-functions-key": running.line.function_key}) as http:
        began = time.monotonic()
        answer = http.post("/api/broadcasts", json=document, timeout=ACCEPTS_S)
        took_s = time.monotonic() - began
        assert answer.status_code == 202, answer.text
        name = answer.json()["id"]
        assert http.post(f"/api/broadcasts/{name}", json={"state": "canceled"}, timeout=30).status_code == 200
        began = time.monotonic()
        told = http.get(f"/api/broadcasts/{name}", timeout=30).json()
        assert time.monotonic() - began < 5
    assert told["total"] == told["counts"]["waiting"] == answer.json()["total"]
    return name, told["total"], took_s, peak_mb(running.host.pid)


def peak_mb(pid):
    if not Path("/proc").exists():
        return 0  # only Linux tells
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def noted(running, name):
    with TableClient.from_connection_string(running.line.storage, "batches") as table:
        rows = table.query_entities("PartitionKey eq @people", parameters={"people": f"{name}_people"})
        return [person for row in rows for person in row["people"].split()]


@pytest.mark.parametrize("source", ["upload", "list"])
def test_a_hundred_thousand_are_accepted_within_one_request_and_each_is_noted_once(running, source):
    told = {"to": [*PEOPLE, *PEOPLE[:1000]]} if source == "upload" else {"list": "news"}
    name, total, took_s, memory_mb = accepted(running, {"body": "hello"} | told)
    assert total == len(PEOPLE)
    assert took_s < ACCEPTS_S
    assert memory_mb < MEMORY_MB
    assert sorted(noted(running, name)) == PEOPLE


def test_more_than_a_hundred_thousand_are_refused(running):
    headers = {"x-functions-key": running.line.function_key}
    document = {"body": "hello", "to": [*PEOPLE, "+12025550122"]}
    answer = httpx.post(f"{running.line.app}/api/broadcasts", json=document, headers=headers, timeout=30)
    assert answer.status_code == 400
    assert answer.json()["errors"] == [{"field": "to", "detail": "has more than 100000 people"}]
