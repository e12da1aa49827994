"""What tests of the deployment share."""

import pytest

from tests.infra import bicep


@pytest.fixture(scope="session")
def texts():
    """The Bicep files by name, as text."""
    return bicep.files()


@pytest.fixture(scope="session")
def trees(texts):
    """The same, parsed."""
    return bicep.parsed(texts)
