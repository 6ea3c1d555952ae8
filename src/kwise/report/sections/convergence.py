"""How k-means came to its answer: the way of the centers, and several starts compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kwise.explain.recorded_runs import MOST_RECORDED
from kwise.report.drawings import draw_convergence
from kwise.report.projection_drawings import draw_way
from kwise.report.sections.base import Material, Section

if TYPE_CHECKING:
    from collections.abc import Mapping

# Starts whose inertia is so near to the best are said to have found the same optimum.
_SAME = 1e-4


def applies(material: Material) -> bool:
    """Show the section where there was a way to go."""
    return bool(material.data.histories)


def context(material: Material) -> Mapping[str, object]:
    """Draw the way and the starts, and count the starts that found the best optimum."""
    data = material.data
    ends = [float(each.inertia[-1]) for each in data.histories]
    return {
        "way": draw_way(data, material.data.plane),
        "convergence": draw_convergence(data),
        "n_runs": len(ends),
        "n_iter": len(data.histories[0].inertia) - 1,
        "n_same": sum(end <= ends[0] * (1 + _SAME) for end in ends),
        "worst": ends[-1] / ends[0] - 1 if ends[0] > 0 else 0.0,
        "sampled": MOST_RECORDED if len(data.rows) > MOST_RECORDED else None,
        "same": {
            k: sum(start <= starts[0] * (1 + _SAME) for start in starts)
            for k, starts in zip(data.selection.sweep.ks, data.selection.sweep.inertias)
            if starts
        },
    }


CONVERGENCE = Section(
    "convergence", "Convergence: how k-means got there", applies, context, draws=True, compares=True
)
