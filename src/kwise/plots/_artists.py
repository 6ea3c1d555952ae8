"""Keywords of a figure, passed on to the artists of matplotlib that show its data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from matplotlib.artist import Artist

__all__ = ["restyled", "with_own"]

# What ``scatter`` calls the colors that it gives its points.
_COLORS = ("c", "color", "facecolor", "facecolors", "fc")


def restyled(artists: Iterable[Artist], keywords: Mapping[str, Any]) -> None:
    """Set properties by matplotlib's names or short names; an unknown one is its error."""
    if not keywords:
        return
    from matplotlib.cbook import normalize_kwargs

    for artist in artists:
        artist.set(**normalize_kwargs(dict(keywords), artist))


def with_own(ours: Mapping[str, Any], keywords: Mapping[str, Any]) -> dict[str, Any]:
    """Return keywords of ``scatter``, the reader's before ours, by whatever name."""
    from matplotlib.cbook import normalize_kwargs
    from matplotlib.collections import PathCollection

    own = normalize_kwargs(dict(keywords), PathCollection)
    colored = any(name in own for name in _COLORS)
    kept = {name: value for name, value in ours.items() if not (colored and name == "c")}
    return normalize_kwargs(kept, PathCollection) | own
