"""What another program still looks at is deleted a moment later; a port or a file that stays is one sentence."""

import shutil
import socket
import sys
from pathlib import Path

import pytest

from local import leftovers, line, paths
from local.commands import start


@pytest.fixture
def held(monkeypatch):
    """Let each file and folder be in use for so many tries, as Windows has it; return the pauses that were made."""

    def use(tries):
        left = [tries]

        def holding(delete):
            def refuse(path, *given, **named):
                left[0] -= 1
                if left[0] >= 0:
                    raise PermissionError(13, "The process cannot access the file", str(path))
                return delete(path, *given, **named)

            return refuse

        monkeypatch.setattr(Path, "unlink", holding(Path.unlink))
        monkeypatch.setattr(shutil, "rmtree", holding(shutil.rmtree))
        monkeypatch.setattr(leftovers, "PAUSE_S", 0.001)

    return use


def a_folder(at):
    (at / "data" / "deep").mkdir(parents=True)
    (at / "data" / "deep" / "file").touch()
    return at / "data"


def a_file(at):
    (at / "line.json").touch()
    return at / "line.json"


@pytest.mark.parametrize("made", [a_folder, a_file])
def test_what_is_let_go_soon_is_deleted(tmp_path, held, made):
    path = made(tmp_path)
    held(3)
    leftovers.delete(path)
    assert not path.exists()


@pytest.mark.parametrize("made", [a_folder, a_file])
def test_what_stays_in_use_is_named(tmp_path, held, made):
    path = made(tmp_path)
    held(leftovers.TRIES)
    with pytest.raises(leftovers.InUse, match=path.name):
        leftovers.delete(path)


def test_what_is_not_there_is_deleted_already(tmp_path):
    leftovers.delete(tmp_path / "nothing")


def test_data_that_cannot_be_deleted_is_not_taken_for_fresh(tmp_path, held):
    a_folder(tmp_path)
    held(leftovers.TRIES)
    with pytest.raises(line.CannotStart, match="data of earlier runs stays"):
        line.forget(tmp_path)


def test_a_card_that_cannot_be_taken_down_is_a_sentence(tmp_path, held, monkeypatch, capsys):
    monkeypatch.setattr(paths, "CARD", a_file(tmp_path))
    held(leftovers.TRIES)
    start._take_down_card()
    assert "line.json cannot be deleted" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("system", "sentence"),
    [("win32", "Windows keeps port 7071 for itself"), ("linux", "Port 7071 is for the system only")],
)
def test_a_port_that_the_system_keeps_is_not_called_taken(monkeypatch, system, sentence):
    class Refusing(socket.socket):
        def bind(self, _):
            raise PermissionError(13, "WinError 10013")

    monkeypatch.setattr(line.socket, "socket", Refusing)
    monkeypatch.setattr(sys, "platform", system)
    with pytest.raises(line.CannotStart, match="choose another with --port") as refused:
        line._check_free(7071)
    assert sentence in str(refused.value)
