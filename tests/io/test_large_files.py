"""Large files are read on several threads, and looked through in blocks: the same is found."""

from __future__ import annotations

import io
import mmap
import os
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwise import read_table
from kwise.io import letters, whole_file
from kwise.io.letters import holds_letter, is_ascii
from kwise.io.whole_file import read_whole


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a file of a few bytes be large."""
    monkeypatch.setattr(whole_file, "_LARGE", 10)
    monkeypatch.setattr(whole_file, "_PIECE", 7)


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("size", [0, 1, 9, 10, 13, 14, 15, 1000])
def test_whole_file(tmp_path: Path, size: int) -> None:
    """Every byte is in its place, whatever the pieces."""
    data = np.random.default_rng(size).bytes(size)
    (tmp_path / "file").write_bytes(data)
    with (tmp_path / "file").open("rb") as file:
        assert read_whole(file) == data


@pytest.mark.usefixtures("small_pieces")
def test_file_cut_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a file that is cut while it is read, what was there comes back, and the reader says so."""
    path = tmp_path / "cut.csv"
    path.write_bytes(b"x,y\n" + b"1,2\n" * 20)
    read = os.preadv
    monkeypatch.setattr(
        os, "preadv", lambda file, into, at: read(file, into, at) if at < 40 else 0, raising=False
    )
    with path.open("rb") as file:
        assert path.read_bytes().startswith(read_whole(file))

    def cut(file: int, into: list[memoryview], at: int) -> int:
        os.truncate(path, 30)
        return read(file, into, at)

    monkeypatch.setattr(os, "preadv", cut, raising=False)
    with pytest.raises(ValueError, match="the file changed while it was read"):
        read_table(path)


@pytest.mark.usefixtures("small_pieces")
def test_stream_without_a_size(tmp_path: Path) -> None:
    """A pipe is read to its end."""
    reader, writer = os.pipe()
    os.write(writer, b"x,y\n1,2\n3,4\n5,6\n")
    os.close(writer)
    with os.fdopen(reader, "rb") as file:
        assert read_whole(file) == b"x,y\n1,2\n3,4\n5,6\n"


@given(st.binary(max_size=60), st.integers(0, 70), st.sampled_from("anz"))
def test_letters(data: bytes, start: int, letter: str) -> None:
    """Letters are found wherever they stand, from a byte on."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(letters, "_BLOCK", 4)
        patch.setattr(letters, "_SHARE", 2)
        assert is_ascii(data) == data.isascii()
        wanted = {letter.encode(), letter.upper().encode()}
        assert holds_letter(data, letter, start) == any(each in data[start:] for each in wanted)


def test_letters_of_a_map(tmp_path: Path) -> None:
    """A mapped file does as well."""
    (tmp_path / "file").write_bytes(b"12,3\n4,N\n")
    with (tmp_path / "file").open("rb") as file:
        held = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    assert holds_letter(held, "n")
    assert not holds_letter(held, "n", 8)


@pytest.mark.parametrize("word", ["NaN", "nan", "NAN", "-NaN", "-nan"])
@pytest.mark.parametrize("head", ["x,y", "name,number", "# note\nx,y"])
def test_words_that_read_as_numbers(word: str, head: str) -> None:
    """Words for "no value" are missing cells, wherever letters stand in the header."""
    rows = "".join(f"{i}.5,{i}\n" for i in range(30))
    frame = read_table(io.BytesIO(f"{head}\n{rows}{word},7\n".encode())).frame
    assert frame[:, 0].null_count() == 1
    assert frame[30, 0] is None
    assert frame[30, 1] == 7
    plain = read_table(io.BytesIO(f"{head}\n{rows}".encode())).frame
    assert plain.null_count().sum_horizontal().item() == 0
    assert plain.dtypes == [pl.Float64, pl.Int64]
    assert plain.equals(frame[:30])
