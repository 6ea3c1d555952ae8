"""Candidates: what is asked for is read with clear words, and unasked ones reach far enough."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.datasets import make_blobs

from kwise.selection import SweepContext, select_k, sweep_k
from kwise.selection.candidates import (
    check_candidates,
    first_candidates,
    most_candidates,
    wider_candidates,
)

ROWS = make_blobs(100, centers=3, random_state=0)[0]


def crowd(k: int, n_columns: int, rows_a_group: int, seed: int) -> np.ndarray:
    """Return k round groups, 8 standard deviations apart at least."""
    rng = np.random.default_rng(seed)
    centers: list[np.ndarray] = []
    width = 6.0 * max(1.0, k ** (1 / n_columns))
    while len(centers) < k:
        new = rng.uniform(-width, width, n_columns)
        width *= 1.01
        if all(np.linalg.norm(new - other) >= 8.0 for other in centers):
            centers.append(new)
    return np.repeat(centers, rows_a_group, axis=0) + rng.normal(size=(k * rows_a_group, n_columns))


@pytest.mark.parametrize(
    ("ks", "error", "words"),
    [
        (8, TypeError, r"pass a collection of whole numbers, such as \[8\]"),
        ("1:10", TypeError, "is text; pass 'auto'"),
        (np.linspace(1, 6, 6), TypeError, "not a collection of whole numbers"),
        (["2", "3"], TypeError, "not a collection of whole numbers"),
        ([], ValueError, "empty"),
        ([0, 2], ValueError, "from 1"),
        ([2, 101], ValueError, "larger than n_samples=100"),
    ],
)
def test_slips_in_ks_end_in_words(ks: object, error: type[Exception], words: str) -> None:
    for function in (select_k, sweep_k):
        with pytest.raises(error, match=words):
            function(ROWS, ks, random_state=0)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"criteria": "silhouette"}, TypeError, r"pass a list, such as \['silhouette'\]"),
        ({"criteria": [3]}, TypeError, "criteria holds a int"),
        ({"n_init": "auto"}, TypeError, "n_init='auto' is no whole number"),
        ({"n_init": 0}, ValueError, "n_init=0 is not positive"),
        ({"random_state": np.random.default_rng(0)}, TypeError, "is a Generator; pass an int"),
    ],
)
def test_slips_in_other_arguments_end_in_words(
    arguments: dict[str, object], error: type[Exception], words: str
) -> None:
    for function in (select_k, sweep_k):
        with pytest.raises(error, match=words):
            function(ROWS, [1, 2], **arguments)  # type: ignore[operator]


def test_a_choice_without_criteria_is_refused() -> None:
    with pytest.raises(ValueError, match="criteria is empty"):
        select_k(ROWS, criteria=[])


def test_a_generator_of_candidates_is_read_once() -> None:
    assert check_candidates((k for k in (3, 1, 3)), 10) == (1, 3)


def test_unasked_candidates_depend_on_the_rows() -> None:
    few = SweepContext(np.arange(30.0)[:, None], None, n_init=2, seed=0)
    same = SweepContext(np.repeat(np.arange(4.0), 50)[:, None], None, n_init=2, seed=0)

    assert first_candidates(few) == tuple(range(1, 11))
    assert most_candidates(same) == 4
    assert first_candidates(same) == (1, 2, 3, 4)


@pytest.mark.parametrize(("k", "n_columns"), [(11, 2), (17, 5), (35, 3), (60, 4)])
def test_the_first_candidates_reach_beyond_the_groups_that_show(k: int, n_columns: int) -> None:
    context = SweepContext(crowd(k, n_columns, 30, seed=k), None, n_init=2, seed=0)

    ks = first_candidates(context)

    assert k in ks
    assert ks[-1] > k


def test_candidates_are_widened_near_the_last_one() -> None:
    first = tuple(range(1, 11))

    assert wider_candidates(first, 7, 0, 80) is None
    assert wider_candidates(first, 8, 0, 80) == tuple(range(1, 15))
    assert wider_candidates(first, 3, 12, 80) == tuple(range(1, 20))
    assert wider_candidates(first, 3, 9, 80) is None
    assert wider_candidates(first, 10, 0, 10) is None
    assert wider_candidates((*first, *range(45, 81)), 80, 0, 80) is None


@pytest.mark.parametrize(("k", "n_columns"), [(13, 2), (24, 4)])
def test_many_groups_are_found_unasked(k: int, n_columns: int) -> None:
    found = select_k(crowd(k, n_columns, 30, seed=k), n_init=3, random_state=0)

    assert (found.k, found.kind) == (k, "clear")


def test_sparse_rows_are_judged_as_dense_ones() -> None:
    rows = make_blobs(150, 4, centers=3, random_state=0)[0]
    rows[np.abs(rows) < 2.0] = 0.0

    found = select_k(sparse.csr_array(rows), n_init=2, random_state=0)
    known = select_k(rows, n_init=2, random_state=0)

    assert (found.k, found.kind, found.confidence) == (known.k, known.kind, known.confidence)
    assert any("sparse rows were written out" in reason for reason in found.reasons)


def test_large_sparse_rows_are_fitted_and_what_needs_dense_ones_says_so() -> None:
    rows = sparse.random(6_000, 20_000, density=1e-4, random_state=0, format="csr")

    sweep = sweep_k(rows, [1, 2, 3], criteria=["bic", "silhouette"], n_init=1, random_state=0)

    assert np.isfinite([score.value for score in sweep.scores["bic"]]).all()
    assert "dense rows" in sweep.scores["silhouette"][1].note
    with pytest.raises(ValueError, match="TruncatedSVD"):
        select_k(rows, n_init=1, random_state=0)
