"""New rows beside those of the fit: every difference, with how large it may be by chance."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from kwise._formatting import listed, percent
from kwise.monitoring.appeared import appeared_groups
from kwise.monitoring.band import LEVELS, difference_band, width_at
from kwise.monitoring.baseline import measured_rows
from kwise.monitoring.cells import count_cells
from kwise.monitoring.drift_record import (
    AppearedGroup,
    CategoryDrift,
    Change,
    ClusterDrift,
    ColumnDrift,
    ColumnMove,
    Drift,
    Fate,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kwise.monitoring.baseline import Baseline
    from kwise.monitoring.cells import CountedRows, Layout
    from kwise.preparation.state import FittedState
    from kwise.results import Labels
    from kwise.types import Floats

__all__ = ["check_level", "find_drift"]

# A cluster that has lost more than this share of its share is said to have dissolved.
_DISSOLVED = 0.9
_FEW = 50  # rows


@dataclass(frozen=True)
class _Band:
    """The shares of all cells then and now, their differences, and the limits of these."""

    before: Floats
    now: Floats
    change: Floats
    low: Floats
    high: Floats
    threshold: float

    @property
    def shown(self) -> NDArray[np.bool_]:
        """Cells whose difference is beyond the threshold."""
        return (self.low > self.threshold) | (self.high < -self.threshold)

    def at(self, cell: int) -> Change:
        """Return one cell's change."""
        return Change(
            before=float(self.before[cell]),
            now=float(self.now[cell]),
            difference=float(self.change[cell]),
            low=float(self.low[cell]),
            high=float(self.high[cell]),
            shown=bool(self.shown[cell]),
        )

    def least(self, cells: slice) -> Floats:
        """Return the size that each difference has at least."""
        return np.maximum(np.maximum(self.low[cells], -self.high[cells]), 0.0)

    def most(self, cells: slice) -> Floats:
        """Return the size that each difference has at most."""
        return np.maximum(self.high[cells], -self.low[cells])

    def most_telling(self, cells: slice) -> int:
        """Return the cell whose difference is at least the largest; of equals the largest seen."""
        order = np.lexsort((np.abs(self.change[cells]), self.least(cells)))
        return int(cells.start + order[-1])


def check_level(level: float, threshold: float) -> None:
    """Raise for a rate of false alarms or a threshold that is out of range."""
    if not LEVELS[-1] <= level <= LEVELS[0]:
        raise ValueError(
            f"level={level!r} is out of range; the rate of false alarms may be from {LEVELS[-1]} "
            f"to {LEVELS[0]}"
        )
    if not 0 <= threshold < 1:
        raise ValueError(
            f"threshold={threshold!r} is out of range; it is a share of rows, from 0 to below 1"
        )


def find_drift(
    baseline: Baseline,
    state: FittedState,
    centers: Floats,
    rows: tuple[Floats, Floats, Labels],
    level: float = 0.05,
    threshold: float = 0.0,
) -> Drift:
    """Compare new rows (original columns, prepared columns, clusters) with those of the fit."""
    originals, X, labels = rows
    layout = baseline.layout(state)
    measured = measured_rows(originals, X, labels, centers)
    hits, totals = count_cells(measured, baseline.thresholds, layout)
    before = (baseline.hits, baseline.totals[layout.groups])
    after = (hits, totals[layout.groups])
    limits = difference_band(before, after, width_at(baseline.widths, level))
    then, now = (each / np.maximum(total, 1) for each, total in (before, after))
    band = _Band(then, now, *limits, threshold)
    unheld = band.at(layout.far.stop - 1)
    found = Drift(
        alarm=bool(band.shown.any()),
        verdict="",
        level=level,
        threshold=threshold,
        n_rows=len(labels),
        n_before=baseline.n_rows,
        without_cluster=band.at(layout.without_cluster),
        clusters=_clusters(band, layout, baseline, (state, centers), rows),
        farther=band.at(band.most_telling(layout.far)),
        unheld=unheld,
        appeared=_appeared(baseline, state, measured, X) if unheld.low > 0 else (),
        columns=_columns(band, layout, baseline, state, originals),
        notes=_notes(len(labels), baseline),
    )
    return replace(found, verdict=_verdict(found, band, slice(layout.far.stop)))


def _clusters(
    band: _Band,
    layout: Layout,
    baseline: Baseline,
    model: tuple[FittedState, Floats],
    rows: tuple[Floats, Floats, Labels],
) -> tuple[ClusterDrift, ...]:
    """Tell of each cluster."""
    (state, centers), (originals, X, labels) = model, rows
    made = []
    for c in range(layout.n_clusters):
        share, own = band.at(layout.clusters.start + c), labels == c
        n, radius = int(own.sum()), baseline.distances[c, 0]
        moved = float("nan")
        if n and radius > 0:
            moved = float(np.linalg.norm(X[own].mean(axis=0) - centers[c]) / radius)
        made.append(
            ClusterDrift(
                number=c + 1,
                rows=n,
                share=share,
                fate=_fate(share),
                farther=band.at(band.most_telling(layout.far_in(c))),
                moved=moved,
                columns=_moves(band, layout, c, state.numbers, originals[own], baseline.medians[c]),
            )
        )
    return tuple(made)


