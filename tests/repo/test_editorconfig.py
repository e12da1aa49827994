"""Every text file is as .editorconfig says, so that no editor changes lines which nobody meant to change."""

import configparser

import pytest

from local import package
from local.paths import ROOT

OURS = ("*", "*/*", "shared/**/*", "local/**/*", "tests/**/*", "bench/**/*", ".github/**/*", ".devcontainer/*")
AT_THE_TOP = {*package.STAYS, *package.NEEDED, "shared", "flows"}  # beside them lies what is its owner's
TEXT = {".py", ".md", ".yml", ".yaml", ".json", ".bicep", ".bicepparam", ".toml", ".txt", ".in", ".html", ".js", ".css"}
MADE = {".ahoy", ".venv", "node_modules", "__pycache__", ".hypothesis", ".git"}


def is_ours(parts):
    return (parts[0] in AT_THE_TOP or parts[0].startswith(".")) and not MADE & set(parts)


FILES = sorted({
    path
    for pattern in OURS
    for path in ROOT.glob(pattern)
    if path.suffix in TEXT and path.is_file() and is_ours(path.relative_to(ROOT).parts)
})  # fmt: skip


def section(name):
    read = configparser.ConfigParser()
    read.read_string("[top]\n" + (ROOT / ".editorconfig").read_text(encoding="utf-8"))
    return read[name]


def strayed(content):
    """Say what is not as the rules for every file have it."""
    lines = content.decode(section("*")["charset"]).split("\n")
    return [
        *(["end_of_line"] if any(line.endswith("\r") for line in lines) else []),
        *(["insert_final_newline"] if lines[-1] else []),
        *(["trim_trailing_whitespace"] if any(line.rstrip("\r") != line.rstrip() for line in lines) else []),
        *(["indent_style"] if any(line.startswith("\t") for line in lines) else []),
    ]


def test_every_file_is_as_the_rules_say():
    assert len(FILES) > 200
    assert {path.relative_to(ROOT).as_posix(): told for path in FILES if (told := strayed(path.read_bytes()))} == {}


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"a\r\nb\n", "end_of_line"),
        (b"a", "insert_final_newline"),
        (b"a \n", "trim_trailing_whitespace"),
        (b"\ta\n", "indent_style"),
    ],
)
def test_a_file_that_strays_is_found(content, rule):
    assert strayed(content) == [rule]


def test_python_is_indented_and_as_long_as_ruff_has_it():
    import tomllib

    ruff = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]
    assert (section("*.py")["indent_size"], section("*.py")["max_line_length"]) == ("4", str(ruff["line-length"]))
