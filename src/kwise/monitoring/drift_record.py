"""What has changed in new rows since a model was fitted, as records: numbers and words."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Literal, TypeAlias

from kwise._formatting import count, fixed, listed, percent, short

__all__ = [
    "AppearedGroup",
    "CategoryDrift",
    "Change",
    "ClusterDrift",
    "ColumnDrift",
    "ColumnMove",
    "Drift",
]

Fate: TypeAlias = Literal["steady", "grew", "shrank", "dissolved"]


@dataclass(frozen=True, slots=True)
class Change:
    """A share of rows then and now, and the difference with the least and the most it may be.

    Of all the intervals of one drift together, the probability that any misses its difference is
    the drift's ``level``. ``shown`` says that the difference is beyond the threshold for sure.
    """

    before: float
    now: float
    difference: float
    low: float
    high: float
    shown: bool


@dataclass(frozen=True, slots=True)
class CategoryDrift:
    """One category of a column: its share among the cells that are not missing."""

    name: str
    share: Change


@dataclass(frozen=True, slots=True)
class ColumnDrift:
    """One column: how far its values are from those of the fit.

    ``effect`` in [0, 1] is the share of rows that would have to change for the two to be alike
    (numbers: the largest difference of cumulative shares, at ``at``; categories: half the sum of
    the differences of shares), with ``low`` and ``high``. ``shift`` is the difference of means in
    standard deviations of the fit, with ``shift_error`` as its standard error; nan for categories.
    """

    name: str
    kind: Literal["number", "category"]
    effect: float
    low: float
    high: float
    shown: bool
    missing: Change
    mean_before: float = math.nan
    mean_now: float = math.nan
    shift: float = math.nan
    shift_error: float = math.nan
    at: float = math.nan
    categories: tuple[CategoryDrift, ...] = ()


@dataclass(frozen=True, slots=True)
class ColumnMove:
    """A column in which the rows of a cluster have moved: the share above the fit's median."""

    name: str
    above: Change
    median_before: float
    median_now: float


@dataclass(frozen=True, slots=True)
class ClusterDrift:
    """One cluster: its share of the rows, and where they lie in it.

    ``fate`` is "steady", "grew", "shrank", or "dissolved" (less than a tenth of its share is left).
    ``farther`` is about the share of its rows that lie beyond a distance which half, a tenth, a
    hundredth or a thousandth of the fit's exceeded: of these the one that says most. ``moved`` is
    how far the mean of its new rows is from the center, in median distances of the fit's rows; nan
    where it has none; ``columns`` are those in which they are shown to have moved.
    """

    number: int
    rows: int
    share: Change
    fate: Fate
    farther: Change
    moved: float
    columns: tuple[ColumnMove, ...] = ()


@dataclass(frozen=True, slots=True)
class AppearedGroup:
    """Rows that no cluster holds and that lie together: perhaps a new group.

    ``columns`` are those that set it apart most: name, its mean, the mean of the fit's rows.
    ``rows`` are the numbers of some of its rows, from 1.
    """

    n_rows: int
    share: float
    columns: tuple[tuple[str, float, float], ...]
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Drift:
    """New rows beside those that a model was fitted on; made by ``Model.drift``.

    Attributes
    ----------
    alarm : bool
        Whether any change is shown to be larger than ``threshold``.
    verdict : str
        The answer in a sentence or two.
    level : float
        How often fresh rows of the fit's own kind raise an alarm.
    threshold : float
        The share of rows that may change without one.
    n_rows, n_before : int
        New rows, and rows of the fit.
    without_cluster : Change
        Rows that have no cluster because a cell is missing.
    clusters : tuple of ClusterDrift
        One for each cluster.
    farther : Change
        As a cluster's, of all rows together, each in its own cluster.
    unheld : Change
        Rows that no cluster holds: farther out than all but one in a thousand of its rows.
    appeared : tuple of AppearedGroup
        What these are, where they are more than there should be and lie together.
    columns : tuple of ColumnDrift
        The columns that the model uses, the most changed first.
    notes : tuple of str
        What to beware of.
    schema : tuple of str
        How the columns differ by name: new ones, new categories, units that seem to be others.
    """

    alarm: bool
    verdict: str
    level: float
    threshold: float
    n_rows: int
    n_before: int
    without_cluster: Change
    clusters: tuple[ClusterDrift, ...]
    farther: Change
    unheld: Change
    appeared: tuple[AppearedGroup, ...]
    columns: tuple[ColumnDrift, ...]
    notes: tuple[str, ...] = ()
    schema: tuple[str, ...] = ()

    def table(self) -> list[dict[str, object]]:
        """Return one row for everything that is watched, what is shown to have changed first."""
        rows = [
            *(_row("cluster", str(each.number), each.share) for each in self.clusters),
            *(_row("cluster spread", str(each.number), each.farther) for each in self.clusters),
            *(
                _row(f"cluster {each.number} median", column.name, column.above)
                for each in self.clusters
                for column in each.columns
            ),
            _row("all rows", "distance to centers", self.farther),
            _row("all rows", "held by no cluster", self.unheld),
            _row("all rows", "without a cluster", self.without_cluster),
            *(_column_row(each) for each in self.columns),
            *(_row("missing cells", each.name, each.missing) for each in self.columns),
        ]
        return sorted(rows, key=lambda row: (not row["shown"], -abs(float(str(row["change"])))))

    def to_dict(self) -> dict[str, object]:
        """Return plain dicts, lists, numbers and words; what is not a number is None."""
        found = _plain(asdict(self))
        assert isinstance(found, dict)
        return found

    def __str__(self) -> str:
        return "\n".join([self.verdict, *self.sentences()])

    def sentences(self) -> list[str]:
        """Say what is shown to have changed, one sentence each; what matters most first."""
        said = [f"{each[:1].upper()}{each[1:]}." for each in self.schema]
        said += [_appeared(each) for each in self.appeared]
        said += [_fate(each) for each in self.clusters if each.share.shown]
        said += [_spread(each) for each in self.clusters if each.farther.shown]
        said += [_moved(each) for each in self.clusters if each.columns]
        if self.unheld.shown and not self.appeared:
            said.append(f"Rows that no cluster holds: {_then_now(self.unheld)}.")
        if self.without_cluster.shown:
            said.append(f"Rows without a cluster: {_then_now(self.without_cluster)}.")
        said += [_column(each) for each in self.columns if each.shown]
        said += [f"{each.name}: missing cells {_then_now(each.missing)}."
                 for each in self.columns if each.missing.shown]  # fmt: skip
        return [*said, *self.notes]


