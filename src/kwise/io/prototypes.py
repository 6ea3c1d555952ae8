"""From fitted k-prototypes to a model: a category that differs becomes a distance.

Two indicators that differ are two coordinates apart, so that indicators of value
sqrt(gamma / 2) put a category that differs at gamma of squared distance, as k-prototypes counts
it. A category that no prototype has, or a missing one, is as far from all: labels are the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from kwise._cells.missing import MISSING
from kwise.preparation.categories import MISSING_LEVEL
from kwise.preparation.state import FittedState
from kwise.types import Floats

if TYPE_CHECKING:
    from kwise.estimators.prototypes import KPrototypes
    from kwise.preparation import Preparation

__all__ = ["prototype_space"]


def prototype_space(estimator: KPrototypes) -> tuple[Preparation, Floats]:
    """Return the preparation of mixed rows, and the prototypes as centers among the prepared.

    Raises ValueError where categories are no words, or words that tables are read with as missing.
    """
    from kwise.preparation import Preparation, PreparationSummary

    space = estimator._space
    levels = {name: _words(name, each) for name, each in space.categories.items()}
    numbers, width = tuple(space.numeric), len(space.numeric)
    preparation = Preparation(list(space.names), scale="none", categories="mixed")
    preparation.state_ = FittedState(
        names_in=space.names,
        numbers=numbers,
        categories=tuple(levels),
        levels=tuple((*words, MISSING_LEVEL) for words in levels.values()),
        missing="error",
        by_row=False,
        fillings=np.full(width, np.nan),
        category_fillings=(MISSING_LEVEL,) * len(levels),
        powers=np.full(width, np.nan),
        centers=np.array(space.origin, dtype=np.float64),
        spreads=np.array(space.scale, dtype=np.float64),
        category_weight=float(np.sqrt(estimator.gamma_ / 2.0)),
    )
    steps = (f"Rows are compared as by k-prototypes, gamma = {estimator.gamma_:.4g}.",)
    preparation.summary_ = PreparationSummary((), steps, (), 0, 0)
    return preparation, _centers(estimator, preparation.state_)


def _words(name: str, levels: Sequence[object]) -> tuple[str, ...]:
    """Return the categories of a column but the missing one; refuse what no table could tell."""
    known = [level for level in levels if level is not None]
    for level in known:
        if not isinstance(level, str):
            raise ValueError(  # noqa: TRY004 - the column's values, not the argument's type
                f"a model keeps categories as words, and column {name!r} holds {level!r} "
                f"({type(level).__name__}). Fit k-prototypes on a column of words."
            )
        if level.strip() in MISSING:
            raise ValueError(
                f"tables are read with {level!r} as a missing cell, and column {name!r} holds it "
                "as a category. Replace it by None, or by another word, before fitting."
            )
    return tuple(str(level) for level in known)


def _centers(estimator: KPrototypes, state: FittedState) -> Floats:
    """Return means beside the indicators of the modes."""
    made = [estimator._means]
    rows = np.asarray(estimator.cluster_centers_, dtype=object)
    for name, levels in zip(state.categories, state.levels):
        modes = rows[:, state.names_in.index(name)]
        words = [MISSING_LEVEL if mode is None else mode for mode in modes]
        held = [[level == word for level in levels] for word in words]
        made.append(np.array(held, dtype=np.float64) * state.category_weight)
    return np.concatenate(made, axis=1)
