"""Whatever is called between fits, in any order, changes nothing and is right.

A state machine drives an estimator through fits, partial fits, predictions, saving and loading,
copies and refused calls; a twin sees the fits alone.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from hypothesis.stateful import initialize, invariant, precondition, rule
from scipy import sparse

import kwise
from any_order import Copied, learned
from kwise.io import as_model, save_model

K, D = 3, 2
rows = st.integers(K + 1, 40).flatmap(
    lambda n: arrays(np.float64, (n, D), elements=st.integers(-50, 50).map(float), unique=True)
)
DAMAGED = {
    "a cell is missing": lambda X: np.where(np.arange(X.size).reshape(X.shape) == 0, np.nan, X),
    "a column too many": lambda X: np.hstack([X, X]),
    "no rows": lambda X: X[:0],
    "text": lambda X: X.astype(str).astype(object) + "x",
    "a generator": lambda X: (row for row in X),
    "three dimensions": lambda X: X[None],
}


def _is_same(one: object, other: object) -> bool:
    """Tell whether two learned values are the same, bit for bit."""
    if isinstance(one, np.ndarray):
        return isinstance(other, np.ndarray) and np.array_equal(one, other)
    return bool(one == other)


class AnyOrder(Copied):
    """An estimator, its twin, and what was seen."""

    @initialize(
        kind=st.sampled_from([kwise.KMeans, kwise.MiniBatchKMeans, kwise.BisectingKMeans]),
        dtype=st.sampled_from([np.float64, np.float32]),
    )
    def begin(self, kind: type, dtype: type) -> None:
        options = {"batch_size": 7} if kind is kwise.MiniBatchKMeans else {}
        self.model, self.twin = (kind(K, random_state=0, **options) for _ in range(2))
        self.dtype, self.rows = dtype, None

    def both(self) -> Iterator[object]:
        return iter((self.model, self.twin))

    def is_fitted(self) -> bool:
        return self.rows is not None

    @rule(X=rows, weighted=st.booleans(), as_sparse=st.booleans())
    def fit(self, X, weighted, as_sparse):
        weights = 1.0 + np.arange(len(X)) % 3 if weighted else None
        given = X.astype(self.dtype)
        for model in self.both():
            model.fit(sparse.csr_matrix(given) if as_sparse else given, sample_weight=weights)
        self.rows = given

    @precondition(lambda self: hasattr(self.model, "partial_fit"))
    @rule(X=rows, weighted=st.booleans())
    def partial_fit(self, X, weighted):
        weights = 1.0 + np.arange(len(X)) % 3 if weighted else None
        for model in self.both():
            model.partial_fit(X.astype(self.dtype), sample_weight=weights)
        self.rows = X.astype(self.dtype)

    @rule(X=rows, damage=st.sampled_from(sorted(DAMAGED)), partial=st.booleans())
    def refuse(self, X, damage, partial):
        partial = partial and hasattr(self.model, "partial_fit")
        if damage == "a column too many" and not (partial and self.is_fitted()):
            return  # a new fit may have other columns
        call = self.model.partial_fit if partial else self.model.fit
        with pytest.raises((TypeError, ValueError)):
            call(DAMAGED[damage](X))
        with pytest.raises((TypeError, ValueError), match="sample_weight"):
            call(X, sample_weight=-np.ones(len(X)))

    @precondition(is_fitted)
    @rule(X=rows, damage=st.sampled_from(sorted(DAMAGED)))
    def refuse_to_predict(self, X, damage):
        for call in (self.model.predict, self.model.transform, self.model.score):
            with pytest.raises((TypeError, ValueError)):
                call(DAMAGED[damage](X))

    @precondition(is_fitted)
    @rule(X=rows)
    def predict(self, X):
        X = X.astype(self.dtype)
        if isinstance(self.model, kwise.BisectingKMeans):
            assert set(self.model.predict(X)) <= set(range(K))
            return  # it follows its tree
        distances = self.model.transform(X).astype(np.float64)
        chosen = distances[np.arange(len(X)), self.model.predict(X)]
        tolerance = 1e-6 if self.dtype == np.float32 else 1e-12
        assert (chosen <= distances.min(axis=1) + tolerance * 200).all()
        assert self.model.score(X) == pytest.approx(-(chosen**2).sum(), rel=1e-4, abs=1e-3)

    @precondition(is_fitted)
    @rule(X=rows)
    def save_and_load(self, X):
        if isinstance(self.model, kwise.BisectingKMeans):
            with pytest.raises(ValueError, match="down a tree of splits"):
                as_model(self.model)
            return
        with tempfile.TemporaryDirectory() as folder:
            save_model(f"{folder}/model.kwise", self.model)
            loaded = kwise.load(f"{folder}/model.kwise")
        assert np.array_equal(loaded.predict(X), self.model.predict(X))

    @invariant()
    def is_as_its_twin(self):
        if not hasattr(self, "model"):
            return
        found, expected = map(learned, (self.model, self.twin))
        assert found.keys() == expected.keys()
        assert all(_is_same(found[name], expected[name]) for name in found)

    @invariant()
    def labels_are_those_of_the_centers(self):
        if self.__dict__.get("rows") is None:
            return
        centers = self.model.cluster_centers_
        assert centers.shape == (K, D)
        assert np.isfinite(centers).all()
        if not isinstance(self.model, kwise.BisectingKMeans):
            assert np.array_equal(self.model.labels_, self.model.predict(self.rows))


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(
    max_examples=12,
    stateful_step_count=12,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestAnyOrder.pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning"),
    pytest.mark.filterwarnings("ignore:init_size"),
]
