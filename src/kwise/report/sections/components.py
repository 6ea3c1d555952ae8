"""The groups in fewer and fewer principal components."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kwise.report.drawings import draw_components
from kwise.report.sections.base import Material, Section

if TYPE_CHECKING:
    from collections.abc import Mapping


def applies(material: Material) -> bool:
    """Show the section where there are columns to leave out."""
    return material.data.components is not None


def context(material: Material) -> Mapping[str, object]:
    """Draw silhouettes and agreement, and list them."""
    data = material.data
    sweep = data.components
    assert sweep is not None
    n_rows = len(sweep.runs[0].labels)
    known = bool(np.isfinite(sweep.agreements).any())
    best = int(np.nanargmax(sweep.agreements)) if known else 0
    return {
        "figure": draw_components(data),
        "sweep": sweep,
        "rows": sweep.table(),
        "known": known,
        "best": sweep.n_components[best],
        "sampled": n_rows if n_rows < len(data.rows) else None,
    }


COMPONENTS = Section(
    "components",
    "Principal components: how many to keep",
    applies,
    context,
    draws=True,
    compares=True,
)
