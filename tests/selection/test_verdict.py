"""What the verdict says: suitable or not, clear or not, with reasons in words."""

import math

import numpy as np
import pytest
from sklearn.datasets import make_blobs, make_moons

from kwise.results import Choice
from kwise.selection import Study, select_k, support, sweep_k
from kwise.selection.suitability import measure_suitability
from kwise.selection.tuned import SUPPORT_WEIGHTS, UNSUITABLE_WEIGHTS
from kwise.selection.verdict import vote


@pytest.fixture(scope="module")
def moons():
    return make_moons(400, noise=0.05, random_state=0)[0]


def test_moons_are_called_unsuitable_with_a_better_method(moons):
    found = select_k(moons, random_state=0)

    assert found.kind == "unsuitable"
    assert "does not suit" in found.verdict
    assert found.alternative is not None
    assert found.alternative.label in found.verdict
    assert len(found.alternative.labels) == len(found.alternative.rows) == 400
    assert found.alternative.label in found.reasons[0]


def test_structureless_tables_are_one_group():
    rng = np.random.default_rng(3)

    for X in (rng.random((300, 5)), rng.exponential(size=(300, 2)), rng.normal(size=(200, 20))):
        found = select_k(X, random_state=0)
        assert (found.k, found.kind) == (1, "one group")


def test_one_dominating_column_is_named():
    X = make_blobs(200, 3, centers=2, random_state=0)[0] * [1.0, 1000.0, 1.0]

    reasons = select_k(X, range(1, 5), random_state=0).reasons

    assert any("Column 1 alone holds" in reason for reason in reasons)


def test_duplicates_are_named():
    X = np.repeat(make_blobs(60, 2, centers=3, random_state=0)[0], 5, axis=0)

    reasons = select_k(X, range(1, 5), random_state=0).reasons

    assert any("duplicates" in reason for reason in reasons)


def test_with_few_criteria_their_choices_are_counted_alike():
    X = make_blobs(200, 2, centers=3, cluster_std=0.5, random_state=3)[0]

    found = select_k(X, range(2, 6), criteria=["silhouette", "davies_bouldin"], random_state=0)

    assert found.k == 3
    assert found.support == (0.0, 1.0, 0.0, 0.0)
    assert found.measures == {}


def test_votes_that_differ_are_unclear():
    X = make_blobs(60, 2, centers=3, random_state=0)[0]
    sweep = sweep_k(X, [1, 2, 3], criteria=[], n_init=1, random_state=0)

    found = vote(sweep, {"a": Choice(2, ""), "b": Choice(3, ""), "c": Choice(None, "")})

    assert found.kind == "unclear"
    assert set(found.candidates) == {2, 3}
    assert found.confidence == 0.5


def test_support_sums_to_one_and_every_sign_has_a_weight():
    X = make_blobs(200, 2, centers=3, random_state=0)[0]
    found = select_k(X, range(1, 5), random_state=0)

    shares, parts = support.probabilities(found.sweep.ks, found.sweep.scores, found.choices)

    assert math.isclose(shares.sum(), 1.0)
    assert np.allclose(shares, found.support)
    assert set(parts) == set(SUPPORT_WEIGHTS)


def test_suitability_measures_are_finite_numbers(moons):
    study = Study(moons, None, n_init=2, seed=0)

    measures = measure_suitability(study, (1, 2, 3)).measures

    assert all(math.isfinite(value) for value in measures.values())
    assert {name.rsplit("_", 1)[0] for name in measures} >= {"hdbscan", "ward", "dbscan"}
    assert "base" in UNSUITABLE_WEIGHTS


@pytest.mark.parametrize(
    "X",
    [
        np.full((30, 2), 7.0),
        np.random.default_rng(0).normal(size=(12, 40)),
        np.random.default_rng(0).normal(size=(40, 1)).astype(np.float32),
        np.column_stack([np.random.default_rng(0).normal(size=40), np.zeros(40)]),
        np.array([[0.0], [1.0]]),
        np.array([[5.0, 5.0]]),
        np.random.default_rng(0).normal(size=(60, 2)) + 1e9,
    ],
    ids=["constant", "n < d", "float32 column", "constant column", "two rows", "one row", "far"],
)
def test_hard_tables_get_a_verdict(X):
    found = select_k(X, range(1, 4) if len(X) > 3 else range(1, len(X) + 1), random_state=0)

    assert found.k in found.sweep.ks
    assert 0.0 <= found.confidence <= 1.0
    assert found.verdict.endswith(".")


def test_weighted_rows_get_a_verdict():
    X = make_blobs(150, 2, centers=3, cluster_std=0.5, random_state=3)[0]
    weight = np.random.default_rng(0).uniform(0.5, 2.0, 150)

    assert select_k(X, range(1, 5), sample_weight=weight, random_state=0).k == 3
