"""The examples run as they stand, and say what they promise."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = sorted((ROOT / "examples").glob("*.py"))
# What each must print, and the real data that it is given, below the folder of real data.
PROMISED = {
    "01_elbow_to_verdict": ("5 clusters", None),
    "02_california": ("median_house_value", "california_housing/housing.csv"),
    "03_genes": ("3 clusters", None),
    "04_drop_in": ("the same labels: True", None),
    "05_own_criterion": ("dunn: k = 4", None),
    "06_predict_elsewhere": ("and without kwise: True", None),
    "07_topics": ("% mail)", None),
    "08_palette": ("273,280 pixels", None),
    "09_customers": ("customers a team: 180 180 180 180 180", None),
    "10_a_month_later": ("Cluster 4 is new (220 rows)", None),
}


def test_every_example_is_numbered_and_shown() -> None:
    shown = (ROOT / "docs" / "examples.md").read_text(encoding="utf-8")

    assert [path.stem for path in SCRIPTS] == list(PROMISED)
    assert all(f"../examples/{path.name}" in shown for path in SCRIPTS)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_an_example_says_what_it_promises(
    script: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    words, data = PROMISED[script.stem]
    given = [] if data is None else [str(request.getfixturevalue("data_dir") / data)]

    done = subprocess.run(
        [sys.executable, "-W", "error::DeprecationWarning", str(script), *given],
        cwd=tmp_path,
        env={"MPLBACKEND": "agg", "OMP_NUM_THREADS": "2"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert words in done.stdout
