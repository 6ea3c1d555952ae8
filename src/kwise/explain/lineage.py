"""One color, one cluster: which clusters of different numbers of groups are each other's kin."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, cast

from kwise.metrics.label_matching import match_labels

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kwise.results import Labels

__all__ = ["Lineage", "follow", "lineage"]


@dataclass(frozen=True, slots=True)
class Lineage:
    """For every cluster its place in the palette, from 0: kin have one place, others none.

    ``of_k[k]`` has k places; ``alternative`` those of another method's groups and ``recorded``
    those of the best recorded run's clusters, both matched to the clusters that are shown.
    """

    of_k: Mapping[int, tuple[int, ...]]
    alternative: tuple[int, ...] = ()
    recorded: tuple[int, ...] = ()


def lineage(labels: Mapping[int, Labels], shown: int) -> dict[int, tuple[int, ...]]:
    """Give the clusters of every candidate places in the palette.

    The largest cluster of ``shown`` has the first place; from there, upward and downward, each
    clustering takes over the places of the one before it by the matching that agrees on most
    rows, and a cluster without kin gets the first place that is free.
    """
    found = {shown: tuple(range(shown))}
    above = [k for k in sorted(labels) if k > shown]
    below = [k for k in sorted(labels, reverse=True) if k < shown]
    for ks in (above, below):
        before = shown
        for k in ks:
            found[k] = follow(labels[before], found[before], labels[k], k)
            before = k
    return found


def follow(
    known: Labels, places: tuple[int, ...], labels: Labels, n_clusters: int
) -> tuple[int, ...]:
    """Return the places of ``labels``' clusters, matched to ``known`` ones that have ``places``.

    Rows below 0 in either belong to no cluster and take no part.
    """
    both = (known >= 0) & (labels >= 0)
    kin: dict[int, int] = {}
    if both.any():
        match = match_labels(known[both], labels[both])
        paired = zip(match.found_names, match.true_names, match.table.diagonal())
        kin = {
            cast("int", found): places[cast("int", named)]
            for found, named, n_common in paired
            if n_common
        }
    free = (place for place in count() if place not in set(kin.values()))
    return tuple(kin[c] if c in kin else next(free) for c in range(n_clusters))
