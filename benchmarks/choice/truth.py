"""What would be right to say of a measured table."""

from __future__ import annotations

from dataclasses import dataclass

# k-means suits a table if it comes so near to the planted groups at their number.
SUITS = 0.8
# Another method is better if it comes so much nearer, and near enough to be worth naming.
NEARER, NEAR = 0.15, 0.6
# Below, nobody can tell the planted groups from one.
TOLD_APART = 0.45
# What counts as easy: the best that k-means can do is as good as right.
EASY = 0.9


@dataclass(frozen=True)
class Truth:
    """The structure of a table, the numbers of clusters that are right, and how well they fit.

    ``structure`` is "one group", "round groups", "other shape" or "unclear which". ``other`` says
    whether "k-means does not suit" is right; ``fit`` is the adjusted Rand index that k-means
    reaches at the planted number.
    """

    structure: str
    ks: frozenset[int]
    other: bool
    fit: float

    def right(self, k: int, kind: str) -> bool:
        """Tell whether a verdict is right: its kind, and k where k-means suits."""
        return self.other if kind == "unsuitable" else k in self.ks


def truth_of(line: dict) -> Truth:
    """Read the truth from what was planted and what can be reached."""
    k, fit = line["k"], line["fit"][line["ks"].index(line["k"])]
    planted = frozenset({k, *line["also"]})
    if k == 1:
        return Truth("one group", planted, False, 1.0)
    if fit >= SUITS:
        return Truth("round groups", planted, False, fit)
    best = max(line["other_fit"].values())
    if best >= max(NEAR, fit + NEARER):
        # A code beside round groups hides them from k-means: their number is right as well.
        right = planted if line["kind"] == "columns" else frozenset()
        return Truth("other shape", right, True, fit)
    if fit >= TOLD_APART:
        return Truth("round groups", planted, False, fit)
    return Truth("unclear which", planted | {1}, line["shaped"], fit)
