"""Folders as other programs write them, and text files of every kind that polars reads."""

import gzip

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

import kwise
from kwise.exceptions import DataFileError

RNG = np.random.default_rng(0)
X = (RNG.normal(size=(3000, 3)) + 4 * RNG.integers(0, 4, size=(3000, 1))).round(3)
FRAME = pl.DataFrame(X, schema=["a", "b", "c"])


def check_same(rows, rows_in_memory=X):
    one = kwise.KMeans(4, random_state=0).fit(rows_in_memory)
    found = kwise.KMeans(4, random_state=0).fit(rows)
    assert np.array_equal(found.labels_, one.labels_)
    assert np.array_equal(found.cluster_centers_, one.cluster_centers_)


def test_what_programs_leave_beside_the_parts_is_passed_over(tmp_path):
    FRAME[:1000].write_parquet(tmp_path / "part-0.parquet")
    FRAME[1000:].write_parquet(tmp_path / "part-1.parquet")
    for name in ("_SUCCESS", "._SUCCESS.crc", ".part-0.parquet.crc", "_metadata"):
        (tmp_path / name).write_bytes(b"x")
    for folder in ("_temporary", ".spark-staging", "_delta_log"):
        (tmp_path / folder / "0").mkdir(parents=True)
        FRAME.write_parquet(tmp_path / folder / "0" / "part-0.parquet")

    for given in ("", "/*", "/**/*.parquet", "/part-*.parquet"):
        check_same(kwise.rows(f"{tmp_path}{given}"))
    assert len(kwise.rows(tmp_path / "_delta_log")) == 3000  # what is asked for is read


@pytest.mark.parametrize("kind", ["parquet", "ipc"])
def test_folders_that_name_a_column(kind, tmp_path):
    outer = tmp_path / "run=7"
    for year, part in ((2023, FRAME[:1000]), (2024, FRAME[1000:])):
        (outer / f"year={year}").mkdir(parents=True)
        getattr(part, f"write_{kind}")(outer / f"year={year}" / f"part-0.{kind}")
    years = np.r_[np.full(1000, 2023.0), np.full(2000, 2024.0)]

    for given in (outer, f"{outer}/year=*/*", f"{outer}/year=*"):
        rows = kwise.rows(given)
        assert rows.columns == ("a", "b", "c", "year")
        check_same(rows, np.column_stack([X, years]))
        check_same(kwise.rows(given, columns=["year", "a"]), np.column_stack([years, X[:, 0]]))
        check_same(kwise.rows(given, columns=["a", "b", "c"]))
    check_same(kwise.rows(outer / "year=2024"), X[1000:])
    assert kwise.rows(outer / "year=2024").columns == ("a", "b", "c")
    assert kwise.rows(f"{tmp_path}/*").columns == ("a", "b", "c", "run", "year")
    outer.joinpath("year=2023").rename(outer / "year=last")
    with pytest.raises(DataFileError, match="column 'year' holds String"):
        kwise.rows(outer)
    check_same(kwise.rows(outer, columns=["a", "b", "c"]), np.vstack([X[1000:], X[:1000]]))


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("quotes", ["necessary", "always"])
def test_text_between_any_marks(separator, quotes, tmp_path):
    named = FRAME.with_columns(pl.lit('say "x, y; z"\n|').alias("a, name; of\t|"))
    named.write_csv(tmp_path / "rows.csv", separator=separator, quote_style=quotes)

    check_same(kwise.rows(tmp_path / "rows.csv", columns=["a", "b", "c"]))
    with pytest.raises(DataFileError, match="no numbers"):
        kwise.rows(tmp_path / "rows.csv")


def test_text_that_is_packed(tmp_path):
    text = FRAME.write_csv().encode()
    (tmp_path / "rows.csv.gz").write_bytes(gzip.compress(text))
    (tmp_path / "rows.csv.zst").write_bytes(pa.compress(text, codec="zstd", asbytes=True))
    (tmp_path / "rows.csv.bz2").write_bytes(b"BZ")

    check_same(kwise.rows(tmp_path / "rows.csv.gz"))
    check_same(kwise.rows(tmp_path / "rows.csv.zst"))
    check_same(kwise.rows([tmp_path / "rows.csv.gz", tmp_path / "rows.csv.zst"]), np.vstack([X, X]))
    with pytest.raises(DataFileError, match=r"ending in \.bz2; .* \.gz .*unpack"):
        kwise.rows(tmp_path / "rows.csv.bz2")


def test_what_gives_no_batches_is_refused_in_words():
    for given, found in (
        (lambda: 3, "gives int"),
        (list, "gives nothing"),
        (lambda: [1, 2], "gives list"),
        (lambda: iter([X]), "gives list_iterator"),
        (lambda: FRAME, "gives DataFrame"),
    ):
        with pytest.raises(DataFileError, match=found):
            kwise.rows(given)
    with pytest.raises(DataFileError, match="unable to find column"):
        kwise.KMeans(2).fit(FRAME.lazy().select("d"))
    with pytest.raises(ValueError, match=r"values are masked: these would be read as numbers"):
        kwise.rows(np.ma.masked_greater(X, 5))
