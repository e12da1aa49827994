"""The choices of a gather: which are pressed, which are said, and which of them nobody can take."""

from shared.flow.document import Mapping, Node
from shared.flow.hints import shown
from shared.flow.model import Value
from shared.flow.values import Reading
from shared.words import folded


def is_keys(choice: str) -> bool:
    """Whether a choice is pressed; others are spoken."""
    return all(character in "0123456789*#" for character in choice)


def doubt(node: Node, attributes: dict[str, Value], reading: Reading) -> None:
    """Note the choices in `node` that Twilio never tells of under the `attributes` of the gather, in the `reading`."""
    written = [key for key, _ in node.pairs] if isinstance(node, Mapping) else []
    choices = {folded(key.value) for key in written}
    for key in written:
        choice = folded(key.value)
        wrong, expected = _pressed(choice, attributes) if is_keys(choice) else _spoken(choice, choices, attributes)
        if wrong:
            reading.doubt(key, f'"{shown(key.value)}" is {wrong}', expected)


def _pressed(choice: str, attributes: dict[str, Value]) -> tuple[str, str]:
    """Return why a choice of keys is never pressed, and the way out; empty when it may be."""
    digits = attributes.get("num_digits")
    if "dtmf" not in str(attributes.get("input", "dtmf")):
        return "never pressed: only speech is asked for", "write input: dtmf speech"
    if set(choice) & set(str(attributes.get("finish_on_key", ""))):
        return "never told, it ends the input", 'write finish_on_key: ""'
    if isinstance(digits, int) and len(choice) > digits:
        return f"never told, the input ends after {digits} key{'s' if digits > 1 else ''}", "leave digits out"
    return "", ""


def _spoken(choice: str, choices: set[str], attributes: dict[str, Value]) -> tuple[str, str]:
    """Return why a spoken choice is hardly meant, and the way out; empty when it may be."""
    if "speech" not in str(attributes.get("input", "speech")):
        return "never heard: only keys are asked for", "write input: dtmf speech"
    keys = [word for word in choice.split() if len(word) == 1 and is_keys(word)]
    if "input" in attributes or set(keys) <= choices:
        return "", ""
    named = " and ".join(f'"{key}"' for key in keys)
    return "spoken, not pressed", f"for the key{'s' if len(keys) > 1 else ''} write {named}"
