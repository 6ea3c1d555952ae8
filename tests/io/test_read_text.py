"""Text tables: what reading finds out by itself, and what it says of it."""

import io
import math

import polars as pl
import pytest

from kwise._cells.missing import MISSING
from kwise.exceptions import DataFileError
from kwise.io import read_table


def read(text, **settings):
    data = text if isinstance(text, bytes) else text.encode()
    return read_table(io.BytesIO(data), **settings)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a,b\n1,2.5\n3,4\n", {"a": [1, 3], "b": [2.5, 4.0]}),
        ("a;b\n1;2\n", {"a": [1], "b": [2]}),
        ("a\tb\n1\t2\n", {"a": [1], "b": [2]}),
        ("a|b\n1|2\n", {"a": [1], "b": [2]}),
        ("a b\n 1   2 \n3\t4\n", {"a": [1, 3], "b": [2, 4]}),
        ("a\n1\n2\n", {"a": [1, 2]}),
        ("a;b\n1,5;2,25\n3,0;1\n", {"a": [1.5, 3.0], "b": [2.25, 1.0]}),
        ('a,b\n"1,5","2,5"\n', {"a": [1.5], "b": [2.5]}),
        ("a\tb\n-0,5\t2\n", {"a": [-0.5], "b": [2]}),
        ('a,b\n"x,y",2\n"q""r",3\n', {"a": ["x,y", 'q"r'], "b": [2, 3]}),
        ('a,b\n5" pipe,2\n3,4\nx"y,1\n', {"a": ['5" pipe', "3", 'x"y'], "b": [2, 4, 1]}),
        ('a,b\n1,"2\n3"\n4,\n', {"a": [1, 4], "b": ["2\n3", None]}),
        ("a,b\r\n1,2\r\n", {"a": [1], "b": [2]}),
        ("a,b\r1,2\r3,4\r", {"a": [1, 3], "b": [2, 4]}),
        ("sep=;\na;b\n1;2\n", {"a": [1], "b": [2]}),
        ("a,b\n1, 2\n3, NA\n", {"a": [1, 3], "b": [2, None]}),
        ("a,b\n1,2 \n3,4\n", {"a": [1, 3], "b": [2, 4]}),
        ("a,b\n1,true\n2,False\n", {"a": [1, 2], "b": [True, False]}),
        ("a,b\n\n1,2\n\n3,4\n\n\n", {"a": [1, 3], "b": [2, 4]}),
        ("# note\n# x y\n1 2\n3 4\n", {"x": [1, 3], "y": [2, 4]}),
        ("#c,d\n1,2\n", {"c": [1], "d": [2]}),
        ("# note\na,b\n1,2\n# more\n3,4\n", {"a": [1, 3], "b": [2, 4]}),
        (
            "a b c\nr 2 3 4\ns 6 7 8\n",
            {"row name": ["r", "s"], "a": [2, 6], "b": [3, 7], "c": [4, 8]},
        ),
        ("a,b\n1,2,\n3,4,\n", {"a": [1, 3], "b": [2, 4]}),
        ("a,b\n1,\u2028x\n", {"a": [1], "b": ["\u2028x"]}),
        ("a,b\n4.5e-001,.5\n1.,+3\n", {"a": [0.45, 1.0], "b": [0.5, 3.0]}),
    ],
)
def test_a_table_reads_as_its_cells(text, expected):
    assert read(text).frame.to_dict(as_series=False) == expected


@pytest.mark.parametrize("cell", ["", "NA", "N/A", "nan", "NaN", "null", "None", "?", "-", "."])
def test_missing_cells_are_null(cell):
    frame = read(f"a,b\n1,2\n{cell},3\n").frame

    assert frame["a"].to_list() == [1, None]


@pytest.mark.parametrize("word", MISSING)
def test_each_word_for_no_value_is_missing_below_what_types_are_told_by(word):
    rows = [(f"{i}.5", str(i % 7), "yx"[i % 2]) for i in range(3000)]
    last = (word, word, f'"{word}"')
    beside_text = "\n".join(",".join(row) for row in [("a", "b", "c"), *rows, last, *rows])
    numbers_alone = "\n".join(",".join(row[:2]) for row in [("a", "b"), *rows, (word, "3"), *rows])

    assert read(beside_text).frame.row(3000) == (None, None, None)
    assert read(numbers_alone).frame.row(3000) == (None, 3)


