"""What tests of pictures share: flows from their text, and those that every picture must be right for."""

import pytest

from local.draw import contents
from local.paths import ROOT
from shared.flow import reader
from tests.tools.flows import READY_MADE_FLOWS

HERE = ROOT / "tests" / "local" / "draw"
FLOWS = [*READY_MADE_FLOWS, HERE / "hotel.yaml", HERE / "strange.yaml"]


@pytest.fixture(params=FLOWS, ids=lambda path: path.stem, scope="module")
def path(request):
    return request.param


@pytest.fixture
def boxes(tmp_path):
    """Return the boxes of a flow, by title, from its text."""

    def drawn(text):
        (tmp_path / "flow.yaml").write_text(text, encoding="utf-8")
        read = reader.read(tmp_path / "flow.yaml")
        assert [str(mistake) for mistake in read.mistakes if mistake.breaks] == []
        return {box.title: box for box in contents.boxes(read.flow)}

    return drawn


@pytest.fixture
def hotel():
    """Return the flow of fourteen scenes."""
    return reader.read(HERE / "hotel.yaml").flow
