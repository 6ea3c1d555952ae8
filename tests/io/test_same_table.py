"""The same table in every format and every frame reads identically."""

import datetime as dt
import io
import json
import zipfile
from xml.sax.saxutils import escape

import openpyxl
import polars as pl
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from kwise.io import read_table
from kwise.preparation import Preparation

WORDS = st.sampled_from(["red", "a b", "x,y", "née", "Main St; 5", 'say "no"'])
WHOLE = st.integers(-(10**6), 10**6)
EXACT = st.integers(-(10**6), 10**6).map(lambda n: n / 4)
MONEY = st.integers(0, 10**7).map(lambda n: f"${n / 100:,.2f}")
SHARE = st.integers(0, 1000).map(lambda n: f"{n / 10}%")
GROUPED = st.integers(-(10**7), 10**7).map(lambda n: f"{n:,}")
GERMAN = st.integers(-(10**7), 10**7).map(
    lambda n: f"{n / 100:,.2f}".translate(str.maketrans(",.", ".,"))
)
LIMIT = st.integers(0, 500).map(lambda n: f"<{n}" if n % 9 == 0 else str(n))
DAY = st.dates(dt.date(1950, 1, 1), dt.date(2049, 12, 31))
WHEN = DAY.map(lambda day: f"{day:%d.%m.%Y} 10:30")
CODE = st.integers(501, 99999).map("{:05}".format)
GAPS = st.sampled_from([None, None, "n.a.", "Unknown", "#REF!"])
COLUMNS = {
    "shop": WORDS,
    "whole": WHOLE,
    "exact": EXACT,
    "money": MONEY,
    "share": SHARE,
    "grouped": GROUPED,
    "german": GERMAN,
    "limit": LIMIT,
    "day": DAY.map(str),
    "when": WHEN,
    "sure": st.sampled_from(["true", "false"]),
    "word": st.sampled_from(["yes", "no"]),
    "code": CODE,
}
GAPPED = st.sampled_from(["whole", "money", "grouped", "german", "day", "sure", "word"])


@st.composite
def tables(draw):
    """Draw columns of numbers, of numbers as people write them, of dates, truth and words."""
    n = draw(st.integers(4, 12))
    columns = {
        name: draw(st.lists(cells, min_size=n, max_size=n)) for name, cells in COLUMNS.items()
    }
    gaps = draw(st.lists(st.tuples(GAPPED, st.integers(1, n - 1), GAPS)))
    for name, i, word in gaps[: n // 3]:
        columns[name][i] = word
    return columns


def as_text(cell):
    return "" if cell is None else str(cell)


def csv(columns, delimiter):
    rows = [list(columns), *zip(*columns.values())]
    quoted = ['"' + as_text(cell).replace('"', '""') + '"' for row in rows for cell in row]
    width = len(columns)
    lines = [delimiter.join(quoted[i : i + width]) for i in range(0, len(quoted), width)]
    return ("\n".join(lines) + "\n").encode()


def xlsx(columns):
    book = openpyxl.Workbook()
    for row in [list(columns), *zip(*columns.values())]:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def ods_cell(cell):
    if cell is None:
        return "<table:table-cell/>"
    if isinstance(cell, str):
        return (
            '<table:table-cell office:value-type="string">'
            f"<text:p>{escape(cell)}</text:p></table:table-cell>"
        )
    return f'<table:table-cell office:value-type="float" office:value="{cell!r}"/>'


def ods(columns):
    rows = [list(columns), *zip(*columns.values())]
    body = "".join(
        f"<table:table-row>{''.join(map(ods_cell, row))}</table:table-row>" for row in rows
    )
    spaces = " ".join(
        f'xmlns:{each}="urn:oasis:names:tc:opendocument:xmlns:{each}:1.0"'
        for each in ("office", "table", "text")
    )
    content = (
        f"<office:document-content {spaces}><office:body><office:spreadsheet>"
        f'<table:table table:name="S">{body}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", content)
    return file.getvalue()


def written(columns, suffix):
    if suffix in (".csv", ".tsv"):
        return csv(columns, "," if suffix == ".csv" else "\t")
    if suffix in (".xlsx", ".ods"):
        return xlsx(columns) if suffix == ".xlsx" else ods(columns)
    rows = [dict(zip(columns, row)) for row in zip(*columns.values())]
    if suffix == ".jsonl":
        return "\n".join(map(json.dumps, rows)).encode()
    file = io.BytesIO()
    frame = pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), strict=False)
    frame.write_parquet(file) if suffix == ".parquet" else frame.write_ipc(file)
    return file.getvalue()


SUFFIXES = [".csv", ".tsv", ".xlsx", ".ods", ".jsonl", ".parquet", ".arrow"]


def plain(frame):
    """Return cells by column: 5 and 5.0 are the same cell."""
    return {name: frame[name].to_list() for name in frame.columns}


@given(tables())
@settings(max_examples=20, deadline=None)
def test_the_same_table_reads_the_same_in_every_format(tmp_path_factory, columns):
    folder = tmp_path_factory.mktemp("same")
    read = {}
    for suffix in SUFFIXES:
        (folder / f"t{suffix}").write_bytes(written(columns, suffix))
        read[suffix] = plain(read_table(folder / f"t{suffix}").frame)
    text = pl.DataFrame({name: list(map(as_text, cells)) for name, cells in columns.items()})
    for name, frame in {
        "polars": text,
        "pandas": text.to_pandas(),
        "arrow": text.to_arrow(),
        "categories": text.with_columns(pl.all().cast(pl.Categorical)),
    }.items():
        read[name] = plain(read_table(frame).frame)

    meant = read.pop(".csv")
    assert meant["exact"] == columns["exact"]
    assert all(each == meant for each in read.values()), [n for n, r in read.items() if r != meant]


def test_the_same_cells_of_every_type_are_prepared_alike():
    numbers = [1.5, 2.25, 20.5, 21.25, 19.0, None]
    text = [None if each is None else str(each) for each in numbers]
    frames = [
        pl.DataFrame({"x": numbers}),
        pl.DataFrame({"x": text}),
        pl.DataFrame({"x": text}).with_columns(pl.col("x").cast(pl.Categorical)),
        pl.DataFrame({"x": numbers}).with_columns(pl.col("x").cast(pl.Decimal(10, 3))),
        pl.DataFrame({"x": numbers}).to_pandas().astype("Float64"),
        pl.DataFrame({"x": numbers}).to_pandas().astype(object),
        pl.DataFrame({"x": numbers}).to_pandas().astype("float16"),
        pl.DataFrame({"x": numbers}).to_pandas().astype("category"),
        pa.table({"x": text}),
    ]

    prepared = [Preparation().fit_transform(frame).round(6).tolist() for frame in frames]

    assert len(prepared[0]) == 6
    assert all(str(each) == str(prepared[0]) for each in prepared)
