"""One table of shops, written as people write files: each way is a row of ``WAYS``.

Every file means the same four columns of numbers. ``benchmarks/tables.py`` writes what becomes of
each into the documentation; the tests ask that it is the same.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, timedelta

import numpy as np
import openpyxl
import polars as pl

Rows = list[list[str]]
COLUMNS = ("sales", "staff", "growth", "share")
N_ROWS = 90
PLACES = ("Main St, 12", "Hauptstraße 5; hinten", "Rue de l'Église 7", 'The "Corner"')


def shops() -> pl.DataFrame:
    """Return the table: three groups of shops, and a number in every cell."""
    rng = np.random.default_rng(7)
    group = np.arange(N_ROWS) % 3
    return pl.DataFrame(
        {
            "sales": (rng.normal([1500, 24000, 91000], [200, 2500, 4000], (N_ROWS // 3, 3)))
            .ravel()
            .round(2),
            "staff": (np.array([8, 240, 2600])[group] + rng.integers(0, 40, N_ROWS)),
            "growth": (np.array([-12.0, 2.5, 19.0])[group] + rng.normal(0, 2, N_ROWS)).round(1),
            "share": (np.array([12.0, 75.0, 40.0])[group] + rng.normal(0, 4, N_ROWS)).round(1),
        }
    )


def plain(frame: pl.DataFrame) -> Rows:
    """Write every cell as a program would, beside the names of the shops."""
    cells = [[f"{value:g}" if value % 1 == 0 else str(value) for value in row]
             for row in frame.rows()]  # fmt: skip
    return [[f"Shop {i + 1}", *row] for i, row in enumerate(cells)]


def separated(rows: Sequence[Sequence[str]], delimiter: str = ",", end: str = "\n") -> str:
    """Write rows of cells, quoted where need be."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator=end).writerows(rows)
    return text.getvalue()


HEADER = ["shop", *COLUMNS]


def changed(frame: pl.DataFrame, *how: Callable[[float], str]) -> Rows:
    """Write the columns as told, each by a function of its number."""
    rows = [[each(value) for each, value in zip(how, row)] for row in frame.rows()]
    return [HEADER, *([f"Shop {i + 1}", *row] for i, row in enumerate(rows))]


def thousands(mark: str, point: str = ".", places: int = 2) -> Callable[[float], str]:
    """Return what sets thousands apart."""

    def written(value: float) -> str:
        text = f"{value:,.{places}f}"
        return text.replace(".", "#").replace(",", mark).replace("#", point)

    return written


def comma(value: float) -> str:
    """Write a decimal comma."""
    return f"{value:.1f}".replace(".", ",")


def dotted(value: float) -> str:
    """Write a decimal point."""
    return f"{value:.1f}"


def whole(value: float) -> str:
    """Write a whole number."""
    return f"{value:.0f}"


def in_parentheses(value: float) -> str:
    """Write losses as bookkeepers do."""
    return f"({-value:.1f})" if value < 0 else f"{value:.1f}"


def minus_behind(value: float) -> str:
    """Write losses as old mainframes do."""
    return f"{-value:.1f}-" if value < 0 else f"{value:.1f}"


def true_minus(value: float) -> str:
    """Write losses as typesetters do."""
    return f"{value:.1f}".replace("-", "\u2212")


def with_cells(frame: pl.DataFrame, extra: dict[str, Sequence[object]]) -> str:
    """Put columns that are no measurements beside the numbers."""
    rows = [HEADER, *plain(frame)]
    added = [list(extra), *zip(*extra.values())]
    return separated([[*row, *map(str, more)] for row, more in zip(rows, added)])


def us_thousands(frame: pl.DataFrame) -> bytes:
    """Commas between thousands, quoted."""
    return separated(
        changed(frame, thousands(","), thousands(",", places=0), dotted, dotted)
    ).encode()


def european(frame: pl.DataFrame) -> bytes:
    """Semicolons, decimal commas, points between thousands."""
    how = (thousands(".", ","), thousands(".", places=0), comma, comma)
    return separated(changed(frame, *how), ";").encode()


def swiss(frame: pl.DataFrame) -> bytes:
    """Apostrophes between thousands, in Latin 1."""
    rows = changed(frame, thousands("'"), thousands("'", places=0), dotted, dotted)
    placed = [[*row, PLACES[i % 3] if i else "Straße"] for i, row in enumerate(rows)]
    return separated(placed, "\t").encode("latin-1")


