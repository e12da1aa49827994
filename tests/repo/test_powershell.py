"""PowerShell in docs, workflows and azure.yaml is read by the grammar of PowerShell without an error."""

import pytest
import tree_sitter
import tree_sitter_pwsh as grammar
import yaml

from tests.infra.test_platform_files import AZURE, WORKFLOWS, shell
from tests.repo.test_docs_shells import PAGES
from tests.tools.shells import blocks


def written():
    """Return each script by where it stands."""
    for name, page in PAGES.items():
        for block in blocks(page):
            if block.language == "powershell":
                yield name, block.text
    for path in WORKFLOWS:
        for job in yaml.safe_load(path.read_text("utf-8"))["jobs"].values():
            for step in job.get("steps", []):
                if "run" in step and shell(job, step) == "pwsh":
                    yield path.name, step["run"]
    for hook in AZURE["services"]["line"]["hooks"].values():
        yield "azure.yaml", hook["windows"]["run"] + "\n"


WRITTEN = list(written())


def unread(script):
    """Return the places at which the grammar does not know how to go on."""
    left, found = [tree_sitter.Parser(tree_sitter.Language(grammar.language())).parse(script.encode()).root_node], []
    while left:
        node = left.pop()
        left += node.children
        if node.is_error or node.is_missing:
            found.append((node.start_point.row + 1, node.start_point.column + 1, node.text.decode()))
    return found


@pytest.mark.parametrize(("name", "script"), WRITTEN, ids=[f"{name}-{i}" for i, (name, _) in enumerate(WRITTEN)])
def test_it_is_read_without_an_error(name, script):
    assert unread(script) == [], name


def test_scripts_were_found_everywhere():
    assert {"deploy.md", "go-live.md", "test.yml", "azure.yaml"} <= {name for name, _ in WRITTEN}


@pytest.mark.parametrize(
    "script", ["az a \\\n  --b\n", 'az "a\n', "for name in a b; do\n", "$a = @{b = 1\n", "if ($a) {\n  az b\n"]
)
def test_what_is_no_powershell_is_not_read(script):
    assert unread(script)
