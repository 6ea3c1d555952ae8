"""An analysis is written over none of the files that its table was read from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import kwise


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(60, 2)) + 8 * (np.arange(60) % 2)[:, None]
    Path("parts").mkdir()
    for name, part in (("table", rows), ("parts/a", rows[:30]), ("parts/b", rows[30:])):
        np.savetxt(f"{name}.csv", part, delimiter=",", header="a,b", comments="")
    Path("labels.csv").write_text("class\n" + "x\ny\n" * 30)
    Path("alias").symlink_to("table.csv")
    Path("other").hardlink_to("table.csv")
    return tmp_path


@pytest.mark.parametrize("how", ["report", "save"])
@pytest.mark.parametrize(
    ("table", "more", "output"),
    [
        ("table.csv", {}, "table.csv"),
        ("table.csv", {}, "alias"),
        ("table.csv", {}, "other"),
        ("alias", {}, "parts/../table.csv"),
        ("parts", {}, "parts/b.csv"),
        ("parts/*.csv", {}, "parts/a.csv"),
        ("table.csv", {"truth": "labels.csv:class"}, "labels.csv"),
        ("table.csv", {"outside": "labels.csv:class"}, "labels.csv"),
    ],
)
def test_what_was_read_is_not_written_over(how, table, more, output):
    before = Path(output).read_bytes()
    analysis = kwise.analyze(table, k=2, **more)

    with pytest.raises(ValueError, match=r"is the table itself .*write to another file"):
        getattr(analysis, how)(output)

    assert Path(output).read_bytes() == before


def test_a_table_is_known_after_a_change_of_folder(monkeypatch, folder):
    analysis = kwise.analyze("table.csv", k=2)
    (folder / "elsewhere").mkdir()
    monkeypatch.chdir(folder / "elsewhere")

    with pytest.raises(ValueError, match="is the table itself"):
        analysis.save("../table.csv")
    assert analysis.save("table.csv").exists()


def test_tables_in_memory_were_read_from_no_file():
    frame = kwise.read_table("table.csv").frame

    assert kwise.read_table(frame).files == ()
    assert kwise.analyze(frame, k=2).save("table.csv").exists()
