"""Stability of single clusters: 1 for far groups, little for one that splits another."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import make_blobs

from kwise import KMeans
from kwise.explain.cluster_stability import cluster_stability

CENTERS = [(0, 0), (30, 0), (0, 30)]


def test_far_groups_always_come_back_and_a_split_one_does_not() -> None:
    X, made_by = make_blobs([90, 60, 40], centers=CENTERS, random_state=0)  # type: ignore[arg-type]
    split = KMeans(4, random_state=0, n_init=10).fit(X).labels_

    found = cluster_stability(X, {1: made_by * 0, 3: made_by, 4: split}, 0)

    assert list(found) == [3, 4]
    assert found[3] == pytest.approx([1.0, 1.0, 1.0])
    whole = [len(np.unique(made_by[split == c])) == 1 and (made_by == made_by[split == c][0]).sum()
             == (split == c).sum() for c in range(4)]  # fmt: skip
    assert found[4][whole].min() > found[4][~np.array(whole)].max()
    assert found[4][~np.array(whole)].max() < 0.9


def test_a_candidate_tells_the_same_whatever_others_are_asked() -> None:
    X, made_by = make_blobs(120, centers=3, random_state=1)
    both = cluster_stability(X, {2: made_by // 2, 3: made_by}, 7)

    assert np.array_equal(both[3], cluster_stability(X, {3: made_by}, 7)[3])


def test_a_cluster_outside_of_the_sample_is_unknown() -> None:
    X = np.random.default_rng(0).normal(size=(4_000, 2))
    labels = np.zeros(4_000, dtype=np.int32)
    sample = np.sort(np.random.default_rng(0).permutation(4_000)[:1_500])
    labels[np.setdiff1d(np.arange(4_000), sample)[:3]] = 1

    assert np.isnan(cluster_stability(X, {2: labels}, 0)[2][1])


def test_too_few_rows_a_cluster_are_not_judged() -> None:
    X = np.arange(10.0)[:, None]

    assert cluster_stability(X, {3: np.arange(10) % 3}, 0) == {}
