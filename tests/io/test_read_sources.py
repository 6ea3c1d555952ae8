"""Where tables come from: files of every format, archives, streams, frames and arrays."""

import bz2
import gzip
import io
import lzma
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import zstandard

import kwise
from kwise.exceptions import DataFileError
from kwise.io import Table, read_table

CSV = b"a,b\n1,2.5\n3,4.5\n"
CELLS = {"a": [1, 3], "b": [2.5, 4.5]}
FRAME = pl.DataFrame(CELLS)


def cells(table):
    return table.frame.to_dict(as_series=False)


@pytest.mark.parametrize(
    ("suffix", "compress"),
    [(".gz", gzip.compress), (".bz2", bz2.compress), (".xz", lzma.compress),
     (".zst", zstandard.compress)],
)  # fmt: skip
def test_compressed_files_are_unpacked(tmp_path, suffix, compress):
    path = tmp_path / f"small.csv{suffix}"
    path.write_bytes(compress(CSV))

    table = read_table(path)

    assert cells(table) == CELLS
    assert (table.name, table.path) == ("small", str(path))


def test_compression_is_known_by_content(tmp_path):
    path = tmp_path / "small.csv"
    path.write_bytes(gzip.compress(CSV))

    assert cells(read_table(path)) == CELLS


def zipped(**members):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("_", "."), data)
    return packed.getvalue()


def test_the_only_table_of_a_zip_archive_is_read(tmp_path):
    path = tmp_path / "small.zip"
    path.write_bytes(zipped(README_md="words", small_csv=CSV))

    assert cells(read_table(path)) == CELLS


def test_several_tables_in_an_archive_need_a_key(tmp_path):
    path = tmp_path / "two.zip"
    path.write_bytes(zipped(one_csv=CSV, two_csv=CSV))

    with pytest.raises(DataFileError, match=r"holds 2 tables \(one.csv, two.csv\); pass key="):
        read_table(path)
    with pytest.raises(ValueError, match=r"unknown member 'tow.csv'; did you mean 'two.csv'"):
        read_table(path, key="tow.csv")
    assert read_table(path, key="two.csv").name == "two"


def test_a_table_in_a_tar_archive_is_read(tmp_path):
    path = tmp_path / "small.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        member = tarfile.TarInfo("folder/small.csv")
        member.size = len(CSV)
        archive.addfile(member, io.BytesIO(CSV))

    assert cells(read_table(path)) == CELLS


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("t.parquet", FRAME.write_parquet),
        ("t.arrow", FRAME.write_ipc),
        ("t.feather", FRAME.write_ipc),
        ("t.ipc", FRAME.write_ipc_stream),
        ("t.csv", FRAME.write_csv),
    ],
)
def test_binary_tables_read_as_their_cells(tmp_path, name, write):
    write(tmp_path / name)

    assert cells(read_table(tmp_path / name)) == CELLS


def test_a_binary_table_is_known_by_content(tmp_path):
    FRAME.write_parquet(tmp_path / "t.csv")

    assert cells(read_table(tmp_path / "t.csv")) == CELLS


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", ["f8", ">f8", "f4", "i4", "u1", "f2"])
def test_npy_files_read_as_their_array(tmp_path, dtype, order):
    array = np.asarray(np.arange(12).reshape(4, 3), dtype=dtype, order=order)
    np.save(tmp_path / "t.npy", array)

    frame = read_table(tmp_path / "t.npy").frame

    assert frame.columns == ["column 1", "column 2", "column 3"]
    np.testing.assert_array_equal(frame.to_numpy(), array)


def test_npz_labels_become_text_that_cannot_be_clustered(tmp_path):
    np.savez(tmp_path / "t.npz", X=np.eye(3), y=np.array([0, 1, 1]), w=np.ones(3), s=np.ones(2))

    table = read_table(tmp_path / "t.npz")

    assert table.frame.columns == ["column 1", "column 2", "column 3", "y"]
    assert table.frame["y"].to_list() == ["0", "1", "1"]
    assert any("left out: w, s" in note for note in table.notes)


