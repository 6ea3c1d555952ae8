"""The groups of an analysis in fewer and fewer principal components, for the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kwise.selection.components import ComponentSweep, sweep_components

if TYPE_CHECKING:
    from kwise.analysis.result import Analysis

__all__ = ["component_view"]

# Rows that are swept over, columns from which on the question arises, numbers that are told of.
_MOST_ROWS, _FEWEST_COLUMNS, _MOST_NUMBERS, _N_INIT = 2_000, 2, 10, 3


def component_view(analysis: Analysis) -> ComponentSweep | None:
    """Cluster the rows, or a random sample, in 1 to 10 components; None where that says nothing."""
    X, k = analysis.X, analysis.k
    most = min(_MOST_NUMBERS, X.shape[1], len(X))
    if k < 2 or X.shape[1] < _FEWEST_COLUMNS or len(X) <= k:
        return None
    at = np.arange(len(X))
    if len(X) > _MOST_ROWS:
        drawn = np.random.default_rng(analysis.random_state).permutation(len(X))
        at = np.sort(drawn[: max(_MOST_ROWS, 4 * k)])
    truth = None
    if analysis.truth is not None:
        cells = analysis.table.frame[analysis.truth].to_list()
        truth = np.array([str(cells[i]) for i in analysis.rows[at]])
    return sweep_components(
        X[at],
        range(1, most + 1),
        n_clusters=k,
        truth=truth,
        n_init=_N_INIT,
        random_state=analysis.random_state,
    )
