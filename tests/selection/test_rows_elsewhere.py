"""The choice of k, and silhouettes, of rows that lie elsewhere: what is a sample says so."""

import numpy as np
import pytest

import kwise
from kwise.metrics import silhouette_estimate
from kwise.selection import sampled_rows


def groups(n=9000, dtype=np.float64):
    rng = np.random.default_rng(0)
    return (rng.normal(size=(n, 3)) + 9.0 * rng.integers(0, 3, size=(n, 1))).astype(dtype)


@pytest.mark.parametrize("weighted", [False, True])
def test_k_of_a_sample_with_sums_over_all_rows(weighted, monkeypatch):
    monkeypatch.setattr(sampled_rows, "SAMPLE_ROWS", 900)
    X = groups()
    weights = np.random.default_rng(1).integers(1, 4, len(X)) if weighted else None

    found = kwise.select_k(kwise.rows(X), random_state=0, sample_weight=weights)

    assert found.k == 3
    assert found.sample.n_rows == 9000
    assert 800 < found.sample.n_sampled < 1000
    assert f"a sample of {found.sample.n_sampled:,} of 9,000 rows" in found.reasons[0]
    assert "sums are over all rows" in found.reasons[0]
    assert found.sample.share_error == pytest.approx(0.5 / found.sample.n_sampled**0.5)
    for k, inertia in found.sample.inertias.items():
        centers = found.sweep.runs[found.sweep.ks.index(k)].centers
        nearest = ((X[:, None] - centers) ** 2).sum(axis=2).min(axis=1)
        assert inertia == pytest.approx(np.average(nearest, weights=weights) * (
            len(X) if weights is None else weights.sum()
        ))  # fmt: skip
    assert sum(found.sample.sizes) == 9000


def test_few_rows_are_taken_as_they_are():
    X = groups(600)
    one = kwise.select_k(X, random_state=0)
    found = kwise.select_k(kwise.rows(X), random_state=0)

    assert found.sample is None
    assert found.verdict == one.verdict
    assert found.reasons == one.reasons


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_silhouettes_by_streams_are_those_of_rows_in_memory(dtype):
    X = groups(5000, dtype)
    labels = kwise.KMeans(5, random_state=0).fit(X).labels_.copy()
    labels[:2] = [7, 8]  # clusters of one row
    one = silhouette_estimate(X, labels, method="sampled", sample_size=300, random_state=0)
    found = silhouette_estimate(kwise.rows(X), labels, sample_size=300, random_state=0)

    assert found.method == "sampled"
    assert found.n_sampled == one.n_sampled
    assert found.value == pytest.approx(one.value, abs=1e-6)
    assert found.standard_error == pytest.approx(one.standard_error, rel=1e-3, abs=1e-9)
    exact = silhouette_estimate(X, labels, method="exact").value
    assert abs(found.value - exact) < 4 * found.standard_error + 1e-6


def test_labels_that_do_not_suit_are_refused():
    rows = kwise.rows(groups(100))
    with pytest.raises(ValueError, match="one a row"):
        silhouette_estimate(rows, np.zeros(7, int))
    with pytest.raises(ValueError, match="Number of labels is 1"):
        silhouette_estimate(rows, np.zeros(100, int))
