"""Each cluster on a card: size, name, what sets it apart, a rule that finds it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kwise._formatting import percent
from kwise.report.sections.base import GROUPS, Material, Section

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kwise.explain.external_variables import OutsideTable

# Groups that have their cards in sight; more are listed first, a line each.
_MOST_CARDS = 9
# Words of a category on a card, and the share of a cluster that is worth a word.
_MOST_WORDS, _LEAST = 3, 0.05


def context(material: Material) -> Mapping[str, object]:  # noqa: ARG001 - the signature of ``context``
    """Say up to how many groups have their cards in sight, and what categories say on them."""
    return {"most_cards": _MOST_CARDS, "category_words": category_words}


def category_words(variable: OutsideTable, number: int) -> str:
    """Write the shares of a category in one cluster, from 1, beside those in all rows."""
    shares, overall = variable.rows[number][1:], variable.rows[0][1:]
    largest = sorted(range(len(shares)), key=lambda j: (-shares[j], j))[:_MOST_WORDS]
    told = [
        f"{variable.heads[1 + j]} {percent(shares[j])} ({percent(overall[j])})"
        for j in largest
        if shares[j] >= _LEAST
    ]
    return ", ".join(told) or "no value"


CLUSTERS = Section("clusters", "What each group is", context=context, leads=(GROUPS,))
