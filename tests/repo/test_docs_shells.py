"""The docs' commands for bash and for PowerShell: side by side where they differ, the same, and typed as they stand."""

import re
import subprocess

import pytest

from local.paths import ROOT
from tests.repo.test_docs import DOCS
from tests.tools.shells import Request, bash, blocks, commented, mistakes, powershell, shell_here

PAGES = {path.name: path.read_text(encoding="utf-8") for path in DOCS}
SHELLS = {"bash", "console", "powershell"}
DATA = {"yaml", "xml", "python", "kusto", "text"}
# What PowerShell does not take, or takes for something else.
DIFFERS = re.compile(r"\\$|\$|^\s*(export|read|for|curl)\b|^\s*\w+=|^\.ahoy/|\"\{|'", re.MULTILINE)
BASH = [(name, block.text) for name, page in PAGES.items() for block in blocks(page) if block.language == "bash"]


def pairs(page):
    """Return each block of PowerShell with the one of bash right before it, or None."""
    before = None
    for block in blocks(page):
        if block.language == "powershell":
            yield before.text if before and before.language == "bash" and block.follows else None, block.text
        before = block


def alone(page):
    """Return the blocks of bash that PowerShell cannot run and that have no twin."""
    with_twin = {text for text, _ in pairs(page)}
    return [b.text for b in blocks(page) if b.language == "bash" and DIFFERS.search(b.text) and b.text not in with_twin]


PAIRS = [(name, *pair) for name, page in PAGES.items() for pair in pairs(page)]


@pytest.mark.parametrize("name", PAGES)
def test_what_differs_stands_beside_each_other(name):
    assert alone(PAGES[name]) == []
    assert [text for twin, text in pairs(PAGES[name]) if twin is None] == []


@pytest.mark.parametrize(("name", "first", "second"), PAIRS, ids=[f"{name}-{i}" for i, (name, *_) in enumerate(PAIRS)])
def test_both_say_the_same(name, first, second):
    assert bash(first) == powershell(second), name


@pytest.mark.parametrize("name", PAGES)
def test_no_command_has_a_comment(name):
    assert [line for b in blocks(PAGES[name]) if b.language not in DATA for line in commented(typed(b))] == []


def typed(block):
    """Return what is typed: in a console what follows the prompt, with the lines that go on."""
    if block.language != "console":
        return block.text
    return "\n".join(re.findall(r"^\$ ((?:.*\\\n)*.*)$", block.text, re.MULTILINE))


@pytest.mark.parametrize("name", PAGES)
def test_powershell_is_powershell(name):
    assert mistakes("\n".join(b.text for b in blocks(PAGES[name]) if b.language == "powershell")) == []


@pytest.mark.parametrize("name", PAGES)
def test_every_block_of_commands_names_its_shell(name):
    assert {b.language for b in blocks(PAGES[name])} <= SHELLS | DATA
    outside = re.sub(r"^( *)```.*?^\1```$", "", PAGES[name], flags=re.DOTALL | re.MULTILINE)
    assert re.findall(r"^ {4,}(?:python3|az|curl|export) .*", outside, re.MULTILINE) == []


@pytest.mark.parametrize("name", sorted(PAGES.keys() - {"README.md"}))
def test_a_page_with_commands_says_what_python_is_called_on_windows(name):
    if "python3 dev.py" in PAGES[name]:
        assert re.search(r"\b[Oo]n\s+Windows\s[^.]*`py`", PAGES[name])


@pytest.mark.parametrize("shell", ["bash", "dash", "zsh"])
@pytest.mark.parametrize(("name", "text"), BASH, ids=[f"{name}-{i}" for i, (name, _) in enumerate(BASH)])
def test_bash_is_read_by_the_shells_that_people_have(shell, name, text):
    if not shell_here(shell):
        pytest.skip(f"{shell} is not on this machine")
    done = subprocess.run([shell, "-n"], input=text, capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stderr) == (0, ""), name


