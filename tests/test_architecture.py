"""Rules of the house that a machine can check: sizes, and where things may stand."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# A file or function may be longer where a sentence says why.
LONGER_FILES = {
    "cpp/kwise/simd/kernels.inl": "every kernel that is compiled per instruction set, in one list",
}
LONGER_FUNCTIONS: dict[str, str] = {}


def tracked(*suffixes: str) -> list[Path]:
    """Return the files with one of these endings that are part of the project."""
    files = [*(ROOT / "src").rglob("*"), *(ROOT / "cpp").rglob("*"), *(ROOT / "tests").rglob("*")]
    return sorted(f for f in files if f.suffix in suffixes and "__pycache__" not in f.parts)


def test_files_stay_short() -> None:
    lengths = {
        f.relative_to(ROOT).as_posix(): len(f.read_text().splitlines())
        for f in tracked(".py", ".cpp", ".hpp", ".inl")
    }

    assert not {f: n for f, n in lengths.items() if n > 400 and f not in LONGER_FILES}


def function_lengths(path: Path) -> dict[str, int]:
    """Return the lines of each function without its docstring."""
    lengths = {}
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            if body:
                lengths[node.name] = (node.end_lineno or 0) - body[0].lineno + 1
    return lengths


def test_functions_stay_short() -> None:
    lengths = {
        f"{f.relative_to(ROOT).as_posix()}:{function}": n
        for f in tracked(".py")
        for function, n in function_lengths(f).items()
    }

    assert not {f: n for f, n in lengths.items() if n > 40 and f not in LONGER_FUNCTIONS}


def test_only_the_bindings_know_nanobind() -> None:
    knowing = {f.name for f in tracked(".cpp", ".hpp", ".inl") if "nanobind/" in f.read_text()}

    assert knowing
    assert all(name.startswith("bindings") for name in knowing)


def test_the_kernels_use_nothing_of_the_standard_library_that_could_be_linked_wrongly() -> None:
    for path in (ROOT / "cpp/kwise/simd").glob("*.inl"):
        includes = [line for line in path.read_text().splitlines() if line.startswith("#include <")]
        assert not includes, path


def test_layers_are_kept() -> None:
    checked = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports"))],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stdout
