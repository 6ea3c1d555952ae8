"""Three pages as kwise writes them, live on the site: a clear answer, one group, and unsuitable.

python docs/live.py      write docs/extra/live/*.html
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl

import kwise

LIVE = Path(__file__).resolve().parent / "extra" / "live"


def clear() -> pl.DataFrame:
    """Draw customers of four kinds, whose channel made none of the groups."""
    rng = np.random.default_rng(4)
    kinds = [("web", 27, 3, 40), ("shop", 61, 12, 25), ("web", 44, 22, 90), ("phone", 70, 2, 160)]
    rows = []
    for n, (channel, age, visits, basket) in zip((400, 300, 200, 100), kinds, strict=True):
        where = rng.choice([channel, "web", "shop", "phone"], n, p=[0.7, 0.1, 0.1, 0.1])
        rows += zip(
            rng.normal(age, 4, n).round(1), rng.normal(visits, 1.5, n).round(1),
            rng.normal(basket, 8, n).round(2), where, strict=True,
        )  # fmt: skip
    frame = pl.DataFrame(rows, ["age (years)", "visits", "basket (EUR)", "channel"], orient="row")
    return frame.sample(fraction=1.0, shuffle=True, seed=0)


def one_group() -> pl.DataFrame:
    """Draw people who differ, and fall into no groups."""
    rng = np.random.default_rng(5)
    tall = rng.normal(size=800)
    return pl.DataFrame(
        {
            "height (cm)": (170 + 9 * tall).round(1),
            "weight (kg)": (70 + 8 * tall + 9 * rng.normal(size=800)).round(1),
            "age (years)": rng.normal(45, 12, 800).round(0),
        }
    )


def unsuitable() -> pl.DataFrame:
    """Draw a ring around a heap, which no two centers can hold apart."""
    rng = np.random.default_rng(6)
    angle = rng.random(600) * 2 * np.pi
    radius = np.where(np.arange(600) < 400, rng.normal(3.0, 0.12, 600), rng.normal(0.0, 0.35, 600))
    rows = np.column_stack([np.cos(angle), np.sin(angle)]) * radius[:, None]
    return pl.DataFrame({"east (km)": rows[:, 0].round(3), "north (km)": rows[:, 1].round(3)})


# Name of the page -> the table, and the kind of answer that it shows.
PAGES: dict[str, tuple[Callable[[], pl.DataFrame], str]] = {
    "clear": (clear, "clear"),
    "one-group": (one_group, "one group"),
    "unsuitable": (unsuitable, "unsuitable"),
}


def write_live(folder: Path = LIVE) -> None:
    """Analyze the three tables, and write their pages: the same bytes each time."""
    folder.mkdir(parents=True, exist_ok=True)
    before = os.environ.setdefault("SOURCE_DATE_EPOCH", "1764288000")
    for name, (made, kind) in PAGES.items():
        analysis = kwise.analyze(made(), random_state=0)
        if analysis.kind != kind:
            raise RuntimeError(f"the page {name} shows {analysis.kind!r} and is to show {kind!r}")
        analysis.report(folder / f"{name}.html")
    if before == "1764288000":
        os.environ.pop("SOURCE_DATE_EPOCH", None)


if __name__ == "__main__":
    write_live()