def test_the_measurements_that_the_docs_name_are_there():
    pages = "".join(PAGES.values()) + "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "bench").glob("*.py")
    )
    named = re.findall(r"(\S*)python -m bench\.(\w+)", pages)
    assert {folder.lstrip("`") for folder, _ in named} == {".ahoy/venv/bin/"}
    measured = {"start", "cold", "storage", "faults", "broadcast", "stories"}
    assert {module for _, module in named} == measured | {"pictures"}
    assert all((ROOT / "bench" / f"{module}.py").is_file() for _, module in named)
    assert (
        re.findall(r"python bench/\w+|(?<!\w)\.venv/", "".join(PAGES[name] for name in PAGES if name != "README.md"))
        == []
    )


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("export A=1 B=2", '$env:A = "1"; $env:B = "3"'),
        ("export A=1", '$env:B = "1"'),
        ("KEY=$(az keys list --name a)", "$KEY = az keys list --name b"),
        ("python3 dev.py check", "py dev.py deploy"),
        ("python3 dev.py deploy --app a", "py dev.py deploy --app a --yes"),
        ("python3 dev.py check", "py dev.py check\npy dev.py check"),
        ("read -rs TOKEN && export TOKEN", "$env:KEY = Read-Host"),
        ("for name in a b; do\n  az $name\ndone", 'foreach ($name in "a", "c") {\n  az $name\n}'),
        ('curl "$BASE/a" -H "k: $KEY"', 'Invoke-RestMethod "$BASE/a" -Headers @{"k" = $TOKEN}'),
        ('curl -X POST "$BASE/a"', 'Invoke-RestMethod "$BASE/a"'),
        ('curl "$BASE/a" -d \'{"a": 1}\'', 'Invoke-RestMethod "$BASE/a" -Body \'{"a": 2}\''),
        ("az a --parameters '{\"a\": 1}'", '@"\n{"a": 2}\n"@ | Set-Content f\naz a --parameters f'),
        (".ahoy/bin/azurite --location .ahoy/func", ".ahoy\\bin\\azurite.cmd --location .ahoy\\data"),
    ],
)
def test_a_difference_is_found(first, second):
    assert bash(first)
    assert bash(first) != powershell(second)


@pytest.mark.parametrize(
    ("first", "second", "meant"),
    [
        ("export A=1 B=2", '$env:A = "1"; $env:B = "2"', [("set", "A", "1"), ("set", "B", "2")]),
        ("K=$(az k --name a)", "$K = az k --name a", [("set", "K", ("run", "az", "k", "--name", "a"))]),
        ('az a \\\n  "$A"', "az a `\n  $env:A", [("run", "az", "a", "$A")]),
        (
            'curl -X POST "$BASE/a" -H "Key: $K" \\\n -d \'{"a": 1}\'',
            'Invoke-RestMethod "$BASE/a" -Method Post `\n  -Headers @{"key" = $K} -Body \'{"a":1}\'',
            [Request("POST", "$BASE/a", frozenset({("key", "$K")}), '{"a": 1}')],
        ),
    ],
)
def test_the_same_in_both_is_the_same(first, second, meant):
    assert bash(first) == powershell(second) == meant


@pytest.mark.parametrize(
    "text",
    [
        "az a \\\n  --b",
        "az a ` \n  --b",
        "py dev.py check && py dev.py deploy",
        "export A=1",
        "A=1",
        "python3 dev.py check",
        "curl https://ahoy.example.com",
        "$a = $(az b)",
        "foreach ($a in 1) {\n  az $a\ndone",
        'az "a',
        "az 'a",
        'az @"a\n"@',
        "az \u201ca\u201d",
        "az ($env:A",
        "az $A",
    ],
)
def test_what_powershell_does_not_take_is_found(text):
    assert mistakes(text)


@pytest.mark.parametrize("line", ["python3 dev.py check  # looks", "# looks", "az a #b"])
def test_a_comment_is_found(line):
    assert commented(line) == [line]


def test_what_is_no_comment_is_none():
    assert commented("curl http://127.0.0.1:7071/api/make-call#code=x -d 'a # b'") == []


def test_a_twin_that_is_missing_or_elsewhere_is_found():
    block, twin = "```bash\nexport A=1\n```\n", '```powershell\n$env:A = "1"\n```\n'
    assert alone(block + "\n" + twin) == []
    assert alone(block)
    assert alone(block + "\nBut first:\n\n" + twin)
    assert [text for text, _ in pairs(twin + "\n" + block)] == [None]
    assert alone("```bash\npython3 dev.py check\n```\n") == []
