"""Which way a table lies: turning it, and a hint when samples seem to stand in columns."""

from __future__ import annotations

import re

import numpy as np
import polars as pl

from kwise._column_names import distinct_names
from kwise.exceptions import DataFileError

LOOKED_AT = 2000  # rows and columns that the hint looks at
SAMPLE_NAME = re.compile(
    r"(sample|subject|patient|individual|donor|cell|obs(ervation)?|gsm|tcga|case)[\w .-]*\d[\w.-]*",
    re.IGNORECASE,
)


def transposed(frame: pl.DataFrame, *, name: str) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Make rows of columns.

    A first column of distinct text gives the names of the new columns; the old column names
    become the first column, "sample".
    """
    first = frame[:, 0]
    titled = first.dtype == pl.String and first.null_count() == 0 and frame.width > 1
    body = frame[:, 1:] if titled else frame
    unfit = [each for each, dtype in body.schema.items() if not dtype.is_numeric()]
    if unfit:
        raise DataFileError(
            f"{name}: the table cannot be transposed, as column {unfit[0]!r} holds no numbers; "
            "drop it first, or read the table as it lies"
        )
    titles = first.to_list() if titled else [f"column {i + 1}" for i in range(frame.height)]
    names, renamed = distinct_names(titles)
    matrix = body.select(pl.all().cast(pl.Float64)).to_numpy()
    turned = pl.DataFrame(np.ascontiguousarray(matrix.T), schema=names, orient="row")
    samples = _free("sample", names)
    turned = turned.insert_column(0, pl.Series(samples, body.columns))
    note = f"the table was transposed: {turned.height} rows, named in column {samples!r}"
    return turned, (note, *renamed)


def orientation_hint(frame: pl.DataFrame) -> tuple[str, ...]:
    """Say so if samples seem to stand in columns, as in tables of gene expression.

    They do if the columns are named as samples are, or if rows named by distinct text differ
    far more from each other than the columns do.
    """
    numeric = [each for each, dtype in frame.schema.items() if dtype.is_numeric()]
    if frame.width < 4 or len(numeric) < frame.width - 2 or frame.height < 4:
        return ()
    named = sum(SAMPLE_NAME.fullmatch(each) is not None for each in numeric)
    if named >= 0.8 * len(numeric):
        return (f"the columns are named as samples are ({numeric[0]}, {numeric[1]}): {_ADVICE}",)
    first = frame[:, 0]
    titled = first.dtype == pl.String and first.n_unique() == frame.height
    if titled and frame.height > 2 * len(numeric) and len(numeric) >= 6:
        rows, columns = _shares(frame.select(numeric[:LOOKED_AT]).head(LOOKED_AT))
        if rows > 0.7 and columns < 0.05:
            return (
                f"rows named in {frame.columns[0]!r} differ far more than columns do: {_ADVICE}",
            )
    return ()


_ADVICE = "if the columns are your samples, read the table with transpose=True (--transpose)"


def _shares(frame: pl.DataFrame) -> tuple[float, float]:
    """Return the shares of variance between row means and between column means."""
    matrix = frame.select(pl.all().cast(pl.Float64)).to_numpy()
    matrix = matrix[np.isfinite(matrix).all(axis=1)]
    total = matrix.var() if len(matrix) else 0.0
    if not total > 0:
        return 0.0, 0.0
    return float(matrix.mean(axis=1).var() / total), float(matrix.mean(axis=0).var() / total)


def _free(name: str, names: list[str]) -> str:
    """Return a name that is not in use."""
    return f"{name} name" if name in names else name
