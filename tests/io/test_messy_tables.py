"""Tables as people write them, and the cells that each of them means."""

import io

import polars as pl
import pytest

from kwise._column_names import distinct_names
from kwise.io import read_table


def lines(*rows):
    return "\n".join(rows) + "\n"


def column(cells, *, delimiter=",", name="b", other="ab"):
    """Return a table of two columns: letters, and the cells."""
    rows = [
        delimiter.join(
            f'"{cell}"' if delimiter in cell else cell for cell in (other + str(i), cell)
        )
        for i, cell in enumerate(cells)
    ]
    return lines(f"a{delimiter}{name}", *rows)


# What the column says -> what it means: each is written with several delimiters.
NUMBERS = {
    "thousands beside plain": (["5,060", "705", "1,180"], [5060, 705, 1180]),
    "thousands beside larger plain": (["12,500", "700", "12000"], [12500, 700, 12000]),
    "thousands with decimals": (["1,234.50", "12.25", "3"], [1234.5, 12.25, 3]),
    "thousands twice": (["1,234,567", "700", "1,000"], [1234567, 700, 1000]),
    "point between thousands": (["5.060", "705", "1.180"], [5060, 705, 1180]),
    "points between thousands twice": (["1.234.567", "5.000", "3"], [1234567, 5000, 3]),
    "european": (["1.234,50", "12,25", "3"], [1234.5, 12.25, 3]),
    "blank between thousands": (["5 060", "705", "1 180"], [5060, 705, 1180]),
    "no-break blank": (["5\u00a0060", "705", "1\u202f180"], [5060, 705, 1180]),
    "swiss": (["5'060.5", "705", "1\u2019180"], [5060.5, 705, 1180]),
    "indian": (["1,00,000", "5,000", "12"], [100000, 5000, 12]),
    "decimal commas that begin late": (["1", "2", "3", "4,25"], [1, 2, 3, 4.25]),
    "one with three decimals": (["1.125", "265", "0", "300"], [1.125, 265, 0, 300]),
    "three decimals with commas": (["0,125", "3,500", "12,250"], [0.125, 3.5, 12.25]),
    "all round": (["3,500", "5,500", "7,000"], [3500, 5500, 7000]),
    "dollars": (["$1,200.50", "$3", "-$7.25"], [1200.5, 3, -7.25]),
    "euros behind": (["1.200,50 \u20ac", "3 \u20ac", "7,25 \u20ac"], [1200.5, 3, 7.25]),
    "codes of currencies": (["4882 EUR", "12 EUR", "7 EUR"], [4882, 12, 7]),
    "reais": (["R$ 1.234,56", "R$ 5,00", "R$ 12,10"], [1234.56, 5, 12.1]),
    "percent": (["12%", "3.5 %", "0"], [12, 3.5, 0]),
    "units": (["55 kg", "60.5 kg", "7 kg"], [55, 60.5, 7]),
    "square meters": (["55 m\u00b2", "60 m\u00b2", "7 m\u00b2"], [55, 60, 7]),
    "months and a month": (["36 months", "1 month", "60 months"], [36, 1, 60]),
    "speed": (["12 km/h", "9.5 km/h", "30 km/h"], [12, 9.5, 30]),
    "kilo and mega": (["4.2K", "900", "1.1M"], [4200, 900, 1100000]),
    "billions of dollars": (["$177 B", "$1.2 T", "$950 M"], [177e9, 1.2e12, 950e6]),
    "millions in words": (["3 million", "1.5 billion", "20 million"], [3e6, 1.5e9, 2e7]),
    "parentheses": (["(120)", "45", "(1,300.50)"], [-120, 45, -1300.5]),
    "currency before parentheses": (["$(1,200)", "$45", "$7.50"], [-1200, 45, 7.5]),
    "areas": (["55 m2", "60.5 m2", "7 m2"], [55, 60.5, 7]),
    "liters a distance": (["7.1 L/100km", "6 L/100km", "10.5 L/100km"], [7.1, 6, 10.5]),
    "rates": (["12.5 per 100,000", "3 per 100,000", "7 per 100,000"], [12.5, 3, 7]),
    "emissions": (["120 g CO2", "95.5 g CO2", "7 g CO2"], [120, 95.5, 7]),
    "text to a spreadsheet": (["'120", "'45", "'7.5"], [120, 45, 7.5]),
    "text by a formula": (['="120"', '="45"', '="7.5"'], [120, 45, 7.5]),
    "minus behind": (["120-", "45", "7.5-"], [-120, 45, -7.5]),
    "true minus": (["\u221212", "45", "\u22127.5"], [-12, 45, -7.5]),
    "plus and powers": (["+12", "1.5e3", "2E-1"], [12, 1500, 0.2]),
    "full width": (["\uff11\uff12", "45", "7"], [12, 45, 7]),
    "flags of offices": (["12.5 p", "13", "14 b", "15", "16.5"], [12.5, 13, 14, 15, 16.5]),
    "stars": (["12.5*", "13", "14", "15"], [12.5, 13, 14, 15]),
    "footnotes of an encyclopedia": (
        ["1,200,000[1]", "705[12]", "1,180[note 3][4]"],
        [1200000, 705, 1180],
    ),
    "years in parentheses": (["(1994)", "(2001)", "(1888)"], [1994, 2001, 1888]),
    "lac and crore": (["50 Lac", "1.2 crore", "7 lakh"], [5000000, 12000000, 700000]),
    "dashes for nothing": (["--", "13", "14.5"], [None, 13, 14.5]),
    "unknown": (["Unknown", "13", "14.5"], [None, 13, 14.5]),
    "errors of spreadsheets": (["#REF!", "#DIV/0!", "14.5"], [None, None, 14.5]),
    "colons of offices": ([":", "13", "14.5"], [None, 13, 14.5]),
    "none": (["none", "13", "NONE"], [None, 13, None]),
    "not available": (["n.a.", "13", "not available"], [None, 13, None]),
    "databases": (["\\N", "13", "(null)"], [None, 13, None]),
}


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
@pytest.mark.parametrize("name", NUMBERS)
def test_numbers_read_as_they_are_meant(name, delimiter):
    written, meant = NUMBERS[name]
    if name == "all round" and delimiter == ";":
        pytest.skip("beside semicolons, a comma is more likely a decimal one")

    table = read_table(io.BytesIO(column(written, delimiter=delimiter).encode()))

    assert table.frame["b"].to_list() == meant
    assert table.frame.columns == ["a", "b"]
    assert table.warnings == ()


