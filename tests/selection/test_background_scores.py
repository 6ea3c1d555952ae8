"""Scores computed in another process are the ones that are computed here."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from kwise.selection import SweepContext
from kwise.selection.background_scores import FEWEST_ROWS, SAMPLED, begin_scores
from kwise.selection.criteria import CRITERIA
from kwise.selection.sweep import run_sweep

KS = (1, 2, 3)
GAP = CRITERIA["gap"]


def context_of(n, *, weighted=False):
    """Return the context of three heaps of n rows."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n, 2)) + 6.0 * rng.integers(3, size=n)[:, None]
    weight = rng.integers(1, 4, n).astype(float) if weighted else None
    return SweepContext(X, weight, n_init=1, seed=0)


@pytest.mark.parametrize("weighted", [False, True])
def test_scores_of_a_sample_are_those_of_the_table_with_their_notes(weighted):
    criteria = [CRITERIA[name] for name in SAMPLED]
    with ThreadPoolExecutor(1) as executor:
        context = context_of(FEWEST_ROWS, weighted=weighted)
        begun = begin_scores(context, criteria, KS, executor)
        found = run_sweep(context, KS, criteria, elsewhere=begun)

    assert set(begun) == set(SAMPLED)
    assert (
        found.scores == run_sweep(context_of(FEWEST_ROWS, weighted=weighted), KS, criteria).scores
    )


def test_scores_from_elsewhere_are_asked_for_last_and_stay_in_their_place():
    names = ["mixture", "inertia", "bic"]
    context = context_of(50)
    score = CRITERIA["mixture"].score(context, context.run(2))
    told = []
    context.progress = lambda task, done, total: told.append(task)

    found = run_sweep(
        context, [2], [CRITERIA[name] for name in names], elsewhere={"mixture": lambda: {2: score}}
    )

    assert list(found.scores) == names
    assert found.scores["mixture"] == (score,)
    assert [task for task in told if "BIC (mixture)" in task] == told[-2:-1]


def test_few_rows_other_criteria_and_samples_of_several_sizes_are_left_here():
    with ThreadPoolExecutor(1) as executor:
        assert begin_scores(context_of(50), [GAP], KS, executor) == {}
        assert begin_scores(context_of(FEWEST_ROWS), [CRITERIA["bic"]], KS, executor) == {}
        assert begin_scores(context_of(FEWEST_ROWS), [GAP], (2, 21), executor) == {}
    assert begin_scores(context_of(FEWEST_ROWS), [GAP], KS, None) == {}
