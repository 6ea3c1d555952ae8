"""What a fit of rows in parts takes, and what there is: reckoned before anything is read."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from kwise._core.threads import effective_n_threads
from kwise._memory import free_memory, told_bytes

__all__ = [
    "Estimate",
    "budget_of",
    "estimate",
    "kept_bytes_a_row",
    "seeding_bytes_a_row",
]

# Of the memory that is free now, what is taken where nobody says how much.
_SHARE = 0.5
# Where the system does not tell what is free.
_UNKNOWN = 2**30
# Beside rows and centers: code, libraries, the block in hand and its packed form.
_FIXED = 48 * 2**20
_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}


def budget_of(max_memory: int | str | None) -> int:
    """Return the bytes that may be taken: a number, "2 GB", or a share of what is free."""
    if max_memory is None:
        free = free_memory()
        return int(_SHARE * free) if free is not None else _UNKNOWN
    if isinstance(max_memory, str):
        found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([kmgt]?)(i?)b?\s*", max_memory.lower())
        if not found:
            raise ValueError(
                f"max_memory={max_memory!r} is no size; pass bytes, or text such as '500 MB' or "
                "'2GiB'."
            )
        number, unit, binary = found.groups()
        step = _UNITS[unit] if not binary else 2 ** (10 * "kmgt".index(unit) + 10)
        return int(float(number) * step)
    if isinstance(max_memory, bool) or not isinstance(max_memory, int | np.integer):
        raise TypeError(f"max_memory={max_memory!r}: pass bytes, text such as '2 GB', or None.")
    if max_memory < 1:
        raise ValueError(f"max_memory={max_memory} is below 1 byte.")
    return int(max_memory)


def kept_bytes_a_row(n_features: int, dtype: np.dtype, n_clusters: int) -> int:  # noqa: ARG001
    """Return the bytes of a row that stays packed, its label and bound included.

    16 bits a value for 4 to 32 features, and from 64 on; float32 else. Up to 32 features float32
    panels come on top where 16 bits turn out too coarse, which is not known before: they count.
    """
    if 4 <= n_features <= 32:
        packed = 2 * (n_features + n_features % 2) + 4 * (n_features + 1)
    elif n_features >= 64:
        packed = 2 * n_features + 8
    else:
        packed = 4 * (n_features + 1)
    return packed + 8


def seeding_bytes_a_row(n_features: int, dtype: np.dtype) -> int:
    """Return the bytes of a row while k-means++ chooses: packed twice, distance and masks."""
    packed = 2 * (n_features + n_features % 2) + 4 * (n_features + 1)
    return packed + dtype.itemsize + 4


@dataclass(frozen=True)
class Estimate:
    """What a fit takes, as it is reckoned before work, and what is there.

    Bytes of the rows as numbers, of packed rows that are kept, beside them (labels, centers, the
    block in hand), the least that is needed, and the budget; ``n_kept`` of ``n_rows`` stay packed.
    """

    n_rows: int
    n_features: int
    n_clusters: int
    row_bytes: int
    kept_bytes: int
    beside_bytes: int
    budget: int
    n_kept: int

    @property
    def fits(self) -> bool:
        """Whether the budget covers the least that is needed."""
        return self.beside_bytes <= self.budget

    def __str__(self) -> str:
        """Say it in sentences."""
        rows = f"{self.n_rows:,} rows x {self.n_features} columns ({told_bytes(self.row_bytes)})"
        budget = f"of {told_bytes(self.budget)} that may be taken"
        kept, beside = told_bytes(self.kept_bytes), told_bytes(self.beside_bytes)
        if not self.fits:
            return (
                f"{rows}: labels, {self.n_clusters:,} centers and a block of rows take "
                f"{beside} {budget}. Raise max_memory, or use a machine with more memory, or a "
                "cluster."
            )
        if self.n_kept == self.n_rows:
            return (
                f"{rows}: all stay packed in {kept}, {beside} beside, {budget}; iterations read "
                "undecided rows only."
            )
        share = self.n_kept / self.n_rows
        return (
            f"{rows}: {share:.0%} stay packed in {kept}, {beside} beside, {budget}; each "
            f"iteration reads the other {told_bytes(int(self.row_bytes * (1 - share)))} again. "
            "More memory makes it faster."
        )


def estimate(
    n_rows: int, n_features: int, dtype: np.dtype, n_clusters: int, budget: int
) -> Estimate:
    """Reckon what a fit on this machine takes."""
    centers = n_clusters * n_features * 8 * (4 + 3 * (effective_n_threads() + 1))
    beside = _FIXED + 8 * n_rows + centers  # labels in the parts, and as they are returned
    row = kept_bytes_a_row(n_features, dtype, n_clusters)
    n_kept = max(0, min(n_rows, (budget - beside) // row))
    return Estimate(
        n_rows,
        n_features,
        n_clusters,
        n_rows * n_features * dtype.itemsize,
        n_kept * row,
        beside,
        budget,
        n_kept,
    )
