"""A model: a preparation and the centers of the clusters, ready for new tables."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from kwise.estimators import KMeans
from kwise.io.row_places import RowPlaces, in_one, place_rows, quantiles_of
from kwise.preparation.missing import any_nan
from kwise.preparation.row_blocks import of_blocks
from kwise.types import Floats

if TYPE_CHECKING:
    from narwhals.typing import IntoFrame

    from kwise._cells.numbers import NumberFormat
    from kwise.io.table import Table
    from kwise.monitoring.baseline import Baseline
    from kwise.monitoring.drift_record import Drift
    from kwise.monitoring.sufficient import SufficientStatistics
    from kwise.monitoring.updating import Update
    from kwise.preparation import Preparation

T = TypeVar("T")
Json: TypeAlias = "str | int | float | bool | list[Json] | Mapping[str, Json] | None"


@dataclass(frozen=True, eq=False)
class Model:
    """A fitted preparation and the centers that were found in the prepared space.

    Attributes
    ----------
    preparation : Preparation
        Fitted.
    centers : ndarray of shape (n_clusters, n_features)
        Row c is the center of the cluster that is labeled c.
    metadata : mapping
        Versions, parameters and whatever else was saved along; JSON values.
    distance_quantiles : ndarray of shape (n_clusters, n_levels), or None
        How far the fitted rows of each cluster lie from its center, at the levels
        ``kwise.metrics.outliers.LEVELS``; what outliers are told by.
    baseline : Baseline or None
        Counts of the rows that the model was fitted on, by which ``drift`` judges new ones; None
        where these are not known.
    statistics : SufficientStatistics or None
        How many rows each center is the mean of, and their sums, for ``update``.
    """

    preparation: Preparation
    centers: Floats
    metadata: Mapping[str, Json] = field(default_factory=dict)
    distance_quantiles: Floats | None = None
    baseline: Baseline | None = None
    statistics: SufficientStatistics | None = None

    @property
    def n_clusters(self) -> int:
        """Number of clusters."""
        return len(self.centers)

    @property
    def estimator(self) -> KMeans:
        """The centers as a fitted ``kwise.KMeans``, for scikit-learn's tools."""
        estimator = KMeans(self.n_clusters)
        estimator.cluster_centers_ = self.centers
        estimator.n_features_in_ = self.centers.shape[1]
        return estimator

    def predict(
        self, table: str | Path | Table | IntoFrame | NDArray[np.generic]
    ) -> NDArray[np.int32]:
        """Return the cluster of every row of a new table.

        Parameters
        ----------
        table : path, data frame, array or Table
            It must have the columns that the model uses, in any order, among any others; an
            array must have the fitted table's columns.

        Returns
        -------
        ndarray of shape (n_rows,), int32
            Index of the nearest center; -1 for rows with missing cells that are not filled.

        Raises
        ------
        ValueError
            If a column is missing (the nearest name is offered) or holds what it should not.
        """
        return np.concatenate(self._of_blocks(table, self._labels))

    def _of_blocks(
        self,
        table: str | Path | Table | IntoFrame | NDArray[np.generic],
        work: Callable[[Floats], T],
    ) -> list[T]:
        """Return what a function makes of each prepared row of a table, in blocks of rows."""
        frame = self.preparation.named(self._in_memory(table))
        return of_blocks(self.preparation.state_, frame, work)

    def _labels(self, prepared: Floats) -> NDArray[np.int32]:
        """Return the cluster of every prepared row; -1 where cells are missing."""
        present = ~any_nan(prepared)
        if present.all():
            return self.estimator.predict(prepared)
        labels = np.full(len(prepared), -1, dtype=np.int32)
        if present.any():
            labels[present] = self.estimator.predict(np.ascontiguousarray(prepared[present]))
        return labels

    def distances(self, table: str | Path | Table | IntoFrame | NDArray[np.generic]) -> Floats:
        """Return the distance of every row to every center.

        Parameters
        ----------
        table : path, data frame, array or Table
            As for ``predict``.

        Returns
        -------
        ndarray of shape (n_rows, n_clusters)
            Euclidean, in units of the prepared columns; nan for rows with missing cells.
        """
        return np.concatenate(self._of_blocks(table, self._far_away))

    def _far_away(self, prepared: Floats) -> Floats:
        """Return the distances of every prepared row; nan where cells are missing."""
        present = ~any_nan(prepared)
        found = np.full((len(prepared), self.n_clusters), np.nan)
        if present.any():
            found[present] = self.estimator.transform(np.ascontiguousarray(prepared[present]))
        return found

    def place(self, table: str | Path | Table | IntoFrame | NDArray[np.generic]) -> RowPlaces:
        """Say of every row where it belongs, how surely, and how far out it lies.

        Parameters
        ----------
        table : path, data frame, array or Table
            As for ``predict``.

        Returns
        -------
        RowPlaces
            One entry a row in each of its arrays; nan and -1 for rows with missing cells.
        """
        place = partial(place_rows, estimator=self.estimator, quantiles=self.distance_quantiles)
        return in_one(self._of_blocks(table, place))

    def calibrated(
        self,
        table: str | Path | Table | IntoFrame | NDArray[np.generic],
        *,
        random_state: int = 0,
    ) -> Model:
        """Return the model with what it is to remember of the rows that it was fitted on.

        Their distances, which outliers are told by, their counts, for ``drift``, and their sums,
        for ``update``.

        Parameters
        ----------
        table : path, data frame, array or Table
            The rows that the model was fitted on, as for ``predict``.
        random_state : int, default=0
            For the rows that are drawn to see how the counts hang together.

        Returns
        -------
        Model
            The same, with ``distance_quantiles``, ``baseline`` and ``statistics``.
        """
        return with_rows_of_fit(self, *self.measured(table), random_state)

    def drift(
        self,
        table: str | Path | Table | IntoFrame | NDArray[np.generic],
        *,
        level: float = 0.05,
        threshold: float = 0.0,
    ) -> Drift:
        """Say what has changed in new rows since the fit, and whether it is more than chance.

        Sizes of clusters, distances from centers, every column and category are compared with the
        rows of the fit, each as a share of rows with an interval for its change. The intervals
        hold all together: how they hang together is known from the rows of the fit.

        Parameters
        ----------
        table : path, data frame, array or Table
            As for ``predict``.
        level : float, default=0.05
            The rate of false alarms: of so many fresh samples of the fit's own kind, one or more
            intervals miss. From 0.001 to 0.5.
        threshold : float, default=0.0
            An alarm is raised where a change is larger than this share of rows for sure.

        Returns
        -------
        Drift
            The verdict, and every change with its limits; ``print`` shows what is found.

        Raises
        ------
        ValueError
            If the model does not know the rows of its fit, or a column is missing.
        """
        from kwise.monitoring.drift import check_level, find_drift

        check_level(level, threshold)
        if self.baseline is None:
            raise ValueError(
                "the model does not know the rows that it was fitted on, so that new ones cannot "
                "be compared with them; fit it again with this version of kwise"
            )
        frame, state = self._in_memory(table), self.preparation.state_
        rows = self.measured(frame)
        found = find_drift(self.baseline, state, self.centers, rows, level, threshold)
        return replace(found, schema=self.schema_changes(frame))

    def update(
        self,
        table: str | Path | Table | IntoFrame | NDArray[np.generic],
        *,
        batch: str | None = None,
    ) -> Update:
        """Return the model with more rows: each center the mean of all that it was ever given.

        Parameters
        ----------
        table : path, data frame, array or Table
            The new rows, as for ``predict``; each goes to the nearest center.
        batch : str, optional
            The batch's id, a text that is not blank: of the same id rows are taken in once. By
            default a hash of the used cells, so that the same rows are taken in once.

        Returns
        -------
        Update
            ``model``, what each cluster gained and how far its center moved; ``known`` says that
            the batch was there before.

        Raises
        ------
        ValueError
            If another batch had this id, it is blank, or the model does not know how many rows it
            has.
        """
        from kwise.io.updating import updated

        return updated(self, self.measured(table), batch)

    def measured(
        self, table: str | Path | Table | IntoFrame | NDArray[np.generic]
    ) -> tuple[Floats, Floats, NDArray[np.int32]]:
        """Return rows in their own columns, in prepared ones, and their clusters.

        Parameters
        ----------
        table : path, data frame, array or Table
            As for ``predict``.

        Returns
        -------
        tuple of ndarray
            Of shapes (n_rows, n_columns), (n_rows, n_features) and (n_rows,).
        """
        frame = self._in_memory(table)
        X = self.preparation.transform(frame)
        if not len(X):
            raise ValueError("the table has no rows")
        return self.preparation.originals(frame), X, self._labels(X)

    def schema_changes(
        self, table: str | Path | Table | IntoFrame | NDArray[np.generic]
    ) -> tuple[str, ...]:
        """Say by name how a table's columns differ from those of the fit.

        Parameters
        ----------
        table : path, data frame, array or Table
            As for ``predict``, with all columns that the model uses.

        Returns
        -------
        tuple of str
            New columns and such that are gone, new categories, units that seem to be others.
        """
        from kwise.io.schema_changes import schema_changes

        return schema_changes(self, self.preparation.named(self._in_memory(table)))

    @property
    def formats(self) -> dict[str, NumberFormat]:
        """How the fitted table wrote the numbers of each used column, for ``read_table``."""
        return self.preparation.state_.number_formats

    def _in_memory(self, table: object) -> IntoFrame | NDArray[np.generic]:
        """Read a path as the fitted table was; take the frame out of a Table, if it is alike."""
        from kwise._cells.columns import unlike_units
        from kwise.io.reading import read_table
        from kwise.io.table import Table

        formats = self.formats
        if isinstance(table, (str, os.PathLike)):
            table = read_table(Path(table), formats=formats)
        if not isinstance(table, Table):
            return cast("IntoFrame | NDArray[np.generic]", table)
        for name in formats.keys() & table.formats.keys():
            unlike = unlike_units(formats[name].unit, table.formats[name].unit)
            if unlike:
                raise ValueError(f"{table.name}, column {name!r}: {unlike}")
        return table.frame

    def show(self) -> str:
        """Say what the model is: verdict, data, clusters, preparation, history.

        Returns
        -------
        str
            Lines for eyes; ``kwise show`` prints the same.
        """
        from kwise.io.model_card import shown

        return shown(self)

    def card(self) -> str:
        """Write a card of the model: data, date, verdict, clusters, preparation, limits.

        Returns
        -------
        str
            Markdown; ``kwise card`` writes the same.
        """
        from kwise.io.model_card import card

        return card(self)

    def save(self, path: str | Path) -> None:
        """Write the model to one file of plain data; see ``kwise.io.save_model``.

        Parameters
        ----------
        path : path
            Usually ending in ``.kwise``.
        """
        from kwise.io.model_file import save_model

        save_model(path, self)


def with_rows_of_fit(
    model: Model,
    originals: Floats,
    X: Floats,
    labels: NDArray[np.int32],
    random_state: int = 0,
) -> Model:
    """Return the model with what it is to remember of the rows that it was fitted on.

    ``originals`` are the used columns of all rows in their own units, ``X`` the prepared rows,
    ``labels`` their clusters, -1 for those left out.
    """
    from kwise.monitoring.baseline import make_baseline
    from kwise.monitoring.sufficient import sufficient_statistics

    state, placed = model.preparation.state_, labels >= 0
    return replace(
        model,
        distance_quantiles=quantiles_of(X[placed], model.estimator, labels[placed]),
        baseline=make_baseline(state, originals, X, labels, model.centers, random_state),
        statistics=sufficient_statistics(X[placed], labels[placed], model.n_clusters),
    )
