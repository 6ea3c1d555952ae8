"""Text with quotes is looked through by blocks; what is not plain is left to the csv module."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kwise import read_table
from kwise.exceptions import DataFileError
from kwise.io import delimited, letters, widths
from kwise.io.letters import holds_alone
from kwise.io.widths import Expected, check_widths, csv_rows

MARKS = st.text(alphabet='a",\n\r', max_size=40)
CELLS = st.lists(
    st.lists(st.text(alphabet='a",\n', min_size=1, max_size=4), min_size=3, max_size=3),
    min_size=1,
    max_size=12,
)


def expected(width: int, skip_lines: int = 0) -> Expected:
    """Return what rows of so many cells must look like."""
    return Expected("t.csv", width, ",", None, skip_lines)


def by_csv_module(data: bytes, wanted: Expected) -> int | str:
    """Return what the csv module finds: the blank lines, or what is wrong."""
    try:
        return sum(not row for row in csv_rows(data, wanted))
    except DataFileError as error:
        return str(error)


def found(data: bytes, wanted: Expected) -> int | str:
    """Return the same as it is found."""
    try:
        return check_widths(data, wanted)
    except DataFileError as error:
        return str(error)


@given(text=MARKS, width=st.integers(1, 3), skip_lines=st.integers(0, 2), chunk=st.integers(1, 50))
@example(text='"a",a\r\n"a\n",a', width=2, skip_lines=0, chunk=4)
@example(text='a"a,a"a,a\n', width=2, skip_lines=0, chunk=9)
@example(text='"a",a\ra,a\n', width=2, skip_lines=0, chunk=50)
@settings(max_examples=400, deadline=None)
def test_widths_are_those_of_the_csv_module(text, width, skip_lines, chunk):
    data, wanted = ('"' + text).encode(), expected(width, skip_lines)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(widths, "CHUNK", chunk)
        assert found(data, wanted) == by_csv_module(data, wanted)


@given(cells=CELLS, end=st.sampled_from(["\n", "\r\n"]), chunk=st.integers(1, 60))
@settings(deadline=None)
def test_tables_as_they_are_written_need_no_csv_module(cells, end, chunk):
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator=end).writerows(cells)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(widths, "CHUNK", chunk)
        patch.setattr(widths, "csv_rows", None)
        assert check_widths(text.getvalue().encode(), expected(3)) == 0


@given(MARKS)
def test_a_cell_that_is_one_quote(text):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(letters, "_BLOCK", 4)
        patch.setattr(letters, "_SHARE", 2)
        there = re.search(r'[,\n]"[,\n\r]', text) is not None
        assert holds_alone(text.encode(), b'"', b",\n", b",\n\r") == there


@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
@pytest.mark.parametrize("gap", [False, True])
def test_numbers_in_quotes_are_read_by_polars(end, gap, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(delimited, "csv_rows", None)
    monkeypatch.setattr(widths, "csv_rows", None)
    X = np.random.default_rng(0).normal(size=(300, 3)).round(6)
    lines = [["a", "b", "c"], *([f"{each:.6f}" for each in row] for row in X)]
    if gap:
        lines[7][2] = ""
    body = (end or "\n").join(",".join(f'"{each}"' for each in line) for line in lines)
    (tmp_path / "t.csv").write_bytes((body + end).encode())

    frame = read_table(tmp_path / "t.csv").frame

    assert frame.dtypes == [pl.Float64] * 3
    assert frame["c"].null_count() == gap
    assert (frame[:, :2].to_numpy() == X[:, :2]).all()


@pytest.mark.parametrize("text", ['"\n1,2\n', 'a,b\n1,"\n', 'a,b\n",2\n', 'a,b\n1,2\n1,"'])
def test_one_quote_alone_is_still_seen(text):
    told = delimited._Text(text.encode(), None, type("D", (), {"delimiter": ","}), ["a", "b"], None)
    assert delimited._lone_quote(told)
