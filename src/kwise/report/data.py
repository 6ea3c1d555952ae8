"""What the page is made from: arrays and records that ``kwise.analyze`` has already found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from kwise.explain.external_variables import Variable
    from kwise.explain.hierarchy import Hierarchy
    from kwise.report.summary import TableFacts
    from kwise.results import Floats, History, Labels, Selection

__all__ = ["Asked", "ReportData"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the user asked for, as words and as code: enough to ask it again.

    ``options`` holds the arguments of ``kwise.analyze`` that differ from their defaults;
    ``bundled`` tells that the table came along with its name.
    """

    table: str
    path: str | None
    options: Mapping[str, object] = field(default_factory=dict)
    random_state: int | None = 0
    bundled: bool = False


@dataclass(frozen=True, slots=True)
class ReportData:
    """One clustering of one table, whole.

    Attributes
    ----------
    asked : Asked
        The question.
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
    account : TableFacts
        What was done to the table: by column, in order, and what to beware of.
    selection : Selection
        The choice of k.
    labels, centers : mappings from k
        For every candidate: labels (n_samples,) and centers (k, n_features), numbered by
        size, the largest cluster first.
    scored_rows : ndarray of int
        The rows whose silhouettes are in ``silhouettes``: all of them, or a stated sample.
    silhouettes : mapping from k >= 2
        Silhouettes of ``scored_rows``, each against all rows.
    outside : tuple of Variable
        Columns to be set beside the clusters; they made none of them.
    truth : Variable or None
        True labels to compare with.
    histories : tuple of History
        Runs of the k that is shown, iteration by iteration; the best first; may be empty.
    stability : mapping from k to ndarray of shape (k,)
        How well each cluster comes back in bootstrap samples, in [0, 1], nan where unknown;
        candidates with too few rows a cluster are left out.
    hierarchy : Hierarchy or None
        How the rows, or a sample of them, are nested and ordered without k-means.
    """

    asked: Asked
    columns: tuple[str, ...]
    originals: Floats
    X: Floats
    features: tuple[str, ...]
    rows: NDArray[np.int64]
    account: TableFacts
    selection: Selection
    labels: Mapping[int, Labels]
    centers: Mapping[int, Floats]
    scored_rows: NDArray[np.int64]
    silhouettes: Mapping[int, NDArray[np.float64]]
    outside: tuple[Variable, ...] = ()
    truth: Variable | None = None
    histories: tuple[History, ...] = ()
    stability: Mapping[int, NDArray[np.float64]] = field(default_factory=dict)
    hierarchy: Hierarchy | None = None
