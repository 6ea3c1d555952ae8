"""A table read in parts has the rows of the table read whole."""

import io

import numpy as np
import polars as pl
import pytest

from kwise.io import read_table
from kwise.io.streaming import table_parts

N = 40
NAMES = [f"S{i}" for i in range(N)]
STAFF = [20 + 7 * i % 31 for i in range(N)]
SALES = [round(100 + 13.7 * (i % 9), 1) for i in range(N)]
ROWS = list(zip(NAMES, STAFF, SALES))
HEADER = ("shop", "staff", "sales")


def separated(rows, mark=","):
    return "".join(mark.join(map(str, row)) + "\n" for row in rows)


def padded(row):
    return " | ".join(f"{cell!s:<5}" for cell in row)


def psql():
    body = "".join(f" {padded(row)}\n" for row in ROWS)
    return f" {padded(HEADER)}\n-------+-------+-------\n{body}({N} rows)\n"


def mysql():
    rule = "+-------+-------+-------+\n"
    body = "".join(f"| {padded(row)} |\n" for row in ROWS)
    return f"{rule}| {padded(HEADER)} |\n{rule}{body}{rule}{N} rows in set (0.00 sec)\n"


def duckdb():
    rows = "".join(f"│ {padded(row).replace('|', '│')} │\n" for row in (HEADER, *ROWS))
    first, rest = rows.split("\n", 1)
    kinds = padded(("text", "int", "float")).replace("|", "│")
    rules = ["┌───────┬───────┬───────┐", "├───────┼───────┼───────┤", "└───────┴───────┴───────┘"]
    return f"{rules[0]}\n{first}\n│ {kinds} │\n{rules[1]}\n{rest}{rules[2]}\n"


def total(name, first, last):
    staff, sales = np.sum([row[1:] for row in ROWS[first:last]], axis=0)
    return (name, f"{staff:.0f}", f"{sales:.1f}")


def with_totals():
    parts = [HEADER, *ROWS[:12], total("Subtotal", 0, 12), *ROWS[12:], total("Subtotal", 12, N)]
    return separated([*parts, total("Total", 0, N)])


def russian():
    rows = [(f"Магазин номер {i}, улица Ленина", *row[1:]) for i, row in enumerate(ROWS)]
    return separated([("магазин", "люди", "продажи"), *rows], ";").encode("cp1251")


TEXTS = {
    "psql": psql(),
    "mysql": mysql(),
    "DuckDB": duckdb(),
    "totals": with_totals(),
    "a mean": separated([HEADER, *ROWS, ("Mean", np.mean(STAFF), np.mean(SALES))]),
    "title and footnotes": f"Shops, 2023\n\n{separated([HEADER, *ROWS])}\nSource: our books\n",
    "units": separated([HEADER, ("", "persons", "k$"), *ROWS]),
    "Hive": separated([HEADER, *ROWS], "\x01"),
    "another alphabet": russian(),
    "UTF-16": separated([HEADER, *ROWS]).encode("utf-16"),
    "DOS": separated([HEADER, *ROWS]).replace("\n", "\r\n"),
    "a comment": "# made by hand\n" + separated([HEADER, *ROWS], ";"),
    "no header": separated([row[1:] for row in ROWS]),
    "lines in cells": separated([HEADER, *((f'"S\n{i}"', *row[1:]) for i, row in enumerate(ROWS))]),
}


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("rows_at_once", [7, 16, 1000])
def test_parts_add_up_to_the_table(tmp_path, name, rows_at_once):
    text = TEXTS[name]
    content = text if isinstance(text, bytes) else text.encode()
    path = tmp_path / "t.csv"
    path.write_bytes(content)

    parts = [each.frame for each in table_parts(str(path), formats={}, rows_at_once=rows_at_once)]

    whole = read_table(io.BytesIO(content)).frame
    assert whole.height == N
    assert pl.concat(parts, how="vertical_relaxed").rows() == whole.rows()


def test_a_total_that_sums_up_nothing_is_a_row_of_any_part(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(separated([HEADER, *ROWS, ("Total", 3, 7.5)]))

    *_, last = table_parts(str(path), formats={}, rows_at_once=7)

    assert last.frame["shop"][-1] == "Total"
