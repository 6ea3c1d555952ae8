"""Boosted trees read from plain data answer as the library that grew them does."""

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from kwise.selection.trees import fitted_trees, trees_of

DATA = {
    "names": ["a", "b"],
    "base": 0.5,
    "depth": 2,
    "trees": [
        [[0, 1.0, 1, 1, 2], [-1.0], [1, 0.0, 0, 3, 4], [2.0], [3.0]],
        [[10.0]],
    ],
}


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [(1.0, 9.0, 9.5), (2.0, -1.0, 12.5), (2.0, 1.0, 13.5), (np.nan, 1.0, 9.5), (2.0, np.nan, 13.5)],
)
def test_rows_fall_to_their_leaf(a, b, expected):
    found = trees_of(DATA).log_odds({"a": np.array([a]), "b": np.array([b])})

    assert found.tolist() == [expected]


def test_a_sign_that_is_not_there_is_missing():
    assert trees_of(DATA).log_odds({"b": np.array([1.0, -1.0])}).tolist() == [9.5, 9.5]


def test_trees_answer_as_they_did_where_they_grew():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 3))
    X[rng.random(X.shape) < 0.1] = np.nan
    y = np.nansum(X, axis=1) > 0
    model = HistGradientBoostingClassifier(max_iter=20, max_leaf_nodes=6).fit(X, y)
    trees = [
        [
            [float(node["value"])]
            if node["is_leaf"]
            else [
                int(node["feature_idx"]),
                float(node["num_threshold"]),
                int(node["missing_go_to_left"]),
                int(node["left"]),
                int(node["right"]),
            ]
            for node in tree.nodes
        ]
        for (tree,) in model._predictors
    ]
    base = float(model._baseline_prediction[0, 0])

    read = trees_of({"names": ["a", "b", "c"], "base": base, "depth": 6, "trees": trees})

    found = read.log_odds(dict(zip("abc", X.T)))
    np.testing.assert_allclose(found, model.decision_function(X))


def test_shipped_trees_are_whole():
    for name in ("support", "better"):
        trees = fitted_trees()[name]
        assert len(trees.roots) > 50
        assert np.isfinite(trees.value).all()
        inner = trees.left != np.arange(len(trees.left))
        assert trees.feature[inner].max() == len(trees.names) - 1
