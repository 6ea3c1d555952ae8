"""A sample of rows gives the mean silhouette without bias, with an honest error."""

import numpy as np
import pytest
from sklearn.datasets import make_blobs

from kwise.metrics import silhouette_estimate, silhouette_samples, silhouette_score


@pytest.fixture(params=[1, 5, 33])
def blobs(request):
    return make_blobs(400, request.param, centers=4, cluster_std=2.0, random_state=1)


def test_sampled_interval_covers_the_exact_value():
    X, labels = make_blobs(3000, 2, centers=5, cluster_std=3.0, random_state=1)
    truth = silhouette_score(X, labels)

    drawn = [
        silhouette_estimate(X, labels, method="sampled", sample_size=200, random_state=seed)
        for seed in range(100)
    ]

    covered = sum(low <= truth <= high for low, high in (each.interval for each in drawn))
    error = np.mean([each.value for each in drawn]) - truth
    assert covered >= 88
    assert abs(error) < 4 * drawn[0].standard_error / 10


def test_sample_keeps_tiny_clusters():
    X, labels = make_blobs([1000, 3, 1], 2, random_state=1)

    found = silhouette_estimate(X, labels, method="sampled", sample_size=20, random_state=0)

    assert found.n_sampled == 20 + 2 + 1


def test_a_sample_of_all_rows_is_exact(blobs):
    X, labels = blobs

    found = silhouette_estimate(X, labels, method="sampled", sample_size=10**6, random_state=0)

    assert found.value == pytest.approx(silhouette_score(X, labels), abs=1e-12)
    assert found.standard_error == 0.0


def test_predictions_leave_the_sample_little_to_correct():
    X, labels = make_blobs(2000, 5, centers=4, cluster_std=4.0, random_state=0)

    found = silhouette_estimate(X, labels, method="sampled", sample_size=100, random_state=0)

    values = silhouette_samples(X, labels)
    assert found.standard_error < 0.2 * values.std() / np.sqrt(100)
    assert abs(found.value - values.mean()) < 5 * found.standard_error
