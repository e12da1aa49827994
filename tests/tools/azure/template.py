"""What Bicep makes of infra/main.bicep and a file of parameters, as far as a fake Azure needs it.

The template's own words are read, so that a parameter or an output that it gains is known here, too.
"""

import json
import re
from pathlib import Path
from typing import NamedTuple

_CALL = re.compile(r"(\w+)\((.*)\)", re.DOTALL)


class Refused(Exception):
    """Bicep or the Resource Manager does not take it; the message is theirs."""


class Parameter(NamedTuple):
    """A parameter of the template: its type, its default (None when it must be given), and what limits it."""

    kind: str
    default: str | None
    limits: dict[str, str]


def parameters(template: Path) -> dict[str, Parameter]:
    """Return the parameters that a template declares."""
    found = {}
    for block in re.split(r"\n\n+", template.read_text("utf-8")):
        if match := re.search(r"^param (\w+) (\w+)(?: = (.*))?$", block, re.MULTILINE):
            limits = dict(re.findall(r"^@(minValue|maxValue|minLength|maxLength)\((.*)\)$", block, re.MULTILINE))
            allowed = re.search(r"^@allowed\(\[(.*?)\]\)$", block, re.MULTILINE | re.DOTALL)
            found[match[1]] = Parameter(match[2], match[3], {**limits, "allowed": allowed[1] if allowed else ""})
    return found


def outputs(template: Path) -> list[str]:
    """Return the names of what it puts out."""
    return re.findall(r"^output (\w+) ", template.read_text("utf-8"), re.MULTILINE)


def given(file: Path, environ: dict[str, str]) -> dict[str, object]:
    """Return what a .bicepparam file gives, with the environment read as Bicep reads it. Raises Refused."""
    text = file.read_text("utf-8")
    assigned = re.findall(r"^param (\w+) = (.*)$", text, re.MULTILINE)
    values = {name: _value(name, written, environ) for name, written in assigned}
    return checked(values, parameters(file.parent / re.search(r"^using '(.*)'", text, re.MULTILINE)[1]))


def substituted(file: Path, environ: dict[str, str]) -> dict[str, object]:
    """Return what a main.parameters.json gives azd, which leaves to the template what nobody has set. Raises Refused.

    Source: azure-dev, pkg/infra/provisioning/bicep: `${NAME}` is replaced, and a text becomes what the template wants.
    """
    known = parameters(file.parent / "main.bicep")
    told = {name: one["value"] for name, one in json.loads(file.read_text("utf-8"))["parameters"].items()}
    found = {
        name: re.sub(r"\$\{(\w+)\}", lambda match: environ.get(match[1], ""), value) for name, value in told.items()
    }
    return checked({name: _typed(value, known[name].kind) for name, value in found.items() if value}, known)


def _typed(value: str, kind: str) -> object:
    if kind == "bool" and value.lower() in {"true", "false"}:
        return value.lower() == "true"
    return int(value) if kind == "int" and re.fullmatch(r"[+-]?\d+", value) else value


def checked(values: dict[str, object], known: dict[str, Parameter]) -> dict[str, object]:
    """Return the values. Raises Refused for one that is unknown, missing, of another type or beyond its limits."""
    if unknown := values.keys() - known.keys():
        raise Refused(
            f'Error BCP259: The parameter "{min(unknown)}" is assigned in the params file without being declared'
        )
    for name, parameter in known.items():
        if name not in values and parameter.default is None:
            raise Refused(
                f'Error BCP258: The following parameters are declared in the Bicep file but are missing: "{name}"'
            )
        if name in values and not _fits(values[name], parameter):
            raise Refused(
                f"InvalidTemplate: Deployment template validation failed: The provided value for '{name}' is not valid"
            )
    return values


def _fits(value: object, parameter: Parameter) -> bool:
    kinds = {"int": int, "bool": bool, "string": str}
    if parameter.kind in kinds and type(value) is not kinds[parameter.kind]:
        return False
    size = len(value) if isinstance(value, str) else value
    low = parameter.limits.get("minLength" if isinstance(value, str) else "minValue")
    high = parameter.limits.get("maxLength" if isinstance(value, str) else "maxValue")
    allowed = re.findall(r"'([^']*)'|(\d+)", parameter.limits.get("allowed", ""))
    return (
        (low is None or size >= int(low))
        and (high is None or size <= int(high))
        and (not allowed or str(value) in {text or number for text, number in allowed})
    )


def _value(name: str, written: str, environ: dict[str, str]) -> object:
    """Return what an expression of a params file is. Raises Refused for one that fails, or that is not known here."""
    written = written.strip()
    if match := re.fullmatch(r"'([^'$]*)'", written):
        return match[1]
    if written in {"true", "false"} or re.fullmatch(r"-?\d+", written):
        return written == "true" if written[0] in "tf" else int(written)
    call = _CALL.fullmatch(written)
    if call and call[1] == "readEnvironmentVariable":
        variable, _, default = (part.strip().strip("'") for part in call[2].partition(","))
        if variable not in environ and "," not in call[2]:
            raise Refused(
                f'Error BCP427: Environment variable "{variable}" does not exist and there\'s no default value set.'
            )
        return environ.get(variable, default)
    if call and call[1] in {"int", "bool"}:
        inside = str(_value(name, call[2], environ))
        if call[1] == "int" and re.fullmatch(r"[+-]?\d+", inside):
            return int(inside)
        if call[1] == "bool" and inside.lower() in {"true", "false"}:
            return inside.lower() == "true"
        raise Refused(
            f'Error BCP338: Failed to evaluate parameter "{name}": The value "{inside}" of type "String" cannot be '
            f"converted to {'an integer' if call[1] == 'int' else 'a boolean'}."
        )
    raise Refused(f"the fake Bicep does not know the expression {written}; teach it in tests/tools/azure/template.py")
