"""The tutorials can be followed from an empty folder to their end."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from kwise.io import read_table
from kwise.io.datasets.published import TCGA_CLASSES
from kwise.io.table import Table

pytest.importorskip("matplotlib")

DOCS = Path(__file__).resolve().parents[2] / "docs"
_spec = importlib.util.spec_from_file_location("pages", DOCS / "pages.py")
pages = sys.modules["pages"] = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(pages)

TUTORIALS = [pages.read_page(path) for path in sorted((DOCS / "tutorial").glob("*.md"))]


def _stand_in() -> Table:
    """Return a table like that of the tumors, with forty genes of its twenty thousand."""
    rng = np.random.default_rng(0)
    kinds = np.repeat(list(TCGA_CLASSES), list(TCGA_CLASSES.values()))
    centers = dict(zip(TCGA_CLASSES, rng.normal(size=(5, 40)) * 3, strict=True))
    genes = np.array([centers[kind] for kind in kinds]) + rng.normal(size=(801, 40))
    frame = pl.DataFrame({"sample": [f"sample_{i}" for i in range(801)]})
    columns = [pl.Series(f"gene_{j}", genes[:, j]) for j in range(40)]
    return Table(frame.with_columns(*columns, Class=pl.Series(kinds)), "tcga", None, (), "Class")


@pytest.mark.slow
@pytest.mark.parametrize("page", TUTORIALS, ids=lambda page: page.name)
def test_a_tutorial_needs_no_file_but_those_that_it_fetches_and_makes(
    page: object, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def downloaded(name: str, **_: object) -> Table:
        if name == "tcga":
            return _stand_in()
        return read_table(data_dir / "california_housing" / "housing.csv")

    monkeypatch.setattr("kwise.io.datasets.load_dataset", downloaded)

    printed = pages.run_page(page, fetching=True)

    assert len(printed) == len(page.blocks)
