"""True labels and outside columns from a second file, joined by a key or by the order of rows."""

import json

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import adjusted_rand_score

import kwise
from kwise.cli import main
from kwise.exceptions import DataFileError

RNG = np.random.default_rng(0)
N = 60
GROUP = np.arange(N) % 2
IDS = [f"sample_{i}" for i in range(N)]
FRAME = pl.DataFrame({"sample": IDS, "a": GROUP * 9 + RNG.normal(size=N), "b": RNG.normal(size=N)})
LABELS = pl.DataFrame({"sample": IDS, "Class": np.where(GROUP, "one", "two"), "age": range(N)})


@pytest.fixture
def files(tmp_path, monkeypatch):
    """Write the rows, and their labels in another order."""
    monkeypatch.chdir(tmp_path)
    FRAME.write_csv("data.csv")
    LABELS.sample(fraction=1.0, shuffle=True, seed=1).write_csv("labels.csv")
    return tmp_path


def test_labels_are_joined_by_the_id_that_both_tables_have(files):
    analysis = kwise.analyze("data.csv", truth="labels.csv:Class", outside="labels.csv:age", k=2)

    assert analysis.table.frame["Class"].to_list() == LABELS["Class"].to_list()
    assert analysis.table.frame["age"].to_list() == list(range(N))
    assert analysis.summary.chosen.agreement.ari == adjusted_rand_score(GROUP, analysis.labels)
    assert analysis.summary.chosen.outside[0].column == "age"
    assert any(
        step == "Class comes from labels.csv, by 'sample', which 60 of 60 rows have there."
        for step in analysis.account.steps
    )
    assert analysis.model["preparation"].summary_.used == ("a", "b")


def test_without_a_key_rows_belong_together_by_their_order(files):
    LABELS.drop("sample").write_csv("labels.csv")

    analysis = kwise.analyze("data.csv", truth="labels.csv:Class", k=2)

    assert analysis.table.frame["Class"].to_list() == LABELS["Class"].to_list()
    assert any("row by row, as no column joins" in step for step in analysis.account.steps)


def test_rows_without_a_partner_have_no_label(files):
    LABELS[:50].write_csv("labels.csv")

    analysis = kwise.analyze("data.csv", truth="labels.csv:Class", k=2)

    assert analysis.table.frame["Class"].null_count() == 10
    assert any("50 of 60 rows have there" in step for step in analysis.account.steps)


def test_a_key_can_be_named_and_be_a_number_in_one_table_and_text_in_the_other(files):
    FRAME.with_columns(no=pl.Series(range(N)).cast(pl.Float64)).write_parquet("data.parquet")
    LABELS.with_columns(no=pl.Series([str(i) for i in reversed(range(N))])).write_parquet(
        "l.parquet"
    )

    analysis = kwise.analyze("data.parquet", truth="l.parquet:Class", join="no", k=2)

    assert analysis.table.frame["Class"].to_list() == LABELS["Class"].to_list()[::-1]


@pytest.mark.parametrize("join", [None, "sample=who"])
def test_keys_of_two_names_join_rows_in_any_order(files, join):
    turned = LABELS.rename({"sample": "who"}).sample(fraction=1.0, shuffle=True, seed=3)
    turned.write_csv("labels.csv")

    analysis = kwise.analyze("data.csv", truth="labels.csv:Class", join=join, k=2)

    assert analysis.table.frame["Class"].to_list() == LABELS["Class"].to_list()
    step = "Class comes from labels.csv, by 'sample' = 'who', which 60 of 60 rows have there."
    assert step in analysis.account.steps


def test_texts_that_differ_are_no_key(files):
    LABELS.with_columns(who=pl.lit("p") + pl.col("sample")).drop("sample").write_csv("labels.csv")

    analysis = kwise.analyze("data.csv", truth="labels.csv:Class", k=2)

    assert any("row by row" in step for step in analysis.account.steps)


def test_a_name_that_both_tables_have_is_told_apart(files):
    LABELS.with_columns(a="age").write_csv("labels.csv")

    analysis = kwise.analyze("data.csv", outside="labels.csv:a", k=2)

    assert analysis.outside == ("a (labels.csv)",)


@pytest.mark.parametrize(
    ("change", "asked", "message"),
    [
        (lambda each: each, {"truth": "labels.csv:Klass"}, "'Klass'; did you mean 'Class'"),
        (lambda each: each, {"truth": "label.csv:Class"}, "label.csv: no such file"),
        (lambda each: each.drop("sample")[:40], {"truth": "labels.csv:Class"}, "40 rows and data"),
        (
            lambda each: each,
            {"truth": "labels.csv:Class", "join": "no"},
            "unknown column to join by 'no'",
        ),
        (
            lambda each: pl.concat([each, each[:1]]),
            {"truth": "labels.csv:Class", "join": "sample"},
            "'sample_0' stands more than once",
        ),
        (
            lambda each: each.with_columns(sample=pl.lit("x") + pl.col("sample")),
            {"truth": "labels.csv:Class", "join": "sample"},
            "no 'sample' of data stands there",
        ),
    ],
)
def test_what_cannot_be_matched_is_refused(files, change, asked, message):
    change(LABELS).write_csv("labels.csv")

    with pytest.raises((ValueError, DataFileError), match=message):
        kwise.analyze("data.csv", **asked, k=2)


def test_commands_take_labels_from_a_second_file(files, capsys):
    words = ["--truth", "labels.csv:Class", "--k", "2", "--format", "json"]
    assert main(["report", "data.csv", *words]) == 0
    found = json.loads(capsys.readouterr().out)
    assert main(["compare", "data.csv", "--methods", "kmeans", *words]) == 0
    compared = json.loads(capsys.readouterr().out)

    two = next(each for each in found["clusterings"] if each["k"] == 2)
    assert two["agreement"]["ari"] > 0.9
    assert "--truth labels.csv:Class" in found["reproduction"]["command"]
    assert compared["methods"][0]["ari"] > 0.9
