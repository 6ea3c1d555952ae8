"""The recipes for serving: a FastAPI service and a page that works offline, both from exports."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from pathlib import Path

import polars as pl
import pytest

import kwise
from kwise.io import EXPORTERS

RECIPES = Path(__file__).resolve().parents[2] / "examples" / "serving"


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """Make a model, its exports and the recipes in one folder."""
    frame = pl.DataFrame(
        {"height": [1.0, 1.2, 0.9, 5.0, 5.1] * 8, 'a "b" <i>': [2.0, 2.1, 1.9, 7.0, 7.2] * 8}
    )
    model = kwise.analyze(frame, k=2).to_model()
    folder = tmp_path_factory.mktemp("served")
    for target, name in (("python", "predictor.py"), ("javascript", "predictor.js")):
        (folder / name).write_text(EXPORTERS[target](model), encoding="utf-8")
    for recipe in RECIPES.iterdir():
        if recipe.is_file():
            shutil.copy(recipe, folder / recipe.name)
    rows = pl.concat([frame[:10], pl.DataFrame({"height": [None], 'a "b" <i>': [2.0]})])
    rows.write_csv(folder / "new.csv")
    return (
        folder,
        rows,
        [label + 1 if label >= 0 else None for label in model.predict(rows).tolist()],
    )


def test_the_service_labels_rows_and_says_what_is_wrong(served, monkeypatch):
    pytest.importorskip("fastapi")
    testclient = pytest.importorskip("fastapi.testclient")
    folder, rows, right = served
    monkeypatch.syspath_prepend(str(folder))
    for name in ("predictor", "service"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    spec = importlib.util.spec_from_file_location("service", folder / "service.py")
    service = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(service)

    with testclient.TestClient(service.app) as client:
        assert client.get("/columns").json() == rows.columns
        assert client.post("/clusters", json=rows.to_dicts()).json() == right
        told = client.post("/clusters", json=[{"height": 1.0}])
        assert (told.status_code, "no column" in told.text) == (422, True)
        told = client.post("/clusters", json=[{**rows.to_dicts()[0], "height": "tall"}])
        assert (told.status_code, "is no number" in told.text) == (422, True)
        assert (
            client.post("/clusters", json=[{**rows.to_dicts()[0], "height": []}]).status_code == 422
        )
        assert client.post("/clusters", json=[{}] * 10_001).status_code == 422
    monkeypatch.delitem(sys.modules, "predictor", raising=False)


@pytest.mark.slow
def test_the_page_labels_a_file_in_chromium_without_a_network(served):
    playwright = pytest.importorskip("playwright.sync_api")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("no Chromium on this machine")
    folder, _, right = served
    with playwright.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        context = browser.new_context(offline=True)
        page = context.new_page()
        wrong: list[str] = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto((folder / "page.html").as_uri())
        page.set_input_files("#file", folder / "new.csv")
        page.wait_for_selector("tbody tr")
        assert page.inner_text("#said") == "11 rows, 1 without a cluster: a cell is missing."
        cells = page.eval_on_selector_all(
            "tbody tr td:last-child", "all => all.map(e => e.textContent)"
        )
        assert [int(cell) if cell else None for cell in cells] == right
        with page.expect_download() as saved:
            page.click("#save")
        lines = Path(saved.value.path()).read_text().splitlines()
        assert lines == ["row,cluster", *(f"{i},{c or ''}" for i, c in enumerate(right, 1))]
        (folder / "odd.csv").write_text('height,"a ""b"" <i>"\ntall,2\n')
        page.set_input_files("#file", folder / "odd.csv")
        page.wait_for_selector("#said.wrong")
        assert "Row 1" in page.inner_text("#said")
        page.screenshot(path=folder / "page.png")
        browser.close()
    assert wrong == []