def no_break(frame: pl.DataFrame) -> bytes:
    """No-break blanks between thousands, decimal commas and a true minus."""
    spaced = thousands("\u202f", ",")
    how = (spaced, thousands("\u00a0", places=0), lambda v: true_minus(v).replace(".", ","), comma)
    return separated(changed(frame, *how), ";").encode()


def bank(frame: pl.DataFrame) -> bytes:
    """Dollars, losses in parentheses and percent."""
    how = (lambda v: f"${v:,.2f}", whole, in_parentheses, lambda v: f"{v:.1f}%")
    return separated(changed(frame, *how)).encode()


def mainframe(frame: pl.DataFrame) -> bytes:
    """Units behind numbers, and the minus too."""
    how = (lambda v: f"{v:.2f} EUR", lambda v: f"{v:.0f} people", minus_behind, dotted)
    return separated(changed(frame, *how), "|").encode()


def office(frame: pl.DataFrame) -> bytes:
    """A title, a note and a blank line above; footnotes below."""
    body = separated([HEADER, *plain(frame)])
    above = "Table 7. Shops by size, 2023\nNumbers are provisional, in dollars\n\n"
    return f"{above}{body}\n* revised\nSource: Statistical Office, own calculations\n".encode()


def units_line(frame: pl.DataFrame) -> bytes:
    """A line of units below the names."""
    return separated([HEADER, ["", "$", "persons", "%", "%"], *plain(frame)]).encode()


def two_headers(frame: pl.DataFrame) -> bytes:
    """Two lines of names."""
    above = ["", "Size", "", "Trend", ""]
    return separated([above, HEADER, *plain(frame)]).encode()


def hash_header(frame: pl.DataFrame) -> bytes:
    """A header that begins with #, and blanks as the delimiter."""
    lines = ["# sales staff growth share", *(" ".join(row[1:]) for row in plain(frame))]
    return ("\n".join(lines) + "\n").encode()


def fixed_width(frame: pl.DataFrame) -> bytes:
    """Columns set below each other by blanks."""
    rows = [list(COLUMNS), *(row[1:] for row in plain(frame))]
    return ("\n".join("".join(f"{cell:>12}" for cell in row) for row in rows) + "\n").encode()


def totals(frame: pl.DataFrame) -> bytes:
    """Subtotals and a total among the rows."""
    rows = plain(frame)
    sums = [["Subtotal", *_sums(frame[:45])], ["Subtotal", *_sums(frame[45:])]]
    last = ["Total", *_sums(frame)]
    return separated([HEADER, *rows[:45], sums[0], *rows[45:], sums[1], last]).encode()


def _sums(frame: pl.DataFrame) -> list[str]:
    return [f"{frame[name].sum():.2f}" for name in COLUMNS]


def gap_rows(frame: pl.DataFrame, words: Sequence[str]) -> Rows:
    """Write some rows more, in which a cell is missing."""
    rows = [HEADER, *plain(frame)]
    for i, word in enumerate(words):
        row = list(rows[1 + i])
        row[1 + i % 4] = word
        rows.insert(2 + 7 * i, row)
    return rows


def gaps(frame: pl.DataFrame) -> bytes:
    """Words for missing cells, of many kinds."""
    words = ("--", "n.a.", "#REF!", "Unknown", "", "NULL", "none", ":")
    return separated(gap_rows(frame, words)).encode()


def sentinels(frame: pl.DataFrame) -> bytes:
    """-999 for no value."""
    return separated(gap_rows(frame, ["-999"] * 8)).encode()


def utf16(frame: pl.DataFrame) -> bytes:
    """UTF-16 with tabs, as spreadsheets save "Unicode text"."""
    return separated([HEADER, *plain(frame)], "\t", "\r\n").encode("utf-16")


def trailing(frame: pl.DataFrame) -> bytes:
    """A mark of the encoding, carriage returns, and a delimiter at the end of every line."""
    rows = [[*row, ""] for row in [HEADER, *plain(frame)]]
    return separated(rows, ",", "\r\n").encode("utf-8-sig")


def broken_lines(frame: pl.DataFrame) -> bytes:
    """Quoted cells with line ends, delimiters and quotes."""
    rows = [[*row, PLACES[i % 4] + "\nground floor"] for i, row in enumerate(plain(frame))]
    return separated([[*HEADER, "address"], *rows]).encode()


def addresses(frame: pl.DataFrame) -> bytes:
    """Semicolons, and commas in every address and in the title."""
    rows = [[*row, f"Low Rd, {i}, 2nd floor"] for i, row in enumerate(plain(frame))]
    return ("Shops, 2023, all\n" + separated([[*HEADER, "address"], *rows], ";")).encode()


