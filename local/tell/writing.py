"""A story written into a file: as a person would write it, after those that are there, which stay as they are."""

import codecs
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from local.tell import reader, schema
from local.tell.model import Book, Story
from local.tell.phrases import HIDDEN
from shared.flow import yaml_parser
from shared.flow.document import Mapping as YamlMap
from shared.flow.document import Unreadable

SUGGESTED = "# suggested: what the line does today; read it, and take this line away"
_PLAIN = re.compile(r"[\w+](?:[\w+.!?' /()-]|:(?=\S))*")  # needs no quotes
_TOP_KEY = re.compile(r"[^\s#-]")


class NotWritten(Exception):
    """The file stays as it is; the message says why, and what to do."""


def story(written: Story, *, is_suggested: bool = False) -> str:
    """Return a story as text of a file, indented as one of the stories of a map."""
    lines = [f"  {SUGGESTED}"] if is_suggested else []
    lines.append(f"  {_scalar(written.name)}:")
    lines += [f"    at: {_scalar(written.at)}"] if written.at else []
    lines += [f"    {_scalar(who)}: {does}" for who, does in written.phones.items()]
    lines.append("    told:")
    for step in written.steps:
        options = "".join(f", {name}: {_listed(values)}" for name, values in step.options.items())
        value = f": {_scalar(step.value, is_flow=bool(options))}" if step.value else ""
        said = f"{_scalar(step.sentence)}{value}"
        lines.append(f"      - {{{said}{options}}}" if options else f"      - {said}")
    return "\n".join(lines) + "\n"


def is_blank(file: Path) -> bool:
    """Whether nothing but comments is in a file, or it is not there."""
    lines = file.read_bytes().removeprefix(codecs.BOM_UTF8).splitlines() if file.exists() else []
    return all(not line.strip() or line.lstrip().startswith(b"#") for line in lines)


def beginning(file: Path, people: Mapping[str, str]) -> str:
    """Return how a new file of stories begins."""
    is_ours = file.resolve().is_relative_to(schema.FILE.parent)
    up = "../" * (len(file.resolve().relative_to(schema.FILE.parent).parts) - 1) if is_ours else ""
    mode = f"# yaml-language-server: $schema={up}{schema.FILE.name}\n" if is_ours else ""
    named = ", ".join(f"{name}: {HIDDEN if not at else json.dumps(at)}" for name, at in people.items())
    return f"{mode}people: {{{named}}}\nstories:\n"


def append(file: Path, texts: Sequence[str], people: Mapping[str, str]) -> None:
    """Write stories after those of a file, or into a new one with these people. Raises NotWritten."""
    if is_blank(file):
        said = file.read_bytes().rstrip() if file.exists() else b""
        begun = beginning(file, people) + "".join(texts)
        file.write_bytes((said + b"\n" if said else b"") + begun.encode())
        return
    before = file.read_bytes()
    after = _joined(before.decode("utf-8-sig"), texts)
    kept = b"\xef\xbb\xbf" if before.startswith(b"\xef\xbb\xbf") else b""
    file.write_bytes(kept + after.encode())
    if mistakes := _faults(before, file):
        file.write_bytes(before)
        raise NotWritten(f"{file} stays as it is: {mistakes}. Write the stories below it by hand:\n{''.join(texts)}")


def _joined(text: str, texts: Sequence[str]) -> str:
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = text.split(newline)
    if lines and not lines[-1]:
        lines.pop()
    at, indent = _end_of_stories(lines)
    if not any(line.startswith("stories:") for line in lines):
        texts = ["stories:\n", *texts]
    added = [line.replace("  ", indent, 1) if line else line for one in texts for line in one.rstrip("\n").split("\n")]
    return newline.join([*lines[:at], *added, *lines[at:], ""])


def _end_of_stories(lines: list[str]) -> tuple[int, str]:
    """Return the number of the line before which a new story goes, and how far stories are indented."""
    begin = next((number for number, line in enumerate(lines) if re.match(r"stories:\s*(#.*)?\Z", line)), None)
    if begin is None:
        return len(lines), "  "  # as in what is added with its own `stories:`
    following = (number for number in range(begin + 1, len(lines)) if _TOP_KEY.match(lines[number]))
    end = next(following, len(lines))
    while end > begin + 1 and (not lines[end - 1].strip() or lines[end - 1].startswith("#")) and end < len(lines):
        end -= 1  # what is said of the next section stays with it
    first = next((line for line in lines[begin + 1 : end] if line.strip() and not line.lstrip().startswith("#")), "  ")
    return end, " " * (len(first) - len(first.lstrip())) or "  "


def _faults(before: bytes, file: Path) -> str:
    """Return what is wrong with a file that was written, empty when it tells all that it told, and more."""
    told, mistakes = reader.read(file)
    if mistakes:
        return str(mistakes[0])
    known = _stories_of(before)
    return (
        ""
        if [one.name for one in told.stories][: len(known)] == known
        else "its stories are written in a way of their own"
    )


def _stories_of(content: bytes) -> list[str]:
    try:
        root, _ = yaml_parser.parse(content)
    except Unreadable:
        return []
    stories = root.get("stories") if isinstance(root, YamlMap) else None
    return [key.value for key, _ in stories.pairs] if isinstance(stories, YamlMap) else []


def free_name(wanted: str, taken: Book) -> str:
    """Return a name that no story has: the one that is wanted, or with a number after it."""
    names = {one.name for one in taken.stories}
    numbered = (f"{wanted} ({number})" for number in range(2, len(names) + 3))
    return wanted if wanted not in names else next(name for name in numbered if name not in names)


def _listed(values: tuple[str, ...]) -> str:
    each = [_scalar(value, is_flow=True) for value in values]
    return each[0] if len(each) == 1 else f"[{', '.join(each)}]"


def _scalar(text: str, *, is_flow: bool = False) -> str:
    """Return a text as it may stand in YAML, in quotes where it must; in braces a comma would end it."""
    is_plain = _PLAIN.fullmatch(text if is_flow or text.startswith(",") else text.replace(",", ""))
    return text if is_plain and text.strip() == text else json.dumps(text, ensure_ascii=False)
