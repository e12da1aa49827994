"""What a line remembers goes into one file and comes back, whatever has happened to its tables meanwhile."""

import gzip
import hashlib
import json
import stat
import sys
from datetime import UTC, datetime
from uuid import UUID

import pytest
from azure.data.tables import EdmType, EntityProperty, TableServiceClient

from local import backup, cli, paths
from tests.line.commands import run
from tests.tools.web import answering

FIRST = {"PartitionKey": "a", "RowKey": "1"}
TYPES = {
    **FIRST, "text": 'Grüße, 日本 🐒\n"quoted"', "empty": "", "yes": True, "no": False, "small": -5, "zero": 0,
    "large": EntityProperty(2**40, EdmType.INT64), "whole": 2.0, "part": 0.1, "endless": float("inf"),
    "bytes": b"\x00\xff", "when": datetime(2026, 11, 26, 12, 30, 15, 123456, tzinfo=UTC),
    "id": UUID("01234567-89ab-cdef-0123-456789abcdef"),
}  # fmt: skip


@pytest.fixture
def service(line):
    with TableServiceClient.from_connection_string(line.running.line.storage) as one:
        yield one


@pytest.fixture
def command(card, capfd, tmp_path):  # noqa: ARG001 -- the line that commands find
    def does(*words, code=0):
        assert run(*words) == code
        return capfd.readouterr()

    does.file = tmp_path / "kept.jsonl.gz"
    return does


def backed_up(command):
    return command("backup", "--local", "-o", str(command.file)).out


def restored(command):
    return command("restore", str(command.file), "--local", "--yes").out


def test_a_text_that_was_lost_with_all_its_tables_is_shown_again(line, service, command, number):
    sid = line.twilio.text("hello", from_=number).sid
    assert line.listed("messages", number)
    told = backed_up(command)
    assert f"{command.file}: " in told
    for table in ("messagesbyperson", "messagesbytime"):
        rows = service.get_table_client(table)
        of_it = {"sid": sid, "claim": f"~{sid}"}
        for row in list(rows.query_entities("sid eq @sid or RowKey eq @claim", parameters=of_it)):
            rows.delete_entity(row)
    assert line.listed("messages", number) == []
    told = restored(command)
    assert "reconcile --since 2" in told
    [shown] = [one for one in line.listed("messages", number) if one["sid"] == sid]
    assert shown["body"] == "hello"
    assert restored(command).startswith("Brought 0 rows; ")


def test_every_type_comes_back_as_it_was(service, command):
    rows = service.create_table("oftypes")
    rows.create_entity(TYPES)
    rows.create_entity({**FIRST, "RowKey": "2"})
    before = [dict(row) for row in rows.list_entities()]
    backed_up(command)
    service.delete_table("oftypes")
    restored(command)
    assert [dict(row) for row in service.get_table_client("oftypes").list_entities()] == before
    assert {key: type(value) for key, value in before[0].items()}.keys() == TYPES.keys()
    service.delete_table("oftypes")


def test_what_is_there_already_stays_as_it_is(service, command, monkeypatch):
    monkeypatch.setattr(backup, "TRANSACTION_ROWS", 6)
    rows = service.create_table("oftypes")
    for number in range(15):  # more than two transactions take
        rows.create_entity({**FIRST, "RowKey": f"{number:03}", "value": "old"})
    backed_up(command)
    rows.delete_entity("a", "014")
    rows.upsert_entity({**FIRST, "RowKey": "000", "value": "new"})
    assert "Brought 1 rows" in restored(command)
    found = {row["RowKey"]: row["value"] for row in rows.list_entities()}
    assert len(found) == 15
    assert (found["000"], found["014"]) == ("new", "old")
    service.delete_table("oftypes")


def test_who_was_forgotten_since_stays_away(line, service, command, number):
    line.twilio.text("hello", from_=number)
    backed_up(command)
    command("forget", number, "--yes")
    told = restored(command)
    assert " are of people who were forgotten since, and stay away." in told
    assert line.listed("messages", number) == []
    forgotten = service.get_table_client("forgotten")
    assert forgotten.get_entity(hashlib.sha256(number.encode()).hexdigest(), "row")


