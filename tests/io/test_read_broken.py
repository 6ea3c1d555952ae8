"""Broken files: each is refused in one line that names the file and what is wrong."""

import bz2
import gzip
import io
import json
import lzma
import pickle
import tarfile
import zipfile

import numpy as np
import openpyxl
import polars as pl
import pytest
import zstandard

from kwise.exceptions import DataFileError
from kwise.io import read_table, trial

CSV = b"a,b\n" + b"1.5,2.5\n3.5,4.5\n" * 500
FRAME = pl.DataFrame({"a": np.arange(500.0), "b": np.arange(500.0) ** 2})


def written(write):
    file = io.BytesIO()
    write(file)
    return file.getvalue()


def half(data):
    return data[: len(data) // 2]


def zipped(**members):
    def write(file):
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in members.items():
                archive.writestr(name.replace("_", "."), data)

    return written(write)


def encrypted_zip():
    data = bytearray(zipped(a_csv=CSV))
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(magic) + offset] |= 1
    return bytes(data)


def tar():
    def write(file):
        with tarfile.open(fileobj=file, mode="w") as archive:
            member = tarfile.TarInfo("a.csv")
            member.size = len(CSV)
            archive.addfile(member, io.BytesIO(CSV))

    return written(write)


def flipped(data, at):
    changed = bytearray(data)
    changed[at] ^= 0xFF
    return bytes(changed)


def objects(file):
    np.save(file, np.array([{"a": 1}], dtype=object), allow_pickle=True)