SHOPS = ["shop,staff,sales", "S1,20,9.5", "S2,60,8.5", "S3,25,7.25", "S4,61,9.0"]
CELLS = {"shop": ["S1", "S2", "S3", "S4"], "staff": [20, 60, 25, 61], "sales": [9.5, 8.5, 7.25, 9]}
YEARS = {"country": ["A", "B", "C"], "1990": [5, 9, 4], "1995": [6, 8, 4], "2000": [7, 9, 5]}
TWO_LINES = {
    "id": ["x", "y", "z"],
    "Size length": [1, 2, 3],
    "Size width": [4, 5, 6],
    "Mass net": [7, 8, 9],
}  # fmt: skip

PEOPLE = {"name": ["N1", "N2"], "age": [20, 30], "address": ["Main St, 1100", "Low Rd, 7"]}

# A file as it is found -> the cells that it means.
MESSY = [
    (lines("Sales report 2023", *SHOPS), CELLS),
    (lines("Sales report 2023", "Region: north", "", *SHOPS), CELLS),
    (
        lines("Report", "", "x,color", "1,red", "5,blue", "2,red", "", "* provisional"),
        {"x": [1, 5, 2], "color": ["red", "blue", "red"]},
    ),
    (lines("Report,Sales", "Printed,2023-05-01", "", *SHOPS), CELLS),
    (lines("Sales report 2023,,", ",,", *SHOPS), CELLS),
    (lines("Category: all", "", *SHOPS), CELLS),
    (lines('"Sales, staff and more"', *SHOPS), CELLS),
    (lines("", "", *SHOPS), CELLS),
    (lines(",Class", "s0,PRAD", "s1,LUAD"), {"column 1": ["s0", "s1"], "Class": ["PRAD", "LUAD"]}),
    (lines("Report,", "shop,sales", "S1,5", "S2,7"), {"shop": ["S1", "S2"], "sales": [5, 7]}),
    (lines("# made by hand", "# twice", *SHOPS), CELLS),
    (lines(*SHOPS, ",,", ",,"), CELLS),
    (lines(*SHOPS, "", "Source: our own books"), CELLS),
    (lines(*SHOPS, "* provisional"), CELLS),
    (lines(*SHOPS, "Note: sales, in thousands, without tax"), CELLS),
    (lines(*SHOPS, "", "60 rows,,"), CELLS),
    (lines(*SHOPS, "Total,166,34.25"), CELLS),
    (lines(*SHOPS, "Average,41.5,8.5625"), CELLS),
    (lines(*SHOPS[:3], "Subtotal,80,18", *SHOPS[3:], "Subtotal,86,16.25", "Sum,166,34.25"), CELLS),
    (lines(SHOPS[0], ",persons,million $", *SHOPS[1:]), CELLS),
    (lines(SHOPS[0], "name,[1],[$]", *SHOPS[1:]), CELLS),
    (lines(*(line + "," for line in SHOPS)), CELLS),
    (lines(",Size,,Mass", "id,length,width,net", "x,1,4,7", "y,2,5,8", "z,3,6,9"), TWO_LINES),
    (lines(",Size,Size,Mass", "id,length,width,net", "x,1,4,7", "y,2,5,8", "z,3,6,9"), TWO_LINES),
    (lines("country,1990,1995,2000", "A,5,6,7", "B,9,8,9", "C,4,4,5"), YEARS),
    (lines("n,1990,2000", "A,1.5,2", "B,3,4"), {"n": ["A", "B"], "1990": [1.5, 3], "2000": [2, 4]}),
    (lines("#,name,hp", "1,M,10", "2,N,20"), {"#": [1, 2], "name": ["M", "N"], "hp": [10, 20]}),
    (lines("#name,hp", "M,10", "N,20"), {"name": ["M", "N"], "hp": [10, 20]}),
    (lines("rank,tag", "1,#a", "2,#b"), {"rank": [1, 2], "tag": ["#a", "#b"]}),
    (lines("name;age;address", "N1;20;Main St, 1100", "N2;30;Low Rd, 7"), PEOPLE),
    (lines("name|age|address", "N1|20|Main St, 1100", "N2|30|Low Rd, 7"), PEOPLE),
    (lines("name\tage\taddress", "N1\t20\tMain St, 1100", "N2\t30\tLow Rd, 7"), PEOPLE),
    (lines("Bericht, 2023", "name;age;address", "N1;20;Main St, 1100", "N2;30;Low Rd, 7"), PEOPLE),
    (lines("price", "1,5", "2,25", "3"), {"price": [1.5, 2.25, 3]}),
    (lines("zip,v", "00501,1", "10001,2"), {"zip": ["00501", "10001"], "v": [1, 2]}),
    (lines("a,b", "1,3/5", "2,4/5"), {"a": [1, 2], "b": ["3/5", "4/5"]}),
    (lines("a,b", "1,3.5/5", "2,4/5"), {"a": [1, 2], "b": ["3.5/5", "4/5"]}),
    (lines("a,b", "1,1.5", '2,"1,5"'), {"a": [1, 2], "b": ["1.5", "1,5"]}),
    (lines("a,b", "1,5 kg", "2,7 lb"), {"a": [1, 2], "b": ["5 kg", "7 lb"]}),
    (lines("a,b", "1,12%", "2,0.5"), {"a": [1, 2], "b": ["12%", "0.5"]}),
    (lines("a,b", "1,0", "2,5%", "3,0.5"), {"a": [1, 2, 3], "b": ["0", "5%", "0.5"]}),
    (lines("a,b", "1,none", "2,full"), {"a": [1, 2], "b": ["none", "full"]}),
    (lines("a,b", "1,1.2.3", "2,1.2.4"), {"a": [1, 2], "b": ["1.2.3", "1.2.4"]}),
    (lines("24h,48h", "5,6", "7,9"), {"24h": [5, 7], "48h": [6, 9]}),
    (lines(SHOPS[0], *SHOPS[1:3], SHOPS[0], *SHOPS[3:]), CELLS),
    (lines(*(f"|{line.replace(',', '|')}|" for line in SHOPS)), CELLS),
    (lines(*(line + ",,," for line in SHOPS)), CELLS),
    (lines(*SHOPS) + "\x1a", CELLS),
    (lines(*SHOPS, ",166,34.25"), CELLS),
    (lines(SHOPS[0], "(1),(2),(3)", *SHOPS[1:]), CELLS),
    (lines(*(f'"{line}"' for line in SHOPS)), CELLS),
    (lines(*(", ".join(f'"{cell}"' for cell in line.split(",")) for line in SHOPS)), CELLS),
    (lines('"name", "v"', '"N, 1", 1.5', '"N, ""2""", 2.5'),
     {"name": ["N, 1", 'N, "2"'], "v": [1.5, 2.5]}),
    (lines("name,v", "a\\, b,1.5", "c,2.5"), {"name": ["a, b", "c"], "v": [1.5, 2.5]}),
    (lines("name,v", '"say, ""so""",1.5', '"c",2.5'),
     {"name": ['say, "so"', "c"], "v": [1.5, 2.5]}),
    (lines("$5;$6", "$7;$9"), {"column 1": [5, 7], "column 2": [6, 9]}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "meant"), MESSY)
