"""Drift found by kwise and by evidently on the same simulations: false alarms, and power.

python benchmarks/drift.py --evidently PYTHON [--times 40] [--markdown FILE]

PYTHON is that of an environment of its own with evidently and "pandas<3". Months are drawn from
four groups of known shares; a model is fitted to the first, and each second month is judged by
``Model.drift`` at its default level of 5 %, and by evidently's ``DataDriftPreset`` as it comes: for
the table as a whole (half the columns drifted), and for "any column drifted".
"""

from __future__ import annotations

import argparse
import itertools
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from kwise.io import Model

CENTERS = np.array([[0, 0, 0, 0, 0, 0], [5, 0, 0, 1, 0, 0], [0, 5, 0, 0, 1, 0], [5, 5, 3, 0, 0, 0]])
SHARES = (0.4, 0.3, 0.2, 0.1)
SITES = (0.5, 0.3, 0.2)
SIZES = ((2000, 500), (2000, 2000))
# What happens to the second month.
STORIES: dict[str, dict[str, object]] = {
    "nothing: a fresh sample": {},
    "one column up by 0.2 of its standard deviation": {"shift": 0.2},
    "one column spreads by a quarter": {"spread": 1.25},
    "one group moves by its own standard deviation": {"moved": 1.0},
    "a group grows from 40 % to 48 % of rows": {"shares": (0.48, 0.26, 0.17, 0.09)},
    "the smallest group dissolves": {"shares": (0.45, 0.33, 0.22, 0.0)},
    "a new group of 2 % of rows": {"appeared": 0.02},
    "a category up from 20 % to 28 %": {"sites": (0.45, 0.27, 0.28)},
    "every column up by 0.1 of its standard deviation": {"all": 0.1},
}


def month(
    rng: np.random.Generator,
    n: int,
    *,
    shares: tuple[float, ...] = SHARES,
    sites: tuple[float, ...] = SITES,
    shift: float = 0.0,
    spread: float = 1.0,
    moved: float = 0.0,
    appeared: float = 0.0,
    all: float = 0.0,  # noqa: A002 - a story's word
) -> dict[str, list[object]]:
    """Draw one month."""
    group = rng.choice(4, n, p=shares)
    X = CENTERS[group] + rng.normal(size=(n, 6))
    sd = np.sqrt(1 + (SHARES @ (CENTERS - SHARES @ CENTERS) ** 2))
    X[group == 1, 5] += moved
    X[:, 0] += shift * sd[0]
    X[:, 4] = np.average(CENTERS[:, 4], weights=SHARES) + spread * (
        X[:, 4] - np.average(CENTERS[:, 4], weights=SHARES)
    )
    X += all * sd
    new = rng.random(n) < appeared
    X[new] = rng.normal(size=(int(new.sum()), 6)) + np.array([-7, -7, 0, 0, 0, 0])
    columns: dict[str, list[object]] = {f"x{j}": X[:, j].tolist() for j in range(6)}
    columns["site"] = rng.choice(["north", "south", "west"], n, p=sites).tolist()
    return columns


def model_of(first: dict[str, list[object]]) -> Model:
    """Fit kwise's model of a month."""
    import polars as pl

    import kwise
    from kwise.io import as_model
    from kwise.preparation import Preparation

    before = pl.DataFrame(first)
    preparation = Preparation(columns=before.columns, categories="one-hot")
    X = preparation.fit_transform(before)
    fitted = kwise.KMeans(4, n_init=3, random_state=0).fit(X)
    return as_model(fitted, preparation).calibrated(before)


def judge_by_evidently(folder: Path) -> None:
    """Judge every pair of a folder; this runs in evidently's environment."""
    import pandas as pd
    from evidently import Report
    from evidently.presets import DataDriftPreset

    for path in sorted(folder.glob("*.json")):
        first, second = (pd.DataFrame(each) for each in json.loads(path.read_text()))
        told = Report([DataDriftPreset()]).run(second, first).dict()
        value = told["metrics"][0]["value"]
        path.with_suffix(".found").write_text(json.dumps([value["count"], value["share"]]))


Rates: TypeAlias = "list[tuple[str, float, float, float]]"


def rates(times: int, evidently: str) -> dict[tuple[int, int], Rates]:
    """Return, for each size and story, how often each raises an alarm."""
    import polars as pl

    alarms: dict[str, list[bool]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for z, (size, i) in enumerate(itertools.product(SIZES, range(times))):
            first = month(np.random.default_rng([*size, i]), size[0])
            model = model_of(first)
            for s, (story, happens) in enumerate(STORIES.items()):
                second = month(np.random.default_rng([*size, i, s + 1]), size[1], **happens)  # type: ignore[arg-type]
                alarm = model.drift(pl.DataFrame(second)).alarm
                alarms.setdefault(f"{size} {story}", []).append(alarm)
                place = Path(folder, f"{z // times}-{s:02}-{i:05}.json")
                place.write_text(json.dumps((first, second)))
        print("judged by kwise", flush=True)
        subprocess.run([evidently, __file__, "--judge", folder], check=True)
        theirs = [json.loads(p.read_text()) for p in sorted(Path(folder).glob("*.found"))]
    found: dict[tuple[int, int], Rates] = {}
    parts = (theirs[k : k + times] for k in range(0, len(theirs), times))
    for (size, story), judged in zip(itertools.product(SIZES, STORIES), parts):
        any_column = float(np.mean([count > 0 for count, _ in judged]))
        whole = float(np.mean([share >= 0.5 for _, share in judged]))
        ours = float(np.mean(alarms[f"{size} {story}"]))
        found.setdefault(size, []).append((story, ours, any_column, whole))
    return found


def as_markdown(results: dict[tuple[int, int], Rates]) -> str:
    """Write the tables."""
    lines = []
    for (n, m), rows in results.items():
        lines += [
            f"{n:,} rows of the fit, {m:,} new rows:",
            "",
            "| what happened | kwise | evidently: any column | evidently: the table |",
            "|---|---|---|---|",
            *(f"| {story} | {a:.0%} | {b:.0%} | {c:.0%} |" for story, a, b, c in rows),
            "",
        ]
    return "\n".join(lines).replace("%", " %").replace("  %", " %")


def main() -> None:
    """Run the simulations, or judge a folder."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--evidently", default=sys.executable)
    parser.add_argument("--times", type=int, default=40)
    parser.add_argument("--markdown", type=Path)
    parser.add_argument("--judge", type=Path)
    asked = parser.parse_args()
    if asked.judge:
        judge_by_evidently(asked.judge)
        return
    told = as_markdown(rates(asked.times, asked.evidently))
    print(told)
    if asked.markdown:
        asked.markdown.write_text(told)


if __name__ == "__main__":
    main()
