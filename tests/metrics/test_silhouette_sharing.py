"""Silhouettes from a shared pass are those of each labeling by itself."""

import numpy as np
import pytest
from sklearn.metrics import silhouette_samples

from kwise.metrics.silhouette_sharing import shared_estimates, shared_silhouettes


@pytest.mark.parametrize("n_samples", [40, 900])  # the few share nothing, the many do
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_every_labeling_gets_its_own_silhouettes(n_samples, dtype):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n_samples, 3)).astype(dtype)
    labelings = {k: np.digitize(X[:, 0] + 0.1 * k * X[:, 1], np.linspace(-2, 2, k)) for k in (2, 5)}
    labelings["random"] = rng.integers(0, 3, n_samples)
    found = shared_silhouettes(X, labelings, np.arange(n_samples))
    assert list(found) == [2, 5, "random"]
    for key, labels in labelings.items():
        expected = silhouette_samples(X.astype(np.float64), labels)
        np.testing.assert_allclose(found[key], expected, atol=1e-9)


def test_some_rows_are_scored_against_all_and_a_singleton_is_zero():
    X = np.random.default_rng(1).normal(size=(200, 2))
    labels = (X[:, 0] > 0).astype(int)
    labels[7] = 5
    rows = np.array([3, 7, 150])
    found = shared_silhouettes(X, {"a": labels, "b": X[:, 1] > 0}, rows)
    np.testing.assert_allclose(found["a"], silhouette_samples(X, labels)[rows], atol=1e-12)
    np.testing.assert_allclose(found["b"], silhouette_samples(X, X[:, 1] > 0)[rows], atol=1e-12)
    assert found["a"][1] == 0.0


def test_no_labeling_gives_nothing():
    assert shared_silhouettes(np.zeros((3, 1)), {}, np.arange(3)) == {}


def test_estimates_from_one_sample_are_near_the_truth_and_know_how_near():
    rng = np.random.default_rng(2)
    X = rng.normal(size=(4000, 2))
    X[:12] += 30.0  # a cluster that a sample nearly misses
    small = (np.arange(4000) < 12).astype(int)
    labelings = {"halves": (X[:, 0] > 0).astype(int), "small": small}
    found = shared_estimates(X, labelings, 300, rng)
    for key, labels in labelings.items():
        exact = shared_silhouettes(X, {key: labels}, np.arange(4000))[key].mean()
        assert 0 < found[key].standard_error < 0.02
        assert abs(found[key].value - exact) < 4 * found[key].standard_error
        assert found[key].method == "sampled"
    assert found["halves"].n_sampled == 300
    assert found["small"].n_sampled in (300, 301, 302)


def test_an_estimate_from_all_rows_is_exact():
    X = np.random.default_rng(3).normal(size=(50, 2))
    labels = (X[:, 0] > 0).astype(int)
    found = shared_estimates(X, {2: labels}, 1000, np.random.default_rng(0))[2]
    assert found.value == pytest.approx(silhouette_samples(X, labels).mean())
    assert found.standard_error == 0.0
