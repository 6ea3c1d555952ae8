"""The space in which mixed rows are compared: scaled numbers, and known categories."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kwise.estimators._mixed_table import Codes, Column, MixedTable, Vocabulary
from kwise.types import Floats

__all__ = ["MixedSpace"]


@dataclass(frozen=True, eq=False)
class MixedSpace:
    """What was learned of a table's columns; numbers are held less ``origin``, over ``scale``.

    ``vocabularies`` holds the categories of a column by its place.
    """

    names: tuple[str, ...]
    vocabularies: dict[int, Vocabulary]
    ignore_missing: bool
    origin: Floats
    scale: Floats

    @classmethod
    def learn(
        cls,
        columns: Sequence[Column],
        names: Sequence[str],
        places: Sequence[int],
        *,
        missing: str,
        by_range: bool,
        weights: Floats | None,
    ) -> MixedSpace:
        """Learn categories, means, and ranges where numbers are divided by them."""
        known = {j: Vocabulary.of(columns[j], missing=missing, name=names[j]) for j in places}
        width = len(columns) - len(known)
        ignored = missing == "ignore"
        space = cls(tuple(names), known, ignored, np.zeros(width), np.ones(width))
        numbers = space.table(columns).numbers
        if not width:
            return space
        with np.errstate(over="ignore", invalid="ignore"):
            origin = np.average(numbers, axis=0, weights=weights)
            span = np.ptp(numbers, axis=0)
            if not np.isfinite(len(numbers) * float((span**2).sum())):
                raise ValueError(
                    "The values of X spread so widely that sums of squared distances overflow "
                    "float64. Scale the columns."
                )
        scale = np.where(span > 0, span, 1.0) if by_range else space.scale
        return cls(tuple(names), known, ignored, origin, scale)

    @property
    def firsts(self) -> NDArray[np.intp]:
        """Where each column's levels begin in the table of penalties, and the end of the last."""
        return np.cumsum([0, *(len(each.levels) for each in self.vocabularies.values())])

    @property
    def numeric(self) -> list[str]:
        """Names of the columns of numbers."""
        return [name for j, name in enumerate(self.names) if j not in self.vocabularies]

    @property
    def categories(self) -> dict[str, tuple[object, ...]]:
        """Levels of each column of categories."""
        return {self.names[j]: each.levels for j, each in self.vocabularies.items()}

    def table(self, columns: Sequence[Column]) -> MixedTable:
        """Return rows as the engine takes them."""
        found = MixedTable.of(
            columns, self.names, self.vocabularies, ignore_missing=self.ignore_missing
        )
        return MixedTable((found.numbers - self.origin) / self.scale, found.codes)

    def check_unchanged(self, centers: object, means: Floats, modes: Codes) -> None:
        """Refuse centers that were set by hand: means and modes do not follow them."""
        if not np.array_equal(np.asarray(centers, dtype=object), self.prototypes(means, modes)):
            raise ValueError(
                "cluster_centers_ was set by hand; KPrototypes labels rows by the prototypes of "
                "its fit. Set it back, or fit again."
            )

    def prototypes(self, means: Floats, modes: Codes) -> NDArray[Any]:
        """Return means and modes in the order and the units of the columns."""
        own = means * self.scale + self.origin
        if not self.vocabularies:
            return own
        made = np.empty((len(own), len(self.names)), dtype=object)
        made[:, [j for j in range(len(self.names)) if j not in self.vocabularies]] = own
        firsts = self.firsts
        for place, (j, vocabulary) in enumerate(self.vocabularies.items()):
            for c, code in enumerate(modes[:, place]):
                made[c, j] = vocabulary.levels[code - firsts[place]] if code >= 0 else None
        return made
