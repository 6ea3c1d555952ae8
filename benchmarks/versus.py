"""kwise beside its peers: the same work, in one run, with the same answer.

Every row runs the same data from the same start for the same number of iterations (or a whole
default fit from the same seed), asserts that the answers agree, and compares medians of
interleaved repeats. Ratios above 1 mean that kwise is faster.

    python benchmarks/versus.py [--quick] [--only TEXT] [--repeats N] [--threads 2 1]
        [--isa best avx512] [--json FILE] [--markdown FILE] [--readme FILE]

Every number of threads and every limit of the instruction set is a variant with a process of its
own; the first of each is the main one, the others add a column. Peers that are not installed are
left out and named: `make peers` installs all in an environment of their own (build/peers).
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import warnings
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import measuring
from peers import MISSING
from sklearn.exceptions import ConvergenceWarning
from versus_rows import Row, rows

# The columns of the table: of a library with several contestants the fastest is shown.
LIBRARIES = ("scikit-learn", "sklearnex", "faiss", "superkmeans", "geokmeans")
# Contestants whose inertia is higher than kwise's by more than this did not do the work.
MEANINGFUL = 0.2
DISTRIBUTIONS = ("scikit-learn", "scikit-learn-intelex", "faiss-cpu", "superkmeans", "geokmeans")
# The rows that the README shows: one of each kind of work.
SHORT = (
    "default fit, 1,000,000 x 8, k = 20, float64",
    "default fit, 100,000 x 32, k = 100, float64",
    "k-means++ alone, 50,000 x 128, k = 400",
    "predict, 1,000,000 x 8, k = 16",
    "silhouette, 30,000 x 10, k = 8",
)
MARKS = ("<!-- speed: written by benchmarks/versus.py --readme -->\n", "<!-- end of speed -->\n")


def versions() -> dict[str, str]:
    """Return the versions of the contestants that are here."""
    found = {}
    for name in DISTRIBUTIONS:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def measure(options: argparse.Namespace) -> None:
    """Measure the rows whose subject holds a text, in this process, and write after each."""
    done: list[Row] = []
    many = options.repeats or (3 if options.quick else 7)
    all_rows = rows(options.quick, min(many, 3), many)
    wanted = [make for about, make in all_rows if options.only in about]
    if not wanted:
        sys.exit(f"No row is about {options.only!r}: {', '.join(about for about, _ in all_rows)}")
    for make in wanted:
        row = make()
        done.append(row)
        ratios = ", ".join(f"{row.ratio(p):.1f}x {p}" for p in row.times if p != "kwise")
        print(f"{row.name:50} {row.median('kwise') * 1e3:10.3f} ms   {ratios}", file=sys.stderr)
        found = {"kwise": measuring.engine(), "rows": [vars(row) for row in done]}
        options.variant.write_text(json.dumps(found))


def measure_variant(
    options: argparse.Namespace, threads: int, isa: str, folder: Path
) -> dict[str, object]:
    """Measure with other settings, which take a process of their own."""
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads)}
    if isa != "best":
        environment["KWISE_MAX_ISA"] = isa
    path = folder / f"{threads}-{isa}.json"
    print(f"{threads} threads, {isa} instruction set, rows into {path}", file=sys.stderr)
    command = [sys.executable, __file__, "--variant", str(path), "--only", options.only]
    command += ["--repeats", str(options.repeats)] + ["--quick"] * options.quick
    if subprocess.run(command, env=environment, check=False).returncode:
        sys.exit(1)
    found: dict[str, object] = json.loads(path.read_text())
    return {"threads": threads, "max_isa": isa, **found}


def measure_variants(options: argparse.Namespace) -> list[dict[str, object]]:
    """Measure with every setting; what is measured stays there until all of it is."""
    folder = Path(tempfile.mkdtemp(prefix="versus-"))
    variants = [
        measure_variant(options, threads, isa, folder)
        for isa, threads in itertools.product(options.isa, options.threads)
    ]
    shutil.rmtree(folder)
    return variants


def fastest_of(row: Row, library: str) -> str | None:
    """Return a library's fastest contestant, of those that came near the answer."""
    names = [who for who in row.times if who == library or who.startswith(f"{library} ")]
    near = [who for who in names if row.apart.get(who, 0.0) < MEANINGFUL]
    return min(near, key=row.median, default=None)


