"""What explanations are made from: rows, the clusters of every candidate, and what they score."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

from kwise.explain.cluster_stability import cluster_stability
from kwise.explain.profile import profile
from kwise.explain.row_silhouettes import row_silhouettes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from kwise.explain.external_variables import Variable
    from kwise.explain.profile import Profile
    from kwise.results import Floats, Labels, Selection

__all__ = ["ClusterEvidence", "gather_evidence", "with_stability"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterEvidence:
    """The clusters of one table, for every candidate that is told of.

    Attributes
    ----------
    columns : tuple of str
        Names of the ``n_columns`` columns that were clustered, in original units.
    originals : ndarray of shape (n_samples, n_columns)
        Their values; NaN where a cell was missing.
    X : ndarray of shape (n_samples, n_features)
        What k-means saw, after preparation.
    features : tuple of str
        Names of the columns of ``X``.
    rows : ndarray of shape (n_samples,)
        Place of each row in the table, from 0.
    selection : Selection
        The choice of k.
    labels, centers : mappings from k
        For every candidate: labels (n_samples,) and centers (k, n_features), numbered by
        size, the largest cluster first.
    profile : Profile
        Means of columns by cluster, the most telling columns first.
    scored_rows : ndarray of int
        The rows whose silhouettes are in ``silhouettes``: all of them, or a stated sample.
    silhouettes : mapping from k >= 2
        Silhouettes of ``scored_rows``, each against all rows.
    outside : tuple of Variable
        Columns to be set beside the clusters; they made none of them.
    truth : Variable or None
        True labels to compare with.
    row_names : sequence of str or None
        What each row is called in the table, where a column names them.
    stability : mapping from k to ndarray of shape (k,)
        How well each cluster comes back in bootstrap samples, in [0, 1], nan where unknown;
        candidates with too few rows a cluster are left out.
    carried : mapping from k
        For every candidate: names of clusters that go on from last time's, by index.
    """

    columns: tuple[str, ...]
    originals: Floats
    X: Floats
    features: tuple[str, ...]
    rows: NDArray[np.int64]
    selection: Selection
    labels: Mapping[int, Labels]
    centers: Mapping[int, Floats]
    profile: Profile
    scored_rows: NDArray[np.int64]
    silhouettes: Mapping[int, NDArray[np.float64]]
    outside: tuple[Variable, ...] = ()
    truth: Variable | None = None
    row_names: Sequence[str] | None = None
    stability: Mapping[int, NDArray[np.float64]] = field(default_factory=dict)
    carried: Mapping[int, Mapping[int, str]] = field(default_factory=dict)

    def scored_words(self) -> str:
        """Say which rows the silhouettes of clusters are of, where they are not of all."""
        n = len(self.scored_rows)
        if not self.silhouettes or n == len(self.rows):
            return ""
        return f"Silhouettes are means over {n:,} rows drawn at random."

    def mean_silhouette(self, k: int) -> float | None:
        """Return the selection's own silhouette where it has one, else that of the scored rows."""
        scores = self.selection.sweep.scores.get("silhouette")
        if scores is not None:
            value = scores[self.selection.sweep.ks.index(k)].value
            if math.isfinite(value):
                return float(value)
        return float(self.silhouettes[k].mean()) if k in self.silhouettes else None


Found = TypeVar("Found", bound=ClusterEvidence)


def gather_evidence(
    *,
    X: Floats,
    features: tuple[str, ...],
    originals: Floats,
    columns: tuple[str, ...],
    rows: NDArray[np.int64],
    selection: Selection,
    ks: Sequence[int],
    outside: tuple[Variable, ...] = (),
    truth: Variable | None = None,
    random_state: int = 0,
) -> ClusterEvidence:
    """Score the rows and compare the means of the candidates ``ks``: what pictures need."""
    told = {k: selection.sweep.run(k) for k in ks}
    labels = {k: run.labels for k, run in told.items()}
    scored, silhouettes = row_silhouettes(X, labels, seed=random_state)
    return ClusterEvidence(
        columns=columns,
        originals=originals,
        X=X,
        features=features,
        rows=rows,
        selection=selection,
        labels=labels,
        centers={k: run.centers for k, run in told.items()},
        profile=profile(originals, labels, selection.shown),
        scored_rows=scored,
        silhouettes=silhouettes,
        outside=outside,
        truth=truth,
    )


def with_stability(data: Found, random_state: int) -> Found:
    """Add how well each cluster comes back, which is told in words and numbers alone."""
    return replace(data, stability=cluster_stability(data.X, data.labels, random_state))
