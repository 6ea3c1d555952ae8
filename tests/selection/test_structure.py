"""The kinds of structure that k-means misreads, each seen where it is and not elsewhere."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import make_blobs, make_moons

from kwise.selection.structure import (
    structure_of_clusters,
    structure_of_groups,
    structure_of_table,
)

RNG = np.random.default_rng(0)


def cloud(n: int, at: tuple[float, float], spread: tuple[float, float] = (1.0, 1.0)) -> np.ndarray:
    """Draw one Gaussian group."""
    return RNG.normal(size=(n, 2)) * spread + at


def two(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Put two groups together, with their labels."""
    return np.vstack([first, second]), np.repeat([0, 1], [len(first), len(second)])


CASES = {
    "none": two(cloud(200, (0, 0)), cloud(200, (9, 0))),
    "shape": make_moons(400, noise=0.04, random_state=0),
    "density": two(cloud(200, (0, 0), (0.2, 0.2)), cloud(200, (9, 0))),
    "size": two(cloud(400, (0, 0)), cloud(25, (9, 0))),
}


@pytest.mark.parametrize("kind", CASES)
def test_groups_show_their_own_kind_of_structure_only(kind: str) -> None:
    data, labels = CASES[kind]

    kinds = {each.kind for each in structure_of_groups(data, labels)}

    assert kinds == ({kind} - {"none"})


def test_long_groups_are_a_matter_of_shape() -> None:
    data, labels = two(cloud(200, (0, 0), (6, 0.4)), cloud(200, (0, 4), (6, 0.4)))

    (found,) = structure_of_groups(data, labels)

    assert found.kind == "shape"
    assert "long" in found.words


def test_rows_of_no_group_are_outliers() -> None:
    data, labels = CASES["none"]
    labels = np.where(np.arange(len(labels)) % 10 == 0, -1, labels)

    (found,) = structure_of_groups(data, labels)

    assert found.kind == "outliers"
    assert "10 % of the rows" in found.words


def test_one_group_has_no_structure_among_groups() -> None:
    assert structure_of_groups(cloud(50, (0, 0)), np.zeros(50, dtype=int)) == []


def test_clusters_of_few_far_rows_are_outliers() -> None:
    shape = {
        "size_ratio": 5.0,
        "radius_ratio": 0.1,
        "elongation": 1.2,
        "smallest_share": 0.005,
        "cut": 0.0,
    }

    assert [each.kind for each in structure_of_clusters(3, shape)] == ["outliers"]
    assert structure_of_clusters(1, shape) == []


def test_a_dominating_column_and_duplicates_are_seen_in_the_table() -> None:
    X = make_blobs(90, 3, centers=2, random_state=0)[0] * [1.0, 1000.0, 1.0]

    assert [each.kind for each in structure_of_table(X, "abc")] == ["column"]
    assert [each.kind for each in structure_of_table(np.repeat(X, 4, axis=0), "abc")] == [
        "column",
        "duplicates",
    ]
    assert structure_of_table(X / [1.0, 1000.0, 1.0], "abc") == []
