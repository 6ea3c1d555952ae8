"""Does the answer hang on what is done about missing cells? The same table, treated otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from sklearn.base import clone
from sklearn.metrics import adjusted_rand_score

from kwise._formatting import coefficient
from kwise.preparation import FILLINGS, Preparation
from kwise.preparation.missing import any_nan
from kwise.selection import select_k

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from kwise.results import Selection

__all__ = ["MissingSensitivity", "missing_sensitivity"]

MOST_ROWS = 10_000  # of more rows some, at equal distances, are answered for twice
ENOUGH = 0.5  # share of rows without a gap from which leaving the others out is an answer
ALIKE = 0.8  # adjusted Rand index from which groups of the same number are called the same


@dataclass(frozen=True, slots=True)
class MissingSensitivity:
    """The answer under two treatments of missing cells.

    ``treatment`` is the one that was used, ``other`` the one that it is compared with;
    ``verdict`` and ``other_verdict`` are what they lead to. ``agreement`` is the adjusted Rand
    index of the groups on the rows that both have; ``n_rows`` counts the rows that were looked
    at, and ``n_gaps`` those of them with a missing cell. ``same`` tells that number and kind are
    the same, and the groups alike.
    """

    treatment: str
    other: str
    verdict: str
    other_verdict: str
    agreement: float
    n_rows: int
    n_gaps: int
    same: bool

    @property
    def sentence(self) -> str:
        """Say whether the missing cells decide."""
        one, other = (f"missing={name!r}" for name in (self.treatment, self.other))
        gaps = f"{self.n_gaps:,} of {self.n_rows:,} rows"
        if self.same:
            return (
                f"The missing cells in {gaps} do not decide: {other} leads to the same answer "
                f"(adjusted Rand index {coefficient(self.agreement)} on the rows that both use)."
            )
        if self.verdict == self.other_verdict:
            return (
                f"The missing cells in {gaps} move the groups: {one} and {other} lead to the same "
                "number, but agree with an adjusted Rand index of "
                f"{coefficient(self.agreement)} only."
            )
        return (
            f"The missing cells in {gaps} turn the answer: {one} leads to "
            f"{self.verdict!r}, {other} to {self.other_verdict!r}."
        )


@dataclass(frozen=True, eq=False)
class _Answer:
    """The choice of k under one treatment, and the group of every row, -1 for none."""

    selection: Selection
    labels: NDArray[np.int32]


def missing_sensitivity(
    frame: pl.DataFrame, preparation: Preparation, random_state: int
) -> MissingSensitivity | None:
    """Answer again with missing cells treated otherwise; None where none is missing.

    Parameters
    ----------
    frame : polars.DataFrame
        The table.
    preparation : Preparation
        Fitted to it. Where it leaves rows out, they are filled with medians instead; where it
        fills cells, rows are left out, or cells are filled from near rows if few are whole.
    random_state : int
        As for ``select_k``.
    """
    n_missing = sum(each.n_missing for each in preparation.summary_.columns if each.used)
    if n_missing == 0 or preparation.missing == "error":
        return None
    if frame.height > MOST_ROWS:
        step = frame.height / MOST_ROWS
        frame = frame[(np.arange(MOST_ROWS) * step).astype(np.intp)]
    gaps = any_nan(preparation.originals(frame))
    other = _other(preparation.missing, 1.0 - float(gaps.mean()))
    try:
        used = _answer(frame, preparation, preparation.missing, random_state)
        instead = _answer(frame, preparation, other, random_state)
    except ValueError:  # a column is constant without the rows with gaps, or the like
        return None
    return _compared(preparation.missing, other, used, instead, gaps)


def _other(treatment: str, whole: float) -> str:
    """Return the treatment to compare with."""
    if not FILLINGS[treatment].fills:
        return "median"
    if whole >= ENOUGH:
        return "drop"
    return "knn" if treatment != "knn" else "median"


def _answer(
    frame: pl.DataFrame, preparation: Preparation, treatment: str, random_state: int
) -> _Answer:
    """Prepare and choose k under one treatment, from the same columns."""
    columns = list(preparation.summary_.used)
    prepared_by = clone(preparation).set_params(missing=treatment, columns=columns, drop=())
    X = prepared_by.fit_transform(frame)
    rows = ~np.isnan(X).any(axis=1)
    selection = select_k(np.ascontiguousarray(X[rows]), random_state=random_state)
    labels = np.full(len(X), -1, dtype=np.int32)
    labels[rows] = selection.sweep.run(selection.k).labels
    return _Answer(selection, labels)


def _compared(
    treatment: str, other: str, one: _Answer, instead: _Answer, gaps: NDArray[np.bool_]
) -> MissingSensitivity:
    """Set two answers side by side."""
    both = (one.labels >= 0) & (instead.labels >= 0)
    agreement = float(adjusted_rand_score(one.labels[both], instead.labels[both]))
    alike = (one.selection.k, one.selection.kind) == (instead.selection.k, instead.selection.kind)
    return MissingSensitivity(
        treatment=treatment,
        other=other,
        verdict=one.selection.verdict,
        other_verdict=instead.selection.verdict,
        agreement=agreement,
        n_rows=len(gaps),
        n_gaps=int(gaps.sum()),
        same=alike and agreement >= ALIKE,
    )
