"""What galleries of templates for the Azure Developer CLI look for is there.

Source: microsoft/template-validation-action, src/rules.json. What it knows as azure-dev.yml is our deploy.yml.
"""

import pytest

from local.paths import ROOT

FILES = {
    "README.md": [""],
    "LICENSE": [""],
    "SECURITY.md": ["", ".github"],
    "CODE_OF_CONDUCT.md": ["", ".github"],
    "CONTRIBUTING.md": ["", ".github"],
    "ISSUE_TEMPLATE": [".github"],
    "azure.yaml": [""],
    "main.bicep": ["infra"],
    "main.parameters.json": ["infra"],
    "devcontainer.json": [".devcontainer"],
}


@pytest.mark.parametrize("name", FILES)
def test_the_file_is_where_a_gallery_looks(name):
    assert [folder for folder in FILES[name] if (ROOT / folder / name).exists()]
