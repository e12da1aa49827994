"""A file of the record: every row, and nothing that a spreadsheet would calculate."""

import csv
import io
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.history import export

NUMBER = "+12025550122"
SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20\ufe66\u207c\u2212"
COLUMNS = ["sid", "body", "from"]


def written(body):
    return export.as_csv([{"sid": "SM1", "body": body, "from": NUMBER}], COLUMNS, has_header=False)


def read(text, delimiter=","):
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("=1+1", "'=1+1"), ("+1+1", "'+1+1"), ("-1+1", "'-1+1"), ("@SUM(A1)", "'@SUM(A1)"), ("\t=1", "\t'=1"),
        ("\r=1", "\r'=1"), ('=HYPERLINK("x")', """'=HYPERLINK("x")"""), ("+", "'+"), ("-", "'-"), ("+x", "'+x"),
        ("\n=1", "\n'=1"), (" =1", " '=1"), ("\xa0=1", "\xa0'=1"), ("\uff1d1+1", "'\uff1d1+1"), ("\uff0b1", "'\uff0b1"),
        ("\uff0d1", "'\uff0d1"), ("\uff20x", "'\uff20x"),
        ("hi;=cmd|'/C calc'!A0", "hi;'=cmd|'/C calc'!A0"), ("a\n=1", "a\n'=1"),
        ("a;\n@x", "a;\n'@x"), ('a;"=1;', """a;"'=1;"""), ("a\t+1", "a\t'+1"), ("+1202555\u0660", "'+1202555\u0660"),
    ],
)  # fmt: skip
def test_no_cell_is_a_formula(body, shown):
    assert read(written(body)) == [["SM1", shown, NUMBER]]


@pytest.mark.parametrize(
    "text",
    [
        NUMBER,
        "-0.0079",
        "hello",
        "a,b",
        'say "hi"',
        "two\nlines",
        "",
        "你好 = 😀",
        "1;2",
        "a - b",
        "x@y.example",
        "a,=b",
    ],
)
def test_everything_else_comes_back_as_it_was(text):
    written = export.as_csv([{"body": text, "n": 1}], ["body", "n"], has_header=True)
    assert read(written.removeprefix("\ufeff")) == [["body", "n"], [text, "1"]]


def test_a_file_begins_with_the_sign_by_which_excel_knows_utf_8_and_no_later_page_does():
    """Source: Microsoft, "Opening CSV UTF-8 files correctly in Excel"."""
    first, later = (export.as_csv([{"body": "Grüße"}], ["body"], has_header=is_first) for is_first in (True, False))
    assert first.encode().startswith(b'\xef\xbb\xbf"body"\r\n')
    assert later == '"Grüße"\r\n'


RECORDINGS = {
    "RE1": {"url": "https://x.example/RE1", "status": None, "duration_s": 7, "transcript": "Call, please"},
    "RE2": {"url": None, "status": "absent", "duration_s": None, "transcript": None},
}


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ({"queued": "10:00Z", "sent": "10:01Z"}, "queued 10:00Z, sent 10:01Z"),
        ([{"url": "https://x.example/1", "content_type": ""}], "url https://x.example/1"),
        (RECORDINGS, "RE1 url https://x.example/RE1, duration_s 7, transcript Call, please, RE2 status absent"),
        ({}, ""),
        ([], ""),
        (None, ""),
        (True, "true"),
        (0, "0"),
        ({"FromCity": "a\n=1"}, "FromCity a\n'=1"),
    ],
)
def test_what_has_parts_is_read_without_braces(value, shown):
    assert read(export.as_csv([{"x": value}], ["x"], has_header=False)) == [[shown]]


def test_every_cell_is_quoted():
    assert written("hi; there") == f'"SM1","hi; there","{NUMBER}"\r\n'


@given(st.text(st.sampled_from(";,\t\n\r\"'|ax1 \xa0\u2028" + SIGNS), max_size=30))
def test_whatever_a_text_says_no_spreadsheet_calculates_it(body):
    """Where semicolons or tabs separate, quotes hold together what they surround from its beginning, or nothing."""
    text = written(body)
    (row,) = read(text)
    assert len(row) == len(COLUMNS)
    assert row[1] == body or row[1].replace("'", "") == body.replace("'", "")
    cells = [
        row[1],
        *(cell for by in ";\t" for line in read(text, by) for cell in line),
        *re.split(r"[;\t\n\r\u2028]", text),
    ]
    for cell in cells:
        shown = cell.lstrip().lstrip('"').lstrip()
        assert not shown.startswith(tuple(SIGNS)) or re.fullmatch(r"\+\d{1,15}|-?\d+", cell, re.ASCII), cell


def test_json_lines_hold_a_row_each():
    rows = [{"body": "two\nlines"}, {"body": "ü"}]
    assert [json.loads(line) for line in export.as_json_lines(rows).splitlines()] == rows
