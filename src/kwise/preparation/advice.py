"""What would bring rows back that were left out for missing cells, worked out and not guessed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

WORTH_IT = 0.1  # share of the lost rows that leaving columns out has to bring back
MOST_NAMED = 12


@dataclass(frozen=True, slots=True)
class LeavingOut:
    """Columns to leave out, and how many rows have no missing cell then."""

    columns: tuple[str, ...]
    n_rows: int
    fewest_missing: int

    def words(self) -> str:
        """Name the columns, or say how to know them where they are many."""
        n = len(self.columns)
        if n == 1:
            return f"leaving out column {self.columns[0]!r} (drop=[{self.columns[0]!r}])"
        if n <= MOST_NAMED:
            return f"leaving out {n} columns (drop={list(self.columns)!r})"
        return f"leaving out the {n} columns with {self.fewest_missing:,} missing cells or more"


def columns_to_leave_out(gaps: NDArray[np.bool_], names: list[str]) -> LeavingOut | None:
    """Return the columns whose leaving out keeps the most cells, if that is worth it.

    Looked at are each column alone, and the emptiest one, two, three ... together; the number
    of rows is counted for each. O(cells).

    Parameters
    ----------
    gaps : array of shape (n_samples, n_columns)
        Where a cell is missing.
    names : list of str
        The columns.
    """
    n_rows, n_columns = gaps.shape
    in_column = gaps.sum(axis=0)
    emptiest = np.argsort(-in_column, kind="stable")
    last = np.full(n_rows, -1)  # place of the fullest column that a row lacks
    for place, j in enumerate(emptiest):
        last[gaps[:, j]] = place
    whole = np.cumsum(np.bincount(last + 1, minlength=n_columns + 1))  # by columns left out
    alone = gaps[gaps.sum(axis=1) == 1].sum(axis=0)
    kept = whole[1:n_columns] * (n_columns - np.arange(1, n_columns))
    if not len(kept):
        return None
    best = int(kept.argmax()) + 1
    single = int(alone.argmax())
    if (whole[0] + alone[single]) * (n_columns - 1) >= kept[best - 1]:
        chosen, n_whole = [single], int(whole[0] + alone[single])
    else:
        chosen, n_whole = emptiest[:best].tolist(), int(whole[best])
    if n_whole - whole[0] < max(2, WORTH_IT * (n_rows - whole[0])):
        return None
    return LeavingOut(tuple(names[j] for j in chosen), n_whole, int(in_column[chosen].min()))


def ways_back(gaps: NDArray[np.bool_], names: list[str]) -> str:
    """Say in a sentence what would keep more rows, and how many."""
    n_whole = int((~gaps.any(axis=1)).sum())
    lost = len(gaps) - n_whole
    found = columns_to_leave_out(gaps, names)
    filled = f"missing='median' fills the cells and keeps all {len(gaps):,}"
    if found is None:
        few = "no few columns are to blame; " if len(names) > 1 else ""
        return few + filled
    if n_whole == 0:
        return f"{found.words()} keeps {found.n_rows:,}; {filled}"
    back = found.n_rows - n_whole
    return f"{found.words()} brings {back:,} of the {lost:,} back; {filled}"
