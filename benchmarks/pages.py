"""The pages that tools write about the same tables: how large they are, and what they cost.

    python benchmarks/pages.py FOLDER TABLE.csv ... [--limit SECONDS]

makes a page of every table with each of kwise, skrub, ydata-profiling and phenocluster that the
interpreter can import, and says which it cannot: run it once by the interpreter of each tool's
environment. Settings are the tools' own; phenocluster asks for some, and gets its profile
"descriptive" with numbers as continuous columns and text as categories. Every page is made by a
process of its own, and seconds are its processors' in user mode, imports and children included: on
a busy machine those of the clock mean nothing. Numerical libraries get one thread, as idle threads
that spin would be counted too.
"""

from __future__ import annotations

import argparse
import itertools
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")


def by_kwise(table: Path, page: Path) -> None:
    import kwise

    kwise.analyze(table).report(page)


def by_skrub(table: Path, page: Path) -> None:
    import pandas as pd
    import skrub

    skrub.TableReport(pd.read_csv(table), verbose=0).write_html(page)


def by_ydata_profiling(table: Path, page: Path) -> None:
    import pandas as pd
    from ydata_profiling import ProfileReport

    ProfileReport(pd.read_csv(table), progress_bar=False).to_file(page)


def by_phenocluster(table: Path, page: Path) -> None:
    import pandas as pd
    import yaml
    from phenocluster import PhenoClusterConfig, PhenoClusterPipeline, create_config_yaml

    frame, folder = pd.read_csv(table), page.with_suffix("")
    numbers = frame.select_dtypes("number").columns
    create_config_yaml("descriptive", folder / "settings.yaml")
    settings = yaml.safe_load((folder / "settings.yaml").read_text("utf-8"))
    settings["global"]["output_dir"] = str(folder)
    settings["data"]["continuous_columns"] = list(numbers)
    settings["data"]["categorical_columns"] = [name for name in frame if name not in numbers]
    tolerances = settings["model"]["stepmix"]  # 1e-07 without a point is text to YAML
    tolerances.update(abs_tol=float(tolerances["abs_tol"]), rel_tol=float(tolerances["rel_tol"]))
    pipeline = PhenoClusterPipeline(PhenoClusterConfig.from_dict(settings))
    pipeline.fit(frame, force_rerun=True)
    pipeline.save_results()
    (folder / "analysis_report.html").replace(page)


TOOLS: dict[str, Callable[[Path, Path], None]] = {
    "kwise": by_kwise,
    "skrub": by_skrub,
    "ydata-profiling": by_ydata_profiling,
    "phenocluster": by_phenocluster,
}


def measure(tool: str, table: Path, page: Path, limit: float) -> str:
    """Let a process of its own write a page; return what to say of it."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    command = [sys.executable, __file__, str(page.parent), str(table), "--by", tool]
    log = page.with_suffix(".log")
    with log.open("wb") as said:
        settings = {"env": {**os.environ, **ONE_THREAD}, "stdout": said, "stderr": said}
        process = subprocess.Popen(command, start_new_session=True, **settings)
        try:
            code = process.wait(limit)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)  # its workers too
            return f"no page within {limit:g} s"
    if code:
        lines = log.read_text("utf-8", "replace").splitlines() or [f"exit {code}"]
        return f"no page: {lines[-1]}"
    seconds = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
    return f"{page.stat().st_size:,} bytes, {seconds:.1f} s"


def main() -> None:
    """Make all pages, and print a line for each."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, help="where pages go, as TOOL-TABLE.html")
    parser.add_argument("tables", type=Path, nargs="+", metavar="TABLE.csv")
    parser.add_argument("--limit", type=float, default=600, help="seconds of the clock for a page")
    parser.add_argument("--by", choices=TOOLS, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    for tool, table in itertools.product([asked.by] if asked.by else TOOLS, asked.tables):
        page = asked.folder / f"{tool}-{table.stem}.html"
        if asked.by:
            TOOLS[tool](table, page)
        elif find_spec(tool.replace("-", "_")) is None:
            print(f"{tool}, {table.stem}: not installed")
        else:
            found = measure(tool, table, page, asked.limit)
            print(f"{tool} {version(tool)}, {table.stem}: {found}", flush=True)


if __name__ == "__main__":
    main()
