"""A model reads new rows as the table that it was fitted on, or says which row it cannot read."""

import polars as pl
import pytest

import kwise

PLAIN = "length,mass\n" + "".join(
    f"{40 + i % 3 if i % 2 else 55 + i % 3},{3500 + i if i % 2 else 5500 + i}\n" for i in range(40)
)


def fitted(tmp_path, text, **options):
    path = tmp_path / "fit.csv"
    path.write_text(text, "utf-8")
    kwise.analyze(path, k=2, **options).save(tmp_path / "m.kwise")
    return kwise.load(tmp_path / "m.kwise")


def predicted(model, tmp_path, text):
    path = tmp_path / "new.csv"
    path.write_text(text, "utf-8")
    return model.predict(path).tolist()


def test_thousands_are_set_apart_in_new_rows_as_the_column_s_point_says(tmp_path):
    model = fitted(tmp_path, PLAIN.replace("3501", "3501.5"))
    plain = predicted(model, tmp_path, "length,mass\n41,3500\n56,5500\n")

    assert predicted(model, tmp_path, 'length,mass\n41,"3,500"\n56,"5,500"\n') == plain
    with pytest.raises(ValueError, match=r"'mass'.*'3,5' \(row 1\) cannot be read with a decimal"):
        predicted(model, tmp_path, 'length,mass\n41,"3,5"\n56,"5,5"\n')


def test_what_the_model_leaves_open_is_refused_with_the_row(tmp_path):
    model = fitted(tmp_path, PLAIN)

    with pytest.raises(ValueError, match=r"'mass': '3,500' \(row 1\) may have a decimal comma"):
        predicted(model, tmp_path, 'length,mass\n41,"3,500"\n56,"5,500"\n')
    with pytest.raises(ValueError, match=r"row 2, column 'mass': 'heavy' is no number"):
        predicted(model, tmp_path, "length,mass\n41,3500\n56,heavy\n")


def test_decimal_commas_are_read_as_such_again(tmp_path):
    model = fitted(tmp_path, PLAIN.replace(",", ";").replace("3501", "3501,5"))
    plain = predicted(model, tmp_path, "length;mass\n41;3500\n56;5500\n")

    assert predicted(model, tmp_path, "length;mass\n41;3.500\n56;5.500\n") == plain
    assert model.predict(pl.DataFrame({"length": [41, 56], "mass": [3500, 5500]})).tolist() == plain


def test_a_unit_is_the_fitted_one(tmp_path):
    grams = "\n".join(
        line + (" g" if i else "") for i, line in enumerate(PLAIN.strip().split("\n"))
    )
    model = fitted(tmp_path, grams + "\n")
    plain = predicted(model, tmp_path, "length,mass\n41,3500 g\n56,5500 g\n")

    assert model.formats["mass"].unit == "g"
    assert predicted(model, tmp_path, "length,mass\n41,3500\n56,5500\n") == plain
    for other in ("kg", "%"):
        with pytest.raises(ValueError, match=f"in '{other}', and was in 'g' when"):
            predicted(model, tmp_path, f"length,mass\n41,3.5 {other}\n56,5.5 {other}\n")
    frame = kwise.read_table(pl.DataFrame({"length": ["41"], "mass": ["3 kg"]}))
    with pytest.raises(ValueError, match="column 'mass': the number is in 'kg'"):
        model.predict(frame)


def test_limits_are_read_again_and_refused_where_there_was_none(tmp_path):
    model = fitted(tmp_path, PLAIN.replace("55,5500", "55,>5500"))
    limits = "length,mass\n41,<3500\n56,5500\n"

    assert predicted(model, tmp_path, limits) == predicted(model, tmp_path, limits.replace("<", ""))
    assert predicted(model, tmp_path, "length,mass\n41,<3500\n") == predicted(
        model, tmp_path, "length,mass\n41,3500\n"
    )
    plain = fitted(tmp_path, PLAIN)
    with pytest.raises(ValueError, match="row 1, column 'mass': '<3500' is a limit"):
        predicted(plain, tmp_path, limits)


@pytest.mark.parametrize("write", ['"{:,}"', '"{:,}.5"', '"${:,}"', "{} g", '" {:,} [1]"', "{}"])
def test_totals_that_the_fit_left_out_are_left_out_again(tmp_path, write):
    sales = [1200 + 7 * i if i % 2 else 25600 + 11 * i for i in range(30)]
    staff = [1100 + i if i % 2 else 3000 + i for i in range(30)]
    rows = [(f"shop {i}", *cells) for i, cells in enumerate(zip(sales, staff))]
    rows.insert(10, ("Total north", sum(sales[:10]), sum(staff[:10])))
    rows.append(("Total", sum(sales), sum(staff)))
    lines = [f"{name},{write.format(a)},{write.format(b)}\n" for name, a, b in rows]
    text = "shop,sales,staff\n" + "".join(lines)
    model = fitted(tmp_path, text)
    again = kwise.read_table(tmp_path / "fit.csv", formats=model.formats)

    assert kwise.read_table(tmp_path / "fit.csv").frame.height == 30
    assert len(predicted(model, tmp_path, text)) == 30
    assert any("2 rows, the first row 11, were left out" in note for note in again.notes)
