"""A zip whose bytes are those of its contents alone: sorted, dated alike, with the permissions that Linux wants.

It is deflated by libdeflate, the same on every system: Python's own zlib is another one on a Mac, in Fedora, in newer
Pythons for Windows, and the same content another stream. Files of another such zip are taken over, compressed already.
"""

import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import deflate

LEVEL = 6  # of 12; those above 9 reckon with fractions
EARLIEST = 1 << 5 | 1  # 1980-01-01, the first day that a zip can hold; a file's own would change the bytes
PLAIN_FILE = 0o100644 << 16
UNIX = 3 << 8  # wherever it is made: the permissions are Unix's
VERSION = 20  # of the format: the first with deflate
IN_UTF_8 = 0x800
MOST_FILES = 65_535  # and 4 GiB: beyond that a zip is written in another way
HEAD, INDEX, END = struct.Struct("<4s5H3I2H"), struct.Struct("<4s6H3I5H2I"), struct.Struct("<4s4H2IH")


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in a zip. `packed` is its content as it lies there, `size` the bytes that it has unpacked."""

    name: str
    packed: bytes
    size: int
    checksum: int
    method: int


def entry(name: str, content: bytes) -> Entry:
    """Return a file as it lies in a zip: deflated, unless that makes it larger."""
    packed = bytes(deflate.deflate_compress(content, LEVEL))
    is_smaller = len(packed) < len(content)
    return Entry(
        name, packed if is_smaller else content, len(content), zlib.crc32(content),
        zipfile.ZIP_DEFLATED if is_smaller else zipfile.ZIP_STORED,
    )  # fmt: skip


def entries(file: Path) -> Iterator[Entry]:
    """Return the files of a zip that `write` has made, still packed."""
    with zipfile.ZipFile(file) as made, file.open("rb") as content:
        for info in made.infolist():
            content.seek(info.header_offset + HEAD.size + len(info.filename.encode()))
            packed = content.read(info.compress_size)
            yield Entry(info.filename, packed, info.file_size, info.CRC, info.compress_type)


def write(to: Path, files: Iterable[Entry]) -> None:
    """Write a zip. Raises ValueError when there are more files than it can hold."""
    inside = sorted(files, key=lambda file: file.name)
    if len(inside) > MOST_FILES:
        raise ValueError(f"{len(inside)} files are more than a zip holds; it can have {MOST_FILES}.")
    with to.open("wb") as out:
        index = b""
        for file in inside:
            name, begins = file.name.encode(), out.tell()
            flags = 0 if file.name.isascii() else IN_UTF_8
            told = (VERSION, flags, file.method, 0, EARLIEST, file.checksum, len(file.packed), file.size, len(name))
            out.write(HEAD.pack(b"PK\3\4", *told, 0) + name + file.packed)
            index += INDEX.pack(b"PK\1\2", UNIX | VERSION, *told, 0, 0, 0, 0, PLAIN_FILE, begins) + name
        begins = out.tell()
        out.write(index + END.pack(b"PK\5\6", 0, 0, len(inside), len(inside), len(index), begins, 0))
