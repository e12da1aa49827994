"""A zip is made of its contents alone, and others can read it."""

import hashlib
import zipfile

import pytest

from local import archive

FILES = {
    "b/empty.txt": b"",
    "a.py": b"".join(b"%d = %x\n" % (number * number % 97, number * 7919) for number in range(900)),
    "noise.bin": hashlib.shake_256(b"noise").digest(3000),
    "größe.txt": "größer".encode() * 9,
}


def written(to, files):
    archive.write(to, [archive.entry(name, content) for name, content in files.items()])
    return to


def test_what_is_in_it_is_read_by_others(tmp_path):
    with zipfile.ZipFile(written(tmp_path / "a.zip", FILES)) as made:
        assert made.testzip() is None
        assert {name: made.read(name) for name in made.namelist()} == FILES
        assert made.namelist() == sorted(FILES)
        assert {info.external_attr >> 16 for info in made.infolist()} == {0o100644}
        assert {info.date_time for info in made.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        packed = {info.filename: info.compress_type for info in made.infolist()}
    assert (packed["a.py"], packed["noise.bin"]) == (zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED)


def test_every_system_makes_these_bytes(tmp_path):
    """Where this fails alone, something there packs otherwise, and two machines make two packages."""
    made = written(tmp_path / "a.zip", FILES).read_bytes()
    assert hashlib.sha256(made).hexdigest() == "bafec3c6259e731244575c11dd0e8fe5a4f6d6af00dd4cdddec7b0eb01acae72"


def test_the_order_in_which_files_come_changes_nothing(tmp_path):
    one = written(tmp_path / "a.zip", FILES)
    other = written(tmp_path / "b.zip", dict(reversed(FILES.items())))
    assert one.read_bytes() == other.read_bytes()


def test_files_are_taken_over_from_another(tmp_path):
    one = written(tmp_path / "a.zip", FILES)
    archive.write(tmp_path / "b.zip", archive.entries(one))
    assert (tmp_path / "b.zip").read_bytes() == one.read_bytes()


def test_more_files_than_a_zip_holds_are_refused(tmp_path):
    many = [archive.Entry(str(number), b"", 0, 0, zipfile.ZIP_STORED) for number in range(archive.MOST_FILES + 1)]
    with pytest.raises(ValueError, match="65536 files are more than a zip holds"):
        archive.write(tmp_path / "a.zip", many)
    assert not (tmp_path / "a.zip").exists()