@pytest.mark.skipif(sys.platform == "win32", reason="modes of POSIX")
def test_nobody_else_can_read_the_file_and_none_is_written_over(command):
    backed_up(command)
    assert stat.S_IMODE(command.file.stat().st_mode) == 0o600
    assert "is there already" in command("backup", "--local", "-o", str(command.file), code=1).err
    assert [path.name for path in command.file.parent.glob("kept*")] == [command.file.name]


def lines(file):
    return gzip.decompress(file.read_bytes()).decode().splitlines()


@pytest.mark.parametrize(
    ("spoils", "complaint"),
    [
        (lambda whole: whole[:-1], "ends too early"),
        (lambda whole: [*whole[:-2], whole[-1]], "ends too early"),
        (lambda whole: whole[1:], "is no backup"),
        (lambda whole: [whole[0].replace('"version":1', '"version":2'), *whole[1:]], "newer version"),
        (lambda whole: [whole[0], "{", *whole[1:]], "no whole backup"),
        (lambda _: [], "ends too early"),
    ],
)
def test_a_file_that_is_not_whole_is_not_brought_back(line, number, command, spoils, complaint):
    line.twilio.text("hello", from_=number)
    backed_up(command)
    command.file.write_bytes(gzip.compress("".join(f"{one}\n" for one in spoils(lines(command.file))).encode()))
    assert complaint in command("restore", str(command.file), "--local", "--yes", code=1).err


def test_a_file_that_was_cut_off_or_is_none_is_said(command):
    backed_up(command)
    command.file.write_bytes(command.file.read_bytes()[:-20])
    assert (
        "no whole backup of a line (EOFError)" in command("restore", str(command.file), "--local", "--yes", code=1).err
    )
    command.file.write_text("hello", encoding="utf-8")
    assert "(BadGzipFile)" in command("restore", str(command.file), "--local", "--yes", code=1).err
    assert "No such file" in command("restore", "nowhere.gz", "--local", "--yes", code=1).err


def test_nobody_is_asked_twice_and_a_no_is_one(command, monkeypatch):
    backed_up(command)
    asked = []
    monkeypatch.setattr("builtins.input", lambda question: asked.append(question) or "n")
    command("restore", str(command.file), "--local", code=1)
    assert asked[0].startswith("Bring ")
    assert len(asked) == 1


def test_tables_of_the_host_are_not_ours_and_copies_come_after_what_proves_them():
    names = ["messages", "AzureFunctionsDiagnosticEvents202611", "messagesbytime", "calls", "$Metrics", "callsbyperson"]
    assert backup._in_order(names) == ["calls", "messages", "messagesbytime", "callsbyperson"]


def test_a_line_is_to_be_named_once(capsys):
    for words in (["backup"], ["backup", "--local", "--account", "x"], ["restore", "x"]):
        with pytest.raises(SystemExit):
            cli.parser().parse_args(words)
    assert "--deployment" in capsys.readouterr().err


def test_without_a_line_or_a_sign_in_it_is_a_sentence(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(paths, "CARD", tmp_path / "none.json")
    assert run("backup", "--local") == 1
    assert "dev.py start" in capsys.readouterr().err
    monkeypatch.setenv("PATH", "")
    assert run("backup", "--account", "ahoyxyz", "-o", str(tmp_path / "a.gz")) == 1
    assert "Azure CLI" in capsys.readouterr().err


def test_whoever_may_not_read_the_tables_is_told_how_they_may(capsys):
    refusal = {"odata.error": {"code": "AuthorizationPermissionMismatch", "message": {"lang": "en-US", "value": "No."}}}
    headers = {"Content-Type": "application/json"}
    with answering(json.dumps(refusal).encode(), 403, headers) as (address, _):
        key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
        connection = f"AccountName=x;AccountKey={key};TableEndpoint={address}/x"
        from local.commands import backup as command

        def asks():
            with TableServiceClient.from_connection_string(connection) as service:
                return list(service.list_tables())

        assert command.told(asks) == 1
    assert "AHOY_DEPLOYER_DATA=true" in capsys.readouterr().err
