"""mapclassify's ``FisherJenks`` by its own name, in linear time and without numba.

Code that imported it from ``mapclassify`` imports it from here; maps that ask a classifier for
``bins``, ``yb``, ``counts`` or labels of a legend take it as it is.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from kwise._inputs import check_n_clusters, check_rows
from kwise.compat.jenkspy import jenks_breaks

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["FisherJenks"]


class FisherJenks:
    """Natural classes of some numbers: those of least squared deviation from their means.

    Parameters
    ----------
    y : array-like of shape (n_samples,)
        The numbers, finite.
    k : int, default=5
        How many classes.

    Attributes
    ----------
    y : ndarray of shape (n_samples,)
        The numbers.
    k : int
        How many classes.
    bins : ndarray of shape (k,)
        The highest value of each class.
    yb : ndarray of shape (n_samples,)
        Class of each number, from 0.
    counts : ndarray of shape (k,)
        Numbers in each class.
    classes : list of list of int
        Places of the numbers of each class.
    tss, adcm, gadf : float
        What ``get_tss``, ``get_adcm`` and ``get_gadf`` return.
    name : str
        "FisherJenks".

    See Also
    --------
    kwise.ordered.kmeans_1d : Every number of classes at once, with weights.

    Examples
    --------
    >>> from kwise.compat.mapclassify import FisherJenks
    >>> found = FisherJenks([1, 2, 2, 9, 10, 30, 31, 50], k=3)
    >>> found.bins.tolist(), found.counts.tolist()
    ([10.0, 31.0, 50.0], [5, 2, 1])
    """

    name = "FisherJenks"

    def __init__(self, y: ArrayLike, k: int = 5) -> None:
        check_rows(y, name="y", one_column=True)
        check_n_clusters(k, name="k")
        self.y = np.asarray(y).flatten()
        self.k = k
        distinct = len(np.unique(self.y))
        if distinct < k:
            raise ValueError(
                f"Fewer unique values ({distinct}) than specified classes ({k}). "
                "Lower k, or pass more of y."
            )
        self.fmt = "{:.2f}"
        self.bins = np.array(jenks_breaks(self.y, k)[1:])
        self.yb = self.find_bin(self.y)
        self.counts = np.bincount(self.yb, minlength=k)
        self.classes = [np.flatnonzero(self.yb == c).tolist() for c in range(k)]
        self.tss, self.adcm, self.gadf = self.get_tss(), self.get_adcm(), self.get_gadf()

    def __call__(self, *args: object, **kwargs: object) -> NDArray[np.int_]:  # noqa: ARG002
        """Return the class of each number; arguments are ignored, as by mapclassify."""
        return self.yb

    def __repr__(self) -> str:
        labels = self.get_legend_classes()
        width = max(map(len, labels))
        head = f"{'Interval':^{width}}   Count"
        lines = [f"{label:>{width}} | {count:>5}" for label, count in zip(labels, self.counts)]
        return "\n".join([self.name, "", head, "-" * len(head), *lines])

    def find_bin(self, x: ArrayLike) -> NDArray[np.int_]:
        """Return the class of any numbers.

        Parameters
        ----------
        x : scalar or array-like
            The numbers; those beyond the highest belong to the last class.

        Returns
        -------
        ndarray of int
            Numbers on a bound belong to the class below.
        """
        return np.minimum(np.searchsorted(self.bins, np.atleast_1d(x)), self.k - 1)

    def get_tss(self) -> float:
        """Return the sum of squared deviations from the means of the classes.

        Returns
        -------
        float
            0 where every class holds equal numbers.
        """
        groups = [self.y[places] for places in self.classes if places]
        return float(sum(np.square(each - each.mean()).sum() for each in groups))

    def get_adcm(self) -> float:
        """Return the sum of absolute deviations from the medians of the classes.

        Returns
        -------
        float
            0 where every class holds equal numbers.
        """
        groups = [self.y[places] for places in self.classes if places]
        return float(sum(np.abs(each - np.median(each)).sum() for each in groups))

    def get_gadf(self) -> float:
        """Return the goodness of absolute deviation fit.

        Returns
        -------
        float
            1 less the share of the deviation from the median that is left within classes.
        """
        whole = float(np.abs(self.y - np.median(self.y)).sum())
        return 1.0 - self.get_adcm() / whole if whole > 0 else 1.0

    def get_legend_classes(self, fmt: str | None = None) -> list[str]:
        """Return the interval of each class in words.

        Parameters
        ----------
        fmt : str, optional
            Format of a bound; by default ``fmt`` of the object.

        Returns
        -------
        list of str
            From the lowest class up.
        """
        form = self.fmt if fmt is None else fmt
        ends = [form.format(each) for each in (self.y.min(), *self.bins)]
        width = max(map(len, ends))
        intervals = [f"({low:>{width}}, {high:>{width}}]" for low, high in pairwise(ends)]
        return ["[" + intervals[0][1:], *intervals[1:]]
