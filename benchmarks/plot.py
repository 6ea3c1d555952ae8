"""Draw the measurements of grid.py: how much faster, by shape.

python benchmarks/plot.py benchmarks/results/grid.jsonl docs/images/speed.svg
"""

from __future__ import annotations

import argparse
import statistics
from pathlib import Path

import grid
import matplotlib.pyplot as plt
from matplotlib.ticker import FuncFormatter

# Colors that color-blind people can tell apart (Okabe and Ito), and a mark each.
CLASSES = (
    (1, 8, "1 to 8 columns", "#0072b2", "o"),
    (9, 64, "9 to 64 columns", "#e69f00", "s"),
    (65, 1024, "65 to 1024 columns", "#009e73", "^"),
)


def draw(records: list[dict[str, object]], title: str) -> plt.Figure:
    """Draw one mark a shape: the work of an iteration across, the ratio up."""
    figure, axes = plt.subplots(figsize=(7.2, 4.2), layout="constrained")
    for low, high, label, color, mark in CLASSES:
        chosen = [r for r in records if low <= int(r["d"]) <= high]  # type: ignore[call-overload]
        work = [int(r["n"]) * int(r["d"]) * int(r["k"]) for r in chosen]  # type: ignore[call-overload]
        ratios = [float(r["ratio"]) for r in chosen]  # type: ignore[arg-type]
        axes.scatter(work, ratios, 26, color, marker=mark, label=label, edgecolors="white", lw=0.5)
    axes.axhline(1.0, color="black", linewidth=1.0)
    axes.annotate("as fast as scikit-learn", (1.0, 1.0), xycoords=("axes fraction", "data"),
                  xytext=(-4, -11), textcoords="offset points", ha="right", fontsize=8)  # fmt: skip
    axes.set(xscale="log", yscale="log", title=title)
    axes.set_xlabel("rows x columns x clusters")
    axes.set_ylabel("times faster than scikit-learn")
    axes.set_yticks([0.5, 1, 2, 5, 10, 20, 50])
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.set_ylim(min(0.8, *(float(r["ratio"]) for r in records)) * 0.8)  # type: ignore[arg-type]
    axes.yaxis.set_minor_formatter(FuncFormatter(lambda *_: ""))
    axes.grid(visible=True, which="major", color="0.9")
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=8)
    return figure


def main() -> None:
    """Read the measurements, write the picture."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("measured", type=Path)
    parser.add_argument("picture", type=Path)
    options = parser.parse_args()
    records = list(grid.read(options.measured).values())
    median = statistics.median(float(r["ratio"]) for r in records)  # type: ignore[arg-type]
    plt.rcParams.update({"svg.hashsalt": "kwise", "font.size": 9})
    figure = draw(records, f"{len(records)} shapes, median {median:.1f} times faster")
    figure.savefig(options.picture, metadata={"Date": None}, dpi=150)


if __name__ == "__main__":
    main()
