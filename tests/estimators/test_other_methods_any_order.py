"""K-medoids and k-prototypes too: whatever is called between fits changes nothing and is right."""

from __future__ import annotations

import pickle

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from hypothesis.stateful import initialize, invariant, precondition, rule

import kwise
from any_order import Copied, learned
from kwise.io import as_model

K = 3
rows = st.integers(K + 1, 30).flatmap(
    lambda n: arrays(np.float64, (n, 2), elements=st.integers(-50, 50).map(float), unique=True)
)


def mixed(X: np.ndarray) -> pl.DataFrame:
    """Return the rows with a column of words."""
    frame = pl.DataFrame(X, schema=["a", "b"])
    return frame.with_columns(pl.Series("c", ["xyz"[int(each) % 3] for each in X[:, 0]]))


def plain(X: np.ndarray) -> np.ndarray:
    """Return the rows as they are."""
    return X


DAMAGED = {
    "a cell is missing": lambda X: np.where(np.arange(X.size).reshape(X.shape) == 0, np.nan, X),
    "no rows": lambda X: X[:0],
    "a generator": lambda X: (row for row in X),
    "three dimensions": lambda X: X[None],
}
METHODS = [(kwise.KMedoids, plain), (kwise.KPrototypes, mixed)]


class AnyOrder(Copied):
    """An estimator, its twin, and what was seen."""

    @initialize(method=st.sampled_from(METHODS))
    def begin(self, method):
        kind, self.table = method
        self.model, self.twin = (kind(K, random_state=0) for _ in range(2))
        self.rows = None

    def is_fitted(self):
        return self.rows is not None

    @rule(X=rows)
    def fit(self, X):
        for model in (self.model, self.twin):
            model.fit(self.table(X))
        self.rows = X

    @rule(X=rows, damage=st.sampled_from(sorted(DAMAGED)))
    def refuse(self, X, damage):
        for name in ("fit", *(("predict",) if self.is_fitted() else ())):
            with pytest.raises((TypeError, ValueError)):
                getattr(self.model, name)(DAMAGED[damage](X))

    @precondition(is_fitted)
    @rule(X=rows)
    def predict(self, X):
        labels = self.model.predict(self.table(X))
        assert labels.shape == (len(X),)
        assert set(labels.tolist()) <= set(range(K))
        turned = self.model.predict(self.table(X[::-1]))
        assert np.array_equal(turned, labels[::-1])

    @precondition(is_fitted)
    @rule()
    def save(self):
        rows = frame = self.table(self.rows)
        if not isinstance(frame, pl.DataFrame):
            frame = pl.DataFrame(frame, schema=["column 1", "column 2"])
        saved = as_model(self.model).predict(frame)
        assert np.array_equal(saved, self.model.predict(rows))

    @invariant()
    def is_as_its_twin(self):
        if not hasattr(self, "model"):
            return
        found, expected = learned(self.model), learned(self.twin)
        assert found.keys() == expected.keys()
        for name, value in found.items():
            assert pickle.dumps(value) == pickle.dumps(expected[name]), name

    @invariant()
    def labels_are_those_of_prediction(self):
        if self.__dict__.get("rows") is not None:
            assert np.array_equal(self.model.labels_, self.model.predict(self.table(self.rows)))


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(
    max_examples=10,
    stateful_step_count=10,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestAnyOrder.pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning"),
    pytest.mark.filterwarnings(
        "ignore:X does not have valid feature names"
    ),  # a damage is an array
]
