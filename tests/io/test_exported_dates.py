"""Exported programs count dates as kwise does, however they are written."""

import datetime as dt

import numpy as np
import polars as pl
import pytest

import postgres
from exported import PROGRAMS, run_javascript, run_python
from kwise.io import EXPORTERS, as_model
from kwise.io.exporters import predictor
from kwise.io.exporters.rules import reading_rules
from kwise.preparation.dates import FORMATS, in_days
from model_samples import fitted

for package in ("py_mini_racer", "duckdb", "sqlglot", "onnx", "onnxruntime"):
    pytest.importorskip(package)

N = 200
RNG = np.random.default_rng(0)
MOMENTS = [dt.datetime(1960, 1, 1) + dt.timedelta(seconds=float(x)) for x in RNG.uniform(0, 3e9, N)]
TYPED = pl.DataFrame(
    {
        "opened": [each.date() for each in MOMENTS],
        "seen": [None if i % 9 == 0 else each for i, each in enumerate(MOMENTS)],
        "at": [each.time() for each in MOMENTS],
        "size": RNG.normal(size=N),
    }
)
WRITTEN = {
    "%d.%m.%Y": ["31.12.2022", "1.2.2024", "29.02.2024"],
    "%m/%d/%Y %I:%M %p": ["12/31/2022 9:05 PM", "1/13/2024 12:30 am"],
    "%B %d, %Y": ["March 5, 2023", "Dec 31, 1999"],
    "%Y-%m": ["2023-01", "1999-12"],
    "%Y-%m-%dT%H:%M:%S%.f%#z": ["2023-01-05T10:30:00.25+02:00", "1969-12-31T23:59:59Z"],
    "%H:%M": ["10:30", "23:05"],
}


def model_of(frame, **parameters):
    preparation, estimator = fitted(frame, columns=frame.columns, **parameters)
    return as_model(estimator, preparation)


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("missing", ["median", "drop"])
def test_all_targets_agree_on_dates(program, missing):
    if "PostgreSQL" in program and postgres.programs() is None:
        pytest.skip("PostgreSQL is not installed (Debian: postgresql)")
    model = model_of(TYPED, missing=missing)
    target, run = PROGRAMS[program]

    found = run(EXPORTERS[target](model), TYPED.select(model.preparation.state_.numbers))

    np.testing.assert_array_equal(found, model.predict(TYPED) + 1)


@pytest.mark.parametrize("run", [run_python, run_javascript], ids=["python", "javascript"])
@pytest.mark.parametrize("written", WRITTEN)
def test_text_is_read_in_the_way_of_the_fit(written, run):
    cells = [WRITTEN[written][i % len(WRITTEN[written])] for i in range(60)]
    frame = pl.DataFrame({"when": cells, "size": RNG.normal(size=60)})
    model = model_of(frame)
    target = "python" if run is run_python else "javascript"
    odd = pl.DataFrame({"when": ["yesterday", "", "n.a.", None, "2023-13-45"], "size": [0.0] * 5})

    found = run(EXPORTERS[target](model), pl.concat([frame, odd]))

    np.testing.assert_array_equal(found[:60], model.predict(frame) + 1)
    assert found[60:].tolist() == [0] * 5


@pytest.mark.parametrize("written", FORMATS)
def test_every_way_of_writing_dates_counts_the_same_days(written, monkeypatch):
    monkeypatch.setattr(predictor, "RULES", reading_rules())
    month = " %d" if written.endswith(" %d") and "%d" not in written[:-2] else ""
    texts = []
    for moment in MOMENTS[:20]:
        text = moment.strftime(
            written.removesuffix(month).replace("%.f", ".%f").replace("%#z", "+0130")
        )
        texts.append(text.lower() if len(texts) % 2 and "T" not in written else text)

    found = [predictor.dated(text, written) for text in texts]

    assert None not in found
    assert found == in_days(pl.Series("when", texts), written).to_list()


def test_a_date_that_can_be_two_is_refused_where_the_fit_had_typed_dates():
    predict: dict[str, object] = {}
    exec(EXPORTERS["python"](model_of(TYPED.select("opened", "size"))), predict)

    assert predict["predict"]({"opened": "2023-01-05", "size": 0.0}) == predict["predict"](
        {"opened": dt.date(2023, 1, 5), "size": 0.0}
    )
    with pytest.raises(ValueError, match=r"more than one date, .* written as 2023-01-05"):
        predict["predict"]({"opened": "05/06/2023", "size": 0.0})
    with pytest.raises(ValueError, match="where dates stood"):
        predict["predict"]({"opened": 17, "size": 0.0})


def test_days_that_stand_for_no_date_are_missing():
    days = ["1900-01-01"] * 6 + ["2023-01-05", "2023-02-05", "2021-01-07"] * 10
    frame = pl.DataFrame({"when": days, "size": RNG.normal(size=36)})
    model = model_of(frame, missing="mean")
    assert model.preparation.state_.sentinels
    for program in ("python", "javascript (V8)", "sql (SQLite)"):
        target, run = PROGRAMS[program]
        np.testing.assert_array_equal(
            run(EXPORTERS[target](model), frame), model.predict(frame) + 1
        )
