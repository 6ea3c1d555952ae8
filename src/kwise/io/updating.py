"""Models that grow: a batch is taken in once, whole or not at all, and written down."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np

from kwise._atomic import alone_in
from kwise.io.model import Json, Model
from kwise.io.model_file import load, save_model
from kwise.monitoring.baseline import Baseline, measured_rows
from kwise.monitoring.sufficient import SufficientStatistics
from kwise.monitoring.updating import Update, fingerprint, moves_of

if TYPE_CHECKING:
    from kwise.io.table import Table
    from kwise.results import Labels
    from kwise.types import Floats

__all__ = ["update_file", "updated"]


def update_file(
    path: str | Path,
    table: Table,
    batch: str | None = None,
    output: str | Path | None = None,
) -> Update:
    """Take a batch into a model file, or write the model with it to another file.

    Who updates the same file at the same time waits, so that no batch is lost; the file is
    replaced once the new one is whole.
    """
    place = Path(os.path.realpath(path))
    if not place.exists():
        load(path)  # says what is near
    with alone_in(place.parent):
        done = load(path).update(table, batch=batch)
        if not done.known or (output is not None and Path(output) != Path(path)):
            save_model(path if output is None else output, done.model)
    return done


def updated(model: Model, rows: tuple[Floats, Floats, Labels], batch: str | None) -> Update:
    """Return the model with rows (original columns, prepared, clusters), unless it has them.

    Each row goes to the cluster of the center that is nearest before the batch, as in
    ``MiniBatchKMeans.partial_fit``; sums are kept, so that a center is the mean of all its rows.
    """
    originals, X, labels = rows
    content, placed = fingerprint(originals), labels >= 0
    history = _history(model)
    before = _statistics(model)
    name = _id(history, content, batch)
    if _is_known(history, name, content):
        nothing = (0,) * model.n_clusters
        counts = tuple(map(int, before.counts))
        still = (0.0,) * model.n_clusters
        return Update(model, name, True, 0, 0, nothing, counts, still, still)
    after = before.with_rows(X[placed], labels[placed])
    gained = after.counts - before.counts
    centers = np.where(gained[:, None] > 0, after.means(model.centers), model.centers)
    baseline = model.baseline
    radius = None if baseline is None else baseline.distances[:, 0]
    moved, shares = moves_of(model.centers, centers, radius)
    done = Update(
        model=None,
        batch=name,
        known=False,
        n_rows=int(placed.sum()),
        n_without_cluster=int((~placed).sum()),
        gained=tuple(gained.astype(int).tolist()),
        rows=tuple(after.counts.astype(int).tolist()),
        moved=tuple(moved.tolist()),
        moved_share=tuple(shares.tolist()),
    )
    grown = replace(
        model,
        centers=centers,
        statistics=after,
        baseline=_counted(model, rows),
        metadata={
            **model.metadata,
            "sizes": list(done.rows),
            "history": [*history, _entry(done, content)],
        },
    )
    return replace(done, model=grown)


def _entry(done: Update, content: str) -> dict[str, Json]:
    """Return what is written down of a batch."""
    return {
        "batch": done.batch,
        "rows": done.n_rows,
        "without_cluster": done.n_without_cluster,
        "gained": list(done.gained),
        "moved": list(done.moved),
        "content": content,
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _history(model: Model) -> list[Mapping[str, Json]]:
    """Return what was written down of the batches before."""
    told = model.metadata.get("history", [])
    entries = told if isinstance(told, list) else []
    return [each for each in entries if isinstance(each, Mapping)]


def _id(history: list[Mapping[str, Json]], content: str, batch: str | None) -> str:
    """Return the batch's id: the one given, the one that these rows had, or one by their cells."""
    if batch is not None:
        if not batch.strip():
            raise ValueError(f"the batch id {batch!r} is blank; name the batch, or give no id")
        return batch
    ids = [str(entry.get("batch")) for entry in history if entry.get("content") == content]
    return ids[0] if ids else content[:16]


def _is_known(history: list[Mapping[str, Json]], name: str, content: str) -> bool:
    """Whether a batch was taken in before; raise where one of its id had other rows."""
    for entry in history:
        if entry.get("batch") == name:
            if entry.get("content") == content:
                return True
            raise ValueError(
                f"the batch {name!r} was taken in on {entry.get('date')}, with other rows "
                f"({entry.get('rows')}); give these rows another id"
            )
    return False


def _statistics(model: Model) -> SufficientStatistics:
    """Return the sums of a model; of one that was saved before they were kept, from its sizes."""
    if model.statistics is not None:
        return model.statistics
    sizes = model.metadata.get("sizes")
    if isinstance(sizes, list) and len(sizes) == model.n_clusters:
        counts = np.array(cast("list[int]", sizes), dtype=np.float64)
        return SufficientStatistics(counts, counts[:, None] * model.centers)
    raise ValueError(
        "the model does not know how many rows its centers are the means of, so that new rows "
        "would have no weight; fit it again with this version of kwise"
    )


def _counted(model: Model, rows: tuple[Floats, Floats, Labels]) -> Baseline | None:
    """Return the counts with the batch's rows, as they lie about the centers of before."""
    if model.baseline is None:
        return None
    originals, X, labels = rows
    measured = measured_rows(originals, X, labels, model.centers)
    return model.baseline.with_rows(measured, model.preparation.state_)
