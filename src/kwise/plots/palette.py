"""Colors of every figure: safe for color-blind eyes, apart in grey, fit for light and dark.

The first eight cluster colors are Okabe and Ito's set with its black and yellow replaced, so
that each keeps a contrast of about 3 to 1 with white and with near-black paper.

References
----------
Okabe and Ito, "Color universal design", 2008. https://jfly.uni-koeln.de/color/
"""

from __future__ import annotations

__all__ = [
    "ACCENT", "CLUSTERS", "INK", "LINE", "MUTED", "PAPER",
    "cluster_color", "contrast", "ink_on", "luminance",
]  # fmt: skip

# The page swaps these five for its own, light or dark: they stand for a role, not for a color.
INK = "#20242c"
MUTED = "#666d7a"
LINE = "#d8dce3"
PAPER = "#fefefe"
ACCENT = "#0b5fc0"

CLUSTERS = (
    "#1a7fc4",  # blue
    "#e69f00",  # orange
    "#009e73",  # green
    "#cc79a7",  # pink
    "#d55e00",  # vermilion
    "#56b4e9",  # sky
    "#7b4fb3",  # purple
    "#a89b00",  # olive
    "#8c564b",  # brown
    "#8a8f98",  # grey
    "#b2182b",  # red
    "#2f6b4f",  # pine
)


def cluster_color(c: int) -> str:
    """Return the color of cluster ``c``; after twelve they come again, lighter each time.

    Parameters
    ----------
    c : int
        Index of the cluster, from 0.

    Returns
    -------
    str
        A color as ``"#rrggbb"``.

    Examples
    --------
    >>> from kwise.plots.palette import cluster_color
    >>> cluster_color(0)
    '#1a7fc4'
    """
    rounds, place = divmod(c, len(CLUSTERS))
    base = CLUSTERS[place]
    if rounds == 0:
        return base
    share = 0.35 * (1 + (rounds - 1) % 2)
    parts = [int(base[i : i + 2], 16) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(part + (255 - part) * share):02x}" for part in parts)


def luminance(color: str) -> float:
    """Return the relative luminance of ``"#rrggbb"`` in [0, 1], as WCAG 2 defines it."""
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colors, from 1 to 21 (WCAG 2); text needs 4.5."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def ink_on(color: str) -> str:
    """Return white or black, whichever can be read on ``color``: one of them always can.

    Examples
    --------
    >>> from kwise.plots.palette import ink_on
    >>> ink_on("#e69f00"), ink_on("#2f6b4f")
    ('#000000', '#ffffff')
    """
    return max(("#ffffff", "#000000"), key=lambda ink: contrast(ink, color))
