"""Findings: what is known of candidates, as numbers, and what the fitted models make of it."""

import numpy as np
import pytest
from sklearn.datasets import make_blobs, make_moons

from kwise.selection import CRITERIA, DEFAULT_CRITERIA, SweepContext, suitability
from kwise.selection.signs import Findings, signs_of
from kwise.selection.suitability import (
    RIVALS,
    measure_shapes,
    measure_suitability,
    with_candidates,
)
from kwise.selection.support import at_best, probabilities, probabilities_of, signs_of_methods
from kwise.selection.sweep import run_sweep
from kwise.selection.trees import fitted_trees


def findings_of(X, ks=range(1, 11)):
    context = SweepContext(np.asarray(X, dtype=float), None, n_init=3, seed=0)
    sweep = run_sweep(context, ks, [CRITERIA[name] for name in DEFAULT_CRITERIA])
    choices = {n: CRITERIA[n].choose(sweep.ks, row) for n, row in sweep.scores.items()}
    measures = measure_suitability(context, sweep.ks).measures
    shapes = measure_shapes(context, sweep.ks)
    return Findings(sweep.ks, sweep.scores, choices, sweep.inertias, measures, shapes)


@pytest.fixture(scope="module")
def blobs():
    X = make_blobs(300, 2, centers=[(0, 0), (9, 0), (0, 9)], random_state=0)[0]
    return findings_of(X)


def test_every_sign_is_one_number_a_candidate(blobs):
    signs = signs_of(blobs)

    assert {len(values) for values in signs.values()} == {10}
    assert not any(np.isinf(values).any() for values in signs.values())


def test_every_sign_that_trees_ask_for_is_there(blobs):
    signs = signs_of(blobs)
    rivals = signs_of_methods(at_best(signs, np.full(10, 0.1)))

    assert set(fitted_trees()["support"].names) <= set(signs)
    assert set(fitted_trees()["better"].names) <= set(rivals)
    assert {len(values) for values in rivals.values()} == {len(RIVALS)}


def test_three_blobs_are_supported_and_suit(blobs):
    support, better = probabilities(blobs)

    assert support.sum() == pytest.approx(1.0)
    assert blobs.ks[int(np.argmax(support))] == 3
    assert max(better.values()) < 0.2


def test_one_cloud_is_one_and_moons_do_not_suit():
    rng = np.random.default_rng(1)
    support, better = probabilities(findings_of(rng.normal(size=(300, 2))))
    assert (int(np.argmax(support)), max(better.values()) < 0.5) == (0, True)

    _, better = probabilities(findings_of(make_moons(400, noise=0.05, random_state=0)[0]))
    assert better["hdbscan"] > 0.5
    assert better["ward"] < 0.5


def test_scores_alone_are_enough_for_k(blobs):
    alone = Findings(blobs.ks, blobs.scores, blobs.choices, blobs.inertias, {}, {})

    support, better = probabilities(alone)

    assert blobs.ks[int(np.argmax(support))] == 3
    assert better == {}


def test_one_candidate_or_constant_rows_have_evidence():
    rng = np.random.default_rng(0)
    for X, ks in ((rng.normal(size=(40, 2)), [2]), (np.full((30, 2), 7.0), [1])):
        support, better = probabilities(findings_of(X, ks))
        assert support.tolist() == [1.0]
        assert all(0.0 <= each <= 1.0 for each in better.values())


def test_log_odds_become_shares():
    shares = probabilities_of(np.array([0.0, np.log(3.0)]), 1.0)

    assert shares == pytest.approx([0.25, 0.75])


def test_other_candidates_are_compared_without_the_methods_again(monkeypatch):
    X = make_blobs(200, centers=4, random_state=3)[0]
    context = SweepContext(X, None, n_init=2, seed=0)
    few, more = (1, 2), tuple(range(1, 8))
    expected = measure_suitability(context, more)
    found = measure_suitability(context, few)
    assert found.measures != expected.measures
    monkeypatch.setattr(suitability, "METHODS", {})

    again = with_candidates(found, context, more)

    assert list(again.measures.items()) == list(expected.measures.items())
