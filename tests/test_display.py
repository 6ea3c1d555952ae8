"""Results show themselves in a line, and in notebooks as a small table; long work with a bar."""

from __future__ import annotations

import importlib
import inspect

import numpy as np
import pandas as pd
import polars as pl
import pytest

import kwise

HOSTILE = "<script>x</script>"


@pytest.fixture(scope="module")
def analysis():
    X = np.random.default_rng(0).normal(size=(60, 2))
    X[:30] += 9.0
    return kwise.analyze(pl.DataFrame(X, [HOSTILE, "b"]), ks=[1, 2, 3])


def test_results_are_a_line_in_a_console(analysis) -> None:
    compared = kwise.compare(analysis.X, methods=["kmeans", "ward"], k=2)
    results = [analysis, analysis.selection, analysis.selection.sweep, compared]
    preparation = analysis.model["preparation"]

    for each in [*results, preparation]:
        assert len(repr(each)) < 200
        assert "\n" not in repr(each)
    assert "k=2" in repr(analysis)
    assert "clear" in repr(analysis.selection)


def test_results_are_a_table_in_a_notebook(analysis) -> None:
    compared = kwise.compare(analysis.X, methods=["kmeans", "ward"], k=2)

    for each in (analysis, analysis.selection, analysis.selection.sweep, compared):
        shown = each._repr_html_()
        assert "<table>" in shown
        assert len(shown) < 20_000
        assert HOSTILE not in shown
    assert analysis.verdict in analysis._repr_html_()
    assert analysis.model["preparation"]._repr_html_()


def test_public_folders_are_listed() -> None:
    assert {"metrics", "plots", "preparation", "io", "estimators"} <= set(dir(kwise))
    assert all(hasattr(kwise, name) for name in dir(kwise))


@pytest.mark.parametrize(
    "table",
    [
        [1.0, 2.0, 9.0, 10.0] * 5,
        [[1.0], [2.0], [9.0], [10.0]] * 5,
        pd.Series([1.0, 2.0, 9.0, 10.0] * 5),
        pl.Series("x", [1.0, 2.0, 9.0, 10.0] * 5),
        {"x": [1.0, 2.0, 9.0, 10.0] * 5},
        [{"x": 1.0}, {"x": 2.0}, {"x": 9.0}, {"x": 10.0}] * 5,
    ],
    ids=["list", "rows", "pandas", "polars", "columns", "records"],
)
def test_what_is_nearly_a_table_is_taken_as_one(table: object) -> None:
    assert kwise.analyze(table, k=2).labels[:4].tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize("table", [[[1, 2], [3]], {"a": [1, 2], "b": [1]}], ids=["rows", "columns"])
def test_rows_of_different_lengths_are_refused(table: object) -> None:
    with pytest.raises(TypeError, match="of equal length"):
        kwise.analyze(table)


@pytest.mark.parametrize("wanted", [True, "bar", False, None])
def test_long_work_can_show_a_bar(wanted: object) -> None:
    X = np.random.default_rng(0).normal(size=(40, 2))

    assert kwise.analyze(X, k=2, progress=wanted).k == 2
    assert kwise.sweep_k(X, [2, 3], progress=wanted).ks == (2, 3)


def test_a_word_that_is_no_bar_is_refused() -> None:
    with pytest.raises(TypeError, match="progress='loud' is not understood"):
        kwise.sweep_k(np.eye(9), [2], progress="loud")


def test_every_public_function_takes_every_kind_of_progress() -> None:
    told = [
        (name, function)
        for place in ("kwise", *(f"kwise.{folder}" for folder in kwise._FOLDERS))
        for name in importlib.import_module(place).__all__
        for function in _functions(getattr(importlib.import_module(place), name))
        if "progress" in inspect.signature(function).parameters
    ]

    assert {"analyze", "silhouette_score", "read_table", "segment"} <= {name for name, _ in told}
    for name, function in told:
        assert inspect.signature(function).parameters["progress"].annotation == "AnyProgress", name
        with pytest.raises(TypeError, match="progress='loud' is not understood"):
            function(progress="loud")


def _functions(thing: object) -> list[object]:
    """Return a function, or the methods of a class."""
    if inspect.isclass(thing):
        members = inspect.getmembers(thing, inspect.isfunction)
        return [each for name, each in members if not name.startswith("_")]
    return [thing] if inspect.isfunction(thing) else []


def test_a_bar_is_drawn_wherever_progress_is_told() -> None:
    X = np.random.default_rng(0).normal(size=(40, 2))
    labels = np.arange(40) % 2

    for wanted in (True, "bar", False, None):
        assert kwise.metrics.silhouette_score(X, labels, progress=wanted) < 1
        assert kwise.ordered.segment(X, [2], progress=wanted).k == 2
        assert kwise.read_table(X, progress=wanted).frame.height == 40
