"""Rows, labels, weights and numbers of clusters as they are damaged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
from scipy import sparse

N, D = 16, 2
ROWS = np.random.RandomState(0).normal(size=(N, D)) + 8 * (np.arange(N) % 2)[:, None]
LABELS = np.arange(N) % 2
WEIGHTS = 1.0 + np.arange(N) % 3

KINDS = {
    "rows": ROWS,  # numbers alone
    "values": ROWS[:, 0],  # one number a row
    "table": ROWS,  # gaps and text are welcome
    "labels": LABELS,
    "weights": WEIGHTS,
    "k": 2,
}

GAPS = ("NaN", "None", "nullable", "a frame with gaps", "a nullable frame")


def _at(values: Any, bad: Any, dtype: Any = None) -> Any:
    """Return a copy with one cell that is something else."""
    changed = np.array(values, dtype=dtype)
    changed.flat[3] = bad
    return changed


# What is never an answer: each is refused, in words that name the argument.
REFUSED: dict[str, dict[str, Callable[[Any], Any]]] = {
    "rows": {
        "NaN": lambda v: _at(v, np.nan),
        "inf": lambda v: _at(v, np.inf),
        "None": lambda v: _at(v, None, object),
        "text": lambda v: _at(v, "abc", object),
        "a text frame": lambda v: pl.DataFrame({"a": ["x"] * len(v)}),
        "a frame with gaps": lambda v: pl.DataFrame({"a": [*v[:-1, 0], None], "b": v[:, 1]}),
        "a nullable frame": lambda v: pd.DataFrame(_at(v, None, object), dtype="Float64"),
        "masked": lambda v: np.ma.masked_greater(v, 1.0),
        "a generator": lambda v: (row for row in v),
        "a set": lambda v: {1.0, 2.0},
        "a dict": lambda v: {"a": [1.0, 2.0]},
        "complex": lambda v: v.astype(complex) + 1j,
        "3 axes": lambda v: v[:, :, None],
        "one number": lambda v: 3.0,
        "one text": lambda v: "abc",
        "nothing": lambda v: None,
        "0 rows": lambda v: v[:0],
        "0 columns": lambda v: v[:, :0],
        "objects": lambda v: np.array([[object()] * 2] * len(v)),
        "dates": lambda v: np.full(v.shape, np.datetime64("2020-01-01")),
        "ragged": lambda v: [[1.0, 2.0], [3.0]],
    },
    "values": {
        "NaN": lambda v: _at(v, np.nan),
        "inf": lambda v: _at(v, np.inf),
        "None": lambda v: _at(v, None, object),
        "text": lambda v: _at(v, "abc", object),
        "masked": lambda v: np.ma.masked_greater(v, 1.0),
        "a generator": lambda v: (x for x in v),
        "complex": lambda v: v.astype(complex) + 1j,
        "one number": lambda v: 3.0,
        "nothing": lambda v: None,
        "0 rows": lambda v: v[:0],
        "objects": lambda v: np.array([object()] * len(v)),
        "3 axes": lambda v: v[:, None, None],
        "nullable": lambda v: pd.Series(_at(v, None, object), dtype="Float64"),
    },
    "labels": {
        "NaN": lambda v: _at(v, np.nan, float),
        "inf": lambda v: _at(v, np.inf, float),
        "None": lambda v: _at(v, None, object),
        "nullable": lambda v: pd.Series(_at(v, None, object), dtype="Int64"),
        "a series with gaps": lambda v: pl.Series([*v[:-1].tolist(), None]),
        "masked": lambda v: np.ma.masked_greater(v, 0),
        "a generator": lambda v: (x for x in v),
        "too short": lambda v: v[:-1],
        "too long": lambda v: [*v, 0],
        "2 columns": lambda v: np.column_stack([v, v]),
        "mixed": lambda v: _at(v, "a", object),
        "one label": lambda v: 3,
        "objects": lambda v: [object() for _ in v],
        "complex": lambda v: v.astype(complex) + 1j,
        "0 labels": lambda v: [],
    },
    "weights": {
        "NaN": lambda v: _at(v, np.nan),
        "inf": lambda v: _at(v, np.inf),
        "None inside": lambda v: _at(v, None, object),
        "negative": lambda v: _at(v, -1.0),
        "all 0": lambda v: v * 0,
        "too short": lambda v: v[:-1],
        "too long": lambda v: [*v, 1.0],
        "2 columns": lambda v: np.column_stack([v, v]),
        "text": lambda v: ["a"] * len(v),
        "one text": lambda v: "abc",
        "masked": lambda v: np.ma.masked_greater(v, 1.0),
        "a generator": lambda v: (x for x in v),
        "complex": lambda v: v.astype(complex) + 1j,
        "nullable": lambda v: pd.Series(_at(v, None, object), dtype="Float64"),
        "objects": lambda v: np.array([object()] * len(v)),
        "too large": lambda v: v * 5e307,
        "a dict": lambda v: {0: 1.0},
    },
    "k": {
        "text": lambda k: "three",
        "a digit as text": lambda k: "3",
        "nothing": lambda k: None,
        "0": lambda k: 0,
        "negative": lambda k: -1,
        "a fraction": lambda k: 2.5,
        "NaN": lambda k: np.nan,
        "inf": lambda k: np.inf,
        "more than rows": lambda k: 10 * N,
        "huge": lambda k: 2**70,
        "a list": lambda k: [2],
        "complex": lambda k: 2j,
        "an object": lambda k: object(),
    },
    "table": {
        "one number": lambda v: 3.0,
        "nothing": lambda v: None,
        "3 axes": lambda v: v[:, :, None],
    },
}
# What may have an answer, or be too little for one.
EITHER: dict[str, dict[str, Callable[[Any], Any]]] = {
    "rows": {
        "1 row": lambda v: v[:1],
        "equal rows": np.zeros_like,
        "numbers as objects": lambda v: v.astype(object),
        "nullable, whole": lambda v: pd.DataFrame(v).astype("Float64"),
        "sparse": sparse.csr_matrix,
        "a vector": lambda v: v[:, 0],
        "whole numbers": lambda v: v.astype(int),
        "huge": lambda v: v * 1e300,
    },
    "values": {"1 row": lambda v: v[:1], "equal": lambda v: v * 0, "2 columns": lambda v: ROWS},
    "labels": {
        "text": lambda v: ["ab"[x] for x in v],
        "one for each": lambda v: np.arange(len(v)),
        "all the same": lambda v: v * 0,
        "categories": lambda v: pd.Categorical(["ab"[x] for x in v]),
        "negative": lambda v: v - 1,
        "huge": lambda v: v * (2**62),
        "booleans": lambda v: v.astype(bool),
        "fractions": lambda v: v + 0.5,
    },
    "weights": {
        "one number": lambda v: 2.0,
        "tiny": lambda v: v * 1e-320,
        "one that counts": lambda v: (np.arange(len(v)) == 3).astype(float),
    },
    "k": {"1": lambda k: 1, "true": lambda k: True, "a whole float": lambda k: 2.0},
}
EITHER["table"] = {
    name: damage
    for name, damage in (REFUSED["rows"] | EITHER["rows"]).items()
    if name not in REFUSED["table"]
}
# Kinds that are more lenient: gaps have no place in the picture, None is no k, one label is no two.
for _kind, _as, _lenient in (
    ("rows with gaps", "rows", GAPS),
    ("values with gaps", "values", GAPS),
    ("values read once", "values", ("a generator",)),
    ("labels alone", "labels", ("too short", "too long")),
    ("k or None", "k", ("nothing",)),
):
    KINDS[_kind] = KINDS[_as]
    REFUSED[_kind] = {name: d for name, d in REFUSED[_as].items() if name not in _lenient}
    EITHER[_kind] = EITHER[_as] | {name: d for name, d in REFUSED[_as].items() if name in _lenient}
