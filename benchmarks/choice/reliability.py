"""The picture of how often answers are right, beside how sure they said that they are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from scipy.stats import binomtest

# The middle 95 % of what the share found may stand for.
LEVEL = 0.95


def draw(bins: Sequence[tuple[float, int, int]], picture: Path) -> None:
    """Draw, for each bin, how sure its verdicts said that they are and how many were right.

    A bin is the mean confidence, the number of verdicts and how many of them were right; bars are
    95 % intervals (Clopper and Pearson), areas of marks go with the number of verdicts.
    """
    plt.rcParams.update({"svg.hashsalt": "kwise", "font.size": 9})
    said, n, right = (np.array(each, dtype=float) for each in zip(*bins))
    found = right / n
    ends = [binomtest(int(r), int(m)).proportion_ci(LEVEL) for r, m in zip(right, n)]
    bars = np.abs(np.array([(end.low, end.high) for end in ends]).T - found)
    figure, axes = plt.subplots(figsize=(4.6, 4.2), layout="constrained")
    axes.plot([0, 1], [0, 1], color="0.6", linewidth=1.0)
    axes.errorbar(said, found, bars, fmt="none", ecolor="#0072b2", elinewidth=1.2)
    axes.scatter(said, found, 12 + 180 * n / n.max(), color="#0072b2", zorder=3)
    axes.set(xlim=(0, 1.02), ylim=(0, 1.02), xlabel="said: confidence", ylabel="found: share right")
    axes.set_title(f"{int(n.sum()):,} verdicts on fresh tables")
    axes.xaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f} %")
    axes.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f} %")
    axes.grid(visible=True, color="0.9")
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(picture, metadata={"Date": None})
    plt.close(figure)
