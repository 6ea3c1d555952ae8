"""Clusters against true labels: the matched table and the adjusted Rand index."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from kwise.explain.external_variables import Variable
    from kwise.results import Labels

__all__ = ["MOST_CLASSES", "Agreement", "agreement"]

# More classes than this are no labels to compare with, but a column of values.
MOST_CLASSES = 60


@dataclass(frozen=True, slots=True)
class Agreement:
    """Clusters against true labels: ``counts[i][j]`` rows of class i in cluster j.

    ``ari`` (adjusted Rand index) is at most 1, 0 by chance; ``matched`` is the share of rows
    on the best one-to-one matching, ``matches`` the cluster of each class in it.
    """

    column: str
    classes: tuple[str, ...]
    clusters: tuple[int, ...]
    counts: tuple[tuple[int, ...], ...]
    ari: float
    matched: float
    matches: tuple[int | None, ...]
    left_out: int


def agreement(truth: Variable, labels: Labels) -> Agreement:
    """Match clusters with true labels one to one, so that most rows agree."""
    from sklearn.metrics import adjusted_rand_score

    from kwise.metrics import match_labels

    if truth.is_numeric:
        present = np.isfinite(np.asarray(truth.values, dtype=np.float64))
        words = np.array([f"{value:g}" for value in truth.values[present]])
    else:
        present = np.array([value is not None for value in truth.values], dtype=bool)
        words = np.array([str(value) for value in truth.values[present]])
    found = labels[present]
    matched = match_labels(words, found)
    numbers = {true: int(str(found)) + 1 for found, true in matched.mapping.items()}
    return Agreement(
        column=truth.name,
        classes=tuple(str(name) for name in matched.true_names),
        clusters=tuple(int(str(name)) + 1 for name in matched.found_names),
        counts=tuple(tuple(int(cell) for cell in row) for row in matched.table),
        ari=float(adjusted_rand_score(words, found)),
        matched=float(matched.accuracy),
        matches=tuple(numbers.get(name) for name in matched.true_names),
        left_out=int((~present).sum()),
    )