def test_infinite_cells_are_kept_for_the_preparation_to_refuse():
    assert read("a,b\n1,inf\n2,-Infinity\n").frame["b"].to_list() == [math.inf, -math.inf]


@pytest.mark.parametrize(
    ("first", "named"),
    [
        ("x,y,z", True),
        ("1,2,3", False),
        ("x,2,3", False),  # a number among the names: a row of data
        ("unit,1990,1991,1992", True),  # years
        (",0,1,2", True),  # what pandas writes for an unnamed frame
        ("0.5,1,2", False),
    ],
)
def test_a_header_is_told_from_data(first, named):
    width = first.count(",")
    rows = [",".join(["r", *(f"{7 * i + j * j}.5" for j in range(width))]) for i in range(4)]
    if first[0].isdigit():
        rows = [row.replace("r", "9") for row in rows]

    table = read("\n".join([first, *rows]) + "\n")

    assert table.frame.height == (4 if named else 5)
    assert any("there is no header" in note for note in table.notes) != named


def test_text_in_every_cell_has_a_header():
    assert read("Class\nA\nB\n").frame.to_dict(as_series=False) == {"Class": ["A", "B"]}


def test_the_header_can_be_settled():
    assert read("a,b\nc,d\n", header=False).frame.columns == ["column 1", "column 2"]
    assert read("1,2\n3,4\n", header=True).frame.columns == ["1", "2"]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "latin-1", "cp1252", "utf-16", "utf-16-le", "utf-32"]
)
def test_encodings_are_found_out(encoding):
    text = "größe;Ort\n1,5;Zürich\n2,5;Genève\n"

    frame = read(text.encode(encoding)).frame

    assert frame.to_dict(as_series=False) == {"größe": [1.5, 2.5], "Ort": ["Zürich", "Genève"]}


WORDS = {
    "cp1251": ["город", "Москва", "Казань"],
    "koi8_r": ["город", "Москва", "Казань"],
    "cp866": ["возраст", "Тверь", "Омск"],
    "cp1253": ["πόλη", "Αθήνα", "Πάτρα"],
    "cp1255": ["עיר", "ירושלים", "חיפה"],
    "cp1256": ["مدينة", "القاهرة", "دمشق"],
    "cp932": ["都市", "東京", "大阪府"],
    "gb18030": ["城市", "北京", "上海"],
    "cp949": ["도시", "서울", "부산"],
}


@pytest.mark.parametrize("encoding", WORDS)
def test_other_alphabets_are_found_out(encoding):
    head, *places = WORDS[encoding]
    text = f"{head};x\n" + "".join(f"{places[i % 2]};{i},5\n" for i in range(40))

    table = read(text.encode(encoding))

    assert table.frame[head].to_list() == places * 20
    assert table.frame["x"].to_list() == [i + 0.5 for i in range(40)]
    assert table.notes[0] == (
        f"the text is not UTF-8; it was read as {encoding} (encoding=... takes another)"
    )


@pytest.mark.parametrize(
    "words", ["ville,âge,créée", "Größe,Höhe,süß", "määrä,pää,ääni", "å,año,œ"]
)
def test_accents_are_no_other_alphabet(words):
    assert read(f"{words}\n1,2,3\n".encode("cp1252")).frame.columns == words.split(",")


@pytest.mark.parametrize("mark", ["\x01", "\x1f"])
def test_control_characters_may_separate_cells(mark):
    rows = [("name", "x"), ("a", "1.5"), ("", "2"), ("b c", "3")]

    frame = read("".join(mark.join(row) + "\n" for row in rows)).frame

    assert frame.to_dict(as_series=False) == {"name": ["a", None, "b c"], "x": [1.5, 2, 3]}
    with pytest.raises(DataFileError, match="binary data"):
        read(f"a{mark}b\n{mark}{mark}{mark}\n1\n")


def test_an_encoding_can_be_settled():
    assert read("a\nЖ\n".encode("koi8-r"), encoding="koi8-r").frame["a"].to_list() == ["Ж"]
    with pytest.raises(ValueError, match="unknown encoding 'latin-11'; did you mean"):
        read("a\n1\n", encoding="latin-11")


@pytest.mark.parametrize("codec", ["hex", "rot13", "zlib"])
def test_what_is_no_encoding_of_text_is_refused(codec):
    with pytest.raises(ValueError, match=f"unknown encoding '{codec}'"):
        read(b"\xe9,b\n1,2\n", encoding=codec)


