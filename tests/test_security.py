"""SECURITY.md promises what tests show: here are those that no other file has."""

from __future__ import annotations

import ast
import io
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import kwise
from kwise.exceptions import DataFileError, ModelFileError
from kwise.io import export_python, read_table, save_model
from kwise.preparation import Preparation

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted((ROOT / "src" / "kwise").rglob("*.py"))
PROMISES = [
    line for line in (ROOT / "SECURITY.md").read_text("utf-8").splitlines() if line.startswith("- ")
]


def test_every_promise_names_its_tests() -> None:
    assert len(PROMISES) >= 15
    for promise in PROMISES:
        named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", promise)
        assert named, promise
        for path, test in named:
            assert re.search(rf"^def {test}\(", (ROOT / path).read_text("utf-8"), re.M), (
                path,
                test,
            )


class Bomb:
    """Writes a file when it is unpickled."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def __reduce__(self) -> tuple[object, tuple[str, str]]:
        return open, (str(self.place), "w")


def exploding_array(place: Path) -> bytes:
    made = io.BytesIO()
    np.save(made, np.array([Bomb(place)], dtype=object), allow_pickle=True)
    return made.getvalue()


def test_objects_in_a_model_are_refused_and_do_not_run(tmp_path: Path) -> None:
    from kwise.io.model_archive import pack

    path, place = tmp_path / "m.kwise", tmp_path / "exploded"
    save_model(path, kwise.KMeans(2, random_state=0).fit([[0.0], [1.0], [9.0]]))
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    del members["sha256.json"]
    for name in members:
        path.write_bytes(pack(members | {name: exploding_array(place)}))
        with pytest.raises(ModelFileError):
            kwise.load(path)
    assert not place.exists()


def test_objects_in_a_table_are_refused_and_do_not_run(tmp_path: Path) -> None:
    place, data = tmp_path / "exploded", exploding_array(tmp_path / "exploded")
    (tmp_path / "a.npy").write_bytes(data)
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("a.npy", data)
    for name in ("a.npy", "a.npz"):
        with pytest.raises(DataFileError, match="Python objects"):
            read_table(tmp_path / name)
    assert not place.exists()


# What turns data into code; `model.eval` and the like of libraries are not in use either.
FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__"}
FORBIDDEN_MODULES = {"pickle", "cPickle", "dill", "cloudpickle", "marshal", "shelve", "yaml"}


def imported(tree: ast.AST) -> set[str]:
    """Return the top names of all modules that a source imports."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {each.name.partition(".")[0] for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def test_no_source_unpickles_or_evaluates() -> None:
    for path in SOURCES:
        tree = ast.parse(path.read_text("utf-8"))
        assert not imported(tree) & FORBIDDEN_MODULES, path
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            named = call.func.id if isinstance(call.func, ast.Name) else ""
            assert named not in FORBIDDEN_CALLS, f"{path}:{call.lineno}"
            loads = isinstance(call.func, ast.Attribute) and ast.unparse(call.func) == "np.load"
            if loads:
                assert "allow_pickle=False" in ast.unparse(call), f"{path}:{call.lineno}"


def test_one_module_alone_can_reach_the_network() -> None:
    networked = {"socket", "urllib", "http", "requests", "ftplib", "smtplib", "ssl", "asyncio"}
    found = {
        str(path.relative_to(ROOT / "src" / "kwise"))
        for path in SOURCES
        if imported(ast.parse(path.read_text("utf-8"))) & networked
    }
    assert found == {"io/datasets/download.py"}


def test_hostile_names_are_constants_of_an_exported_predictor(tmp_path: Path) -> None:
    place = tmp_path / "exploded"
    hostile = f'"""; open({str(place)!r}, "w"); """'
    names = [hostile, "a'\\\n# \u2028 {x}", "*/ </script>"]
    frame = pl.DataFrame({name: [0.0, 1.0, 9.0, 8.0] for name in names})
    frame = frame.with_columns(pl.Series("c'\n", [hostile, "x", hostile, "x"]))
    preparation = Preparation(columns=frame.columns, categories="one-hot")
    model = tmp_path / "m.kwise"
    X = preparation.fit_transform(frame)
    save_model(model, kwise.KMeans(2, random_state=0).fit(X), preparation=preparation)

    source = export_python(kwise.load(model))
    plain = export_python(kwise.io.as_model(kwise.KMeans(2, random_state=0).fit(X)))
    shapes = [
        [(type(node).__name__, isinstance(node, ast.stmt)) for node in ast.parse(text).body]
        for text in (source, plain)
    ]
    assert shapes[0] == shapes[1]
    space: dict[str, object] = {"__name__": "predictor"}
    exec(source, space)
    assert not place.exists()


def test_reading_an_archive_writes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    data = b"a,b\n1,2\n3,4\n"
    with zipfile.ZipFile(folder / "t.zip", "w") as archive:
        archive.writestr("../../out.csv", data)
    with tarfile.open(folder / "t.tgz", "w:gz") as tar:
        info = tarfile.TarInfo("/../out.csv")
        info.size = len(data)
        tar.addfile(info, io.BytesIO(data))
    before = sorted(tmp_path.rglob("*"))
    for name in ("t.zip", "t.tgz"):
        assert read_table(folder / name).frame.shape == (2, 2)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.slow
def test_commands_use_no_network_and_run_no_program(tmp_path: Path) -> None:
    code = """
import sys
def refuse(event, arguments):
    if event.startswith(("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn",
                         "urllib.", "ftplib.", "smtplib.", "webbrowser.")):
        raise SystemExit(f"{event} {arguments}")
sys.addaudithook(refuse)
from kwise.cli import main
for words in (
    "fit t.csv --k 2 -q -o m.kwise", "predict m.kwise t.csv -o l.csv", "export m.kwise -o p.py",
    "report t.csv --ks 1:3 -q -o r.html", "compare t.csv --k 2 --methods kmeans,ward -o c.svg",
    "explain t.csv --k 2 -o e.txt", "select-k t.csv --ks 1:3 -o s.txt", "datasets -o d.txt",
    "datasets wine -o w.csv",
):
    code = main(words.split())
    if code:
        sys.exit(f"{words}: {code}")
"""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 2)) + 9 * rng.integers(0, 2, 60)[:, None]
    text = "\n".join(f"{a:.3f},{b:.3f}" for a, b in X)
    (tmp_path / "t.csv").write_text(f"x,y\n{text}\n")
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "KWISE_CACHE": str(tmp_path / "cache")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
