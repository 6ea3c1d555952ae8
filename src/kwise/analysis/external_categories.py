"""Which columns are set beside the clusters where nobody says: the table's own categories."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kwise.preparation.summary import PreparationSummary

__all__ = ["external_categories"]

_KINDS = ("category", "label", "yes/no")
_MOST, _MOST_WORDS = 3, 12


def external_categories(found: PreparationSummary, away: Sequence[str]) -> list[str]:
    """Return up to three categories of few words that were left out of the distances.

    ``away`` names those that stay away: dropped ones, and labels that clusters are compared with.
    """
    telling = [
        each.name
        for each in found.columns
        if each.kind in _KINDS
        and not each.used
        and each.name not in away
        and 2 <= each.n_distinct <= _MOST_WORDS
    ]
    return telling[:_MOST]