def test_a_letter_far_below_the_sample_settles_the_encoding():
    text = "a,b\n" + "1,x\n" * 200_000 + "2,é\n"

    assert read(text.encode("latin-1")).frame["b"][-1] == "é"


def test_types_hold_for_every_row_and_not_only_the_first():
    frame = read("a,b,c\n" + "1,2,3\n" * 3000 + "1.5,x,\n").frame

    assert frame.dtypes == [pl.Float64, pl.String, pl.Int64]
    assert frame.row(-1) == (1.5, "x", None)


def test_duplicated_and_missing_names_are_made_distinct_and_said():
    table = read("a,a,,b,a (2)\n1,2,3,4,5\n")

    assert table.frame.columns == ["a", "a (3)", "column 3", "b", "a (2)"]
    assert any("'a' is now 'a (3)'" in note for note in table.notes)
    assert any("named by position: column 3" in note for note in table.notes)


def test_notes_say_what_was_decided():
    notes = " / ".join(read("# x\na;b\n1,5;2\n".encode("utf-16")).notes)

    for said in ("utf-16", "semicolons", "decimal comma", "'#'", "first row names"):
        assert said in notes


def test_n_rows_limits_what_is_read():
    assert read("a,b\n1,2\n3,4\n5,6\n", n_rows=2).frame.height == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n1,2\n3\n4,5\n", "line 3: 1 cell found where the table has 2 columns"),
        ("a,b\n1,2\n3,4,5\n", "line 3: 3 cells found"),
        ("a,b\n" + "1,x\n" * 300 + "7,8,9\n", "line 302: 3 cells"),
        ('a,b\n"x",1\n"y"\n', "line 3: 1 cell"),
        ('a,b\n1,2\n"x,2\ny,3\n', "line 3: the quotes do not close"),
        ('a,b\n1,"x\n3,4\n5,"y"\n6,7\n', "line 2"),
        ("", "empty"),
        ("\n\n \n", "only blank lines"),
        ("# only\n# comments\n", "only blank lines or comments"),
        ("a,b\n", "there is a header .a, b. and no row below it"),
        (bytes(range(256)) * 10, "binary data"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "a PNG image"),
        ("a,b\n1,\ud800".encode("utf-16", "surrogatepass"), "not utf-16 text"),
    ],
)
def test_broken_text_is_refused_with_its_place(text, message):
    with pytest.raises(DataFileError, match=message):
        read(text)


def test_bytes_that_do_not_fit_the_encoding_are_refused_with_their_line():
    with pytest.raises(DataFileError, match=r"line 2: byte 6 is not utf-8 text .*latin-1"):
        read(b"a,b\n1,\xff\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"delimiter": "ab"}, "one ASCII character"),
        ({"decimal": "x"}, r"use \"\.\" or \",\""),
        ({"header": "maybe"}, '"auto", True or False'),
        ({"n_rows": 0}, "at least 1"),
    ],
)
def test_settings_out_of_range_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        read("a,b\n1,2\n", **settings)


def test_progress_is_told():
    calls = []

    read("a,b\n1,2\n", progress=lambda task, done, total: calls.append((task, done, total)))

    assert calls[0] == ("reading standard input", 0, 1)
    assert calls[-1][1] == calls[-1][2]


def test_a_very_wide_table_reads_as_its_cells():
    names = ",".join(f"g{j}" for j in range(3000))
    rows = "\n".join(f"s{i}," + ",".join(str(i * j) for j in range(3000)) for i in range(12))

    frame = read(f",{names}\n{rows}\n").frame

    assert frame.shape == (12, 3001)
    assert frame[11, 3000] == 11 * 2999
    assert frame["g1"].dtype == pl.Int64


@pytest.mark.parametrize("between", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_cells_in_single_quotes_are_read_without_them(between, end):
    rows = [["name", "x"], ["'a, b; c'", "'1'"], ["'it''s'", "'22'"], ["''", "'3'"]]
    table = read(end.join(between.join(row) for row in rows) + end)

    assert table.frame.to_dict(as_series=False) == {"name": ["a, b; c", "it's", None],
                                                    "x": [1, 22, 3]}  # fmt: skip
    assert any("single quotes" in note for note in table.notes)


@pytest.mark.parametrize(
    "text", ["a,b\n'tis,1\n'twas,2\n", "a,b\nrock 'n' roll,1\nit's,2\n", "a,b\n'x',1\ny,2\n"]
)
def test_apostrophes_are_no_quotes(text):
    assert "'" in "".join(read(text).frame["a"])
