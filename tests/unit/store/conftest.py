"""The tables of these tests: in a real storage emulator, and in memory, as told stories have them."""

import pytest

from local.tell import inside
from local.tell.tables import TableService
from shared import settings


@pytest.fixture(scope="session", params=["emulator", "memory"])
def storage(request):
    """The settings of a line that has a storage account, and nothing else."""
    if request.param == "emulator":
        yield request.getfixturevalue("emulated_storage")
        return
    with inside.answering({inside.STORAGE: inside.storage(TableService())}, is_all=False):
        yield settings.read({"AzureWebJobsStorage": inside.CONNECTION})
