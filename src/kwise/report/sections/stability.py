"""How well each cluster comes back when the rows are drawn again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kwise.explain.cluster_stability import rows_drawn_from
from kwise.report.sections.base import Material, Section

if TYPE_CHECKING:
    from collections.abc import Mapping

# Hennig's marks: above the first a cluster is called stable, below the second it dissolves.
STABLE, DOUBTFUL = 0.75, 0.6


def applies(material: Material) -> bool:
    """Show the section where some candidate's clusters were resampled."""
    return bool(material.data.stability)


def context(material: Material) -> Mapping[str, object]:
    """Give the template the marks, and a word for each side of them."""
    n_rows = len(material.data.rows)
    drawn = rows_drawn_from(n_rows, len(material.data.features))
    return {
        "sampled": drawn if drawn < n_rows else None,
        "word": word,
        "stable": STABLE,
        "doubtful": DOUBTFUL,
    }


def word(value: float | None) -> str:
    """Say what a stability means."""
    if value is None:
        return "too few rows to tell"
    if value >= STABLE:
        return "stable"
    return "doubtful" if value >= DOUBTFUL else "not to be trusted"


STABILITY = Section(
    "stability", "Stability: how well groups come back", applies, context, compares=True
)
