"""An analysis of a table: the clustering, what it rests on, its page, its model."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from sklearn.pipeline import Pipeline

from kwise._atomic import write_text
from kwise._background import begin
from kwise._display import as_html, in_a_line
from kwise._formatting import today
from kwise._progress import AnyProgress, silent, with_bar
from kwise.analysis.figures import Figures
from kwise.analysis.joined import joined
from kwise.analysis.judging import Judging
from kwise.analysis.missing_sensitivity import MissingSensitivity, missing_sensitivity
from kwise.analysis.page_data import evidence_of, page_data
from kwise.explain.evidence import with_stability
from kwise.explain.explaining import cluster_names, explain_alternative, explain_clusters
from kwise.io.model import Json, Model, with_rows_of_fit
from kwise.io.model_file import save_model
from kwise.io.modeling import as_model
from kwise.io.overwriting import refuse_overwriting
from kwise.report import compile_templates, draw_sections, render_page, summarize
from kwise.report.account import table_facts
from kwise.results import Floats, Kind, Labels, Selection

if TYPE_CHECKING:
    import polars as pl
    from narwhals.typing import IntoFrame
    from numpy.typing import NDArray

    from kwise.analysis.last_time import LastTime
    from kwise.explain import ClusterEvidence, Explanation
    from kwise.io.table import Table
    from kwise.monitoring.drift_record import Drift
    from kwise.monitoring.matching import Match
    from kwise.report import ReportData, Summary
    from kwise.report.summary import TableFacts

__all__ = ["Analysis"]


@dataclass(frozen=True, eq=False)
class Analysis:
    """A clustering of a table, with everything it rests on; made by ``analyze``.

    Attributes
    ----------
    table : Table
        The table that was read.
    model : Pipeline
        ``Preparation``, then ``KMeans``: fitted, ready for new rows.
    judging : Judging
        What ``selection`` comes from, judged when it is first asked for.
    X : ndarray of shape (n_samples, n_features)
        The prepared rows.
    rows : ndarray of shape (n_samples,)
        Their places in the table, from 0; rows with missing cells may be left out.
    outside : tuple of str
        Columns that are set beside the clusters.
    truth : str or None
        Column of true labels.
    random_state : int
        The seed.
    options : mapping
        Arguments of ``analyze`` that were not left at their defaults.
    last_time : LastTime or None
        Last time's model, where clusters were to be like its.

    See Also
    --------
    analyze : Makes it.

    Examples
    --------
    >>> import kwise
    >>> import polars as pl
    >>> frame = pl.DataFrame({"x": [0.0, 1.0, 9.0, 10.0] * 5})
    >>> analysis = kwise.analyze(frame, k=2)
    >>> analysis.predict(pl.DataFrame({"x": [0.4, 9.6]})).tolist()
    [0, 1]
    """

    table: Table
    model: Pipeline
    judging: Judging
    X: Floats
    rows: NDArray[np.int64]
    outside: tuple[str, ...]
    truth: str | None
    random_state: int
    options: Mapping[str, object]
    last_time: LastTime | None = None

    def __repr__(self) -> str:
        found = self.account
        rows, columns = f"{found.n_used:,} rows", f"{found.n_clustered:,} columns"
        return in_a_line("Analysis", self.table.name, rows, columns, f"k={self.k}", self.kind)

    def _repr_html_(self) -> str:
        told = [{"cluster": each.number, "name": each.name, "rows": each.size, "share": each.share,
                 "silhouette": each.silhouette} for each in self.explain().clusters]  # fmt: skip
        facts = (self.verdict, self.account.account, self.evidence.scored_words())
        return as_html(repr(self)[1:-1], tuple(filter(None, facts)), told)

    @property
    def k(self) -> int:
        """The number of clusters shown: what was asked for, else what the data support."""
        return len(self.model["kmeans"].cluster_centers_)

    @property
    def selection(self) -> Selection:
        """The choice of k and its evidence."""
        return self.judging.selection()

    @property
    def kind(self) -> Kind:
        """What the data say: "clear", "one group", "unclear" or "unsuitable"."""
        return self.selection.kind

    @property
    def verdict(self) -> str:
        """The answer in a sentence."""
        return self.selection.verdict

    @property
    def labels(self) -> Labels:
        """Cluster of each row of the table, 0 for the largest cluster; -1: left out."""
        labels = np.full(self.table.frame.height, -1, dtype=np.int32)
        labels[self.rows] = self.model["kmeans"].labels_
        return labels

    @property
    def plot(self) -> Figures:
        """The figures of the analysis: ``analysis.plot.scatter()``, ``.elbow()``, ..."""
        return Figures(self)

    def labeled(self) -> pl.DataFrame:
        """Return the table as it was read, with the cluster of each row beside it.

        Returns
        -------
        polars.DataFrame
            All columns and rows of the table, and the column ``cluster``: from 1, as on the page;
            empty for rows that were left out.

        Examples
        --------
        >>> import kwise
        >>> import polars as pl
        >>> frame = pl.DataFrame({"x": [0.0, 1.0, 9.0, 10.0] * 5})
        >>> kwise.analyze(frame, k=2).labeled()["cluster"].to_list()[:4]
        [1, 1, 2, 2]
        """
        return joined(self.table.frame, self.rows, {"cluster": self.model["kmeans"].labels_})

    @property
    def match(self) -> Match | None:
        """Which clusters go on from last time's; None where ``like`` was not given."""
        return None if self.last_time is None else self.last_time.match

    @cached_property
    def drift(self) -> Drift | None:
        """What has changed in the table since last time; None where that is not known."""
        last = self.last_time
        if last is None or last.model.baseline is None:
            return None
        return last.model.drift(self.table)

    @cached_property
    def _scored(self) -> ClusterEvidence:
        """The evidence that pictures are made from."""
        return evidence_of(self)

    @cached_property
    def _pictured(self) -> ReportData:
        """What pictures are made from."""
        return page_data(self, self._scored)

    @cached_property
    def evidence(self) -> ClusterEvidence:
        """What explanations are made from: rows, clusters of every candidate, their scores."""
        return with_stability(self._scored, self.random_state)

    @cached_property
    def account(self) -> TableFacts:
        """What was used of the table, what was left out and why, and what may mislead."""
        found = self.missing_sensitivity
        return table_facts(
            self.table,
            self.model["preparation"],
            outside=self.outside,
            truth=self.truth,
            warnings=[found.sentence] if found and not found.same else [],
            steps=[found.sentence] if found and found.same else [],
        )

    @cached_property
    def missing_sensitivity(self) -> MissingSensitivity | None:
        """Whether the answer hangs on what is done about missing cells; None where none is."""
        return missing_sensitivity(self.table.frame, self.model["preparation"], self.random_state)

    @cached_property
    def report_data(self) -> ReportData:
        """The arrays and records that summary and page show."""
        return replace(self._pictured, stability=self.evidence.stability)

    @cached_property
    def _explanations(self) -> dict[int, Explanation]:
        """What the clusters of every candidate that is told of are."""
        return explain_clusters(self.evidence)

    @cached_property
    def summary(self) -> Summary:
        """Everything in words and plain numbers; ``summary.to_dict()`` is ready for JSON."""
        alternative = explain_alternative(self.evidence)
        return summarize(self.report_data, self._explanations, alternative)

    def explain(self, k: int | None = None) -> Explanation:
        """Say what the clusters are: sizes, names, sentences, rules, rows worth a look.

        Parameters
        ----------
        k : int, optional
            The candidate to explain; by default the number of clusters shown.

        Returns
        -------
        Explanation
            Records; ``print`` shows a paragraph for each cluster, ``table()`` has rows.

        Raises
        ------
        ValueError
            If ``k`` is no candidate that is told of.

        Examples
        --------
        >>> import kwise
        >>> import polars as pl
        >>> frame = pl.DataFrame({"x": [0.0, 1.0, 9.0, 10.0] * 5})
        >>> [each.size for each in kwise.analyze(frame, k=2).explain().clusters]
        [10, 10]
        """
        wanted = self.k if k is None else k
        if wanted not in self.evidence.labels:
            known = ", ".join(map(str, sorted(self.evidence.labels)))
            raise ValueError(f"k={k} was not looked at in full; explained can be: {known}")
        return self._explanations[wanted]

    def predict(self, frame: str | Path | IntoFrame | NDArray[np.generic] | Table) -> Labels:
        """Say where new rows belong.

        Parameters
        ----------
        frame : path, data frame, array or Table
            Rows with the columns that were clustered, in any order, among any others.

        Returns
        -------
        ndarray of shape (n_samples,)
            Cluster of each row, from 0; -1 for rows with missing cells, where those are left
            out.
        """
        return as_model(self.model).predict(frame)

    @with_bar
    def to_html(self, *, progress: AnyProgress = silent, executor: Executor | None = None) -> str:
        """Return the page as text.

        Parameters
        ----------
        progress : bool, "bar" or callable, default=False
            Called as ``progress(task, done, total)``; True or "bar" draws a bar.
        executor : concurrent.futures.Executor, optional
            Draws the pictures while the words are written here; the page is the same.

        Returns
        -------
        str
            One HTML document that needs nothing else.
        """
        assert callable(progress)  # as with_bar has it
        if executor is None:
            return render_page(self.report_data, self.summary, progress=progress)
        compiled = begin(executor, compile_templates)  # while the evidence is gathered here
        drawn = begin(executor, draw_sections, self._pictured.for_pictures())
        return render_page(
            self.report_data, self.summary, progress=progress, drawn=drawn, compiled=compiled
        )

    @with_bar
    def report(self, path: str | Path = "page.html", *, progress: AnyProgress = silent) -> Path:
        """Write the page: one HTML file that needs nothing else.

        Parameters
        ----------
        path : str or Path, default="page.html"
            Where to; an old file is replaced only once the new one is whole.
        progress : bool, "bar" or callable, default=False
            Called as ``progress(task, done, total)``; True or "bar" draws a bar.

        Returns
        -------
        Path
            The file.

        Raises
        ------
        ValueError
            If that is a file that the table was read from.
        """
        assert callable(progress)  # as with_bar has it
        self._refuse_overwriting(path)
        return write_text(Path(path), self.to_html(progress=progress))

    def save(self, path: str | Path) -> Path:
        """Save the model, preparation included, for ``kwise.load`` and ``kwise predict``.

        Parameters
        ----------
        path : str or Path
            Where to, such as "model.kwise".

        Returns
        -------
        Path
            The file.

        Raises
        ------
        ValueError
            If that is a file that the table was read from.
        """
        self._refuse_overwriting(path)
        save_model(path, self.to_model())
        return Path(path)

    def _refuse_overwriting(self, path: str | Path) -> None:
        """Raise where a file would be written over that the table was read from."""
        refuse_overwriting((("table", file) for file in self.table.files), path)

    def to_model(self) -> Model:
        """Return what ``save`` writes: preparation and centers, and the verdict beside them.

        Returns
        -------
        Model
            Predicts new tables.
        """
        told: dict[str, Json] = {"verdict": self.verdict, "table": self.table.name}
        told |= {"date": today(), "names": list(self._names())}
        model = as_model(self.model, metadata=told)
        preparation = model.preparation
        X = np.full((self.table.frame.height, self.X.shape[1]), np.nan)
        X[self.rows] = self.X
        originals = preparation.originals(self.table.frame)
        return with_rows_of_fit(model, originals, X, self.labels, self.random_state)

    def _names(self) -> tuple[str, ...]:
        """Return the names of the clusters shown."""
        originals = self.model["preparation"].originals(self.table.frame)[self.rows]
        carried = {} if self.last_time is None else self.last_time.names.get(self.k, {})
        labels, columns = self.model["kmeans"].labels_, self.model["preparation"].original_names_
        return cluster_names(originals, labels, self.k, columns, carried)
