"""What commands written for bash and for PowerShell say, in one form: two that do the same are equal."""

import json
import os
import re
import shlex
import shutil
import textwrap
from itertools import pairwise
from typing import NamedTuple

_FENCE = re.compile(r"^( *)```(\w+)\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)
_HERE = re.compile(r'^@"\n(.*?)\n"@', re.DOTALL | re.MULTILINE)
_CURL = {"-X", "-H", "-d"}  # the options that the docs use; each has a value
_TABLE = re.compile(r'@\{"([^"]+)" = ([^}]+)\}')


def shell_here(name):
    """Return the path of a shell, or None. The bash of Windows itself only says that no Linux is installed."""
    return shutil.which(name) if os.name == "posix" else None


class Block(NamedTuple):
    """A fenced block of a page; `follows` says that nothing stands between it and the block before."""

    language: str
    text: str
    follows: bool


class Request(NamedTuple):
    """A request that a command makes."""

    method: str
    url: str
    headers: frozenset
    body: str


def blocks(page):
    found, end = [], -1
    for match in _FENCE.finditer(page):
        text = textwrap.dedent(match[3])
        found.append(Block(match[2], text, end >= 0 and not page[end : match.start()].strip()))
        end = match.end()
    return found


def bash(text):
    """Return what each command of bash does: ("run", word, ...), ("set", name, value), a Request and the like."""
    return [one for words in _commands(text.replace("\\\n", " "), "\\") for one in _of_bash(words)]


def _of_bash(words):
    match [word for word in words if word not in {"do", "done"}]:
        case []:
            found = []
        case ["export", *pairs]:
            found = [("set", *pair.split("=", 1)) for pair in pairs if "=" in pair]
        case ["read", "-rs", name]:
            found = [("ask", name)]
        case ["for", name, "in", *values]:
            found = [("for each", name, *values)]
        case ["curl", *options]:
            found = [_of_curl(options)]
        case [first, *rest] if assignment := re.fullmatch(r"(\w+)=\$\((.+)", first):
            found = [("set", assignment[1], _run([assignment[2], *rest[:-1], rest[-1].removesuffix(")")]))]
        case [only] if assignment := re.fullmatch(r"(\w+)=(.*)", only):
            found = [("set", assignment[1], assignment[2])]
        case left:
            found = [_run(left)]
    return found


def _of_curl(options):
    at = next(i for i, word in enumerate(options) if not word.startswith("-") and options[i - 1] not in _CURL)
    given = options[:at] + options[at + 1 :]
    values = list(zip(given[::2], given[1::2], strict=True))
    headers = [value.split(": ") for name, value in values if name == "-H"]
    one = dict(values)
    return Request(one.get("-X", "GET"), options[at], _headers(headers), _plain(one.get("-d", "")))


def powershell(text):
    """Return the same of PowerShell. A file that is written, used and removed is what it holds."""
    kept = []  # here-strings and tables, which have words of their own, until their place is known

    def keep(match):
        kept.append(match[1] if match.re is _HERE else match.groups())
        return f"kept{len(kept) - 1}"

    text = re.sub(r"\$\{(\w+)\}", r"$\1", text.replace("`\n", " "))  # braces part a name from a colon
    text = _TABLE.sub(keep, _HERE.sub(keep, text))
    files = {}
    commands = list(_commands(text.replace("$env:", "$"), ""))
    for before, words in pairwise(commands):
        if words[0] == "Set-Content":
            files[words[1]] = kept[int(before[0].removeprefix("kept"))]
    return [one for words in commands for one in _of_powershell(words, kept, files)]


def _of_powershell(words, kept, files):
    match words:
        case ["}"] | ["Set-Content" | "Remove-Item", _]:
            found = []
        case [only] if re.fullmatch(r"kept\d+", only):
            found = []
        case ["foreach", name, "in", *values, "{"]:
            found = [("for each", name[2:], *(value.rstrip(",)") for value in values))]
        case ["Invoke-RestMethod", url, *options]:
            found = [_of_invoke(url, dict(zip(options[::2], options[1::2], strict=True)), kept)]
        case [name, "=", *value] if "Read-Host" in " ".join(value):
            found = [("ask", name[1:])]
        case [name, "=", *value]:
            found = [("set", name[1:], value[0] if len(value) == 1 else _run(value))]
        case _:
            found = [_run([files.get(word, _slashes(word)) for word in words])]
    return found


def _of_invoke(url, given, kept):
    headers = [kept[int(given["-Headers"].removeprefix("kept"))]] if "-Headers" in given else []
    if "-ContentType" in given:
        headers.append(("content-type", given["-ContentType"]))
    return Request(given.get("-Method", "GET").upper(), url, _headers(headers), _plain(given.get("-Body", "")))


def _headers(pairs):
    return frozenset((name.lower(), value) for name, value in pairs)


def _slashes(word):
    """A path as bash spells it, and Python by bash's name."""
    if word == "py":
        return "python3"
    path = word.replace("\\", "/").replace("/Scripts/python", "/bin/python") if word.startswith(".") else word
    return path.removesuffix(".cmd").removesuffix(".exe")


def _run(words):
    return ("run", *map(_plain, words))


def _plain(word):
    """JSON however it is laid out, else the word."""
    try:
        return json.dumps(json.loads(word), sort_keys=True) if word.startswith("{") else word
    except ValueError:
        return word


def _commands(text, escape):
    """Return the words of each command; what ends one is a line, `;`, `|` or `&&`."""
    reader = shlex.shlex(text, posix=True, punctuation_chars="\n;|&")
    reader.whitespace, reader.whitespace_split, reader.commenters, reader.escape = " \t", True, "", escape
    words = []
    for word in reader:
        if set(word) <= set("\n;|&"):
            if words:
                yield words
            words = []
        else:
            words.append(word)
    if words:
        yield words


def commented(text):
    """Return the lines of a block that have a comment: an interactive zsh takes it for arguments, or for a command."""
    return [line for line in text.splitlines() if re.search(r"(^|\s)#", _unquoted(line))]


def mistakes(text):
    """Say what no PowerShell takes, be it 5.1 of Windows or 7: what slips in from bash, and what is not closed."""
    bare = _unquoted(_HERE.sub("here", text))
    wrong = {
        r"\\$": "a line goes on by a backtick, not a backslash",
        r"`[ \t]+$": "a backtick with a space behind it carries no line on",
        r"`(?=.)": "a backtick within a line",
        r"&&|\|\|": "5.1 has no && and no ||",
        r"^\s*export\b|^\s*\w+=": "a variable is set by $env:NAME = or $NAME =",
        r"\bpython3\b": "Windows has py",
        r"(?<![\w.-])curl(?!\.exe)\b": "curl is another command in 5.1",
        r"\$\(": "a command's output needs no $( )",
        r"^\s*(do|done|then|fi)\b|;\s*do$": "a loop of bash",
        '"|\'|@"|"@': "a text that is not closed",
    }
    found = [why for pattern, why in wrong.items() if re.search(pattern, bare, re.MULTILINE)]
    found += [
        f"{left} and {right} do not pair" for left, right in ("()", "{}", "[]") if bare.count(left) != bare.count(right)
    ]
    found += [f"{sign} is no quote" for sign in "\u2018\u2019\u201c\u201d" if sign in text]
    return found + [f"${name} is set nowhere" for name in _unset(text)]


def _unset(text):
    """Return the variables that a page's blocks use and do not set: without $env: it is empty, in silence."""
    made = set(re.findall(r"\$(\w+) =|\(\$(\w+) in ", text))
    used = set(re.findall(r"\$(\w+)\b(?!:)", text)) - {"env", "true", "false", "null"}
    return sorted(used - {name for names in made for name in names})


def _unquoted(text):
    return re.sub(r"'[^'\n]*'|\"[^\"\n]*\"", "text", text)