def test_a_messy_table_reads_as_it_is_meant(text, meant):
    table = read_table(io.BytesIO(text.encode()))

    assert table.frame.to_dict(as_series=False) == meant


def test_what_was_skipped_is_said():
    text = lines(
        "Sales report", "", SHOPS[0], ",persons,$", *SHOPS[1:], "Total,166,34.25", "", "* ok"
    )

    notes = " / ".join(read_table(io.BytesIO(text.encode())).notes)

    for said in ("first 2 lines above", "'Sales report'", "units or remarks were left out: persons",
                 "row 5 was left out", "'Total'", "1 line below the table", "'* ok'"):  # fmt: skip
        assert said in notes


@pytest.mark.parametrize("word", ["N", "n", "Min", "Max", "Count"])
def test_a_word_for_one_measure_is_taken_at_its_word(word):
    rows = [*SHOPS[1:], f"{word},20,7.25"]  # the smallest cells, each of another row

    frame = read_table(io.BytesIO(lines(SHOPS[0], *rows).encode())).frame

    assert frame.height == (4 if word == "Min" else 5)


def test_a_total_that_is_none_is_a_row():
    frame = read_table(io.BytesIO(lines(*SHOPS, "Total,7,3").encode())).frame

    assert frame["shop"][-1] == "Total"


