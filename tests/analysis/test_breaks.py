"""Natural breaks of a column: classes, verdict, account, and the command."""

import json

import numpy as np
import polars as pl
import pytest

from kwise.analysis import find_breaks
from kwise.cli import main
from kwise.ordered import kmeans_1d


@pytest.fixture
def frame():
    rng = np.random.default_rng(0)
    income = np.concatenate([rng.normal(m, 2, 60) for m in (20, 50, 90)]).round(2)
    return pl.DataFrame({"income": [*income, None], "people": [1 + i % 5 for i in range(181)]})


def test_the_classes_are_exact_and_the_data_say_how_many(frame):
    found = find_breaks(frame, "income")

    assert (found.selection.k, found.counts) == (3, (60, 60, 60))
    assert "3 clusters" in found.verdict
    values = frame["income"].drop_nulls().to_numpy()
    assert found.bounds[0] == values.min()
    assert found.bounds[-1] == values.max()
    assert found.labels[-1] == -1
    assert found.account.n_used == 180
    assert 0.99 < found.goodness_of_fit < 1
    assert [row["class"] for row in found.table()] == [1, 2, 3]


def test_a_number_that_is_asked_is_obeyed_and_judged(frame):
    found = find_breaks(frame, "income", 5)

    assert len(found.bounds) == 6
    assert found.verdict.startswith("You asked for 5; the data support 3")
    values = frame["income"].drop_nulls().to_numpy()
    run = kmeans_1d(values, [5]).run(5)
    assert found.counts == tuple(np.bincount(run.labels))


def test_weights_count(frame):
    found = find_breaks(frame, "income", 4, weights="people")

    values = frame["income"].drop_nulls().to_numpy()
    run = kmeans_1d(values, [4], sample_weight=frame["people"].to_numpy()[:180]).run(4)
    assert found.means == pytest.approx(run.centers[:, 0])


def test_the_command_prints_the_breaks(frame, tmp_path, capsys):
    path = tmp_path / "counties.csv"
    frame.write_csv(path)

    assert main(["breaks", str(path), "--column", "income", "--classes", "3"]) == 0
    out = capsys.readouterr().out
    assert "class" in out
    assert "of the variance" in out

    words = ["breaks", str(path), "--column", "income", "--weights", "people"]
    assert main([*words, "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["k"], len(told["breaks"]), len(told["classes"])) == (3, 4, 3)

    assert main([*words, "--classes", "auto", "--format", "csv"]) == 0
    assert capsys.readouterr().out.startswith("class,from,to,rows,share,mean\n1,")


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--column", "incme"], "incme"),
        (["--column", "income", "--classes", "many"], "--classes many is not understood"),
        (["--column", "income", "--classes", "0"], "--classes 0 is not understood"),
        (["--column", "income", "--classes", "999"], "distinct values"),
        (["--column", "income", "--weights", "nobody"], "nobody"),
        ([], "--column"),
    ],
)
def test_mistakes_end_in_one_line(frame, tmp_path, capsys, more, words):
    path = tmp_path / "counties.csv"
    frame.write_csv(path)

    assert main(["breaks", str(path), *more]) == 2
    err = capsys.readouterr().err
    assert words in err
    assert err.count("\n") == 1


def test_a_row_without_weight_is_named(frame):
    lacking = frame.with_columns(people=pl.Series([None, *[1] * 180]))

    with pytest.raises(ValueError, match="row 1 has no weight in column 'people'"):
        find_breaks(lacking, "income", 2, weights="people")
