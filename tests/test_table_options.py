"""Options are told once: functions, commands, help and recipe read the same rows."""

from __future__ import annotations

import inspect
import shlex
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

import kwise
from kwise.analysis import analyze, compare
from kwise.cli import main
from kwise.preparation import SCALINGS, Preparation
from kwise.table_options import (
    TABLE_OPTIONS,
    PreparationOptions,
    SourceOptions,
    changed_options,
    in_one_word,
    options_in,
)
from tables import row_added

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TABLE_COMMANDS = ["report", "select-k", "fit", "explain", "compare", "bench"]


@pytest.fixture
def frame() -> pl.DataFrame:
    rng = np.random.default_rng(0)
    X = np.vstack([rng.normal(size=(30, 2)), rng.normal(size=(20, 2)) + 12.0])
    return pl.DataFrame({"x": X[:, 0], "y": X[:, 1], "price, k$": X.sum(axis=1)})


def helped(command: str, capsys: pytest.CaptureFixture[str]) -> str:
    """Return what --help of a command prints, in one line."""
    assert main([command, "--help"]) == 0
    return " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    ("group", "obeys"), [(SourceOptions, kwise.read_table), (PreparationOptions, Preparation)]
)
def test_what_obeys_an_option_has_its_name_and_default(
    group: type, obeys: Callable[..., object]
) -> None:
    parameters = inspect.signature(obeys).parameters

    defaults = {name: parameters[name].default for name in options_in(group)}

    assert defaults == {name: row.default for name, (_, row) in options_in(group).items()}


@pytest.mark.parametrize("function", [analyze, compare])
def test_functions_show_and_document_every_option(function: Callable[..., object]) -> None:
    parameters = inspect.signature(function).parameters

    for name, row in TABLE_OPTIONS.items():
        assert parameters[name].default == row.default
        assert f"{name} : " in (function.__doc__ or "")
        assert row.help in (function.__doc__ or "")


@pytest.mark.parametrize("command", TABLE_COMMANDS)
def test_commands_take_every_option(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    shown = helped(command, capsys)

    for name, row in TABLE_OPTIONS.items():
        assert f"--{name.replace('_', '-')}" in shown
        assert row.help.split(":")[0] in shown


def test_predict_reads_tables_as_the_others_do(capsys: pytest.CaptureFixture[str]) -> None:
    shown = helped("predict", capsys)

    assert all(f"--{name.replace('_', '-')}" in shown for name in options_in(SourceOptions))
    assert "--scale" not in shown


@pytest.mark.parametrize("name", [name for name, row in TABLE_OPTIONS.items() if row.choices])
def test_the_choices_of_an_option_are_the_rows_of_its_table(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert f"[{'|'.join(TABLE_OPTIONS[name].names())}]" in helped("report", capsys)


def test_a_row_in_the_table_of_scalings_is_a_choice(
    frame: pl.DataFrame, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "table.csv"
    frame.write_csv(table)

    with row_added(SCALINGS, "median-only", SCALINGS["robust"]):
        assert "|median-only]" in helped("report", capsys)
        assert main(["explain", str(table), "--scale", "median-only", "--k", "2"]) == 0

    assert main(["explain", str(table), "--scale", "median-only", "--k", "2"]) == 2
    assert "unknown scale 'median-only'" in capsys.readouterr().err


def test_an_unknown_option_is_refused_with_the_nearest(frame: pl.DataFrame) -> None:
    with pytest.raises(TypeError, match="'scael'; did you mean 'scale'"):
        analyze(frame, scael="robust")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match=r"of compare\(\) 'transpos'; did you mean 'transpose'"):
        compare(frame, transpos=True)  # type: ignore[call-arg]


def test_options_are_looked_at_before_the_table_is_read() -> None:
    with pytest.raises(ValueError, match="unknown scale 'robst'; did you mean 'robust'"):
        analyze("there is no such file.csv", scale="robst")


def test_a_preparation_is_taken_in_the_place_of_its_options(frame: pl.DataFrame) -> None:
    wanted = Preparation(columns="x", scale="robust")

    by_object = analyze(frame, k=2, preparation=wanted)

    by_names = analyze(frame, k=2, columns="x", scale="robust")
    assert by_object.summary == by_names.summary
    assert np.array_equal(by_object.X, by_names.X)
    assert not hasattr(wanted, "state_")
    assert compare(frame, k=2, preparation=wanted, methods=["kmeans"], stability_runs=0).plane.size


def test_a_preparation_leaves_out_what_is_only_compared_with(frame: pl.DataFrame) -> None:
    wanted = Preparation(scale="none")

    analysis = analyze(frame, k=2, outside="price, k$", preparation=wanted)

    assert analysis.report_data.columns == ("x", "y")
    assert wanted.drop == ()


def test_a_preparation_and_its_options_are_not_both_taken(frame: pl.DataFrame) -> None:
    with pytest.raises(ValueError, match=r"scale and preparation are both given; pass Prep"):
        analyze(frame, scale="none", preparation=Preparation())
    with pytest.raises(TypeError, match=r"preparation is str; pass a kwise\.preparation"):
        analyze(frame, preparation="robust")  # type: ignore[arg-type]


def test_only_what_differs_from_the_default_is_repeated() -> None:
    told = {name: row.default for name, row in TABLE_OPTIONS.items()}

    assert changed_options(told) == {}
    assert changed_options(told | {"components": 2, "columns": ["x"]}) == {
        "columns": ["x"],
        "components": 2,
    }


@pytest.mark.parametrize(
    ("value", "word"),
    [([1, 2, 3], "1:3"), ([1, 3], "1,3"), (["a", "b, c"], "a,b,, c"), (0.5, "0.5"), ("x", "x")],
)
def test_values_are_written_as_commands_read_them(value: object, word: str) -> None:
    assert in_one_word(value) == word


def test_the_command_on_the_page_names_columns_with_commas(
    frame: pl.DataFrame, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "table.csv"
    frame.write_csv(path)
    analysis = analyze(path, k=2, columns=["x", "price, k$"], random_state=3)

    command = shlex.split(analysis.summary.reproduction.command)

    assert main(["explain", *command[2:]]) == 0
    assert "price, k$" in capsys.readouterr().out


def test_a_configuration_names_options_as_commands_do(
    frame: pl.DataFrame, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, config = tmp_path / "table.csv", tmp_path / "kwise.toml"
    frame.write_csv(path)
    config.write_text('[explain]\nk = 2\nformat = "csv"\ncolumns = ["price, k$"]\n')

    assert main(["--config", str(config), "explain", str(path)]) == 0
    assert capsys.readouterr().out.startswith("cluster,name")

    config.write_text("[explain]\nscael = 'robust'\n")
    assert main(["--config", str(config), "explain", str(path)]) == 2
    assert "unknown option of [explain] 'scael'; did you mean 'scale'" in capsys.readouterr().err
