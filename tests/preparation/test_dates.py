"""Dates that are named to be used: counted in days, read as all cells say, and the same again."""

import datetime as dt
import io

import numpy as np
import polars as pl
import pytest

import kwise
from kwise.io import read_table
from kwise.preparation import Preparation
from kwise.preparation.dates import date_format, in_days

N = 40
DAYS = [dt.date(2020, 1, 5) + dt.timedelta(days=7 * i + 300 * (i % 2)) for i in range(N)]
SIZE = [float(i % 2) * 50 + i % 5 for i in range(N)]
COUNTED = [(day - dt.date(1970, 1, 1)).days for day in DAYS]

WRITTEN = {
    "ISO": "%Y-%m-%d",
    "slashes": "%Y/%m/%d",
    "German": "%d.%m.%Y",
    "two digits": "%d.%m.%y",
    "month first": "%m/%d/%Y",
    "day first": "%d/%m/%Y",
    "words": "%B %d, %Y",
    "short words": "%d-%b-%Y",
    "whole numbers": "%d %b %Y",
    "a clock": "%Y-%m-%d 00:00:00",
    "a zone": "%Y-%m-%dT00:00:00Z",
}


def table(cells):
    return pl.DataFrame({"opened": cells, "size": SIZE})


def counted(cells):
    preparation = Preparation(columns=["opened", "size"]).fit(table(cells))
    return preparation, preparation.originals(table(cells))[:, 0].tolist()


@pytest.mark.parametrize("name", WRITTEN)
def test_dates_count_as_days_however_they_are_written(name):
    preparation, days = counted([day.strftime(WRITTEN[name]) for day in DAYS])

    assert days == COUNTED
    assert any("opened counts days since 1970-01-01" in each for each in preparation.summary_.steps)
    assert not any("could be" in each for each in preparation.summary_.warnings)


@pytest.mark.parametrize("dtype", [pl.Date, pl.Datetime("us"), pl.Datetime("ns", "UTC")])
def test_typed_dates_count_as_days(dtype):
    assert counted(pl.Series(DAYS).cast(dtype))[1] == COUNTED


def test_times_of_a_day_count_as_hours():
    clocks = [f"{8 + i % 2 * 10}:{10 + i % 40}" for i in range(N)]

    preparation, hours = counted(clocks)

    assert hours[0] == pytest.approx(8 + 10 / 60)
    assert any("opened counts hours of the day" in each for each in preparation.summary_.steps)


def test_two_readings_are_named_with_the_choice():
    cells = [f"0{1 + i % 9}/0{1 + (7 * i) % 9}/2020" for i in range(N)]

    warnings = Preparation(columns=["opened", "size"]).fit(table(cells)).summary_.warnings

    assert any("month/day/year, and could be day/month/year" in each for each in warnings)


def test_dates_are_left_out_unless_they_are_named():
    summary = Preparation().fit(table([str(day) for day in DAYS])).summary_

    assert summary.used == ("size",)
    assert "columns=[..., 'opened'] uses it as a number of days" in summary.columns[0].reason


def test_what_is_no_date_is_refused_with_its_row():
    cells = [str(day) for day in DAYS]

    with pytest.raises(ValueError, match=r"'soon' \(row 3\) is no date"):
        counted([*cells[:2], "soon", *cells[3:]])
    with pytest.raises(ValueError, match=r"'Monday' \(row 1\) is no date that can be counted"):
        counted(["Monday", "Tuesday"] * (N // 2))


def test_a_day_that_stands_for_no_date_is_made_missing():
    cells = ["1900-01-01" if i < 5 else str(day) for i, day in enumerate(DAYS)]

    preparation, days = counted(cells)
    kept = Preparation(columns=["opened", "size"], sentinels="keep").fit(table(cells))

    assert np.isnan(days[:5]).all()
    assert days[5:] == COUNTED[5:]
    assert "1900-01-01 stands in 5 of 40 rows" in preparation.summary_.warnings[0]
    assert kept.originals(table(cells))[0, 0] == -25567
    with pytest.raises(ValueError, match="1900-01-01 stands in 5 of 40 rows"):
        Preparation(columns=["opened", "size"], sentinels="error").fit(table(cells))


def test_a_model_reads_new_dates_as_it_did_the_old_ones(tmp_path):
    rows = [f"{day:%d.%m.%Y};{size}" for day, size in zip(DAYS, SIZE)]
    (tmp_path / "t.csv").write_text("\n".join(["opened;size", *rows]) + "\n", "utf-8")
    analysis = kwise.analyze(tmp_path / "t.csv", columns=["opened", "size"], k=2)
    analysis.save(tmp_path / "m.kwise")
    model = kwise.load(tmp_path / "m.kwise")

    assert model.predict(tmp_path / "t.csv").tolist() == analysis.labels.tolist()
    assert model.predict(table(DAYS)).tolist() == analysis.labels.tolist()
    assert model.predict(table([f"{day:%d.%m.%Y}" for day in DAYS])).tolist() == (
        analysis.labels.tolist()
    )
    with pytest.raises(ValueError, match=r"row 1, column 'opened': '2020-01-05' is no date wri"):
        model.predict(table([str(day) for day in DAYS]))
    with pytest.raises(ValueError, match="column 'opened' holds numbers, and held dates"):
        model.predict(table(COUNTED))


def test_a_file_and_typed_dates_are_counted_alike():
    text = "opened,size\n" + "".join(f"{day},{size}\n" for day, size in zip(DAYS, SIZE))
    preparation = Preparation(columns=["opened", "size"]).fit(table(DAYS))

    read = read_table(io.BytesIO(text.encode()))

    assert preparation.originals(read)[:, 0].tolist() == COUNTED


def test_months_count_from_their_first_day():
    column = pl.Series("m", ["2020-01", "2020-03"])

    assert in_days(column, date_format(column).text).to_list() == [18262, 18322]
    column = pl.Series("m", ["Jan 2020", "Mar 2020"])
    assert in_days(column, date_format(column).text).to_list() == [18262, 18322]
