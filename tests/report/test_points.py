"""What the page carries of its rows can be read back."""

from __future__ import annotations

import base64
import gzip

import numpy as np
import polars as pl
import pytest

import kwise
from kwise.report.points import told_of


def read(text: str, kind: str) -> np.ndarray:
    return np.frombuffer(gzip.decompress(base64.b64decode(text)), dtype=f"<{kind}")


def test_rows_lie_where_the_map_has_them() -> None:
    X = np.random.default_rng(0).normal(size=(50, 2)) * (1.0, 30.0)
    made = kwise.analyze(pl.DataFrame(X, ["a", "b"]), k=2)

    told = told_of(made.report_data)

    assert told is not None
    for axis, name in enumerate("xy"):
        raw = read(told["plane"][name], "u2")
        values = told["plane"]["low"][axis] + raw / 65535 * told["plane"]["span"][axis]
        np.testing.assert_allclose(values, X[:, axis], atol=1e-4 * np.ptp(X[:, axis]))
    named = {each["name"]: read(each["data"], each["kind"]) for each in told["columns"]}
    np.testing.assert_allclose(named["b"], X[:, 1], rtol=1e-6)


@pytest.mark.parametrize("unit", [1e-9, 1.0, 1e12])
def test_long_tables_keep_four_digits_of_every_value(unit: float) -> None:
    X = np.random.default_rng(0).normal(size=(6_000, 1)) * unit
    made = kwise.analyze(X, k=2, scale="none")

    column = told_of(made.report_data)["columns"][0]

    raw = read(column["data"], column["kind"])
    values = raw if column["kind"] == "f4" else raw / 10.0 ** column["digits"]
    np.testing.assert_allclose(values, X[:, 0], atol=1e-4 * np.ptp(X))


def test_of_many_rows_a_sample_answers_and_says_which() -> None:
    X = np.random.default_rng(0).normal(size=(30_000, 2))

    told = told_of(kwise.analyze(X, k=2).report_data)

    at = read(told["at"], "u4")
    assert told["n"] == len(at) == 20_000
    assert told["total"] == 30_000
    assert (np.diff(at.astype(np.int64)) > 0).all()


MOVES = {
    "2**400": lambda x: np.ldexp(x, 400),
    "2**-400": lambda x: np.ldexp(x, -400),
    "2**-1030": lambda x: np.ldexp(x, -1030),
    "far from 0": lambda x: x + 1.6e9 + 0.5,
}


@pytest.mark.parametrize("move", MOVES.values(), ids=MOVES)
def test_values_in_any_unit_are_told_as_they_are(move) -> None:
    x = np.concatenate([np.arange(30.0), 100 + np.arange(30.0)])
    frame = pl.DataFrame({"a": move(x), "b": x})

    told = told_of(kwise.analyze(frame, k=2, random_state=0).report_data)

    (column,) = (each for each in told["columns"] if each["name"] == "a")
    assert column["kind"] == "f8"
    np.testing.assert_array_equal(read(column["data"], "f8"), move(x))