def test_npz_with_several_matrices_needs_a_key(tmp_path):
    np.savez(tmp_path / "t.npz", A=np.eye(3), B=np.ones((2, 2)))

    with pytest.raises(DataFileError, match="2 arrays could be the table; pass key="):
        read_table(tmp_path / "t.npz")
    assert read_table(tmp_path / "t.npz", key="B").frame.shape == (2, 2)
    with pytest.raises(ValueError, match="unknown array 'b'; did you mean 'B'"):
        read_table(tmp_path / "t.npz", key="b")


@pytest.mark.parametrize(
    "frame",
    [FRAME, FRAME.lazy(), pd.DataFrame(CELLS), pa.table(CELLS)],
    ids=["polars", "lazy", "pandas", "arrow"],
)
def test_frames_of_any_library_are_taken(frame):
    table = read_table(frame)

    assert cells(table) == CELLS
    assert table.path is None


def test_pandas_frames_may_have_any_names_and_mixed_cells():
    frame = pd.DataFrame([[1, "x", None], [2, 3, 4.0]], columns=[0, "b", "b"], index=["r", "s"])

    table = read_table(frame)

    assert table.frame.columns == ["0", "b", "b (2)"]
    assert table.frame.rows() == [(1, "x", None), (2, "3", 4.0)]
    assert any("index" in note for note in table.notes)


def test_arrays_are_taken():
    assert read_table(np.arange(6.0).reshape(3, 2)).frame.shape == (3, 2)
    assert read_table(np.arange(6.0)).frame.shape == (6, 1)
    record = np.array([(1, 2.5), (3, 4.5)], dtype=[("a", int), ("b", float)])
    assert cells(read_table(record)) == CELLS


def test_a_table_passes_through():
    table = Table(FRAME, "mine")

    assert read_table(table).name == "mine"


def test_standard_input_is_read(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(gzip.compress(CSV))))

    assert cells(read_table("-")) == CELLS


def test_what_is_no_table_is_refused():
    with pytest.raises(TypeError, match="set is no table; pass a path"):
        read_table({1, 2})
    with pytest.raises(TypeError, match="open it in binary mode"):
        read_table(io.StringIO("a,b\n1,2\n"))
    with pytest.raises(DataFileError, match="3 dimensions"):
        read_table(np.ones((2, 2, 2)))
    with pytest.raises(DataFileError, match="empty"):
        read_table(pl.DataFrame({"a": []}))


def test_transposing_makes_rows_of_columns(tmp_path):
    path = tmp_path / "genes.csv"
    path.write_text("gene,s1,s2\nA,1,2\nB,3,4\nC,5,6\n")

    table = read_table(path, transpose=True)

    assert cells(table) == {"sample": ["s1", "s2"], "A": [1, 2], "B": [3, 4], "C": [5, 6]}
    with pytest.raises(DataFileError, match="column 'b' holds no numbers"):
        read_table(pl.DataFrame({"a": [1], "b": ["x"]}), transpose=True)


def test_samples_in_columns_are_hinted_at():
    rng = np.random.default_rng(0)
    level = rng.normal(8, 3, size=(200, 1))
    genes = {"gene": [f"g{i}" for i in range(200)]}
    body = level + rng.normal(0, 0.5, size=(200, 8))
    by_variance = pl.DataFrame(genes | {f"c{j}": body[:, j] for j in range(8)})
    by_name = pl.DataFrame({f"sample_{j}": body[:, j] for j in range(8)})
    plain = pl.DataFrame(genes | {f"c{j}": rng.normal(j, 1, size=200) for j in range(8)})

    assert any("transpose=True" in note for note in read_table(by_variance).notes)
    assert any("transpose=True" in note for note in read_table(by_name).notes)
    assert not any("transpose" in note for note in read_table(plain).notes)


