"""More rows for a model: its centers stay the means of all rows that they were ever given."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from kwise._formatting import count, listed, one_line, short

if TYPE_CHECKING:
    from kwise.types import Floats

__all__ = ["Update", "fingerprint", "moves_of"]

_TOLD = 0.01  # movements in median distances that are worth a word


@dataclass(frozen=True, eq=False)
class Update:
    """What a batch did to a model; made by ``Model.update``.

    Attributes
    ----------
    model : Model
        The model with the batch's rows; the one that was there if it knew the batch.
    batch : str
        The batch's id.
    known : bool
        Whether the batch had been taken in before, so that nothing has changed.
    n_rows : int
        Rows taken in.
    n_without_cluster : int
        Rows of the batch that have no cluster because a cell is missing; they are not taken in.
    gained : tuple of int
        Rows taken in by each cluster.
    rows : tuple of int
        Rows that each center is the mean of now.
    moved : tuple of float
        How far each center has moved, in the prepared columns.
    moved_share : tuple of float
        The same in median distances of the fit's rows from the center; nan where unknown.
    """

    model: Any
    batch: str
    known: bool
    n_rows: int
    n_without_cluster: int
    gained: tuple[int, ...]
    rows: tuple[int, ...]
    moved: tuple[float, ...]
    moved_share: tuple[float, ...]

    def table(self) -> list[dict[str, object]]:
        """Return one row for each cluster."""
        columns = zip(self.gained, self.rows, self.moved, self.moved_share)
        return [
            {"cluster": c + 1, "gained": gained, "rows": rows, "moved": moved,
             "moved_in_median_distances": share}
            for c, (gained, rows, moved, share) in enumerate(columns)
        ]  # fmt: skip

    def to_dict(self) -> dict[str, object]:
        """Return plain numbers and words; the model is left out."""
        return {
            "batch": self.batch,
            "known": self.known,
            "rows": self.n_rows,
            "without_cluster": self.n_without_cluster,
            "clusters": self.table(),
        }

    def __str__(self) -> str:
        if self.known:
            return f"Batch {one_line(self.batch)} was taken in before; nothing has changed."
        n = self.n_without_cluster
        lost = f"; {count(n)} without a cluster were not" if n else ""
        rows = "1 row was" if self.n_rows == 1 else f"{count(self.n_rows)} rows were"
        return f"Batch {one_line(self.batch)}: {rows} taken in{lost}. {self._what_moved()}"

    def _what_moved(self) -> str:
        """Say which centers moved most."""
        shares = np.nan_to_num(np.array(self.moved_share), nan=-1.0)
        if not (shares >= 0).any():
            far = enumerate(self.moved, start=1)
            told = [f"cluster {number} by {short(each, 2)}" for number, each in far if each]
            return f"Centers moved, in prepared columns: {listed(told)}." if told else "None moved."
        most = [c for c in np.argsort(-shares, kind="stable") if shares[c] >= _TOLD]
        if not most:
            return "No center moved by more than a hundredth of its rows' median distance."
        told = [f"cluster {c + 1} by {short(float(shares[c]), 2)}" for c in most]
        return f"Centers moved, in median distances of their rows: {listed(told)}."


def fingerprint(originals: Floats) -> str:
    """Return a hash of the used cells of a table's rows, in their order."""
    plain = np.where(np.isnan(originals), np.nan, originals + 0.0).astype("<f8")
    shape = str(plain.shape).encode()
    return hashlib.sha256(shape + np.ascontiguousarray(plain).tobytes()).hexdigest()


def moves_of(before: Floats, after: Floats, radius: Floats | None) -> tuple[Floats, Floats]:
    """Return how far each center moved, and the same in median distances of its rows."""
    moved: Floats = np.linalg.norm(after - before, axis=1)
    if radius is None:
        return moved, np.full(len(moved), np.nan)
    shares: Floats = moved / np.where(radius > 0, radius, np.nan)
    return moved, shares
