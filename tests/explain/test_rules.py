"""Rules have as many leaves as clusters need, and say how far they can be trusted."""

from __future__ import annotations

import re

import numpy as np
import pytest
from sklearn.datasets import make_blobs
from sklearn.tree import DecisionTreeClassifier

from kwise.explain.rules import RuleColumns, _rules, rules_of


def meets(rule: str, X: np.ndarray) -> np.ndarray:
    """Return the rows that meet a rule as it is written."""
    met = np.zeros(len(X), dtype=bool)
    for part in rule.split(", or "):
        inside = np.ones(len(X), dtype=bool)
        for question in part.split(" and "):
            low = re.match(r"(\S+) < x", question)
            name = int(re.search(r"x(\d)", question)[1])
            if low:
                inside &= X[:, name] > float(low[1].replace("−", "-"))
            for sign, value in re.findall(r"x\d ([≤>]) (\S+)", question):
                number = float(value.replace("−", "-"))
                inside &= X[:, name] <= number if sign == "≤" else X[:, name] > number
        met |= inside
    return met


def test_clear_clusters_need_a_leaf_each() -> None:
    X, y = make_blobs(300, centers=[(0, 0), (10, 0), (0, 10)], random_state=0)

    found = rules_of(RuleColumns(("x0", "x1"), X), y, 3)

    assert found is not None
    assert found.n_leaves == 3
    assert found.fidelity == 1.0
    assert not any(", or " in rule.text for rule in found.of_cluster if rule)


def test_a_cluster_across_the_corner_gets_more_leaves() -> None:
    X = np.random.default_rng(0).uniform(-1, 1, (2_000, 2))
    y = (X.sum(axis=1) > 0).astype(np.int64)

    found = rules_of(RuleColumns(("x0", "x1"), X), y, 2)

    assert found is not None
    assert found.n_leaves > 2
    assert any(", or " in rule.text for rule in found.of_cluster if rule)


@pytest.mark.parametrize("seed", range(3))
def test_what_is_claimed_of_a_rule_is_true_of_its_words(seed: int) -> None:
    X, y = make_blobs(500, centers=4, cluster_std=2.5, random_state=seed)
    X = X.round(1)

    found = rules_of(RuleColumns(("x0", "x1"), X), y, 4)

    assert found is not None
    right = 0
    for c, rule in enumerate(found.of_cluster):
        assert rule is not None
        met = meets(rule.text, X)
        right += int((met & (y == c)).sum())
        assert (met & (y == c)).sum() / met.sum() == pytest.approx(rule.precision, abs=0.03)
        assert (met & (y == c)).sum() / (y == c).sum() == pytest.approx(rule.recall, abs=0.03)
    assert right / len(y) == pytest.approx(found.fidelity, abs=0.03)


def test_a_tree_cut_back_is_the_tree_of_fewer_leaves() -> None:
    X, y = make_blobs(400, 3, centers=5, cluster_std=4.0, random_state=0)
    X = X.astype(np.float32)
    full = DecisionTreeClassifier(max_leaf_nodes=20, random_state=0).fit(X, y)

    for n in (5, 8, 13):
        cut = _rules(full.tree_, full.apply(X), y, 5, ("a", "b", "c"), n)
        small = DecisionTreeClassifier(max_leaf_nodes=n, random_state=0).fit(X, y)
        grown = _rules(small.tree_, small.apply(X), y, 5, ("a", "b", "c"), n)
        assert cut == grown


MOVES = {
    "2**400": lambda X: np.ldexp(X, 400),
    "2**-400": lambda X: np.ldexp(X, -400),
    "far from 0": lambda X: X + 2.0**40,
    "one far value": lambda X: np.where(X > 9.9, 1e30, X),
}


@pytest.mark.parametrize("move", MOVES.values(), ids=MOVES)
def test_neither_unit_nor_origin_matters(move) -> None:
    X, y = make_blobs(400, centers=4, cluster_std=2.5, random_state=0)
    X = X.round(2)
    X[::9, 1] = np.nan
    plain, moved = (rules_of(RuleColumns(("x0", "x1"), each), y, 4) for each in (X, move(X)))

    assert plain is not None
    assert moved is not None
    assert (moved.fidelity, moved.n_leaves) == (plain.fidelity, plain.n_leaves)
    told = [(each.precision, each.recall) for each in plain.of_cluster if each]
    assert [(each.precision, each.recall) for each in moved.of_cluster if each] == told