@pytest.mark.parametrize("name", ["t.csv", "t.parquet", "t.arrow", "t.npy", "t.jsonl", "t.xlsx"])
def test_every_format_reads_no_more_rows_than_asked(tmp_path, name):
    path = tmp_path / name
    frame = pl.DataFrame({"a": range(9), "b": range(9)})
    write = {
        "t.csv": frame.write_csv,
        "t.parquet": frame.write_parquet,
        "t.arrow": frame.write_ipc,
        "t.npy": lambda path: np.save(path, frame.to_numpy()),
        "t.jsonl": frame.write_ndjson,
        "t.xlsx": lambda path: frame.to_pandas().to_excel(path, index=False),
    }
    write[name](path)

    assert read_table(path, n_rows=4).frame.height == 4


def test_without_polars_the_message_says_what_to_install(tmp_path):
    code = (
        "import sys; sys.modules['polars'] = None\n"
        "import kwise\n"
        "for use in (lambda: kwise.read_table('t.csv'), lambda: kwise.preparation.Preparation):\n"
        "    try: use()\n"
        "    except ImportError as error: print(error)\n"
    )

    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    wanted = 'polars is needed here and is not installed; run: pip install "kwise[report]"'
    assert ran.stdout.splitlines() == [wanted, wanted]


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "t.csv"
    path.write_text("a,b\n1,2\n3,4\n")
    status = os.fstat

    def cut_meanwhile(descriptor):
        found = status(descriptor)
        path.write_text("a,b\n1,2\n")
        return found

    monkeypatch.setattr(os, "fstat", cut_meanwhile)
    with pytest.raises(DataFileError, match="the file changed while it was read"):
        read_table(path)


def test_no_file_is_mapped_that_another_could_cut():
    """A page past the end of a cut file ends the process, with no chance to say so."""
    sources = (Path(kwise.__file__).parent / "io").rglob("*.py")
    assert not [each.name for each in sources if "mmap.mmap(" in each.read_text("utf-8")]


WRITERS = {
    "csv": pl.DataFrame.write_csv,
    "parquet": pl.DataFrame.write_parquet,
    "arrow": pl.DataFrame.write_ipc,
    "jsonl": pl.DataFrame.write_ndjson,
}


@pytest.mark.parametrize("suffix", WRITERS)
def test_a_folder_or_a_pattern_of_files_reads_as_one_table(tmp_path, suffix):
    frame = pl.DataFrame(
        {"a": range(12), "b": [0.5 * i for i in range(12)], "c": list("xyzxyz" * 2)}
    )
    for i in range(4):
        WRITERS[suffix](frame[3 * i : 3 * i + 3], tmp_path / f"part-{i}.{suffix}")
    (tmp_path / "_SUCCESS").write_text("")

    for source in (tmp_path, str(tmp_path / f"part-*.{suffix}"), tmp_path / "*"):
        table = read_table(source)
        assert table.frame.equals(frame)
        assert f"4 files were read as one table: part-0.{suffix} to part-3.{suffix}" in table.notes


def test_parts_are_read_alike_and_may_lack_the_header(tmp_path):
    (tmp_path / "x.1.csv").write_text("a,b\n1,705\n2,710\n")
    (tmp_path / "x.2.csv").write_text('3,"5,060"\n4,700\n')

    frame = read_table(tmp_path / "x.*.csv").frame

    assert frame.to_dict(as_series=False) == {"a": [1, 2, 3, 4], "b": [705, 710, 5060, 700]}


def test_files_that_are_no_one_table_are_refused(tmp_path):
    with pytest.raises(DataFileError, match="no file has such a name"):
        read_table(tmp_path / "*.csv")
    with pytest.raises(DataFileError, match="holds no table"):
        read_table(tmp_path)
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")
    (tmp_path / "y.csv").write_text("a,c\n1,2\n")
    with pytest.raises(DataFileError, match=r"x.csv has a column 'b', y.csv has none"):
        read_table(tmp_path / "*.csv")
    FRAME.write_parquet(tmp_path / "z.parquet")
    with pytest.raises(DataFileError, match="several kinds of files"):
        read_table(tmp_path)
