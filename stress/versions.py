"""The quick tests beside the oldest or the newest libraries: ``python stress/versions.py oldest``.

The oldest are the lower bounds of ``pyproject.toml``, each with the newest of its corrections;
the newest are what the package index has. The engine is taken as it is built already.
"""

from __future__ import annotations

import argparse
import re
import signal
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "versions"
# What kwise works with; what only builds and checks it is left as it comes.
BOUND = ("numpy", "scipy", "scikit-learn", "polars", "narwhals", "matplotlib", "python-calamine",
         "zstandard", "jinja2", "rich", "typer", "kneed", "pandas", "pyarrow", "altair",
         "vl-convert-python")  # fmt: skip
TESTED_BY = ("pytest", "pytest-xdist", "hypothesis", "openpyxl", "ruptures", "numpydoc",
             "import-linter")  # fmt: skip

# What the oldest were made beside: newer ones warn of words that these use: errors.
BESIDE_OLDEST = ("pyparsing<3.3", "pytest<9", "click<8.3")
# What scikit-learn 1.7 asks of frames; nothing of ours does.
OLD_WORDS = ("-W", "ignore:Support for the dataframe interchange:DeprecationWarning")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("which", choices=["oldest", "newest"])
    parser.add_argument("words", nargs="*", default=["-m", "not slow"], help="for pytest")
    asked, more = parser.parse_known_args()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # shells start jobs deaf to it
    python = environment(asked.which)
    run(python, "-m", "pip", "list", "--format=freeze", keep=tuple(f"{name}==" for name in BOUND))
    words = [*asked.words, *more, *(OLD_WORDS if asked.which == "oldest" else ())]
    done = subprocess.run([python, "-m", "pytest", "-q", "tests", *words], cwd=ROOT, check=False)
    return done.returncode


def environment(which: str) -> Path:
    """Make the environment, with kwise as it is built for this one; return its Python."""
    folder = BUILD / which
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
    wheels = BUILD / "wheels"
    run(Path(sys.executable), "-m", "pip", "wheel", "--quiet", "--no-build-isolation", "--no-deps",
        "-C", "cmake.define.KWISE_WERROR=ON", "-w", str(wheels), str(ROOT))  # fmt: skip
    wheel = max(wheels.glob("kwise-*.whl"), key=lambda file: file.stat().st_mtime)
    run(python, "-m", "pip", "install", "--quiet", "--upgrade", *requirements(which))
    run(python, "-m", "pip", "install", "--quiet", "--force-reinstall", "--no-deps", str(wheel))
    return python


def requirements(which: str) -> list[str]:
    """Return what is installed: pins of the lower bounds, or the names alone."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    listed = list(project["dependencies"])
    for name in ("report", "interactive", "dev"):
        listed += extras[name]
    found = dict(re.findall(r"^([A-Za-z0-9_-]+)>=([0-9.]+)", "\n".join(listed), re.M))
    if which == "newest":
        return [*BOUND, *TESTED_BY]
    return [*(f"{name}=={pinned(found[name])}" for name in BOUND), *TESTED_BY, *BESIDE_OLDEST]


def pinned(bound: str) -> str:
    """Return a lower bound with whatever corrections it has had: 1.7 is 1.7.*."""
    return f"{bound}.*"


def run(python: Path, *words: str, keep: tuple[str, ...] = ()) -> None:
    """Run a command; print those of its lines that begin so."""
    done = subprocess.run([python, *words], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(words)}: {done.stderr.strip()[-2000:]}")
    kept = [line for line in done.stdout.splitlines() if keep and line.lower().startswith(keep)]
    if kept:
        print(" ".join(kept), flush=True)


if __name__ == "__main__":
    sys.exit(main())
