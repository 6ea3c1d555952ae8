"""What the page is made from: arrays and records that ``kwise.analyze`` has already found."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from kwise.explain.evidence import ClusterEvidence
from kwise.plots.palette import cluster_color

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kwise.explain.hierarchy import Hierarchy
    from kwise.explain.lineage import Lineage
    from kwise.explain.projection import Plane
    from kwise.metrics.margins import RowMargins
    from kwise.monitoring.drift_record import Drift
    from kwise.monitoring.matching import Match
    from kwise.report.summary import TableFacts
    from kwise.results import Floats, History
    from kwise.selection.components import ComponentSweep

__all__ = ["MOST_PAIRED", "Asked", "ReportData"]

MOST_PAIRED = 3  # columns drawn in pairs


@dataclass(frozen=True, slots=True)
class Asked:
    """What the user asked for, as words and as code: enough to ask it again.

    ``options`` holds the arguments of ``kwise.analyze`` that differ from their defaults;
    ``bundled`` tells that the table came along with its name.
    """

    table: str
    path: str | None
    options: Mapping[str, object] = field(default_factory=dict)
    random_state: int | None = 0
    bundled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportData(ClusterEvidence):
    """One clustering of one table, whole: the evidence, and what the page alone shows.

    Attributes
    ----------
    asked : Asked
        The question.
    paired : ndarray of shape (n_samples, 3)
        The three most telling columns, or fewer, in their own units: drawn in pairs.
    account : TableFacts
        What was done to the table: by column, in order, and what to beware of.
    plane : Plane
        Where rows and centers are drawn.
    margins : RowMargins or None
        How far inside its cluster each row is, for the k that is shown; None for one cluster.
    lineage : Lineage
        Which clusters have one color, over every k, other methods and recorded runs.
    histories : tuple of History
        Runs of the k that is shown, iteration by iteration; the best first; may be empty.
    hierarchy : Hierarchy or None
        How the rows, or a sample of them, are nested and ordered without k-means.
    components : ComponentSweep or None
        The groups in fewer and fewer principal components.
    last_name : str
        What last time's model is called, where clusters were to be like its.
    match : Match or None
        Which clusters go on from it.
    drift : Drift or None
        What has changed in the table since.
    """

    asked: Asked
    account: TableFacts
    plane: Plane
    lineage: Lineage
    paired: Floats
    margins: RowMargins | None = None
    histories: tuple[History, ...] = ()
    hierarchy: Hierarchy | None = None
    components: ComponentSweep | None = None
    last_name: str = ""
    match: Match | None = None
    drift: Drift | None = None

    def for_pictures(self) -> ReportData:
        """Return what pictures are drawn from, which is sent sooner: without all other cells."""
        numbers = tuple(
            each if each.is_numeric else replace(each, values=each.values[:0])
            for each in self.outside
        )
        return replace(
            self,
            X=self.X[:0],
            originals=self.originals[:0],
            outside=numbers,
            truth=None,
            row_names=None,
            margins=None,
        )

    def colors(self, k: int) -> list[str]:
        """Return the color of each cluster of the candidate ``k``."""
        return [cluster_color(place) for place in self.lineage.of_k[k]]
