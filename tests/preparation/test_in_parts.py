"""Numbers of a preparation are those of all rows, also where these come in parts."""

import itertools

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwise._core import threads
from kwise.preparation import Preparation
from kwise.preparation.in_parts import ColumnStream
from kwise.preparation.sketch import QuantileSketch


def table(n=30_000):
    rng = np.random.default_rng(0)
    x = rng.normal(size=n) + np.linspace(0, 3, n)  # not the same in every part
    frame = pl.DataFrame(
        {
            "x": x,
            "y": 1e6 + rng.exponential(size=n),
            "z": rng.normal(size=n),
            "kind": rng.choice(["a", "b", "c"], n, p=[0.2, 0.5, 0.3]),
        }
    )
    gaps = pl.Series(rng.uniform(size=n) < 0.05)
    return frame.with_columns(x=pl.when(gaps).then(None).otherwise(pl.col("x")))


def parts_of(frame, n=7):
    edges = np.linspace(0, frame.height, n + 1).astype(int)
    return [frame[a:b] for a, b in itertools.pairwise(edges)]


@pytest.mark.parametrize("scale", ["standard", "minmax", "robust", "none", "normalize-rows"])
@pytest.mark.parametrize("missing", ["drop", "mean", "median"])
def test_every_scale_and_filling(scale, missing):
    frame = table()
    columns = ["x", "y", "z"]
    one = Preparation(columns, scale=scale, missing=missing).fit(frame)

    found = Preparation(columns, scale=scale, missing=missing)
    found.fit_parts(frame[::10], parts_of(frame))

    ranks = scale == "robust" or missing == "median"
    same = {"rtol": 2e-2, "atol": 2e-2} if ranks else {"rtol": 1e-9}
    assert np.allclose(found.state_.centers, one.state_.centers, **same)
    assert np.allclose(found.state_.spreads, one.state_.spreads, **same)
    assert np.allclose(found.state_.fillings, one.state_.fillings, equal_nan=True, **same)
    told = " ".join(found.summary_.steps)
    assert "those of all 30,000 rows" in told
    assert ("at most 0.0" in told) == ranks


@pytest.mark.parametrize("categories", ["one-hot", "mixed"])
@pytest.mark.parametrize("components", [None, 2])
def test_categories_and_components(categories, components):
    frame = table()
    settings = {"categories": categories, "components": components, "missing": "mean"}
    one = Preparation(**settings).fit(frame)
    found = Preparation(**settings).fit_parts(frame[::10], parts_of(frame))

    assert found.state_.levels == one.state_.levels
    assert found.state_.category_fillings == one.state_.category_fillings
    assert found.state_.category_weight == pytest.approx(one.state_.category_weight, rel=1e-9)
    assert np.allclose(found.transform(frame), one.transform(frame), atol=1e-6)


def test_categories_of_all_rows_count():
    frame = table(3000)
    late = pl.DataFrame({"x": [0.0], "y": [1e6], "z": [0.0], "kind": ["d"]})
    found = Preparation(categories="one-hot").fit_parts(frame, [frame, late])

    assert found.state_.levels == (("a", "b", "c", "d"),)


@pytest.mark.parametrize("n", [1, 2, 7, 8192, 8193, 100_000, 1_000_003])
@pytest.mark.parametrize("order", ["sorted", "falling", "shuffled", "equal"])
def test_ranks_of_a_sketch_are_as_near_as_it_says(n, order):
    rng = np.random.default_rng(0)
    cells = np.arange(n, dtype=float)
    cells = {
        "sorted": cells,
        "falling": cells[::-1],
        "shuffled": rng.permutation(cells),
        "equal": np.ones(n),
    }[order]
    sketch = QuantileSketch()
    for part in np.array_split(cells, 1 + n // 3000):
        sketch.add(part)
    shares = (0.0, 0.25, 0.5, 0.75, 1.0)

    off = np.abs(sketch.quantiles(shares) - np.quantile(cells, shares))
    assert off.max() <= max(sketch.rank_error * n, 1e-9) + (n > 8192)
    assert sketch.rank_error < 0.002
    assert sum(map(len, sketch._levels)) < 8192 * 12


def test_an_iterator_is_refused():
    frame = table(100)
    with pytest.raises(TypeError, match="several times"):
        Preparation().fit_parts(frame, iter([frame]))


@pytest.mark.parametrize("scale", ["standard", "minmax", "robust"])
@pytest.mark.parametrize("missing", ["drop", "mean", "median"])
@pytest.mark.parametrize("n_columns", [1, 3])
def test_several_parts_at_once_give_the_same_bits(scale, missing, n_columns, monkeypatch):
    monkeypatch.setattr(threads, "effective_n_threads", lambda: 3)
    frame = table()
    columns = ["x", "y", "z"][:n_columns]

    class Parts(list):
        at_once = 1

    def learned(at_once):
        parts = Parts(parts_of(frame, 11))
        parts.at_once = at_once
        found = Preparation(columns, scale=scale, missing=missing)
        return found.fit_parts(frame[::10], parts).state_

    alone, together = learned(1), learned(3)
    assert alone.centers.tobytes() == together.centers.tobytes()
    assert alone.spreads.tobytes() == together.spreads.tobytes()
    assert alone.fillings.tobytes() == together.fillings.tobytes()


@given(
    n=st.integers(0, 200),
    width=st.integers(1, 5),
    gaps=st.sampled_from([0.0, 0.1, 1.0]),
    seed=st.integers(0, 99),
)
def test_what_rows_add_up_to_is_what_numpy_says(n, width, gaps, seed):
    draw = np.random.default_rng(seed)
    X = draw.normal(3, 2, (n, width))
    X[draw.uniform(size=X.shape) < gaps] = np.nan
    stream = ColumnStream(np.ones(width), quantiles=False)
    for part in np.array_split(X, 3):
        stream.add(part)

    assert stream.n.tolist() == (~np.isnan(X)).sum(axis=0).tolist()
    low, high = (each.reduce(X, axis=0, initial=end)
                 for each, end in [(np.fmin, np.inf), (np.fmax, -np.inf)])  # fmt: skip
    assert stream.low.tolist() == low.tolist()
    assert stream.high.tolist() == high.tolist()
    there = stream.n > 0
    assert np.allclose(stream.mean[there], np.nanmean(X[:, there], axis=0))
    assert np.allclose(stream.std[there], np.nanstd(X[:, there], axis=0))