def test_what_may_be_two_numbers_is_said_with_the_choice():
    table = read_table(io.BytesIO(column(["1,234", "2,345", "3,457"]).encode()))

    assert table.frame["b"].to_list() == [1234, 2345, 3457]
    assert "'b'" in table.warnings[0]
    assert "'1,234' (row 1) was read as 1234" in table.warnings[0]
    for mark, value in ((",", 1.234), (".", 1234)):
        frame = read_table(io.BytesIO(column(["1,234", "2,345"]).encode()), decimal=mark).frame
        assert frame["b"][0] == value


def test_another_column_of_the_table_settles_what_one_leaves_open():
    rows = ["1,5;2,345", "2,25;3,457"]

    table = read_table(io.BytesIO(lines("a;b", *rows).encode()))

    assert table.frame["b"].to_list() == [2.345, 3.457]


@pytest.mark.parametrize("late", ["5.060", '"5,060"', "007", "$7", "Unknown"])
def test_a_cell_far_below_the_first_counts_as_well(late):
    body = [f"{i},{700 + i % 90}" for i in range(30_000)]

    frame = read_table(io.BytesIO(lines("a,b", *body, f"1,{late}").encode())).frame

    meant = {"007": "007", "$7": 7, "Unknown": None}.get(late, 5060)
    assert frame["b"][-1] == meant
    assert frame["b"][0] == (700 if late != "007" else "700")


def test_lines_and_header_can_be_settled():
    text = lines("x,y,z", "1,2,3", *SHOPS)

    assert (
        read_table(io.BytesIO(text.encode()), skip_lines=2).frame.to_dict(as_series=False) == CELLS
    )
    joined = read_table(io.BytesIO(lines("p,q", "r,s", "1,2").encode()), header=2).frame
    assert joined.to_dict(as_series=False) == {"p r": [1], "q s": [2]}
    assert read_table(io.BytesIO(b"a,b\n1,2\n"), header="none").frame.height == 2
    with pytest.raises(ValueError, match="skip_lines=-1 is below 0"):
        read_table(io.BytesIO(b"a\n"), skip_lines=-1)


def test_names_that_stand_often_take_no_quadratic_time():
    names, _ = distinct_names(["a"] * 100_000)  # minutes, if each is looked for from the first

    assert names[-1] == "a (100000)"


def test_wide_tables_of_three_decimals_are_read():
    row = ",".join(f"{1 + j % 9}.{100 + j % 800}" for j in range(400))
    names = ",".join(f"g{j}" for j in range(400))

    frame = read_table(io.BytesIO(lines(names, *[row] * 20).encode())).frame

    assert set(frame.dtypes) == {pl.Float64}
    assert frame[0, 1] == 2.101


