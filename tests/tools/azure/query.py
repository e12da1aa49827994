"""As much JMESPath as the pages ask in: paths, `a || b`, `[?name=='x'].value`, `[0]`, `| [0]` and `{A: a}`."""

import json
import re


def asked(expression, document):
    """Return what an expression finds. Raises ValueError for one that is not known here."""
    expression = expression.strip()
    before, is_piped, last = expression.rpartition(" | ")
    if is_piped:
        return asked(last, asked(before, document))
    if match := re.fullmatch(r"\{(.*)\}", expression):
        pairs = (pair.split(":", 1) for pair in match[1].split(","))
        return {name.strip(): asked(value, document) for name, value in pairs}
    if match := re.fullmatch(r"\((.*?)\)(.*)", expression):
        return asked("@" + match[2], asked(match[1], document))
    if " || " in expression:
        return next((found for one in expression.split(" || ") if (found := asked(one, document))), None)
    for part in re.findall(r"\[[^\]]*\]|[^.\[]+", expression):
        document = _step(part, document)
    return document


def _step(part, document):
    if part == "@":
        return document
    if match := re.fullmatch(r"\[\?(\w+) ?== ?'([^']*)'\]", part):
        return [one for one in document or [] if one.get(match[1]) == match[2]]
    if match := re.fullmatch(r"\[(\d+)\]", part):
        return document[int(match[1])] if document and len(document) > int(match[1]) else None
    if part == "[]":
        return document
    if not re.fullmatch(r"\w+", part):
        raise ValueError(f"the fake does not know the query {part}; teach it in tests/tools/azure/query.py")
    if isinstance(document, list):
        return [value for one in document if (value := one.get(part)) is not None]
    return (document or {}).get(part)


def printed(document, output):
    """Return how `az` prints it: as JSON, as tab-separated values, or not at all."""
    if output == "none" or (document is None and output == "json"):
        return ""
    if output == "tsv":
        rows = document if isinstance(document, list) else [document]
        return "".join(f"{_cells(row)}\n" for row in rows if row is not None)
    if output == "json":
        return json.dumps(document, indent=2) + "\n"
    raise ValueError(f"the fake does not print {output}")


def _cells(row):
    return "\t".join(map(str, row.values())) if isinstance(row, dict) else str(row)
