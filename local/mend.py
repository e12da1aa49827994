"""Mending a flow file in place: a word becomes another where it stands, and all else stays, comments too."""

import re
from pathlib import Path

from shared.flow import Mistake

_BOM = b"\xef\xbb\xbf"
_WORD = re.compile(r"(?P<quote>[\"']?)(?P<word>[A-Za-z_][\w-]*)(?P=quote)", re.ASCII)


def mend(file: Path, mistakes: list[Mistake]) -> list[tuple[Mistake, str]]:
    """Write into `file` what the mistakes say is meant; return those mended, each with the word that stood there.

    Raises OSError when the file cannot be written.
    """
    raw = file.read_bytes()
    lines = raw.decode("utf-8-sig").splitlines(keepends=True)
    mended: list[tuple[Mistake, str]] = []
    for mistake in sorted((one for one in mistakes if one.mend), reverse=True):  # from the end: columns stay
        line = lines[mistake.line - 1]
        if found := _WORD.match(line, mistake.column - 1):
            quote = found["quote"]
            lines[mistake.line - 1] = line[: found.start()] + quote + mistake.mend + quote + line[found.end() :]
            mended.append((mistake, found["word"]))
    if mended:
        file.write_bytes((_BOM if raw.startswith(_BOM) else b"") + "".join(lines).encode())
    return mended[::-1]
