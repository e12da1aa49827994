"""What a deployment makes in Azure, as boxes of a picture: each resource with what it holds, and whom it leads to.

Everything in it comes from the templates, reckoned through with the parameters of whoever asks.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from local.bicep.deployment import Deployment, Made
from local.bicep.reader import read
from local.bicep.tree import Object
from local.bicep.values import Value
from local.draw import azure_words
from local.draw.azure_words import HELD, TITLES, WAYS
from local.draw.contents import CALL, SCENE, Box
from local.draw.words import Exit, Item

ROLES = "Microsoft.Authorization/roleAssignments"
OUTSIDE = "Twilio: calls, texts, what became of them"
MANY = 6  # names; beyond, a number says enough


def boxes(of: Deployment, folder: Path) -> list[Box]:
    """Return the boxes of what is made of the templates in a folder, Twilio first."""
    roles = _role_names(folder)
    homes = {made.ref.id: TITLES[made.ref.type] for made in of.made if made.ref.type in TITLES}
    homes |= {made.ref.name: TITLES[made.ref.type] for made in of.made if made.ref.type in azure_words.KNOWN_BY_NAME}
    outside = Box(OUTSIDE, CALL, OUTSIDE, (Item("", exits=(Exit("", TITLES["Microsoft.Web/sites"]),)),))
    titles = [title for title in dict.fromkeys(TITLES.values()) if title in homes.values()]
    within = {title: [made for made in of.made if _home(made.ref.id, homes) == title] for title in titles}
    granted = [made for made in of.made if made.ref.type == ROLES]
    inside = [
        Box(
            title,
            SCENE,
            title,
            (*_own(within[title]), *_granted(title, granted, homes, roles), *_ways(title, within[title], homes)),
        )
        for title in titles
    ]
    return [outside, *inside]


def _role_names(folder: Path) -> dict[str, str]:
    """Return the name of each role by its id, as the templates write them."""
    found: dict[str, str] = {}
    for path in sorted(folder.glob("*.bicep")):
        for each in read(path).of_kind("var").values():
            if isinstance(each.body, Object) and each.name.lower().endswith("roleids"):
                found |= {value.parts[0]: key.parts[0] for key, value in each.body.fields}
    return found


def _home(id_: str, homes: dict[str, str]) -> str:
    """Return the title of the box in which a resource is shown: its own, or that of the one it is part of."""
    return next((title for known, title in homes.items() if id_ == known or id_.startswith(f"{known}/")), "")


def _own(made: list[Made]) -> Iterator[Item]:
    """Return what matters of the resources of a box, and what is kept within them."""
    for kind in dict.fromkeys(each.ref.type for each in made):
        yield from azure_words.about(kind, [each for each in made if each.ref.type == kind])
    held: dict[str, list[str]] = {}
    for each in made:
        held.setdefault(each.ref.type.rpartition("/")[2], []).append(each.ref.name.rpartition("/")[2])
    for what in HELD:
        if names := held.get(what):
            yield Item(what, ", ".join(names) if len(names) <= MANY else str(len(names)))


def _granted(title: str, granted: list[Made], homes: dict[str, str], roles: dict[str, str]) -> Iterator[Item]:
    """Return the roles of an identity, by what they are for."""
    found: dict[str, list[str]] = {}
    for made in granted:
        if title in _named(made.body["properties"]["principalId"], homes):
            role = roles[made.body["properties"]["roleDefinitionId"].rpartition("/")[2]]
            found.setdefault(_home(made.ref.id, homes), []).append(role)
    for target, names in found.items():
        yield Item("may", ", ".join(dict.fromkeys(names)), exits=(Exit(target, target),))


def _ways(title: str, within: list[Made], homes: dict[str, str]) -> Iterator[Item]:
    """Return where a box leads, to each other one once, by the first property that has a word for it."""
    found: dict[str, str] = {}
    for made in within:
        for path, text in _texts({} if made.ref.type == ROLES else made.body):
            label = next((WAYS[name] for name in reversed(path) if name in WAYS), "")
            for target in _named(text, homes):
                if label and target != title:
                    found.setdefault(target, label)
    for target, label in found.items():
        yield Item("", exits=(Exit(label, target),))


def _named(text: str, homes: dict[str, str]) -> list[str]:
    """Return the boxes of the resources that a text names by their id, or is the name of."""
    near = [known for known in homes if known in text]
    return [homes[known] for known in near if text == known or re.search(re.escape(known) + r"[^\w-]", text)]


def _texts(value: Value, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield each text in a value, and each name of a property, with the properties that lead there."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield path, key
            yield from _texts(inner, (*path, key))
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner, path)
    elif isinstance(value, str):
        yield path, value
