"""Laws of reading: what is written reads back, and no damage is met with anything but one line."""

import csv
import gzip
import io

import numpy as np
import polars as pl
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kwise.exceptions import DataFileError
from kwise.io import read_table

NUMBERS = st.one_of(st.integers(-(10**9), 10**9), st.floats(-1e9, 1e9, allow_nan=False))


@st.composite
def tables(draw):
    """Draw a table: a column of words, and columns of numbers with gaps."""
    n_rows = draw(st.integers(2, 12))
    letters = st.sampled_from(["a;b", "x,y", 'q"q', "née", "two\nlines", "plain", "a b"])
    words = draw(st.lists(letters, min_size=n_rows, max_size=n_rows))
    gaps = st.one_of(NUMBERS, st.none())
    columns = [
        [draw(NUMBERS), *draw(st.lists(gaps, min_size=n_rows - 1, max_size=n_rows - 1))]
        for _ in range(draw(st.integers(1, 4)))
    ]
    return words, columns


@given(tables(), st.sampled_from(",;\t|"), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
       st.sampled_from(["\n", "\r\n"]), st.sampled_from(["", "NA"]), st.booleans())  # fmt: skip
@settings(max_examples=80, deadline=None)
def test_what_is_written_reads_back(table, delimiter, encoding, end, gap, comma):
    words, columns = table
    comma = comma and delimiter != ","
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end)
    writer.writerow(["word", *(f"x{j}" for j in range(len(columns)))])
    for i, word in enumerate(words):
        cells = [gap if column[i] is None else str(column[i]) for column in columns]
        writer.writerow([word, *(cell.replace(".", ",") if comma else cell for cell in cells)])

    data = text.getvalue().encode(encoding)
    frame = read_table(io.BytesIO(data), delimiter=delimiter, decimal="," if comma else ".").frame

    assert frame["word"].to_list() == words
    for j, column in enumerate(columns):
        assert frame[f"x{j}"].to_list() == column


FRAME = pl.DataFrame({"a": [1, 2, 3] * 9, "b": [1.5, 2.5, None] * 9, "c": ["x", "y y", 'z"z'] * 9})


def saved(write):
    file = io.BytesIO()
    write(file)
    return file.getvalue()


WHOLE = {
    ".csv": FRAME.write_csv().encode(),
    ".txt": b"1 2 3\n4 5 6\n" * 9,
    ".csv.gz": gzip.compress(FRAME.write_csv().encode()),
    ".npy": saved(lambda file: np.save(file, np.eye(4))),
    ".npz": saved(lambda file: np.savez(file, X=np.eye(4), y=np.arange(4))),
    ".parquet": saved(FRAME.write_parquet),
    ".jsonl": FRAME.write_ndjson().encode(),
}


@given(st.sampled_from(sorted(WHOLE)), st.data())
@settings(max_examples=150, deadline=None)
def test_damage_is_read_over_or_refused_in_one_line(tmp_path_factory, suffix, data):
    damaged = bytearray(WHOLE[suffix])
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, max(0, len(damaged) - 1)))
        kind = data.draw(st.sampled_from(["change", "insert", "remove", "cut"]))
        piece = data.draw(
            st.one_of(st.sampled_from([b'"', b"\n", b",", b"\0"]), st.binary(max_size=3))
        )
        if kind == "change":
            damaged[at : at + len(piece)] = piece
        elif kind == "insert":
            damaged[at:at] = piece
        elif kind == "remove":
            del damaged[at : at + 3]
        else:
            del damaged[at:]
    assume(damaged)
    path = tmp_path_factory.mktemp("damaged") / f"t{suffix}"
    path.write_bytes(damaged)

    message, frame = "", FRAME
    try:
        frame = read_table(path).frame
    except DataFileError as error:
        message = str(error)

    assert "\n" not in message
    assert frame.height > 0
    assert len(set(frame.columns)) == frame.width