def _moves(
    band: _Band,
    layout: Layout,
    c: int,
    names: tuple[str, ...],
    originals: Floats,
    medians: Floats,
) -> tuple[ColumnMove, ...]:
    """Tell of the columns in which the rows of a cluster have moved, the surest first."""
    where = layout.above_median(c)
    moved = np.flatnonzero(band.shown[where])
    order = moved[np.argsort(-band.least(where)[moved], kind="stable")]
    return tuple(
        ColumnMove(
            name=names[j],
            above=band.at(where.start + j),
            median_before=float(medians[j]),
            median_now=float(np.nanmedian(originals[:, j])),
        )
        for j in order
    )


def _fate(share: Change) -> Fate:
    """Say in a word what became of a cluster."""
    if not share.shown:
        return "steady"
    if share.difference > 0:
        return "grew"
    return "dissolved" if share.now < (1 - _DISSOLVED) * share.before else "shrank"


def _columns(
    band: _Band, layout: Layout, baseline: Baseline, state: FittedState, originals: Floats
) -> tuple[ColumnDrift, ...]:
    """Tell of each column, the most changed first."""
    made = [
        _number(band, layout, baseline, j, name, originals[:, j])
        for j, name in enumerate(state.numbers)
    ]
    made += [
        _category(band, layout, c, name, state.levels[c]) for c, name in enumerate(state.categories)
    ]
    return tuple(sorted(made, key=lambda each: (-each.low, -each.effect)))


def _number(
    band: _Band, layout: Layout, baseline: Baseline, j: int, name: str, cells: Floats
) -> ColumnDrift:
    """Tell of a column of numbers."""
    where, thresholds = layout.number(j), baseline.numbers[j]
    mean, spread = map(float, baseline.moments[j])
    known = cells[~np.isnan(cells)]
    now = float(known.mean()) if len(known) else float("nan")
    shift = error = float("nan")
    if len(known) and spread > 0:
        shift = (now - mean) / spread
        n = max(baseline.totals[j], 1)
        error = float(np.sqrt(known.var() / len(known) / spread**2 + 1 / n))
    return ColumnDrift(
        name=name,
        kind="number",
        effect=float(np.abs(band.change[where]).max()),
        low=float(band.least(where).max()),
        high=float(band.most(where)[~np.isnan(thresholds)].max(initial=0.0)),
        shown=bool(band.shown[where].any()),
        missing=band.at(layout.missing.start + j),
        mean_before=mean,
        mean_now=now,
        shift=shift,
        shift_error=error,
        at=_place(band, where, thresholds),
    )


def _place(band: _Band, where: slice, thresholds: Floats) -> float:
    """Return the threshold at which the shares differ most; nan for a column of one value."""
    used = int((~np.isnan(thresholds)).sum())
    if not used:
        return float("nan")
    cell = band.most_telling(slice(where.start, where.start + used))
    return float(thresholds[cell - where.start])


def _category(
    band: _Band, layout: Layout, c: int, name: str, levels: tuple[str, ...]
) -> ColumnDrift:
    """Tell of a column of categories."""
    where = layout.category(c)
    names = [*levels, "(others)"]
    shares = [CategoryDrift(each, band.at(where.start + i)) for i, each in enumerate(names)]
    gained = float(np.maximum(band.low[where], 0).sum())
    lost = float(np.maximum(-band.high[where], 0).sum())
    return ColumnDrift(
        name=name,
        kind="category",
        effect=float(np.abs(band.change[where]).sum() / 2),
        low=max(gained, lost),
        high=float(min(1.0, band.most(where).sum() / 2)),
        shown=bool(band.shown[where].any()),
        missing=band.at(layout.missing.start + layout.n_numbers + c),
        categories=tuple(sorted(shares, key=lambda each: -abs(each.share.difference))),
    )


def _appeared(
    baseline: Baseline, state: FittedState, rows: CountedRows, X: Floats
) -> tuple[AppearedGroup, ...]:
    """Return the groups of rows that no cluster holds."""
    held = baseline.distances[rows.labels, -1]
    unheld = np.flatnonzero((rows.labels >= 0) & (rows.distance > held))
    return appeared_groups(
        X[unheld],
        rows.originals[unheld, : len(state.numbers)],
        unheld,
        n_rows=len(rows.labels),
        reach=float(np.nanmedian(baseline.distances[:, 0])),
        names=state.numbers,
        moments=baseline.moments,
    )


def _notes(n: int, baseline: Baseline) -> tuple[str, ...]:
    """Say what limits the comparison."""
    samples = {"new rows": n, "rows of the fit": baseline.n_rows}
    few = [f"{number} {what}" for what, number in samples.items() if number < _FEW]
    return (f"Few rows tell little: there are {listed(few)}.",) if few else ()


def _verdict(drift: Drift, band: _Band, common: slice) -> str:
    """Say the answer; ``common`` are the cells that are asked of more than one cluster's rows."""
    rate = f"{percent(drift.level)} of fresh samples would raise this alarm"
    beyond = f" by more than {percent(drift.threshold)} of rows" if drift.threshold else ""
    if not drift.alarm:
        most = float(band.most(common)[band.before[common] > 0].max(initial=0.0))
        rows = "the 1 row varies" if drift.n_rows == 1 else f"the {drift.n_rows:,} rows vary"
        return (
            f"No drift shown{beyond}: {rows} as fresh rows of the fit "
            f"would ({rate}). If anything has changed, then for less than {percent(most)} of rows."
        )
    changed = sum(
        each.share.shown or each.farther.shown or bool(each.columns) for each in drift.clusters
    )
    columns = sum(each.shown or each.missing.shown for each in drift.columns)
    what = [
        f"{changed} of {len(drift.clusters)} clusters",
        f"{columns} of {len(drift.columns)} columns",
    ]
    return f"Drift: {listed(what)} have changed{beyond} ({rate})."