BROKEN = {
    "no rows of text.csv": (b"", "empty"),
    "blank.csv": (b"\n \n\t\n", "only blank lines"),
    "comments.csv": (b"# a\n# b\n", "only blank lines or comments"),
    "header.csv": (b"a,b\n", "no row below"),
    "random.csv": (np.random.default_rng(0).bytes(5000), "binary data"),
    "random.parquet": (np.random.default_rng(0).bytes(5000), r"no \.parquet file"),
    "zeros.csv": (bytes(5000), "binary data"),
    "page.xls": (b"<html><table><tr><td>1</td></tr></table></html>", "a web page"),
    "iris.arff": (b"@relation iris\n@data\n1,2\n3,4\n", "an ARFF file of Weka; save its table"),
    "image.png": (b"\x89PNG\r\n\x1a\n" + bytes(99), "a PNG image, not a table"),
    "image.csv": (b"\xff\xd8\xff\xe0" + bytes(99), "a JPEG image"),
    "paper.pdf": (b"%PDF-1.7\n" + bytes(99), "a PDF document"),
    "old.xls": (b"\xd0\xcf\x11\xe0" + bytes(99), "save it as .xlsx"),
    "frame.pkl": (pickle.dumps({"a": [1]}, protocol=4), "a Python pickle"),
    "images.idx": (b"\x00\x00\x08\x03" + bytes(99), "an IDX file"),
    "base.db": (b"SQLite format 3\x00" + bytes(99), "an SQLite database"),
    "short.csv": (CSV + b"7\n" + CSV, "line 1002: 1 cell found where the table has 2 columns"),
    "long.csv": (CSV + b"7,8,9\n", "line 1002: 3 cells found"),
    "short.tsv": (b"a\tb\tc\n1\t2\t3\n4\t5\n", "line 3: 2 cells"),
    "blanks.txt": (b"1 2 3\n4 5 6\n7 8\n", "line 3: 2 cells"),
    "quote.csv": (CSV + b'"x,1\n2,3\n', "line 1002: the quotes do not close"),
    "late quote.csv": (b'a,b\n1,2\n"x,1\n2,3\ny",4,5\n', "opens on line 3 closes only on line 5"),
    "prose.md": (b"Title\n\nSome words, and more, and more.\nAnd, then.\n", "cells? found"),
    "utf16.csv": ("a,b\n1,2\n".encode("utf-16") + b"\x00", "utf-16"),
    "cut.csv.gz": (half(gzip.compress(CSV)), "damaged or cut off"),
    "wrong.csv.gz": (flipped(gzip.compress(CSV), -5), "damaged or cut off"),
    "nothing.csv.gz": (gzip.compress(b""), "empty once it is unpacked"),
    "text.csv.gz": (CSV, r"no \.gz file"),
    "cut.csv.bz2": (half(bz2.compress(CSV)), "damaged or cut off"),
    "cut.csv.xz": (half(lzma.compress(CSV)), "damaged or cut off"),
    "cut.csv.zst": (half(zstandard.compress(CSV)), "damaged or cut off"),
    "wrong.csv.zst": (flipped(zstandard.compress(CSV), 6), "damaged or cut off"),
    "cut.zip": (half(zipped(a_csv=CSV)), "damaged or cut off"),
    "bare.zip": (zipped(readme_txt=b"words", logo_png=b"x"), "holds no table"),
    "two.zip": (zipped(a_csv=CSV, b_csv=CSV), "holds 2 tables"),
    "locked.zip": (encrypted_zip(), "cannot be unpacked"),
    "broken inside.zip": (zipped(a_csv=b"a,b\n1\n2,3\n"), "member a.csv, line 2: 1 cell"),
    "cut.tar": (tar()[:700], "damaged or cut off"),
    "cut.tar.gz": (gzip.compress(tar()[:700]), "damaged or cut off"),
    "cut.parquet": (half(written(FRAME.write_parquet)), "is cut off"),
    "text.parquet": (CSV, r"no \.parquet file"),
    "cut.arrow": (half(written(FRAME.write_ipc)), "is cut off"),
    "cut.ipc": (half(written(FRAME.write_ipc_stream)), "damaged or cut off"),
    "text.feather": (CSV, "damaged or cut off"),
    "cut.npy": (half(written(lambda file: np.save(file, np.eye(9)))), "damaged or cut off"),
    "objects.npy": (written(objects), "Python objects, which could run code"),
    "cube.npy": (written(lambda file: np.save(file, np.ones((2, 2, 2)))), "3 dimensions"),
    "empty.npy": (written(lambda file: np.save(file, np.ones((0, 2)))), "the array is empty"),
    "complex.npy": (written(lambda file: np.save(file, np.ones(3, complex))), "neither numbers"),
    "cut.npz": (half(written(lambda file: np.savez(file, np.eye(9)))), "damaged or cut off"),
    "none.npz": (written(np.savez), "0 arrays could be the table"),
    "words.npz": (zipped(X_npy=b"words"), "member 'X' is no array"),
    "text.npz": (CSV, r"no \.npz file"),
    "text.xlsx": (CSV, r"no \.xlsx file"),
    "empty.xlsx": (written(openpyxl.Workbook().save), "holds no cells"),
    "cut.xlsx": (half(written(openpyxl.Workbook().save)), "damaged, locked or cut off"),
    "endless.ods": (
        zipped(
            mimetype=b"application/vnd.oasis.opendocument.spreadsheet",
            content_xml=b"<office:spreadsheet><table:table table:name='S'></office:spreadsheet>",
        ),
        "damaged, locked or cut off",
    ),
    "zip.ods": (zipped(a_csv=CSV), "damaged, locked or cut off"),
    "line.jsonl": (b'{"a": 1}\n{"a": 2\n', "line 2: this is no JSON"),
    "list.jsonl": (b'{"a": 1}\n[2]\n', "line 2: this is no JSON object"),
    "cut.json": (b'[{"a": 1}, {"a"', "no JSON array of objects"),
    "keys.jsonl": (b"{}\n{}\n", "no keys"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_files_are_refused_in_one_line(tmp_path, name):
    data, message = BROKEN[name]
    path = tmp_path / name
    path.write_bytes(data)

    with pytest.raises(DataFileError, match=message) as caught:
        read_table(path)

    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)
    assert len(str(caught.value)) < 400


def test_a_file_that_is_not_there_is_refused_with_the_nearest_name(tmp_path):
    (tmp_path / "housing.csv").write_bytes(CSV)

    with pytest.raises(DataFileError, match=r"no such file; did you mean .*housing\.csv"):
        read_table(tmp_path / "hosing.csv")
    with pytest.raises(DataFileError, match=r"the folder .* does not exist either"):
        read_table(tmp_path / "nowhere" / "a.csv")
    (tmp_path / "labels.csv").write_bytes(b"label\nx\ny\n")
    with pytest.raises(DataFileError, match=r"this is a folder .* housing.csv has a column 'a'"):
        read_table(tmp_path)


def test_a_workbook_reads_as_its_cells(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "cover"
    sheet = book.create_sheet("data")
    for row in [["Sales", None, None], ["n", "x", "name"], [1, 1.5, "a"], [2, None, "b"]]:
        sheet.append(row)
    book.save(tmp_path / "t.xlsx")

    for chosen in ("data", 2):
        table = read_table(tmp_path / "t.xlsx", sheet=chosen)
        assert table.frame.to_dict(as_series=False) == {
            "n": [1, 2],
            "x": [1.5, None],
            "name": ["a", "b"],
        }
    assert any("1 row above the table" in note for note in table.notes)
    with pytest.raises(ValueError, match="unknown sheet 'dta'; did you mean 'data'"):
        read_table(tmp_path / "t.xlsx", sheet="dta")
    with pytest.raises(ValueError, match="there are 2 sheets"):
        read_table(tmp_path / "t.xlsx", sheet=3)


def ods_cell(value):
    if isinstance(value, str):
        cell = f'office:value-type="string"><text:p>{value}</text:p>'
    else:
        cell = f'office:value-type="float" office:value="{value}">'
    return f"<table:table-cell {cell}</table:table-cell>"


def test_an_opendocument_sheet_reads_as_its_cells(tmp_path):
    rows = [["a", "b"], [1, 2.5], [3, 4.5]]
    body = "".join(
        f"<table:table-row>{''.join(ods_cell(cell) for cell in row)}</table:table-row>"
        for row in rows
    )
    names = " ".join(
        f'xmlns:{each}="urn:oasis:names:tc:opendocument:xmlns:{each}:1.0"'
        for each in ("office", "table", "text")
    )
    content = (
        f"<office:document-content {names}><office:body><office:spreadsheet>"
        f'<table:table table:name="S">{body}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(tmp_path / "t.ods", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", content)

    frame = read_table(tmp_path / "t.ods").frame

    assert frame.to_dict(as_series=False) == {"a": [1, 3], "b": [2.5, 4.5]}


@pytest.mark.parametrize(
    ("name", "text"),
    [("t.jsonl", '{"a": 1, "b": "x"}\n\n{"a": 2.5}\n'), ("t.json", '[{"a":1,"b":"x"},{"a":2.5}]')],
)
def test_json_reads_as_its_objects(tmp_path, name, text):
    (tmp_path / name).write_text(text)

    frame = read_table(tmp_path / name).frame

    assert frame.to_dict(as_series=False) == {"a": [1.0, 2.5], "b": ["x", None]}


SHAPES = {
    "penguins.csv": (344, 8),
    "faithful.csv": (272, 2),
    "california_housing/housing.csv": (20_640, 10),
    "california_housing/housing.tgz": (20_640, 10),
    "tcga_pancan/labels.csv": (801, 2),
    "tcga_pancan/pca_16d.csv": (801, 16),
    "cities.csv.gz": (144_563, 2),
    "diamonds.csv.gz": (53_940, 10),
    "shuttle.csv.gz": (58_000, 10),
    "nakayama_105x22283.npz": (105, 22_284),
    "kddcup99/kddcup.data_10_percent.gz": (494_021, 42),
}


@pytest.mark.parametrize("name", SHAPES)
def test_real_files_read_whole(data_dir, name):
    frame = read_table(data_dir / name).frame

    assert frame.shape == SHAPES[name]


def test_every_shape_set_reads_as_numbers(data_dir):
    for path in sorted((data_dir / "shapes").glob("*.gz")):
        frame = read_table(path).frame

        assert frame.width == (1 if ".labels" in path.name else frame.width)
        assert frame.height >= 100
        assert all(dtype.is_numeric() for dtype in frame.dtypes)
        assert frame.columns[0] == "column 1"
        assert sum(frame.null_count().row(0)) == 0


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("hubble_deep_field.jpg", "a JPEG image"),
        ("fashion_mnist_t10k/t10k-images-idx3-ubyte.gz", "an IDX file"),
        ("shapes", "this is a folder"),
        ("README.md", "cells? found"),
    ],
)
def test_real_files_that_are_no_tables_are_refused(data_dir, name, message):
    with pytest.raises(DataFileError, match=message):
        read_table(data_dir / name)


@pytest.mark.parametrize("suffix", ["parquet", "arrow"])
def test_damage_that_ends_a_reader_is_refused_in_words(tmp_path, suffix, capfd):
    """One of these bytes announces 2^61 bytes, for which the reader would end this process."""
    frame = pl.DataFrame({"a": [1.5, 2.0, None], "b": [1, 2, 3], "c": ["x", "y", "z"]})
    path = tmp_path / f"t.{suffix}"
    frame.write_parquet(path) if suffix == "parquet" else frame.write_ipc(path)
    whole = path.read_bytes()
    for at in (60, 140, 220):
        path.write_bytes(whole[:-at] + b"\xff" * 20 + whole[20 - at :])
        with pytest.raises(DataFileError, match=rf"t\.{suffix}: the \w+ data is damaged"):
            read_table(path)
    assert capfd.readouterr().err == ""


def test_a_reader_that_dies_is_told_of(monkeypatch):
    monkeypatch.setattr(trial, "_PROGRAM", "import os; os.abort()")
    with pytest.raises(DataFileError, match=r"^t: the Arrow data is damaged .*gave up"):
        trial.refuse_damaged(b"", "read_ipc", None, name="t", what="Arrow")


DEEP = {
    "lists.json": b'[{"a":' + b"[" * 20_000 + b"]" * 20_000 + b"}]",
    "never closed.json": b"[" * 20_000,
    "objects.json": b'[{"b":1},{"b":' + b'{"a":' * 300 + b"1" + b"}" * 300 + b"}]",
    "over lines.json": b"[\n" * 300 + b'{"a":1}\n' + b"]\n" * 300,
    "objects.jsonl": b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
    "in the last line.ndjson": b'{"a":1}\n' * 99
    + b'{"a":'
    + b'[{"b":' * 99
    + b"1"
    + b"}]" * 99
    + b"}",
    "below a quote.jsonl": b'{"a":"\n' + b'{"a":' * 600 + b'"' + b"}" * 600,
    "beside texts.jsonl": b'{"t":"]]\\"]]\\\\","a":' + b"[" * 600 + b"]" * 600 + b"}",
    "shape.geojson": b'{"type":"Feature","geometry":{"coordinates":'
    + b"[" * 600
    + b"]" * 600
    + b"}}",
    "no suffix": b'{"a":' * 600 + b"1" + b"}" * 600,
    "packed.json.gz": gzip.compress(b'[{"a":' + b"[" * 20_000 + b"]" * 20_000 + b"}]"),
    "packed.zip": zipped(a_jsonl=b'[{"a":' + b"[" * 20_000 + b"]" * 20_000 + b"}]"),
}


@pytest.mark.parametrize("name", DEEP)
def test_lists_in_lists_without_end_are_refused(tmp_path, name):
    """Where polars is asked, some versions end the process, and others take minutes."""
    (tmp_path / name).write_bytes(DEEP[name])
    with pytest.raises(DataFileError, match=f"{name}.*: .* more than 64 levels deep"):
        read_table(tmp_path / name)


def test_brackets_in_texts_and_lists_of_some_levels_are_no_depth(tmp_path):
    texts = ["[" * 500, "{" * 500 + '"', '\\"[' * 99, "]" * 99, "\\\\" + "[" * 99, ""]
    rows = [{"t": text, "n": number, "": "["} for number, text in enumerate(texts)]
    (tmp_path / "t.json").write_text(json.dumps(rows, indent=1))
    (tmp_path / "t.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    for name in ("t.json", "t.jsonl"):
        frame = read_table(tmp_path / name).frame
        assert frame["t"].to_list()[:5] == texts[:5]
        assert frame["n"].to_list() == list(range(6))
    (tmp_path / "levels.jsonl").write_bytes(b'{"a":' * 60 + b"1" + b"}" * 60 + b"\n")
    assert read_table(tmp_path / "levels.jsonl").frame.shape == (1, 1)


@pytest.mark.parametrize("codec", ["hex", "rot13", "zlib", "base64"])
def test_a_codec_that_makes_no_text_is_no_encoding(codec):
    with pytest.raises(ValueError, match="unknown encoding"):
        read_table(io.BytesIO(b"\xe9,b\n1,2\n"), encoding=codec)


def test_carriage_returns_within_comments_are_no_error_of_ours(tmp_path):
    head = b'#\ra #\r#\r""#\ra #\r' + b"a #\r" * 30
    (tmp_path / "cr.csv").write_bytes(head + b"\xd4 comm# `;b\n1;2\n3")
    assert read_table(tmp_path / "cr.csv").frame.height >= 1


def test_a_table_that_does_not_fit_is_named(tmp_path, monkeypatch):
    path = tmp_path / "rows.csv"
    path.write_text("a,b\n" + "1,2\n" * 1000)
    monkeypatch.setattr("kwise.io.delimited._LARGE", 1)
    monkeypatch.setattr("kwise._memory.free_memory", lambda: 10_000)

    with pytest.raises(DataFileError, match=r"rows\.csv: some 1,001 rows of 2 columns do not fit"):
        read_table(path)

    assert read_table(path, n_rows=100).frame.height == 100


def test_memory_that_runs_out_is_told_with_the_file(tmp_path, monkeypatch):
    def nothing(*_):
        raise MemoryError

    path = tmp_path / "rows.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("t.csv", "a,b\n1,2\n")
    monkeypatch.setattr("kwise.io.archives._zip_bytes", nothing)

    with path.open("rb") as file:
        for source in (path, file):
            with pytest.raises(MemoryError, match=r"rows\.zip: it takes more memory than is free"):
                read_table(source)