def _row(what: str, name: str, change: Change) -> dict[str, object]:
    """Return a row of the table."""
    return {
        "what": what,
        "name": name,
        "before": change.before,
        "now": change.now,
        "change": change.difference,
        "low": change.low,
        "high": change.high,
        "shown": change.shown,
    }


def _column_row(column: ColumnDrift) -> dict[str, object]:
    """Return a column's row of the table; its values are its means."""
    return {
        "what": "column",
        "name": column.name,
        "before": column.mean_before,
        "now": column.mean_now,
        "change": column.effect,
        "low": column.low,
        "high": column.high,
        "shown": column.shown,
    }


def _plain(value: object) -> object:
    """Make a value ready for JSON."""
    if isinstance(value, dict):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _then_now(change: Change) -> str:
    """Write a share then and now, and how sure the difference is."""
    return (
        f"{percent(change.before)} then, {percent(change.now)} now "
        f"({_points(change.low)} to {_points(change.high)} points)"
    )


def _points(difference: float) -> str:
    """Write a difference of shares in percentage points."""
    value = 100 * difference
    written = fixed(value, 1 if abs(value) < 10 else 0, sign="+")
    return written.replace("-", "−")


def _fate(cluster: ClusterDrift) -> str:
    """Say what became of a cluster's size."""
    word = {"dissolved": "has dissolved"}.get(cluster.fate, cluster.fate)
    return f"Cluster {cluster.number} {word}: {_then_now(cluster.share)}."


def _spread(cluster: ClusterDrift) -> str:
    """Say how the rows of a cluster lie about its center."""
    nearer = cluster.farther.difference < 0
    where = "nearer to" if nearer else "farther from"
    return (
        f"Rows of cluster {cluster.number} lie {where} its center: beyond the distance of "
        f"{percent(cluster.farther.before)} of its rows then, {percent(cluster.farther.now)} now."
    )


def _moved(cluster: ClusterDrift) -> str:
    """Say in which columns the rows of a cluster have moved."""
    told = [
        f"{each.name} (median {short(each.median_before)} then, {short(each.median_now)} now)"
        for each in cluster.columns
    ]
    far = f" by {short(cluster.moved, 2)} median distances" if cluster.moved >= 0.05 else ""
    return f"Cluster {cluster.number} has moved{far}: {listed(told)}."


def _appeared(group: AppearedGroup) -> str:
    """Say where a group lies that no cluster holds."""
    told = [f"{name} {short(now)} (of the fit's rows {short(then)})"
            for name, now, then in group.columns]  # fmt: skip
    rows = "row" if group.n_rows == 1 else "rows"
    return (
        f"A group has appeared that no cluster holds: {count(group.n_rows)} {rows} "
        f"({percent(group.share)}), on average {listed(told)}."
    )


def _column(column: ColumnDrift) -> str:
    """Say how a column has changed."""
    sure = f"at least {percent(column.low)} of rows differ"
    if column.kind == "category":
        most = max(column.categories, key=lambda each: abs(each.share.difference))
        return f"{column.name}: {sure}; most changed is {most.name}, {_then_now(most.share)}."
    if abs(column.shift) < 2 * column.shift_error:
        return f"{column.name}: {sure}, about the same mean ({short(column.mean_now)})."
    size = fixed(column.shift, sign="+").replace("-", "−")
    return (
        f"{column.name}: {sure}; mean {short(column.mean_before)} then, "
        f"{short(column.mean_now)} now ({size} standard deviations)."
    )
