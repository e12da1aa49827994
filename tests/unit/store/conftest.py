"""The tables of these tests: in a real storage emulator, and in memory, as told stories have them."""

import itertools

import pytest

from local.tell import inside
from local.tell.tables import TableService
from shared import settings
from shared.errors import StorageDown
from shared.store.tables import Table

WRITES = ("insert", "put", "commit", "append", "replace", "delete")


@pytest.fixture(scope="session", params=["emulator", "memory"])
def storage(request):
    """The settings of a line that has a storage account, and nothing else."""
    if request.param == "emulator":
        yield request.getfixturevalue("emulated_storage")
        return
    with inside.answering({inside.STORAGE: inside.storage(TableService())}, is_all=False):
        yield settings.read({"AzureWebJobsStorage": inside.CONNECTION})


@pytest.fixture
def cut_off(monkeypatch):
    """Let `work` be ended before it writes once more than `writes` times; return whether it was."""

    def after(writes, work):
        done = itertools.count(1)

        def counted(real):
            def write(self, *arguments, **named):
                if next(done) > writes:
                    raise StorageDown("the process ended here")
                return real(self, *arguments, **named)

            return write

        with monkeypatch.context() as ended:
            for name in WRITES:
                ended.setattr(Table, name, counted(getattr(Table, name)))
            try:
                work()
            except StorageDown:
                return True
        return False

    return after
