"""What all rows of files add up to, beside an analysis of a sample of them."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from kwise.analysis.frames import Frames
from kwise.analysis.result import Analysis
from kwise.estimators._assign import assign_inertia

__all__ = ["with_all_rows"]


def with_all_rows(analysis: Analysis, files: str) -> Analysis:
    """Say in the table's notes what is the sample's, and what all rows of its files add up to.

    An analysis of all rows is returned as it is.
    """
    frames = Frames(files)
    n_sampled = analysis.table.frame.height
    if n_sampled == frames.n_rows:
        return analysis
    preparation, kmeans = analysis.model[0], analysis.model["kmeans"]
    sizes, inertias = np.zeros(len(kmeans.cluster_centers_), np.int64), []
    for frame in frames:
        X = preparation.transform(frame)
        X = np.ascontiguousarray(X[~np.isnan(X).any(axis=1)])
        labels, inertia = assign_inertia(X, kmeans.cluster_centers_, None)
        sizes += np.bincount(labels, minlength=len(sizes))
        inertias.append(inertia)
    total = math.fsum(inertias)
    alone = kmeans.inertia_ * int(sizes.sum()) / len(analysis.rows)
    note = (
        f"{n_sampled:,} of {frames.n_rows:,} rows are shown, a sample by hashes of the rows' "
        f"numbers (shares of rows are known to {0.98 / math.sqrt(n_sampled):.1%} at worst), while "
        f"counts and sums are over all rows: with the sample's centers clusters 1 to {len(sizes)} "
        f"hold {', '.join(f'{size:,}' for size in sizes)} of {int(sizes.sum()):,} complete rows, "
        f"and their inertia is {total:.6g}, {abs(total / alone - 1) if alone else 0:.1%} from what "
        "the sample says"
    )
    table = replace(analysis.table, notes=(*analysis.table.notes[:-1], note))
    return replace(analysis, table=table)
