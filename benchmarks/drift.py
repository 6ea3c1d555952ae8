"""Drift found by kwise and by evidently on the same simulations: false alarms, and power.

python benchmarks/drift.py --evidently PYTHON --folder FOLDER [--times 100] [--fresh 1000]

PYTHON is that of an environment of its own with evidently and "pandas<3". Months are drawn from
four groups of known shares; a model is fitted to the first, and each second month is judged by
``Model.drift`` at its default level of 5 %, and by evidently's ``DataDriftPreset`` as it comes: for
the table as a whole (half the columns drifted), and for "any column drifted". The tests that the
preset takes for each column are run alone, which is faster; every twentieth month the preset itself
is run beside, and must find as many columns. ``--fresh`` is how many fresh samples kwise alone
judges more, each with a model of its own.

FOLDER keeps each month and what evidently found, so that a run may stop and go on. Each share has
the 95 % interval of a binomial (Clopper and Pearson).
"""

from __future__ import annotations

import argparse
import itertools
import json
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from kwise.io import Model

CENTERS = np.array([[0, 0, 0, 0, 0, 0], [5, 0, 0, 1, 0, 0], [0, 5, 0, 0, 1, 0], [5, 5, 3, 0, 0, 0]])
SHARES = (0.4, 0.3, 0.2, 0.1)
SITES = (0.5, 0.3, 0.2)
# Up to 1,000 rows of the fit evidently takes tests at 5 % for each column, beyond that distances.
SIZES = ((2000, 500), (2000, 2000), (800, 800))
CHECKED = ("00", "20", "40", "60", "80")  # months of which the preset itself is asked
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


def judge_by_evidently(folder: Path, cells: str) -> None:
    """Judge the pairs of some cells, in turns of them; this runs in evidently's environment."""
    import pandas as pd
    from evidently.legacy.calculations.stattests import get_stattest
    from evidently.legacy.core import ColumnType

    paths = [each for each in folder.glob("*.json") if re.match(cells, each.name)]
    for path in sorted(paths, key=lambda each: each.stem.split("-")[::-1]):
        if path.with_suffix(".found").exists():
            continue
        first, second = (pd.DataFrame(each) for each in json.loads(path.read_text()))
        drifted = []
        for name in first.columns:
            kind = ColumnType.Categorical if name == "site" else ColumnType.Numerical
            test = get_stattest(first[name], second[name], kind, None)
            drifted.append(bool(test(first[name], second[name], kind, None).drifted))
        told = [sum(drifted), sum(drifted) / len(drifted)]
        if path.stem.endswith(CHECKED) and columns_of_preset(first, second) != told[0]:
            raise AssertionError(f"{path}: the preset does not find {told[0]} columns")
        path.with_suffix(".found").write_text(json.dumps(told))


def columns_of_preset(first: pd.DataFrame, second: pd.DataFrame) -> int:
    """Return the number of columns that evidently's preset finds drifted."""
    from evidently import DataDefinition, Dataset, Report
    from evidently.presets import DataDriftPreset

    kinds = DataDefinition(
        numerical_columns=[name for name in first.columns if name != "site"],
        categorical_columns=["site"],
    )
    now, then = (Dataset.from_pandas(each, data_definition=kinds) for each in (second, first))
    found = json.loads(Report([DataDriftPreset()]).run(now, then).json())["metrics"]
    return int(found[0]["value"]["count"])


def judge_by_kwise(folder: Path, times: int, fresh: int) -> dict[str, list[bool]]:
    """Draw and keep all pairs, and say for each size and story where kwise raises an alarm."""
    import polars as pl

    alarms: dict[str, list[bool]] = {}
    for (z, size), i in itertools.product(enumerate(SIZES), range(max(times, fresh))):
        first = month(np.random.default_rng([*size, i]), size[0])
        model = model_of(first)
        for s, (_, happens) in enumerate(STORIES.items()):
            if i >= times and happens:
                continue
            second = month(np.random.default_rng([*size, i, s + 1]), size[1], **happens)  # type: ignore[arg-type]
            alarms.setdefault(f"{z}-{s}", []).append(model.drift(pl.DataFrame(second)).alarm)
            if i < times:
                Path(folder, f"{z}-{s}-{i:05}.json").write_text(json.dumps((first, second)))
    return alarms


def interval(alarms: list[bool]) -> str:
    """Write a share of months, and its 95 % interval."""
    from scipy.stats import beta

    n, found = len(alarms), sum(alarms)
    if not n:
        return "not run"
    low = beta.ppf(0.025, found, n - found + 1) if found else 0.0
    high = beta.ppf(0.975, found + 1, n - found) if found < n else 1.0
    return f"{found:,} of {n:,} ({low:.1%} to {high:.1%})".replace("%", " %")


def as_markdown(folder: Path, alarms: dict[str, list[bool]]) -> str:
    """Write the tables."""
    lines = []
    for z, (n, m) in enumerate(SIZES):
        lines += [
            f"{n:,} rows of the fit, {m:,} new rows; months in which there was an alarm:",
            "",
            "| what happened | kwise | evidently: any column | evidently: the table |",
            "|---|---|---|---|",
        ]
        for s, story in enumerate(STORIES):
            found = [json.loads(p.read_text()) for p in folder.glob(f"{z}-{s}-*.found")]
            theirs = [[count > 0 for count, _ in found], [share >= 0.5 for _, share in found]]
            told = [interval(each) for each in (alarms[f"{z}-{s}"], *theirs)]
            lines.append(f"| {story} | {' | '.join(told)} |")
        lines.append("")
    return "\n".join(lines)


def main() -> None:
    """Run the simulations, or judge a folder."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--evidently", default="", help="its python; kwise judges alone without")
    parser.add_argument("--folder", type=Path, help="where months and findings are kept")
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument("--fresh", type=int, default=1000)
    parser.add_argument("--judge", type=Path)
    parser.add_argument("--cells", default="", help="pattern of those judged: size-story, from 0")
    asked = parser.parse_args()
    if asked.judge:
        judge_by_evidently(asked.judge, asked.cells)
        return
    asked.folder.mkdir(parents=True, exist_ok=True)
    kept = asked.folder / "kwise"
    if not kept.exists():
        kept.write_text(json.dumps(judge_by_kwise(asked.folder, asked.times, asked.fresh)))
    if asked.evidently:
        subprocess.run(
            [asked.evidently, __file__, "--judge", asked.folder, "--cells", asked.cells], check=True
        )
    print(as_markdown(asked.folder, json.loads(kept.read_text())))


if __name__ == "__main__":
    main()
