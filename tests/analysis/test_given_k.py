"""Where k is given, the evidence is gathered when it is first asked for, and is the same."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from sklearn.datasets import make_blobs

import kwise
from kwise.selection.context import SweepContext

X, _ = make_blobs(400, centers=4, n_features=3, random_state=2)
FRAME = pl.DataFrame(X, schema=["x", "y", "z"])


@pytest.fixture
def fits(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the numbers of clusters that are fitted to all rows, as they are."""
    fitted: list[int] = []
    fit = SweepContext._fit

    def told(self: SweepContext, fitter: object, k: int) -> None:
        if k not in self.starts and len(self.X) == len(X):
            fitted.append(k)
        fit(self, fitter, k)

    monkeypatch.setattr(SweepContext, "_fit", told)
    return fitted


def test_only_what_is_asked_for_is_fitted_and_nothing_twice(fits):
    analysis = kwise.analyze(FRAME, k=5)

    assert (analysis.k, analysis.labels.max(), analysis.predict(FRAME).max()) == (5, 4, 4)
    assert fits == [5]
    assert analysis.selection is analysis.selection
    assert analysis.verdict.startswith("You asked for 5; the data support 4")
    assert sorted(fits) == sorted(set(fits)) == list(range(1, 11))


def test_the_answer_is_that_of_an_analysis_that_judges_at_once():
    later, now = kwise.analyze(FRAME, k=5), kwise.analyze(FRAME, k=5, progress=lambda *_: None)

    np.testing.assert_array_equal(later.labels, now.labels)
    np.testing.assert_array_equal(later.model["kmeans"].inertia_, now.model["kmeans"].inertia_)
    assert repr(later.model) == repr(now.model)
    assert later.selection.reasons == now.selection.reasons
    for one, other in zip(later.selection.table(), now.selection.table()):
        assert one == pytest.approx(other, rel=0, abs=0, nan_ok=True)
    assert later.to_html() == now.to_html()


def test_what_cannot_be_shown_is_refused_at_once():
    with pytest.raises(ValueError, match="k=5 is larger than the 2 distinct rows"):
        kwise.analyze(pl.DataFrame({"x": [0.0, 1.0] * 20, "y": [0.5, 2.5] * 20}), k=5)
