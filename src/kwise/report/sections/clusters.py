"""Each cluster on a card: size, name, what sets it apart, a rule that finds it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kwise.report.sections.base import GROUPS, Material, Section

if TYPE_CHECKING:
    from collections.abc import Mapping

# Groups that have their cards in sight; more are listed first, a line each.
_MOST_CARDS = 9


def context(material: Material) -> Mapping[str, object]:  # noqa: ARG001 - the signature of ``context``
    """Say up to how many groups have their cards in sight."""
    return {"most_cards": _MOST_CARDS}


CLUSTERS = Section("clusters", "What each group is", context=context, leads=(GROUPS,))