LIMITS = {
    "below": ["<0.5", "1.5", "2.25", "3"],
    "above": [">100", "99", "45", "3.5"],
    "or more": ["5+", "1", "2", "4"],
    "rough": ["~10", "9", "12", "14"],
    "at most": ["\u2264 2", "1", "5", "4"],
}


@pytest.mark.parametrize("name", LIMITS)
def test_limits_are_read_as_the_number_with_a_warning(name):
    cells = LIMITS[name]

    table = read_table(io.BytesIO(column(cells).encode()))

    number = float(cells[0].strip("<>~+\u2264 "))
    assert table.frame["b"].to_list() == [number, *map(float, cells[1:])]
    assert "limits and rough numbers were read as the number itself in 'b'" in table.warnings[0]
    assert f"{cells[0]!r} (row 1) is {number:g} (1 cell)" in table.warnings[0]


def test_a_column_of_limits_of_one_kind_is_read_with_a_warning():
    table = read_table(io.BytesIO(column(["1,000+", "500+", "5,000,000+", "500+"]).encode()))

    assert table.frame["b"].to_list() == [1000, 500, 5000000, 500]
    assert "limits and rough numbers" in table.warnings[0]


@pytest.mark.parametrize("cell", ["(120", "120)", "$(120", "7/10", "3 of 10", "12A345"])
def test_what_is_no_number_is_not_read_as_one(cell):
    table = read_table(io.BytesIO(column([cell, "45", "7"]).encode()))

    assert table.frame["b"].to_list() == [cell, "45", "7"]


def test_steps_of_a_scale_are_no_limits():
    cells = ["<18", "18-25", "26-64", "65+", "<18", "65+"]

    assert read_table(io.BytesIO(column(cells).encode())).frame["b"].to_list() == cells
    assert read_table(io.BytesIO(column(["<5", "5+", "3"]).encode())).frame["b"][0] == "<5"


PRINTED = {
    "psql": """\
 city | income | age
------+--------+-----
 abc  |   1.50 |   3
      |   2.25 |   4
 d e  |        |   5
(3 rows)
""",
    "mysql": """\
+------+--------+------+
| city | income | age  |
+------+--------+------+
| abc  |   1.50 |    3 |
| NULL |   2.25 |    4 |
| d e  |   NULL |    5 |
+------+--------+------+
3 rows in set (0.00 sec)
""",
    "polars": """\
shape: (3, 3)
┌──────┬────────┬─────┐
│ city ┆ income ┆ age │
│ ---  ┆ ---    ┆ --- │
│ str  ┆ f64    ┆ i64 │
╞══════╪════════╪═════╡
│ abc  ┆ 1.5    ┆ 3   │
│ null ┆ 2.25   ┆ 4   │
│ d e  ┆ null   ┆ 5   │
└──────┴────────┴─────┘
""",
    "duckdb": """\
┌─────────┬────────┬───────┐
│  city   │ income │  age  │
│ varchar │ double │ int64 │
├─────────┼────────┼───────┤
│ abc     │    1.5 │     3 │
│         │   2.25 │     4 │
│ d e     │        │     5 │
└─────────┴────────┴───────┘
""",
    "sqlite": """\
+------+--------+-----+
| city | income | age |
+------+--------+-----+
| abc  | 1.5    | 3   |
|      | 2.25   | 4   |
| d e  |        | 5   |
+------+--------+-----+
""",
}


@pytest.mark.parametrize("program", PRINTED)
def test_tables_that_programs_print_are_read(program):
    table = read_table(io.BytesIO(PRINTED[program].encode()))

    assert table.frame.to_dict(as_series=False) == {
        "city": ["abc", None, "d e"],
        "income": [1.5, 2.25, None],
        "age": [3, 4, 5],
    }
    assert "rules drawn around the cells were left out" in table.notes


def test_a_table_printed_for_short_says_so():
    text = PRINTED["polars"].replace("│ null ┆ 2.25   ┆ 4   │", "│ …    ┆ …      ┆ …   │")

    table = read_table(io.BytesIO(text.encode()))

    assert table.frame["age"].to_list() == [3, 5]
    assert "rows between those shown are not in the file" in table.warnings[0]


def test_lines_of_dashes_in_other_tables_are_no_rules():
    text = "a|b\n--+--|1\nx|2\n"

    assert read_table(io.BytesIO(text.encode())).frame["a"].to_list() == ["--+--", "x"]
