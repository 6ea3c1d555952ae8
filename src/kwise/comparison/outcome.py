"""What a comparison gives: one record a method, and the table of all."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kwise._display import as_html, in_a_line

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from kwise.comparison.base import Partition
    from kwise.report.summary import TableFacts

__all__ = ["Comparison", "Outcome"]

CAUTION = (
    "The silhouette rewards round groups of similar width, which is what k-means looks for: it "
    "ranks clusterings of the same kind, and is no judge between k-means and methods that follow "
    "density or shape. Noise is left out of it."
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one method found; made by ``compare_methods``.

    ``partition`` is None where the method was skipped or failed, and ``note`` says why.
    ``noise`` is the share of rows in no cluster, ``silhouette`` in [-1, 1] that of the other
    rows, ``stability`` in [-1, 1] the mean agreement (ARI) with the same method on four fifths
    of the rows, ``ari`` the agreement with known labels; higher is better, nan where there is
    none. ``seconds`` is the time of the one fit.
    """

    name: str
    label: str
    rule: str
    partition: Partition | None
    noise: float = math.nan
    silhouette: float = math.nan
    stability: float = math.nan
    ari: float = math.nan
    seconds: float = math.nan
    note: str = ""

    @property
    def labels(self) -> NDArray[np.intp] | None:
        """Cluster of each row, -1 for noise; None where the method did not run."""
        return None if self.partition is None else self.partition.labels

    @property
    def n_clusters(self) -> int:
        """Number of clusters found, noise not counted; 0 where the method did not run."""
        return 0 if self.partition is None else self.partition.n_clusters


@dataclass(frozen=True, slots=True)
class Comparison:
    """Several methods on the same rows; made by ``compare_methods``.

    ``outcomes`` are in the order of the methods. ``agreement[i, j]`` is the adjusted Rand index
    of methods i and j on the rows that neither calls noise: 1 for the same groups, about 0 for
    unrelated ones, nan where one was skipped. ``plane`` (n_samples, 2) holds the rows as they
    are drawn: their two columns, or their first two principal components. ``caution`` says what
    the silhouettes of different families cannot tell; ``account`` what was done to the table,
    where the rows come from one, ``frame`` the table itself and ``rows`` their places in it.
    """

    n_clusters: int
    outcomes: tuple[Outcome, ...]
    agreement: NDArray[np.float64]
    plane: NDArray[np.floating]
    caution: str = CAUTION
    account: TableFacts | None = None
    frame: pl.DataFrame | None = None
    rows: NDArray[np.int64] | None = None

    def __repr__(self) -> str:
        names = ", ".join(each.name for each in self.outcomes)
        rows = f"{len(self.plane):,} rows"
        return in_a_line("Comparison", f"k={self.n_clusters}", rows, f"methods {names}")

    def _repr_html_(self) -> str:
        return as_html(repr(self)[1:-1], (self.caution,), self.table())

    def outcome(self, name: str) -> Outcome:
        """Return what one method found."""
        return next(each for each in self.outcomes if each.name == name)

    def table(self) -> list[dict[str, object]]:
        """Return one row per method: JSON-ready, ready for a data frame."""
        return [
            {
                "method": each.label,
                "clusters": each.n_clusters if each.partition is not None else None,
                "noise": _or_none(each.noise),
                "silhouette": _or_none(each.silhouette),
                "stability": _or_none(each.stability),
                "ari": _or_none(each.ari),
                "seconds": _or_none(each.seconds),
                "settings": each.partition.settings if each.partition is not None else "",
                "note": each.note,
            }
            for each in self.outcomes
        ]


def _or_none(value: float) -> float | None:
    """Return None for nan, as JSON has none."""
    return None if math.isnan(value) else value
