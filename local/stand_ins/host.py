"""Azure's Functions host, rule by rule: those that `local/host` declares, each with its source and its test."""

from collections.abc import Iterator

from local.host import rules

TITLE = "Azure's host: rule by rule"
HEAD = """\
What an app can tell of the host that runs it. Sources are repositories of Microsoft's on GitHub, and Azure's docs;
tests are named by their file below `tests/`. Microsoft's own worker library runs the functions, here as in Azure.

| rule | where it is seen | test |
|---|---|---|
"""
MISSING = "\n\nNot played:\n\n"


def text() -> str:
    """Return the section."""
    return HEAD + "\n".join(_rows()) + MISSING + "\n".join(f"- {each}" for each in rules.NOT_PLAYED)


def _rows() -> Iterator[str]:
    for kept in rules.KEPT.values():
        for rule in kept:
            file, _, test = rule.test.partition("::")
            yield f"| {rule.what} | {rule.repository}: {rule.where} | `{file}`: {_sentence(test)} |"


def _sentence(test: str) -> str:
    return test.removeprefix("test_").replace("_", " ")
