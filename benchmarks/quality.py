"""How good the optima are that fits end in, beside the best known, and what they cost.

    python benchmarks/quality.py known [SEEDS]   search for better best-known values
    python benchmarks/quality.py table [SEEDS]   write results/quality.md

Best-known values are kept in results/quality_known.json with what found them; a lower value
replaces a higher one, whoever finds it. Times are processor time on one thread, of fits in turn.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from time import process_time

import numpy as np
from quality_sets import Array, cases
from sklearn.cluster import KMeans as Theirs
from threadpoolctl import threadpool_limits

from kwise import KMeans

RESULTS = Path(__file__).resolve().parent / "results"
KNOWN = RESULTS / "quality_known.json"
FITS: dict[str, Callable[[int, int], object]] = {
    "scikit-learn, one start": lambda k, seed: Theirs(k, n_init=1, random_state=seed),
    "standard": lambda k, seed: KMeans(k, random_state=seed),
    "standard, 10 starts": lambda k, seed: KMeans(k, n_init=10, random_state=seed),
    "better": lambda k, seed: KMeans(k, quality="better", random_state=seed),
}
SEARCHES: dict[str, Callable[[int, int], object]] = {
    "best": lambda k, seed: KMeans(k, quality="best", random_state=seed),
    "100 starts": lambda k, seed: KMeans(k, n_init=100, random_state=seed),
}


def known_values() -> dict[str, dict[str, object]]:
    """Return the best-known inertia of each case, and what found it."""
    return json.loads(KNOWN.read_text()) if KNOWN.exists() else {}


def keep(values: dict[str, dict[str, object]], case: str, inertia: float, found_by: str) -> None:
    """Put down a lower value."""
    if case not in values or inertia < values[case]["inertia"] * (1 - 1e-9):
        values[case] = {"inertia": inertia, "found_by": found_by}


def search(n_seeds: int) -> None:
    """Look for better values by the dearest searches."""
    values = known_values()
    for name, X, k in cases():
        for seed in range(n_seeds):
            for what, make in SEARCHES.items():
                found = make(k, seed).fit(X)
                keep(values, f"{name}, k = {k}", float(found.inertia_), f"{what}, seed {seed}")
        KNOWN.write_text(json.dumps(values, indent=1) + "\n")
        print(f"{name}, k = {k}: {values[f'{name}, k = {k}']}", flush=True)


def measure(X: Array, k: int, n_seeds: int) -> dict[str, tuple[list[float], float]]:
    """Return the inertias and the processor time of each fit, made in turn."""
    found: dict[str, list[float]] = {name: [] for name in FITS}
    times = dict.fromkeys(FITS, 0.0)
    for seed in range(n_seeds):
        for name, make in FITS.items():
            begun = process_time()
            fitted = make(k, seed).fit(X)
            times[name] += process_time() - begun
            found[name].append(float(fitted.inertia_))
    return {name: (found[name], times[name]) for name in FITS}


def tabulate(n_seeds: int) -> None:
    """Write the table."""
    for make in FITS.values():  # imports are no part of a fit
        make(2, 0).fit(np.arange(20.0).reshape(-1, 2))
    values, rows, shares, ratios = known_values(), [], {}, {}
    for name, X, k in cases():
        case, measured = f"{name}, k = {k}", measure(X, k, n_seeds)
        for fit, (inertias, _) in measured.items():
            keep(values, case, min(inertias), fit)
        best = values[case]["inertia"]
        start = measured["scikit-learn, one start"][1]
        cells = [name, f"{len(X):,} x {X.shape[1]}", str(k), f"{best:.6g}"]
        for fit, (inertias, time) in measured.items():
            excess = np.array(inertias) / best - 1
            shares.setdefault(fit, []).append((np.mean(excess <= 0.01), excess.mean() <= 0.01))
            ratios.setdefault(fit, []).append((time, start))
            cells.append(f"{100 * excess.mean():.2f} % / {time / start:.2f}")
        rows.append("| " + " | ".join(cells) + " |")
        print(rows[-1], flush=True)
    KNOWN.write_text(json.dumps(values, indent=1) + "\n")
    write(rows, shares, ratios, n_seeds)


def write(rows: list[str], shares: dict, ratios: dict, n_seeds: int) -> None:
    """Write the summary and the rows."""
    n_sets = len({row.split(" | ")[0] for row in rows})
    lines = [
        "# How good the optima are",
        "",
        f"{len(rows)} cases of {n_sets} sets, seeds 0 to {n_seeds - 1}; written by",
        "`python benchmarks/quality.py table`. Best-known values: `quality_known.json`.",
        "",
        "| fit | cases within 1 % of the best known on average | fits within 1 % | processor time "
        "over scikit-learn's single start: median, all together |",
        "|---|---|---|---|",
    ]
    for fit in FITS:
        of_fits, of_cases = (100 * np.mean([each[i] for each in shares[fit]]) for i in (0, 1))
        times = np.array(ratios[fit])
        middle, whole = np.median(times[:, 0] / times[:, 1]), times[:, 0].sum() / times[:, 1].sum()
        lines.append(f"| {fit} | {of_cases:.0f} % | {of_fits:.0f} % | {middle:.2f}, {whole:.2f} |")
    head = " | ".join(["set", "rows x columns", "k", "best known", *FITS])
    lines += ["", "Mean excess over the best known / time over scikit-learn's start:", ""]
    lines += [f"| {head} |", "|" + "---|" * (4 + len(FITS)), *rows]
    (RESULTS / "quality.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    n_seeds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    with threadpool_limits(1):
        {"known": search, "table": tabulate}[sys.argv[1]](n_seeds)
