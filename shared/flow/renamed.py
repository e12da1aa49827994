"""Words that had another name: taken for two versions of Ahoy, each with a warning that `dev.py check --fix` mends."""

import msgspec

from shared.flow.document import Mapping, Node, Sequence, Text
from shared.flow.grammar import FORMERLY
from shared.flow.mistake import Mistake


def in_todays_words(node: Node, found: list[Mistake], within: str = "") -> Node:
    """Return a tree with its words as they are now; each former one is added to `found`, with its place.

    `within` is the word under which `node` stands, empty for the file itself.
    """
    match node:
        case Sequence():
            items = [in_todays_words(item, found, within) for item in node.items]
            return msgspec.structs.replace(node, items=items)
        case Mapping():
            pairs = [(_word(key, within, node, found), in_todays_words(value, found, key.value))
                     for key, value in node.pairs]  # fmt: skip
            return msgspec.structs.replace(node, pairs=pairs)
    return node


def _word(key: Text, within: str, of: Mapping, found: list[Mistake]) -> Text:
    """Return a key by the name that it has now; one that stands under both names keeps the old one, a mistake."""
    former = FORMERLY.get((within, key.value))
    if not former:
        return key
    said = f'"{key.value}" is called "{former.word}" now'
    if of.get(former.word):
        found.append(Mistake(key.line, key.column, f"{said}, and that stands here, too", "leave one of them out"))
        return key
    expected = f"write {former.word}, or run dev.py check --fix"
    found.append(Mistake(key.line, key.column, said, expected, breaks=False, mend=former.word))
    return msgspec.structs.replace(key, value=former.word)
