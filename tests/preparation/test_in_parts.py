"""Numbers of a preparation are those of all rows, also where these come in parts."""

import itertools

import numpy as np
import polars as pl
import pytest

from kwise.preparation import Preparation
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