def cells_of(row: Row, library: str) -> list[str]:
    """Return a library's time and ratio in a row, with its inertia where that may differ."""
    who = fastest_of(row, library)
    if who is None:
        return ["", ""]
    note = f" ({row.apart[who]:+.1%})" if who in row.apart else ""
    return [f"{row.median(who) * 1e3:.4g} ms{note}", f"{row.ratio(who):.1f}"]


def markdown(variants: list[dict[str, object]]) -> str:
    """Return a table: the first variant in full, of the others the ratio to scikit-learn."""
    main, *others = [[Row(**row) for row in v["rows"]] for v in variants]  # type: ignore[attr-defined]
    libraries = [name for name in LIBRARIES if any(fastest_of(row, name) for row in main)]
    names = [
        f"times, {v['threads']} thread{'s' * (v['threads'] != 1)}, {v['max_isa']}"  # type: ignore[operator]
        for v in variants[1:]
    ]
    heads = ["work", "kwise", *(h for p in libraries for h in (p, "times")), *names, "agreed on"]
    lines = ["| " + " | ".join(heads) + " |", "|---|" + "---:|" * (len(heads) - 2) + "---|"]
    by_name = [{row.name: row for row in other} for other in others]
    for row in main:
        cells = [row.name, f"{row.median('kwise') * 1e3:.4g} ms"]
        for library in libraries:
            cells += cells_of(row, library)
        for other in by_name:
            there = other.get(row.name)
            cells.append(f"{there.ratio('scikit-learn'):.1f}" if there else "")
        lines.append("| " + " | ".join([*cells, row.agreement]) + " |")
    return "\n".join(lines) + "\n"


def short(variants: list[dict[str, object]]) -> str:
    """Return the rows of ``SHORT`` beside scikit-learn, of the first variant."""
    by_name = {row["name"]: Row(**row) for row in variants[0]["rows"]}  # type: ignore[attr-defined]
    lines = ["| work | kwise | scikit-learn | times |", "|---|---:|---:|---:|"]
    for name in SHORT:
        row = by_name.get(name)
        if row is None:
            sys.exit(f"{name!r} was not measured; the README's table needs all of SHORT.")
        cells = cells_of(row, "scikit-learn")
        lines.append(f"| {name} | {row.median('kwise') * 1e3:.4g} ms | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def replace_table(path: Path, table: str) -> None:
    """Put the table between the marks of a page."""
    before, begin, rest = path.read_text().partition(MARKS[0])
    _, end, after = rest.partition(MARKS[1])
    if not begin or not end:
        sys.exit(f"{path} has no table of speed: put {MARKS[0]!r} and {MARKS[1]!r} where it goes.")
    path.write_text(before + begin + "\n" + table + "\n" + end + after)


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="the rows that take seconds")
    parser.add_argument("--only", default="", help="rows about this, such as 'lloyd 20000 2'")
    parser.add_argument("--repeats", type=int, default=0, help="of short work; 0: 7, quick 3")
    parser.add_argument("--threads", type=int, nargs="+", default=[measuring.n_threads()])
    parser.add_argument("--isa", nargs="+", default=["best"], help="limits (KWISE_MAX_ISA)")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--markdown", type=Path)
    parser.add_argument("--readme", type=Path, help="a page whose short table is replaced")
    parser.add_argument("--from-json", type=Path, help="measure nothing: write tables again")
    parser.add_argument("--variant", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> None:
    """Measure every variant, and write what was asked for."""
    options = parse()
    warnings.simplefilter("ignore", ConvergenceWarning)
    if options.variant:
        measure(options)
        return
    if MISSING:
        print(f"Not installed, left out: {', '.join(MISSING)} (make peers)", file=sys.stderr)
    if options.from_json:
        record = json.loads(options.from_json.read_text())
    else:
        variants = measure_variants(options)
        record = {"machine": {**measuring.machine(), **versions()}, "variants": variants}
    table = markdown(record["variants"])
    print(table)
    if options.json:
        options.json.write_text(json.dumps(record, indent=1) + "\n")
    if options.markdown:
        options.markdown.write_text(table)
    if options.readme:
        replace_table(options.readme, short(record["variants"]))


if __name__ == "__main__":
    main()
