"""Look at the verdict on real and drawn tables, one by one: never a ground for tuning.

    KWISE_DATA=../shared/data python benchmarks/choice/shapes.py [OUT.md]

Every set is asked for with candidates that go well past its true number of groups. A set counts
as suitable if k-means at a true number of groups reaches an adjusted Rand index of 0.8 with the
labeling of that number.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
from real_tables import DATA, TABLES
from sklearn.metrics import adjusted_rand_score

from kwise import select_k

SHAPES = DATA / "shapes"


def labelings(name: str) -> list[np.ndarray]:
    """Return the known labelings; 0 is noise."""
    return [np.loadtxt(path, dtype=int) for path in sorted(SHAPES.glob(f"{name}.labels*.gz"))]


def candidates(true_ks: list[int]) -> list[int]:
    """Return every number to ten, or to a third past the largest true one, thinned if many."""
    most = max(10, int(np.ceil(max(true_ks) * 4 / 3)))
    if most <= 45:
        return list(range(1, most + 1))
    return sorted({*range(1, 11), *range(20, most + 1, 10), *true_ks})


def look(name: str) -> str:
    """Return the table row of one set."""
    X = np.loadtxt(SHAPES / f"{name}.data.gz", ndmin=2)
    known = labelings(name)
    true_ks = [len(set(labels.tolist()) - {0}) for labels in known]
    start = time.process_time()
    found = select_k(X, candidates(true_ks), random_state=0)
    seconds = time.process_time() - start
    fit = max(
        adjusted_rand_score(labels[labels > 0], found.sweep.run(k).labels[labels > 0])
        for k, labels in zip(true_ks, known)
    )
    suits = fit >= 0.8
    right = (
        found.kind != "unsuitable" and found.k in true_ks if suits else found.kind == "unsuitable"
    )
    better = f"({found.alternative.label})" if found.alternative else ""
    named = ", ".join(map(str, found.candidates))
    return (
        f"| {name} | {X.shape[0]} x {X.shape[1]} | {', '.join(map(str, sorted(set(true_ks))))} | "
        f"{fit:.2f} | {'suits' if suits else 'does not suit'} | {found.k} | {found.kind} "
        f"{better} | {found.confidence:.0%} | {named} | {'yes' if right else '**no**'} | "
        f"{seconds:.1f} |"
    )


def main(out: Path | None) -> None:
    """Look at every set in the folder."""
    if not SHAPES.is_dir():
        raise SystemExit(f"no data in {SHAPES}; set KWISE_DATA")
    lines = [*sets(), "", "## Real tables", "", *tables()]
    if out is not None:
        out.write_text(
            "# The verdict on real and drawn tables, as found\n\n" + "\n".join(lines) + "\n"
        )


def tables() -> list[str]:
    """Look at every real table."""
    rows = [
        "| table | rows x columns | what is known | k | kind | sure | candidates | structure "
        "| CPU seconds |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    print("\n".join(rows))
    for name, (make, known) in TABLES.items():
        X = make()
        start = time.process_time()
        found = select_k(X, range(1, 13), random_state=0)
        seconds = time.process_time() - start
        better = f"({found.alternative.label})" if found.alternative else ""
        seen = ", ".join(dict.fromkeys(each.kind for each in found.structures))
        rows.append(
            f"| {name} | {X.shape[0]} x {X.shape[1]} | {known} | {found.k} | {found.kind} {better} "
            f"| {found.confidence:.0%} | {', '.join(map(str, found.candidates))} | {seen} | "
            f"{seconds:.1f} |"
        )
        print(rows[-1], flush=True)
    return rows


def sets() -> list[str]:
    """Look at every drawn set."""
    names = sorted(path.name.removesuffix(".data.gz") for path in SHAPES.glob("*.data.gz"))
    rows = [
        "| set | rows x columns | true k | k-means' best index | k-means | k | kind | sure | "
        "candidates | right | CPU seconds |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    print("\n".join(rows))
    for name in names:
        rows.append(look(name))
        print(rows[-1], flush=True)
    return rows


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
