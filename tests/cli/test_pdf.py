"""A page whose name ends in .pdf is printed, or it is said why it cannot be."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import pytest

from kwise.cli import main


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "table.csv"
    path.write_text("x,y\n" + "\n".join(f"{i % 2 * 50 + i % 7},{i % 5}" for i in range(40)) + "\n")
    return path


@pytest.mark.slow
def test_a_page_is_printed(table: Path) -> None:
    pypdf = pytest.importorskip("pypdf", reason="pypdf is not installed")
    if not any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))):
        pytest.skip("Chromium is not installed")
    paper = table.with_suffix(".pdf")

    assert main(["report", str(table), "--k", "2", "-q", "-o", str(paper)]) == 0

    pages = pypdf.PdfReader(io.BytesIO(paper.read_bytes())).pages
    words = " ".join(page.extract_text() for page in pages)
    assert "Two groups, as asked" in words
    assert "kwise report" in words  # of a section that is folded on a screen


def test_without_a_browser_it_is_said_before_the_work(
    table: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)

    assert main(["report", str(table), "-q", "-o", str(table.with_suffix(".pdf"))]) == 2

    assert "Chromium" in capsys.readouterr().err
    assert not table.with_suffix(".pdf").exists()
