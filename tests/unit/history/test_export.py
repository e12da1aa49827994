"""A file of the record: every row, and nothing that a spreadsheet would calculate."""

import csv
import io
import json

import pytest

from shared.history import export


@pytest.mark.parametrize(
    "text", ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("x")', "+", "-", "+x"]
)
def test_no_cell_is_a_formula(text):
    (row,) = csv.reader(io.StringIO(export.as_csv([{"body": text}], ["body"], has_header=False), newline=""))
    assert row == ["'" + text]


@pytest.mark.parametrize("text", ["+12025550122", "-0.0079", "hello", "a,b", 'say "hi"', "two\nlines", "", "你好 = 😀"])
def test_everything_else_comes_back_as_it_was(text):
    written = export.as_csv([{"body": text, "n": 1}], ["body", "n"], has_header=True)
    assert list(csv.reader(io.StringIO(written, newline=""))) == [["body", "n"], [text, "1"]]


def test_json_lines_hold_a_row_each():
    rows = [{"body": "two\nlines"}, {"body": "ü"}]
    assert [json.loads(line) for line in export.as_json_lines(rows).splitlines()] == rows
