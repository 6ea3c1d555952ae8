"""What people write in a cell: each is read right, or left out with its reason, never silently."""

import numpy as np
import polars as pl
import pytest

import kwise
from kwise.io import EXPORTERS, as_model, read_table
from kwise.preparation import Preparation

OTHER = [float(i % 7) * 1.5 + i / 10 for i in range(40)]


def table(cells, tmp_path, name="x"):
    """Write a column, three times over, beside plain numbers."""
    cells = (cells * (40 // len(cells) + 1))[:40]
    lines = [f'"{str(cell).replace(chr(34), 2 * chr(34))}";{b}' for cell, b in zip(cells, OTHER)]
    path = tmp_path / "t.csv"
    path.write_text(f"{name};other\n" + "\n".join(lines) + "\n", "utf-8")
    return read_table(path)


READ = {
    "a price of whole units": (["5,-", "12,-", "7,50"], [5, 12, 7.5]),
    "a price with a dash": (["CHF 5.-", "CHF 12.50", "CHF 7.--"], [5, 12.5, 7]),
    "a dash of any length": (["5,\u2013", "12,\u2013", "3,20"], [5, 12, 3.2]),
    "a minus behind": (["5.5-", "12.5", "7.25"], [-5.5, 12.5, 7.25]),
    "what is behind plus or minus": (["5.1\u00b10.2", "7 \u00b1 1", "6.5 +/- 0.3"], [5.1, 7, 6.5]),
    "Arabic digits": (["\u0661\u0662\u066b\u0665", "\u0663\u0664\u066b\u0666"], [12.5, 34.6]),
    "Persian digits": (["\u06f1\u06f2", "\u06f3\u06f4", "\u06f5"], [12, 34, 5]),
    "Devanagari digits": (["\u0967\u0968.\u096b", "\u0969.\u096a"], [12.5, 3.4]),
    "Indian groups": (["1,23,456.5", "12,34,567", "99,000"], [123456.5, 1234567, 99000]),
    "about": (["about 5.5", "6.5", "7.25", "8.5"], [5.5, 6.5, 7.25, 8.5]),
    "a revised number": (["5.5 (r)", "6.5", "7.25", "8.5"], [5.5, 6.5, 7.25, 8.5]),
    "halves of the earth": (["57.05N", "12.5S", "3.25N"], [57.05, -12.5, 3.25]),
    "minutes": (["40\u00b030'N", "41\u00b015'N", "2\u00b0 6' 36\" S"], [40.5, 41.25, -2.11]),
    "west": (["12\u00b034'56\"W", "3\u00b00'0\"E"], [-(12 + 34 / 60 + 56 / 3600), 3.0]),
    "a letter before": (["N 57.05\u00b0", "S 12.5\u00b0"], [57.05, -12.5]),
    "a decimal comma": (["57,05 N", "12,5 S"], [57.05, -12.5]),
}


@pytest.mark.parametrize("kind", READ)
def test_it_is_read_right_and_predicted_alike_by_all(kind, tmp_path):
    cells, values = READ[kind]
    read = table(cells, tmp_path)
    preparation = Preparation(columns=["x", "other"])
    X = preparation.fit_transform(read)
    found = preparation.originals(read)[: len(values), 0]
    model = as_model(kwise.KMeans(3, random_state=0).fit(X), preparation)

    assert found.tolist() == pytest.approx(values, rel=1e-14)
    rows = [{"x": cell, "other": 3.0} for cell in cells]
    expected = [int(model.predict(pl.DataFrame([row]))[0]) + 1 for row in rows]
    program: dict[str, object] = {}
    exec(EXPORTERS["python"](model), program)
    assert [program["predict"](row) for row in rows] == expected
    engine = pytest.importorskip("py_mini_racer").MiniRacer()
    engine.eval(EXPORTERS["javascript"](model))
    assert [engine.call("predict", row) for row in rows] == expected


WORDS = (
    "s/d", "n.b.", "sin dato", "\u043d/\u0434", "\u043d\u0435\u0442 \u0434\u0430\u043d\u043d\u044b"
    "\u0445", "ohne Angabe", "keine Angabe", "non disponible", "N.C.", "n\u00e3o informado",
    "ej angivet", "brak danych", "(leer)", "[NULL]", "#NV", "#WERT!", "#\u00a1VALOR!", "#VALEUR!",
    "ERR", "no aplica", "NS/NC", "\u4e0d\u660e", "./.", "///", "onbekend", "<NA>", "#N/A", "ND",
)  # fmt: skip


@pytest.mark.parametrize("word", WORDS)
def test_words_for_nothing_in_many_languages_are_missing_among_numbers(word, tmp_path):
    read = table(["5.5", "6.25", word, "8.5", "7.75"], tmp_path)

    assert read.frame["x"].to_list()[:5] == [5.5, 6.25, None, 8.5, 7.75]


LEFT_OUT = {
    "1/5": "fractions",
    "4 1/2": "hold more than one number",
    "4h 30m": "hold more than one number",
    "5'11\"": "hold more than one number",
    "40.7 (39.6-41.6)": "hold more than one number",
    "40.65(5)": "hold more than one number",
}


@pytest.mark.parametrize("cell", LEFT_OUT)
def test_more_than_one_number_in_a_cell_is_left_out_with_a_warning(cell, tmp_path):
    cells = [cell.replace("4", str(i), 1).replace("5", str(9 - i), 1) for i in range(1, 9)]
    preparation = Preparation().fit(table(cells, tmp_path))

    assert preparation.summary_.used == ("other",)
    assert any(LEFT_OUT[cell] in str(each) for each in preparation.summary_.warnings)


def test_infinity_as_c_writes_it_is_no_unit(tmp_path):
    read = table(["5.5", "6.25", "1.#INF", "8.5"], tmp_path)

    assert read.frame["x"].dtype == pl.String


@pytest.mark.parametrize(
    "cells",
    [["12N", "3S", "5N"], ["E11", "S72", "N18"], ["5.5W", "7.5W", "10.5W"], ["57.05N", "3.5E"]],
)
def test_codes_watts_and_mixed_letters_are_no_coordinates(cells, tmp_path):
    read = table(cells, tmp_path)

    assert not any("degrees" in each for each in (*read.warnings, *read.notes))


def test_a_model_of_coordinates_reads_them_again_and_one_of_numbers_refuses_them(tmp_path):
    place = [f"{abs(x):.2f}{'S' if x < 0 else 'N'}" for x in np.linspace(-60, 60, 40)]
    read = table(place, tmp_path, "latitude")
    preparation = Preparation(columns=["latitude", "other"]).fit(read)
    new = pl.DataFrame({"latitude": ["33.5S", "-33.5"], "other": [1.0, 1.0]})

    assert preparation.originals(new)[:, 0].tolist() == [-33.5, -33.5]
    for wrong in ("33.5W", "95.0S", "south"):
        with pytest.raises(ValueError, match="latitude"):
            preparation.originals(new.with_columns(latitude=pl.lit(wrong)))
    plain = Preparation().fit(pl.DataFrame({"latitude": np.linspace(-60, 60, 40), "b": OTHER}))
    with pytest.raises(ValueError, match=r"row 1, column 'latitude': the number is in 'S'"):
        plain.originals(pl.DataFrame({"latitude": ["33.5S", "35.5S"], "b": [1.0, 2.0]}))


@pytest.mark.parametrize(
    "two", [("да", "нет"), ("tak", "nie"), ("evet", "hay\u0131r"), ("はい", "いいえ"), ("是", "否")]
)
def test_yes_and_no_in_more_languages(two, tmp_path):
    summary = Preparation().fit(table(list(two), tmp_path)).summary_

    assert {each.name: each.kind for each in summary.columns}["x"] == "yes/no"
