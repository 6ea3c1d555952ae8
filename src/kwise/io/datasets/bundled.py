"""Small real data sets that scikit-learn ships, as tables with their true labels."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from kwise._optional import require
from kwise._registry import resolve
from kwise.io.table import Table

if TYPE_CHECKING:
    from sklearn.utils import Bunch


@dataclass(frozen=True)
class BundledSet:
    """A data set of scikit-learn: its loader's name, its column of labels, what it is."""

    name: str
    loader: str
    truth: str
    title: str


def _table(*members: BundledSet) -> Mapping[str, BundledSet]:
    """Index the sets by their names."""
    return MappingProxyType({each.name: each for each in members})


BUNDLED = _table(
    BundledSet("wine", "load_wine", "cultivar", "178 Italian wines: 13 measurements, 3 cultivars"),
    BundledSet("iris", "load_iris", "species", "150 iris flowers: 4 lengths, 3 species"),
    BundledSet(
        "breast_cancer", "load_breast_cancer", "diagnosis",
        "569 tumors: 30 measurements of cell nuclei, benign or malignant",
    ),
    BundledSet("digits", "load_digits", "digit", "1,797 handwritten digits of 8 x 8 pixels"),
)  # fmt: skip


def bundled(name: str) -> Table:
    """Return a data set that needs no download.

    Parameters
    ----------
    name : {"wine", "iris", "breast_cancer", "digits"}
        Which one.

    Returns
    -------
    Table
        The measurements, and last a column of text with the true labels, named in ``truth``.

    Examples
    --------
    >>> from kwise.io.datasets import bundled
    >>> table = bundled("iris")
    >>> table.frame.shape, table.truth
    ((150, 5), 'species')
    """
    pl = require("polars", extra="report")
    from sklearn import datasets

    member = resolve(BUNDLED, name, what="data set")
    load: Callable[[], Bunch] = getattr(datasets, member.loader)
    bunch = load()
    frame = pl.DataFrame(bunch.data, schema=[str(each) for each in bunch.feature_names])
    labels = np.asarray(bunch.target_names).astype(str)[bunch.target]
    frame = frame.with_columns(pl.Series(member.truth, labels))
    note = f"{member.title}; shipped with scikit-learn"
    return Table(frame, member.name, None, (note,), member.truth)


def demonstration() -> Table:
    """Return the data set that shows what kwise does: wines, whose units differ a lot.

    Unscaled, one column (proline, in the hundreds) decides everything and the cultivars are
    found in part; scaled, they are found nearly all.

    Returns
    -------
    Table
        178 wines with their cultivar as truth.

    Examples
    --------
    >>> from kwise.io import demonstration
    >>> demonstration().truth
    'cultivar'
    """
    return bundled("wine")
