"""jenkspy's natural breaks by their own names, in linear time and without its dependency.

Code that imported ``jenks_breaks`` or ``JenksNaturalBreaks`` from ``jenkspy`` imports them from
here. The breaks are the same wherever the best classes are unique.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kwise._inputs import readable
from kwise.ordered import kmeans_1d

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["JenksNaturalBreaks", "jenks_breaks"]


def jenks_breaks(values: ArrayLike, n_classes: int) -> list[float]:
    """Return the bounds of the natural classes of some numbers (Fisher-Jenks).

    Parameters
    ----------
    values : array-like of shape (n_samples,)
        The numbers, finite.
    n_classes : int
        How many classes, from 1 to the number of distinct values.

    Returns
    -------
    list of float
        The lowest value, then the highest of each class: ``n_classes + 1`` numbers.

    Raises
    ------
    TypeError
        If the values are no numbers, or ``n_classes`` is no whole number.
    ValueError
        If a value is not finite, or there are fewer distinct values than classes.

    See Also
    --------
    kwise.ordered.kmeans_1d : Every number of classes at once, with weights.

    Examples
    --------
    >>> from kwise.compat.jenkspy import jenks_breaks
    >>> jenks_breaks([1, 2, 2, 9, 10, 30, 31, 50], 3)
    [1.0, 10.0, 31.0, 50.0]
    """
    numbers = _numbers(values)
    wanted = _whole(n_classes)
    distinct = len(np.unique(numbers))
    if wanted > distinct:
        raise ValueError(
            f"n_classes={wanted}, and there are {distinct} distinct values; pass at most {distinct}"
        )
    labels = kmeans_1d(numbers, [wanted]).run(wanted).labels
    highest = [float(numbers[labels == c].max()) for c in range(wanted)]
    return [float(numbers.min()), *highest]


class JenksNaturalBreaks:
    """Natural classes of numbers, and the class of any other number.

    Parameters
    ----------
    n_classes : int, default=6
        How many classes.

    Attributes
    ----------
    breaks_ : list of float
        What ``jenks_breaks`` returns.
    inner_breaks_ : list of float
        The same without the lowest and the highest value.
    labels_ : ndarray of shape (n_samples,)
        Class of each number, from 0.
    groups_ : list of ndarray
        The numbers of each class.

    See Also
    --------
    jenks_breaks : The bounds alone.

    Examples
    --------
    >>> from kwise.compat.jenkspy import JenksNaturalBreaks
    >>> jenks = JenksNaturalBreaks(2)
    >>> jenks.fit([1, 2, 9, 10])
    >>> jenks.labels_.tolist(), jenks.predict(5).tolist()
    ([0, 0, 1, 1], 1)
    """

    def __init__(self, n_classes: int = 6) -> None:
        self.n_classes = _whole(n_classes)

    def __repr__(self) -> str:
        return f"JenksNaturalBreaks(n_classes={self.n_classes})"

    def fit(self, x: ArrayLike) -> None:
        """Find the classes of some numbers.

        Parameters
        ----------
        x : array-like of shape (n_samples,)
            The numbers.
        """
        self.breaks_ = jenks_breaks(x, self.n_classes)
        self.inner_breaks_ = self.breaks_[1:-1]
        self.labels_ = self.predict(x)
        self.groups_ = self.group(x)

    def predict(self, x: ArrayLike) -> NDArray[np.int_]:
        """Return the class of each number, from 0.

        Parameters
        ----------
        x : scalar or array-like
            Any numbers.

        Returns
        -------
        ndarray of int
            Numbers on a bound belong to the class below.
        """
        found = np.searchsorted(self.inner_breaks_, np.asarray(x, dtype=np.float64))
        return np.asarray(found, dtype=np.int_)

    def group(self, x: ArrayLike) -> list[NDArray[np.generic]]:
        """Return the numbers of each class.

        Parameters
        ----------
        x : array-like of shape (n_samples,)
            Any numbers.

        Returns
        -------
        list of ndarray
            From the lowest class up.
        """
        numbers, labels = np.asarray(x), self.predict(x)
        return [numbers[labels == c] for c in range(self.n_classes)]

    def goodness_of_variance_fit(self, x: ArrayLike) -> float:
        """Return the share of the variance that the classes explain.

        Parameters
        ----------
        x : array-like of shape (n_samples,)
            The numbers that were classified.

        Returns
        -------
        float
            1 where every class holds equal numbers.
        """
        numbers = np.asarray(x, dtype=np.float64)
        total = float(np.square(numbers - numbers.mean()).sum())
        within = sum(float(np.square(each - each.mean()).sum()) for each in self.groups_)
        return (total - within) / total


def _whole(n_classes: Any) -> int:
    """Return the number of classes; a float that is whole is one."""
    is_number = isinstance(n_classes, int | float | np.integer | np.floating)
    if not is_number or isinstance(n_classes, bool) or n_classes % 1 != 0:
        raise TypeError(f"n_classes={n_classes!r} is no whole number; pass an int from 1")
    if n_classes < 1:
        raise ValueError(f"n_classes={n_classes!r}; pass an int from 1")
    return int(n_classes)


def _numbers(values: ArrayLike) -> NDArray[np.float64]:
    """Return the values as float64, after checking them."""
    if isinstance(values, str | bytes):
        raise TypeError("values is text; pass a sequence of numbers")
    try:
        given = values if hasattr(values, "__array__") else list(values)  # type: ignore[arg-type]
        with readable(given, "values"):
            # No imaginary part is dropped without a word.
            whole = np.asarray(given)
            numbers: NDArray[np.float64] = (
                whole.astype(np.float64, casting="safe")
                if whole.dtype.kind == "c"
                else whole.astype(np.float64)
            )
    except (TypeError, ValueError) as error:
        raise TypeError(f"values is no sequence of numbers: {error}") from error
    if numbers.ndim != 1:
        raise ValueError(f"values has {numbers.ndim} dimensions; pass one, such as X.ravel()")
    if not len(numbers):
        raise ValueError("values is empty; pass at least one number")
    if not np.isfinite(numbers).all():
        raise ValueError("values holds numbers that are not finite; leave them out first")
    return numbers
