"""The whole job, as a person waits for it: from a file to the page, and where the time goes.

    python benchmarks/jobs.py                        # all jobs
    python benchmarks/jobs.py california --repeats 5 --markdown benchmarks/results/jobs.md

Each job is a process of its own, imports included, interleaved with the same job done by hand:
read with pandas, scaled, fitted for 2 to 10 clusters by scikit-learn, scored by the silhouette (of
10,000 rows where there are more, as all pairs of half a million rows take an hour), its knee found,
and drawn by matplotlib as the well-known tutorials do it. By hand nobody asks whether there are
groups at all, whether another method sees them better, or what missing cells and columns do.
Seconds of processors are printed beside those of the clock: on a busy machine only these mean
something. The stages are from one run more, under a profiler, in one process: read them as shares.

Jobs of Python, and files without a page, follow (``jobs_in_python.py``): the choice of k beside the
same sweep by hand; 1 GB of text, fitted and then predicted, beside polars reading it twice; an
import of kwise and a fit of 200 rows beside an import of what every estimator stands on.
"""

from __future__ import annotations

import argparse
import cProfile
import os
import pstats
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import jobs_in_python

DATA = Path(os.environ.get("KWISE_DATA", "../shared/data"))
KWISE = Path(sys.executable).with_name("kwise")
BY_HAND = Path(__file__).parent / "jobs_by_hand.py"
IN_PYTHON = Path(__file__).parent / "jobs_in_python.py"


@dataclass(frozen=True)
class Job:
    """One table, and what is asked of it."""

    file: str
    columns: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()

    @property
    def path(self) -> Path:
        """Where the table lies."""
        return DATA / self.file

    def command(self, page: str) -> list[str]:
        """Return the command line of kwise."""
        options = {"columns": self.columns, "outside": self.outside, "drop": self.drop}
        asked = [word for name, names in options.items() if names
                 for word in (f"--{name}", ",".join(names))]  # fmt: skip
        return [str(KWISE), "report", str(self.path), *asked, "-q", "-o", page]

    def by_hand(self, page: str) -> list[str]:
        """Return the command line of the same job without kwise."""
        words = [str(BY_HAND), str(self.path), page, ",".join(self.columns), ",".join(self.outside)]
        return [sys.executable, *words]


JOBS = {
    "california": Job(
        "california_housing/housing.csv", ("latitude", "longitude"), ("median_house_value",)
    ),
    "diamonds": Job("diamonds.csv.gz"),
    "kddcup99": Job("kddcup99/kddcup.data_10_percent.gz"),
    "nakayama": Job("nakayama_105x22283.npz"),
}

# Stage -> the functions whose time it is, with what they call: part of a file's name, and name.
STAGES = {
    "read": [("io/reading.py", "read_table")],
    "prepare": [("analysis/analyze.py", "prepared_rows")],
    "fit k-means": [("selection/context.py", "run")],
    "silhouettes": [
        ("criteria/silhouette.py", "score"), ("explain/row_silhouettes.py", "row_silhouettes"),
    ],
    "other criteria": [
        (f"criteria/{name}.py", "score")
        for name in ("gap", "mixture", "bic", "calinski_harabasz", "davies_bouldin", "stability",
                     "border_density", "prediction_strength", "unimodal_gap", "inertia")
    ],
    "other methods": [("selection/suitability.py", "measure_suitability")],
    "forms of clusters": [("selection/suitability.py", "measure_shapes")],
    "single columns": [("selection/single_columns.py", "effects_of_single_columns")],
    "missing cells": [("analysis/missing_sensitivity.py", "missing_sensitivity")],
    "explain": [
        ("explain/explaining.py", "explain_clusters"),
        ("explain/cluster_stability.py", "cluster_stability"),
    ],
    "page": [("report/page.py", "render_page")],
}  # fmt: skip


def timed(command: list[str]) -> tuple[float, float]:
    """Run a command; return seconds by the clock, and of all processors."""
    before, began = os.times(), time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wall, after = time.perf_counter() - began, os.times()
    used = after.children_user - before.children_user
    return wall, used + after.children_system - before.children_system


def stages(job: Job) -> dict[str, float]:
    """Return the seconds of processors that each stage takes, under a profiler."""
    from kwise.analysis import analyze

    profile = cProfile.Profile(time.process_time)
    profile.enable()
    analysis = analyze(
        str(job.path), columns=job.columns or None, outside=job.outside, drop=job.drop
    )
    analysis.to_html()
    profile.disable()
    rows = pstats.Stats(profile).stats.items()  # type: ignore[attr-defined]
    found = {
        stage: sum(
            row[3]
            for (file, _, name), row in rows
            if any(file.endswith(end) and name == asked for end, asked in places)
        )
        for stage, places in STAGES.items()
    }
    return dict(sorted(found.items(), key=lambda each: -each[1]))


def measured(name: str, repeats: int) -> str:
    """Run one job on both sides, and return its row."""
    job = JOBS[name]
    ours, theirs = [], []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(repeats):
            ours.append(timed(job.command(f"{folder}/page.html")))
            theirs.append(timed(job.by_hand(f"{folder}/page.png")))
    shares = stages(job)
    told = [*(median(each) for each in zip(*ours)), *(median(each) for each in zip(*theirs))]
    parts = ", ".join(f"{stage} {used:.1f}" for stage, used in shares.items() if used >= 0.05)
    return f"| {name} | " + " | ".join(f"{each:.1f}" for each in told) + f" | {parts} |"


def measured_in_python(name: str, repeats: int) -> str:
    """Run one job of Python on both sides, and return its row."""
    job = jobs_in_python.JOBS[name]
    times: dict[str, list[tuple[float, float]]] = {"ours": [], "theirs": []}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"rows{job.suffix}"
        jobs_in_python.write_rows(job, path)
        for _ in range(repeats):
            for side, found in times.items():
                found.append(timed([sys.executable, str(IN_PYTHON), name, side, str(path)]))
    told = [median(each) for side in times.values() for each in zip(*side)]
    return f"| {name} | " + " | ".join(f"{each:.2f}" for each in told) + " | |"


def main() -> int:
    """Measure the jobs that are asked for."""
    known = [*JOBS, *jobs_in_python.JOBS]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("jobs", nargs="*", choices=[*known, []], help="by default all")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--markdown", type=Path, help="where to write the table too")
    asked = parser.parse_args()
    lines = [
        "| job | kwise, s | of processors | by hand, s | of processors | stages, s of processors |",
        "|---|---:|---:|---:|---:|---|",
    ]
    print("\n".join(lines), flush=True)
    for name in asked.jobs or known:
        if name in JOBS and not JOBS[name].path.exists():
            print(f"{JOBS[name].path} is not there: KWISE_DATA names its folder", file=sys.stderr)
            continue
        measure = measured if name in JOBS else measured_in_python
        lines.append(measure(name, asked.repeats))
        print(lines[-1], flush=True)
    if asked.markdown:
        asked.markdown.write_text("\n".join(lines) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
