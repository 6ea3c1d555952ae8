"""A whole weight is so many equal rows; other weights lie between."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import make_blobs

from kwise.metrics import silhouette_estimate, silhouette_samples, silhouette_score

METHODS = ("exact", "squared", "simplified")


def by_definition(X, labels, weight):
    """Weighted silhouettes from the full matrix: one of each row is left out of its own mean."""
    distance = np.sqrt(((X[:, None] - X[None]) ** 2).sum(-1))
    mass = {c: weight[labels == c].sum() for c in np.unique(labels)}
    values = np.zeros(len(X))
    for i, own in enumerate(labels):
        rest = mass[own] - min(weight[i], 1.0)
        if rest <= 0:
            continue
        a = (weight * distance[i])[labels == own].sum() / rest
        means = [
            (weight * distance[i])[labels == c].sum() / mass[c]
            for c in mass
            if c != own and mass[c] > 0
        ]
        largest = max(a, min(means))
        values[i] = (min(means) - a) / largest if largest > 0 else 0.0
    return values


def drawn(n, d, k, seed=0):
    """Rows, labels and whole weights from 1 to 4."""
    rng = np.random.default_rng(seed)
    X, _ = make_blobs(n, d, centers=k, cluster_std=3.0, random_state=seed)
    labels = np.concatenate([np.arange(k), rng.integers(0, k, n - k)])
    return X, labels, rng.integers(1, 5, n)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("n", "d", "k"), [(90, 2, 3), (120, 7, 2), (300, 3, 40), (1200, 20, 35)])
def test_whole_weights_are_repeated_rows(n, d, k, method):
    X, labels, weight = drawn(n, d, k)
    expected = silhouette_samples(np.repeat(X, weight, 0), np.repeat(labels, weight), method=method)

    values = silhouette_samples(X, labels, sample_weight=weight, method=method)
    score = silhouette_score(X, labels, sample_weight=weight, method=method)

    assert np.abs(np.repeat(values, weight) - expected).max() < 1e-10
    assert score == pytest.approx(expected.mean(), abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_any_weights_follow_the_definition(data):
    n = data.draw(st.integers(4, 20))
    k = data.draw(st.integers(2, n - 2))
    integers = st.integers(-3, 3)
    X = np.array(data.draw(st.lists(st.tuples(integers, integers), min_size=n, max_size=n)), float)
    labels = np.array([*range(k), *data.draw(st.lists(st.integers(0, k - 1), min_size=n - k,
                                                      max_size=n - k))])  # fmt: skip
    choices = st.sampled_from([0.25, 0.5, 1.0, 1.5, 3.0])
    weight = np.array(data.draw(st.lists(choices, min_size=n, max_size=n)))

    values = silhouette_samples(X, labels, sample_weight=weight)

    assert np.abs(values - by_definition(X, labels, weight)).max() < 1e-9


def test_weights_of_one_change_nothing():
    X, labels, _ = drawn(200, 4, 3)

    plain = silhouette_samples(X, labels)
    weighted = silhouette_samples(X, labels, sample_weight=np.ones(200))

    assert np.abs(plain - weighted).max() < 1e-13


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("k", [4, 34])
def test_a_row_without_weight_is_as_good_as_gone(k, method):
    X, labels, weight = drawn(700, 3, k)
    weight[[5, 50, 60]] = 0
    weight[labels == 1] = 0  # a whole cluster, so that it is nobody's neighbor
    there = weight > 0

    values = silhouette_samples(X, labels, sample_weight=weight, method=method)
    left = silhouette_samples(X[there], labels[there], sample_weight=weight[there], method=method)
    score = silhouette_score(X, labels, sample_weight=weight, method=method)

    assert np.abs(values[there] - left).max() < 1e-10
    assert score == pytest.approx(np.average(left, weights=weight[there]), abs=1e-12)
    assert (np.abs(values) <= 1.0).all()
    assert (values[labels == 1] == 0.0).all()


def test_a_weighted_sample_of_all_rows_is_exact():
    X, labels, weight = drawn(500, 3, 5)

    found = silhouette_estimate(
        X, labels, method="sampled", sample_size=10**6, random_state=0, sample_weight=weight / 3
    )

    exact = silhouette_score(X, labels, sample_weight=weight / 3)
    assert found.value == pytest.approx(exact, abs=1e-12)
    assert found.standard_error == 0.0


def test_a_weighted_sample_is_unbiased_and_its_interval_covers():
    X, labels = make_blobs(1500, 2, centers=5, cluster_std=3.0, random_state=1)
    weight = np.random.default_rng(0).gamma(1.0, 1.0, 1500)
    weight[::7] = 0.0
    truth = silhouette_score(X, labels, sample_weight=weight)

    sampled = [
        silhouette_estimate(
            X, labels, method="sampled", sample_size=150, random_state=seed, sample_weight=weight
        )
        for seed in range(100)
    ]

    covered = sum(low <= truth <= high for low, high in (each.interval for each in sampled))
    values = np.array([each.value for each in sampled])
    assert covered >= 88
    assert abs(values.mean() - truth) < 4 * values.std() / 10


def test_a_row_that_weighs_more_than_one_has_itself_for_a_mate():
    X, labels = np.array([[0.0], [3.0]]), [0, 1]

    assert silhouette_samples(X, labels, sample_weight=[2, 1]).tolist() == [1.0, 0.0]


@pytest.mark.parametrize(
    ("weight", "message"),
    [
        ([1, 1, -1, 1], "negative"),
        ([1, 1, 1], "one weight per row"),
        ([1, 1, 0, 0], "Number of labels with weight is 1"),
        ([0.5, 0, 0, 1], "Number of labels with weight is 2, on 2 rows"),
    ],
)
def test_weights_that_leave_no_silhouette_are_refused(weight, message):
    with pytest.raises(ValueError, match=message):
        silhouette_score([[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1], sample_weight=weight)


def test_weights_with_another_metric_are_refused():
    with pytest.raises(ValueError, match=r"sample_weight.*Euclidean"):
        silhouette_score(
            [[0.0], [1.0], [2.0]], [0, 0, 1], metric="manhattan", sample_weight=[1, 1, 1]
        )
