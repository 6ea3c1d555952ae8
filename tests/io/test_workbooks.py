"""Workbooks: which sheet is read, where its table lies, and what is too far from it."""

import io
import zipfile

import openpyxl
import pytest

from kwise.exceptions import DataFileError
from kwise.io import read_table

ROWS = [["shop", "staff", "sales"], *(["S" + str(i), 20 + i, 100 + i % 3] for i in range(5))]


def saved(book):
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return file


def with_sheets(**sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    return book


COVER = [["Read me"], ["in thousands"]]


@pytest.mark.parametrize(
    ("sheets", "hidden"),
    [({"About": COVER, "Data": ROWS}, ()), ({"Empty": [], "Data": ROWS}, ()),
     ({"Info": [["Title", "Sales"], ["Year", 2023], ["Author", "X"]], "Data": ROWS}, ()),
     ({"Old": ROWS[:3], "Data": ROWS}, ("Old",)), ({"Data": ROWS, "More": ROWS[:2]}, ())],
)  # fmt: skip
def test_the_first_visible_table_is_read_and_the_others_are_named(sheets, hidden):
    book = with_sheets(**sheets)
    for title in hidden:
        book[title].sheet_state = "hidden"
    book.active = book.sheetnames.index("Data")

    table = read_table(saved(book))

    assert table.frame.shape == (5, 3)
    other = next(each for each in sheets if each != "Data")
    assert any(f"sheet 'Data' was read; others: {other!r}" in note for note in table.notes)


def test_a_sheet_is_chosen_by_name_or_number():
    data = saved(with_sheets(About=COVER, Data=ROWS)).getvalue()

    for sheet in ("Data", 2, "2"):
        assert read_table(io.BytesIO(data), sheet=sheet).frame.shape == (5, 3)


def test_titles_units_notes_and_totals_are_no_rows():
    rows = [["Sales 2023", None, None], [], ROWS[0], [None, "persons", "$"], *ROWS[1:],
            ["Total", 110, 504], [], ["Source: our own books", None, None]]  # fmt: skip

    table = read_table(saved(with_sheets(Data=rows)))

    assert table.frame.to_dict(as_series=False) == {
        "shop": ["S0", "S1", "S2", "S3", "S4"],
        "staff": [20, 21, 22, 23, 24],
        "sales": [100, 101, 102, 100, 101],
    }
    said = " / ".join(table.notes)
    for each in ("'Sales 2023'", "persons", "'Total'", "'Source: our own books'"):
        assert each in said


def test_numbers_that_stand_as_text_are_numbers():
    rows = [["a", "b"], ["$1,200", 1], ["$7", "n.a."], ["$8.50", 3]]

    frame = read_table(saved(with_sheets(Data=rows))).frame

    assert frame.to_dict(as_series=False) == {"a": [1200, 7, 8.5], "b": [1, None, 3]}


def test_a_cell_that_stands_far_from_the_others_is_named_unread():
    book = with_sheets(Data=ROWS)
    book["Data"]["XFD1048576"] = "x"

    with pytest.raises(DataFileError, match=r"19 cells lie in a rectangle of 1,048,576 x 16,384"):
        read_table(saved(book))


CELL = '<table:table-cell office:value-type="float" office:value="2"/>'
BLANK = (
    '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row>'
)
WIDE = '<table:table-cell table:number-columns-repeated="16380"/>'


@pytest.mark.parametrize(
    ("rows", "refused"),
    [
        (BLANK, False),
        (f"<table:table-row>{CELL}{CELL}{WIDE}</table:table-row>", False),
        (f"{BLANK}<table:table-row>{CELL}</table:table-row>", True),
        (f"<table:table-row>{WIDE}{CELL}</table:table-row>", True),
        (BLANK.replace("<table:table-cell/>", CELL), True),
    ],
)
def test_cells_far_away_in_an_opendocument_sheet_are_named_unread(tmp_path, rows, refused):
    names = " ".join(
        f'xmlns:{each}="urn:oasis:names:tc:opendocument:xmlns:{each}:1.0"'
        for each in ("office", "table", "text")
    )
    body = f"<table:table-row>{CELL}{CELL}</table:table-row>" * 4 + rows
    content = (
        f"<office:document-content {names}><office:body><office:spreadsheet>"
        f'<table:table table:name="S">{body}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(tmp_path / "t.ods", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", content)

    if refused:
        with pytest.raises(DataFileError, match="a cell stands far from the others, behind 1"):
            read_table(tmp_path / "t.ods")
    else:
        assert read_table(tmp_path / "t.ods").frame.width == 2


def test_a_damaged_member_is_refused():
    data = bytearray(saved(with_sheets(Data=ROWS)).getvalue())
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        start = archive.getinfo("xl/worksheets/sheet1.xml").header_offset
    data[start + 60 : start + 90] = b"\xff" * 30

    with pytest.raises(DataFileError, match="damaged, locked or cut off"):
        read_table(io.BytesIO(bytes(data)))


@pytest.mark.parametrize("told", ["4000000000", "300000", "18446744073709551615"])
def test_more_texts_than_there_is_room_for_are_refused_unread(told):
    made = saved(with_sheets(Data=ROWS))
    with zipfile.ZipFile(made, "a") as archive:
        archive.writestr("xl/sharedStrings.xml", f'<sst uniqueCount="{told}"><si/></sst>')

    with pytest.raises(DataFileError, match=f"announces {int(told):,} texts"):
        read_table(io.BytesIO(made.getvalue()))
