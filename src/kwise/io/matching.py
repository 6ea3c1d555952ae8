"""Two models on the same rows: which cluster of one is which of the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kwise.monitoring.baseline import measured_rows
from kwise.monitoring.matching import Match, find_match

if TYPE_CHECKING:
    from pathlib import Path

    from narwhals.typing import IntoFrame
    from numpy.typing import NDArray

    from kwise.io.model import Model
    from kwise.io.table import Table

__all__ = ["held_rows", "match_models"]


def match_models(
    before: Model,
    now: Model,
    rows: str | Path | Table | IntoFrame | NDArray[np.generic],
) -> Match:
    """Say which clusters of one model go on as which of another, by the rows that they share.

    Clusters are matched one to one so that most rows agree (Hungarian method).

    Parameters
    ----------
    before, now : Model
        Last month's model and this month's, say.
    rows : path, data frame, array or Table
        Rows with the columns that either model uses.

    Returns
    -------
    Match
        Which goes on as which, what was split, merged, is new or gone, and which rows moved.

    See Also
    --------
    kwise.analyze : Give new clusters the numbers of old ones, ``like="last.kwise"``.

    Examples
    --------
    >>> import kwise, numpy as np
    >>> from kwise.io import as_model, match_models
    >>> rows = np.array([[0.0], [0.1], [5.0], [5.1], [9.0]])
    >>> two, three = (as_model(kwise.KMeans(k, random_state=0).fit(rows)) for k in (2, 3))
    >>> match_models(two, three, rows).n_moved
    1
    """
    return find_match(
        before.predict(rows),
        now.predict(rows),
        before.n_clusters,
        now.n_clusters,
        held_rows(before, rows),
    )


def held_rows(
    model: Model, rows: str | Path | Table | IntoFrame | NDArray[np.generic]
) -> NDArray[np.bool_] | None:
    """Say which rows the clusters of a model hold; None where it does not know its fit's rows."""
    if model.baseline is None:
        return None
    originals, X, labels = model.measured(rows)
    distance = measured_rows(originals, X, labels, model.centers).distance
    held = np.ones(len(labels), dtype=bool)
    placed = labels >= 0
    held[placed] = ~(distance[placed] > model.baseline.distances[labels[placed], -1])
    return held
