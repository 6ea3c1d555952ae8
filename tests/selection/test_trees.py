"""Boosted trees read from plain data answer as the library that grew them does."""

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from kwise.selection.trees import fitted_trees, trees_of

DATA = {
    "names": ["a", "b"],
    "base": 0.5,
    "depth": 2,
    "sizes": [5, 1],
    "feature": [0, -1, 1, -1, -1, -1],
    "number": [1.0, -1.0, 0.0, 2.0, 3.0, 10.0],
    "missing_left": [1, 0, 0, 0, 0, 0],
    "left": [1, 0, 3, 0, 0, 0],
    "right": [2, 0, 4, 0, 0, 0],
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
    nodes = np.concatenate([tree.nodes for (tree,) in model._predictors])
    leaf = nodes["is_leaf"] > 0
    base = float(model._baseline_prediction[0, 0])

    data = {
        "sizes": [len(tree.nodes) for (tree,) in model._predictors],
        "feature": np.where(leaf, -1, nodes["feature_idx"].astype(int)).tolist(),
        "number": np.where(leaf, nodes["value"], nodes["num_threshold"]).tolist(),
        "missing_left": nodes["missing_go_to_left"].tolist(),
        "left": nodes["left"].tolist(),
        "right": nodes["right"].tolist(),
    }

    read = trees_of({"names": ["a", "b", "c"], "base": base, "depth": 6, **data})

    found = read.log_odds(dict(zip("abc", X.T)))
    np.testing.assert_allclose(found, model.decision_function(X))


def test_shipped_trees_are_whole():
    for name in ("support", "better"):
        trees = fitted_trees()[name]
        assert len(trees.roots) > 50
        assert np.isfinite(trees.value).all()
        inner = trees.left != np.arange(len(trees.left))
        assert trees.feature[inner].max() == len(trees.names) - 1
