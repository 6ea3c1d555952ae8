"""Cells of several numbers, or of numbers that are not worked out, are left out with a word."""

import polars as pl
import pytest

from kwise.preparation import Preparation

N = 60
FORMS = {
    "of so many": lambda i: f"{1 + i % 9} out of 10",
    "a fraction": lambda i: f"{1 + i % 5}/5",
    "a range": lambda i: f"{100 + 7 * i}-{180 + 9 * i}",
    "a range in words": lambda i: f"{100 + 7 * i} to {180 + 9 * i}",
    "a range of prices": lambda i: f"${100 + 7 * i}-${180 + 9 * i}",
    "a range of shares": lambda i: f"{i}-{i + 10} %",
    "a size": lambda i: f"{1920 + i}x{1080 - i}",
    "hours and minutes": lambda i: f"{1 + i % 4}h {i}m",
    "feet and inches": lambda i: f"{5 + i % 2}'{i % 12}\"",
    "two units": lambda i: f"{i} g" if i % 2 else f"{i / 1000} kg",
    "debit and credit": lambda i: f"{37 * i}.00 {'CR' if i % 3 else 'DR'}",
    "marks of two kinds": lambda i: f"{1 + i % 9},{200 + i}.50" if i % 2 else f"{i},5",
    "half in percent": lambda i: f"{i}%" if i % 2 else f"{i / 100}",
}


def fitted(cells):
    frame = pl.DataFrame({"w": [float(i % 7) for i in range(N)], "v": cells})
    return Preparation().fit(frame).summary_


@pytest.mark.parametrize("name", FORMS)
def test_numbers_that_are_not_worked_out_are_named(name):
    found = fitted([FORMS[name](i) for i in range(N)])

    assert found.used == ("w",)
    assert any("'v'" in said for said in found.warnings)


@pytest.mark.parametrize(
    "form",
    [
        lambda i: f"{100 + i}-{99 - i}",  # codes
        lambda i: f"{555 + i % 3}-{1000 + 37 * i}-{i}",
        lambda i: f"{1 + i} Main St",
        lambda i: f"{i % 4}.{i % 7}.{i % 3}",
        lambda i: f"{i:02x}f{i * 37 % 251:02x}a{i:02d}",
        lambda i: ["18-25", "26-40", "41-65", "66+"][i % 4],
    ],
)
def test_codes_addresses_and_steps_are_no_numbers(form):
    assert not any("'v'" in said for said in fitted([form(i) for i in range(N)]).warnings)