def codes(frame: pl.DataFrame) -> bytes:
    """Ids, codes, times, answers and constants beside the numbers."""
    rows = range(N_ROWS)
    return with_cells(
        frame,
        {
            "custid": [1000 + i // 2 for i in rows],
            "zip": [f"{501 + 37 * i:05d}" for i in rows],
            "phone": [5551000000 + 7919 * i for i in rows],
            "fips": [1001 + 2 * i for i in rows],
            "created_at": [1672531200 + 86400 * i for i in rows],
            "date": [20230101 + i % 28 for i in rows],
            "churn": [i % 2 for i in rows],
            "country": ["CH"] * N_ROWS,
            "opened": [date(2020, 1, 1) + timedelta(days=9 * i) for i in rows],
        },
    ).encode()


def twins(frame: pl.DataFrame) -> bytes:
    """The same name twice, the same numbers twice, and an unnamed column that counts rows."""
    rows = plain(frame)
    header = ["", *HEADER, "sales"]
    body = [[str(i), *row, row[1]] for i, row in enumerate(rows)]
    return separated([header, *body]).encode()


def json_text(frame: pl.DataFrame) -> bytes:
    """Objects of JSON, numbers as text."""
    lines = (json.dumps(dict(zip(HEADER, row))) for row in plain(frame))
    return ("\n".join(lines) + "\n").encode()


def workbook(frame: pl.DataFrame) -> bytes:
    """A cover, a hidden sheet, a title, two lines of names and a total."""
    book = openpyxl.Workbook()
    book.active.title = "Cover"
    book.active["B2"] = "Shops 2023"
    old = book.create_sheet("old")
    old.append(["x", "y"])
    old.append([1, 2])
    old.sheet_state = "hidden"
    sheet = book.create_sheet("Data")
    sheet["A1"] = "Shops by size"
    sheet.append([])
    sheet.append([None, "Size", None, "Trend", None])
    sheet.append(HEADER)
    for i, row in enumerate(frame.rows()):
        sheet.append([f"Shop {i + 1}", *row])
    sheet.append(["Total", *(float(frame[name].sum()) for name in COLUMNS)])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def zipped(frame: pl.DataFrame) -> bytes:
    """An archive with a manual beside the table."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("README.txt", "Please read the manual.\n")
        archive.writestr("data/shops.csv", european(frame))
    return file.getvalue()


def packed(frame: pl.DataFrame) -> bytes:
    """A compressed file of blanks and decimal commas."""
    rows = [list(COLUMNS), *([cell.replace(".", ",") for cell in row[1:]] for row in plain(frame))]
    return gzip.compress(("\n".join("   ".join(row) for row in rows) + "\n").encode(), mtime=0)


# Name -> (how it is written, the file's suffix, names of the four columns if not the plain ones).
WAYS: dict[str, tuple[Callable[[pl.DataFrame], bytes], str, tuple[str, ...]]] = {
    "commas between thousands": (us_thousands, ".csv", COLUMNS),
    "European numbers": (european, ".csv", COLUMNS),
    "apostrophes, Latin 1": (swiss, ".tsv", COLUMNS),
    "no-break blanks": (no_break, ".csv", COLUMNS),
    "dollars, (120), percent": (bank, ".csv", COLUMNS),
    "units, minus behind": (mainframe, ".txt", COLUMNS),
    "title and footnotes": (office, ".csv", COLUMNS),
    "line of units": (units_line, ".csv", COLUMNS),
    "two lines of names": (
        two_headers,
        ".csv",
        ("Size sales", "Size staff", "Trend growth", "Trend share"),
    ),
    "header with #": (hash_header, ".txt", COLUMNS),
    "set in columns": (fixed_width, ".txt", COLUMNS),
    "subtotals and total": (totals, ".csv", COLUMNS),
    "words for missing": (gaps, ".csv", COLUMNS),
    "-999 for missing": (sentinels, ".csv", COLUMNS),
    "UTF-16": (utf16, ".txt", COLUMNS),
    "delimiter at the end": (trailing, ".csv", COLUMNS),
    "lines in cells": (broken_lines, ".csv", COLUMNS),
    "commas in text": (addresses, ".csv", COLUMNS),
    "ids, codes, answers": (codes, ".csv", COLUMNS),
    "columns twice": (twins, ".csv", COLUMNS),
    "JSON of text": (json_text, ".jsonl", COLUMNS),
    "workbook": (workbook, ".xlsx", ("Size sales", "Size staff", "Trend growth", "Trend share")),
    "archive with a manual": (zipped, ".zip", COLUMNS),
    "compressed, blanks": (packed, ".txt.gz", COLUMNS),
}
