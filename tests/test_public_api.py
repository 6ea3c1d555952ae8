"""The public names: there, documented in full, and light to import."""

from __future__ import annotations

import importlib
import inspect
import re
import subprocess
import sys
from pathlib import Path

import numpydoc.validate
import pytest

import kwise

FOLDERS = [
    "comparison", "estimators", "explain", "init", "io", "metrics", "preparation", "selection"
]  # fmt: skip
# What every public docstring must have; the rest of numpydoc's checks are matters of taste.
CHECKS = {
    "GL08": "no docstring",
    "SS01": "no summary",
    "SS03": "summary without a period",
    "PR01": "undocumented parameters",
    "PR02": "unknown parameters",
    "PR03": "parameters in another order",
    "PR07": "a parameter without a description",
    "RT01": "no Returns section",
    "YD01": "no Yields section",
}


def public_objects() -> list[str]:
    """Return the dotted names of everything that ``__all__`` reaches."""
    names = [f"kwise.{name}" for name in kwise.__all__]
    for folder in FOLDERS:
        module = importlib.import_module(f"kwise.{folder}")
        names += [f"kwise.{folder}.{name}" for name in module.__all__]
    return sorted(n for n in names if callable(find(n)))


def find(name: str) -> object:
    """Return the object of a dotted name."""
    module, _, attribute = name.rpartition(".")
    return getattr(importlib.import_module(module), attribute)


def is_record(name: str) -> bool:
    """Tell whether it is a plain record: shown and explained by the function that makes it."""
    thing = find(name)
    return inspect.isclass(thing) and not hasattr(thing, "get_params")


@pytest.mark.parametrize("name", [n for n in public_objects() if not is_record(n)])
def test_functions_and_estimators_are_documented_in_full(name: str) -> None:
    found = {code for code, _ in numpydoc.validate.validate(name)["errors"]}

    assert not found & set(CHECKS), {code: CHECKS[code] for code in found & set(CHECKS)}
    assert ">>>" in (inspect.getdoc(find(name)) or "")


@pytest.mark.parametrize("name", [n for n in public_objects() if is_record(n)])
def test_records_say_what_they_are(name: str) -> None:
    found = {code for code, _ in numpydoc.validate.validate(name)["errors"]}

    assert not found & {"GL08", "SS01", "SS03"}


def test_the_list_of_public_names_is_the_stub_s() -> None:
    stub = (Path(kwise.__file__).parent / "__init__.pyi").read_text()

    names = set(re.findall(r"^from \S+ import (\w+) as", stub, re.M))

    assert names == set(kwise.__all__) | names.intersection(kwise._FOLDERS)


@pytest.mark.parametrize(
    ("code", "heavy"),
    [
        ("import kwise", ["sklearn", "scipy", "polars", "matplotlib", "typer"]),
        ("import kwise.cli", ["sklearn", "scipy", "polars", "matplotlib"]),
        ("from kwise.cli._app import _app\n_app()", ["numpy", "sklearn", "polars"]),
        (
            "from kwise import KMeans",
            ["polars", "matplotlib", "typer", "jinja2", "sklearn.metrics"],
        ),
        ("from kwise import select_k", ["polars", "matplotlib", "typer", "jinja2"]),
    ],
)
def test_imports_stay_light(code: str, heavy: list[str]) -> None:
    script = f"{code}\nimport sys\nprint(*[m for m in {heavy!r} if m in sys.modules])"

    loaded = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )

    assert loaded.stdout.split() == [], loaded.stderr
