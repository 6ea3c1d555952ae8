"""``Preparation``: from a table to the numbers that k-means sees."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from kwise._callbacks import CallbackSupportMixin, telling
from kwise._cells.columns import words
from kwise._cells.numbers import NumberFormat
from kwise._documentation import Documented
from kwise._frames import FramedTable, read_frame, to_frame
from kwise._registry import resolve
from kwise.preparation.categories import CATEGORIES
from kwise.preparation.fitting import fit_preparation
from kwise.preparation.in_parts import FramedParts, learn_from_parts
from kwise.preparation.missing import FILLINGS
from kwise.preparation.scaling import SCALINGS
from kwise.preparation.state import FittedState
from kwise.preparation.summary import PreparationSummary
from kwise.preparation.tables import two_dimensional
from kwise.table_options import Names, Sentinels
from kwise.types import Floats

if TYPE_CHECKING:
    from narwhals.typing import IntoFrame

Frame: TypeAlias = "IntoFrame | NDArray[np.generic] | FramedTable"


class Preparation(Documented, CallbackSupportMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Choose columns, treat missing cells, scale, and say what was done.

    A scikit-learn transformer: from a data frame of any library (or an array) to a matrix of
    floats. Every decision is a sentence in ``summary_``, and every one can be overruled here.

    Parameters
    ----------
    columns : str or sequence of str, optional
        Use exactly these. By default measurements, counts and places are used: no constants,
        ids, codes, dates, answers, categories or columns that say what another says; yes/no
        and the steps of a scale only where there is little else. Words in an order (low,
        medium, high; no, yes) that are named here are used as 0, 1, 2.
    drop : str or sequence of str, default=()
        Leave these out.
    missing : str, default="drop"
        What to do about missing cells in used columns, a name in ``FILLINGS``: leave the row
        out (it comes out as nan), fill the cell (categories with the most frequent one), or
        raise.
    scale : str, default="standard"
        How columns are brought to one scale, a name in ``SCALINGS``. Columns that share a unit,
        such as latitude and longitude, are scaled like any others; "none" keeps distances in
        that unit.
    components : int or float, optional
        Keep so many principal components, or enough for this share of the variance (in
        (0, 1)), computed after scaling.
    categories : str, default="drop"
        A name in ``CATEGORIES``: leave columns of categories out; make one indicator of 0 and 1
        per category, not scaled ("one-hot"); or weigh categories beside the numbers as
        k-prototypes does ("mixed"): a category that differs counts gamma in squared distance,
        chosen from the data and told in ``summary_``, and a missing one is a category of its own.
        A category that was not seen in ``fit`` is 0 in each indicator.
    transform_skew : bool, default=False
        Even out columns with a skewness beyond 1 (Yeo-Johnson) before scaling.
    sentinels : {"missing", "keep", "error"} or sequence, default="missing"
        What becomes of numbers that surely stand for "no value", such as -999 in a third of the
        rows of a column of temperatures: made missing, kept, or refused; always with a warning.
        A sequence names such numbers instead: -999 for all columns, "age=99" for one.

    Attributes
    ----------
    summary_ : PreparationSummary
        What was found and done.
    n_features_in_ : int
        Number of columns of the fitted table, used or not.
    feature_names_in_ : ndarray of str
        Their names.
    original_names_ : tuple of str
        Names of the columns of ``originals``.

    See Also
    --------
    kwise.analyze : Prepare, cluster, choose k and report in one call.

    Examples
    --------
    >>> import polars as pl
    >>> from kwise.preparation import Preparation
    >>> frame = pl.DataFrame({"x": [0.0, 2.0, 4.0], "site": ["a", "b", "a"]})
    >>> preparation = Preparation().fit(frame)
    >>> preparation.transform(frame).round(3).tolist()
    [[-1.225], [0.0], [1.225]]
    >>> preparation.summary_.steps[1]
    "Left out: site (it holds text in 2 categories; categories='one-hot' uses it)."
    """

    def __init__(
        self,
        columns: Names = None,
        *,
        drop: Names = (),
        missing: str = "drop",
        scale: str = "standard",
        components: float | None = None,
        categories: str = "drop",
        transform_skew: bool = False,
        sentinels: Sentinels = "missing",
    ) -> None:
        self.columns = columns
        self.drop = drop
        self.missing = missing
        self.scale = scale
        self.components = components
        self.categories = categories
        self.transform_skew = transform_skew
        self.sentinels = sentinels

    summary_: PreparationSummary
    state_: FittedState

    @telling(lambda _: 0)
    def fit(self, X: Frame, y: object = None) -> Preparation:  # noqa: ARG002 - scikit-learn's contract
        """Learn columns, fillings, scale and components from a table.

        Parameters
        ----------
        X : data frame or array of shape (n_samples, n_columns)
            The table; missing cells are null or nan.
        y : ignored
            Present for scikit-learn's contract.

        Returns
        -------
        Preparation
            Itself.
        """
        self._fit(X)
        return self

    def fit_parts(self, sample: Frame, parts: Iterable[Frame]) -> Preparation:
        """Decide on columns by a sample of a table, and learn numbers from all rows, in parts.

        Counts, means, deviations and extremes are those of all rows; medians and quartiles come
        from a sketch, and ``summary_`` tells how far their ranks may be off.

        Parameters
        ----------
        sample : data frame or array
            Rows of the table.
        parts : iterable of data frames or arrays
            All rows; it is gone through several times, so a list or the like, no generator.

        Returns
        -------
        Preparation
            Itself.
        """
        self._fit(sample)
        framed = FramedParts(parts, self._framed)
        self.state_, told = learn_from_parts(self.state_, SCALINGS[self.scale], framed)
        self.summary_ = replace(self.summary_, steps=(*self.summary_.steps, *told))
        return self

    @telling(lambda _: 0)
    def fit_transform(self, X: Frame, y: object = None) -> Floats:  # noqa: ARG002 - scikit-learn's contract
        """Fit and transform in one pass; cheaper than one after the other.

        Parameters
        ----------
        X : data frame or array of shape (n_samples, n_columns)
            The table.
        y : ignored
            Present for scikit-learn's contract.

        Returns
        -------
        ndarray of shape (n_samples, n_features_out)
            As from ``transform``.
        """
        return self._fit(X)

    def transform(self, X: Frame) -> Floats:
        """Prepare the rows of a table as the fitted one was.

        Parameters
        ----------
        X : data frame or array of shape (n_samples, n_columns)
            A table with the used columns, in any order, among any others; or an array with as
            many columns as the fitted table.

        Returns
        -------
        ndarray of shape (n_samples, n_features_out)
            float64. With ``missing="drop"``, rows with a missing cell are nan throughout.

        Raises
        ------
        ValueError
            If a used column is missing (the nearest name is offered), holds text, or holds an
            infinite cell.
        """
        return self._state().transform(self._framed(X))

    def complete_rows(self, X: Frame) -> NDArray[np.bool_]:
        """Say which rows take part.

        Parameters
        ----------
        X : data frame or array of shape (n_samples, n_columns)
            A table as for ``transform``.

        Returns
        -------
        ndarray of shape (n_samples,)
            True where no used cell is missing; True throughout where missing cells are filled.
        """
        return self._state().complete_rows(self._framed(X))

    def named(self, X: Frame) -> pl.DataFrame:
        """Return a table as a polars frame, under the names of the fitted columns.

        Parameters
        ----------
        X : data frame or array of shape (n_samples, n_columns)
            A table as for ``transform``.

        Returns
        -------
        polars.DataFrame
            The words of used columns are stripped; all else is as it was.
        """
        return self._framed(X)

    def originals(self, X: Frame) -> Floats:
        """Return the used columns in their own units, before filling and scaling.

        Parameters
        ----------
        X : data frame or array of shape (n_samples, n_columns)
            A table as for ``transform``.

        Returns
        -------
        ndarray of shape (n_samples, n_used)
            Columns as in ``original_names_``: numbers as they are, categories as indicators.
            Missing cells are nan.
        """
        return self._state().originals(self._framed(X))

    def get_feature_names_out(
        self,
        input_features: object = None,  # noqa: ARG002 - scikit-learn's contract
    ) -> NDArray[np.object_]:
        """Return the names of the columns that ``transform`` makes.

        Parameters
        ----------
        input_features : ignored
            The fitted names count.

        Returns
        -------
        ndarray of str
            Column names, "column=category" for indicators, "component 1" and so on for
            principal components.
        """
        return np.array(self._state().names_out, dtype=object)

    @property
    def n_features_in_(self) -> int:
        """Return the number of columns of the fitted table."""
        return len(self._state().names_in)

    @property
    def feature_names_in_(self) -> NDArray[np.object_]:
        """Return the names of the columns of the fitted table."""
        return np.array(self._state().names_in, dtype=object)

    @property
    def original_names_(self) -> tuple[str, ...]:
        """Return the names of the columns of ``originals``."""
        return self._state().original_names

    def _fit(self, X: Frame) -> Floats:
        """Fit, and return the prepared rows."""
        self.check_parameters()
        read = read_frame(two_dimensional(X))
        if read.frame.height < 2:
            raise ValueError(
                f"too few rows: n_samples={read.frame.height}; at least 2 make a clustering"
            )
        state, summary, prepared = fit_preparation(
            read.frame,
            columns=self.columns,
            drop=self.drop or (),
            missing=self.missing,
            scaling=SCALINGS[self.scale],
            components=self.components,
            treatment=CATEGORIES[self.categories],
            transform_skew=self.transform_skew,
            sentinels=self.sentinels,
        )
        self.state_ = replace(state, formats=_formats(read.formats, state.numbers))
        self.summary_ = replace(
            summary,
            steps=(*map(_sentence, read.notes), *summary.steps),
            warnings=(*map(_sentence, read.warnings), *summary.warnings),
        )
        return prepared

    def check_parameters(self) -> None:
        """Raise for parameters that are out of range."""
        resolve(SCALINGS, self.scale, what="scale")
        resolve(dict(FILLINGS), self.missing, what="treatment of missing cells")
        resolve(dict(CATEGORIES), self.categories, what="treatment of categories")
        share = self.components
        if share is None:
            return
        whole = isinstance(share, (int, np.integer)) and not isinstance(share, bool)
        if not (0 < share < 1 or (whole and share >= 1)):
            raise ValueError(
                f"components={share!r} is out of range; pass a whole number from 1, a share of "
                "the variance between 0 and 1, or None"
            )

    def _state(self) -> FittedState:
        """Return what was learned."""
        check_is_fitted(self, "state_")
        return self.state_

    def _framed(self, X: Frame) -> pl.DataFrame:
        """Return the table as a polars frame; arrays take the fitted names by position."""
        names = self._state().names_in
        table = two_dimensional(X)
        frame, _ = to_frame(table)
        if not isinstance(table, np.ndarray) or table.dtype.names:
            return self._read_as_fitted(frame)
        if frame.width != len(names):
            raise ValueError(
                f"X has {frame.width} features, but {type(self).__name__} is expecting "
                f"{len(names)} features as input; pass as many columns as were fitted, or a data "
                "frame with the names of those that are used"
            )
        return self._read_as_fitted(frame.rename(dict(zip(frame.columns, names))))

    def _read_as_fitted(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Strip the words of used columns, cell by cell; numbers in text are read by the state."""
        state = self._state()
        used = [*state.categories, *(n for n, order in zip(state.numbers, state.orders) if order)]
        texts = [frame[name] for name in used if frame.schema.get(name) == pl.String]
        return frame.with_columns(words(column) for column in texts) if texts else frame

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "state_")

    def __sklearn_tags__(self) -> object:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        return tags


def _formats(
    formats: Mapping[str, NumberFormat], numbers: Sequence[str]
) -> tuple[tuple[str, ...], ...]:
    """Return how each column wrote its numbers that was read from text."""
    plain = NumberFormat()
    told = [formats.get(name, plain) for name in numbers]
    if all(each == plain for each in told):
        return ()
    return tuple((each.decimal, each.unit, each.limits) for each in told)


def _sentence(note: str) -> str:
    """Write a note as a sentence."""
    return f"{note[:1].upper()}{note[1:]}."
