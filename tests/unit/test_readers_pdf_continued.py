"""PDF: tables that go on over a page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from fieldkit.library.documents import read
from tests.pdf_drawing import Sheet, save

XS = (72, 140, 300)
NAMES = ("Code", "Cause", "Remedy")
FAULTS = (
    ("E 11", "Low oil pressure", "Refill and check the filter"),
    ("E 12", "Belt slips", "Tension the belt"),
    ("E 13", "Coolant hot", "Clean the radiator"),
    ("E 14", "No speed signal", "Replace sensor B4"),
    ("E 15", "Air filter blocked", "Change the cartridge"),
    ("E 16", "Water in fuel", "Drain the separator"),
)


def table(
    sheet: Sheet,
    rows: Sequence[Sequence[str]],
    y: float,
    *,
    names: bool = False,
    bold: bool = True,
    xs: Sequence[float] = XS,
    ruled: bool = True,
) -> None:
    for row in [*([NAMES] if names else []), *rows]:
        sheet.row(xs, y, row, bold=bold and row is NAMES)
        if ruled:
            sheet.line(70, y - 5, 500, y - 5)
        y -= 18


def two_pages(path: Path, first: Sheet, second: Sheet) -> list[list[str]]:
    """The rows of tables and other lines of both pages."""
    document = read(save(path, [first, second]))
    return [
        [line for line in page.text.splitlines() if line and not line.startswith("|---")]
        for page in document.pages
    ]


def first_page(*, names: bool = True, bold: bool = True, ruled: bool = True) -> Sheet:
    sheet = Sheet()
    sheet.text(72, 740, "Faults", 16)
    table(sheet, FAULTS[:3], 715, names=names, bold=bold, ruled=ruled)
    return sheet


def test_names_hold_on_the_next_page(tmp_path: Path) -> None:
    for number, (bold, ruled) in enumerate([(True, True), (False, True), (True, False)]):
        second = Sheet()
        table(second, FAULTS[3:], 770, ruled=ruled)
        second.text(72, 640, "Call the works where a fault stays.")
        pages = two_pages(tmp_path / f"{number}.pdf", first_page(bold=bold, ruled=ruled), second)
        assert pages[1] == [
            "| Code | Cause | Remedy |",
            "| E 14 | No speed signal | Replace sensor B4 |",
            "| E 15 | Air filter blocked | Change the cartridge |",
            "| E 16 | Water in fuel | Drain the separator |",
            "Call the works where a fault stays.",
        ]


def test_a_repeated_row_of_names_is_no_data(tmp_path: Path) -> None:
    second = Sheet()
    table(second, FAULTS[3:], 770, names=True)
    pages = two_pages(tmp_path / "a.pdf", first_page(), second)
    assert pages[1][0] == "| Code | Cause | Remedy |"
    assert len(pages[1]) == 4


def test_without_names_the_first_row_of_a_page_is_none(tmp_path: Path) -> None:
    second = Sheet()
    table(second, FAULTS[3:], 770)
    pages = two_pages(tmp_path / "a.pdf", first_page(names=False), second)
    assert pages[0][1] == "|  |  |  |"
    assert pages[1][:2] == ["|  |  |  |", "| E 14 | No speed signal | Replace sensor B4 |"]


def test_other_columns_inherit_no_names_and_make_none_of_data(tmp_path: Path) -> None:
    second = Sheet()
    table(second, FAULTS[3:], 770, xs=(100, 200, 420))
    pages = two_pages(tmp_path / "a.pdf", first_page(), second)
    assert pages[1][:2] == ["|  |  |  |", "| E 14 | No speed signal | Replace sensor B4 |"]


def test_text_between_two_tables_ends_the_first(tmp_path: Path) -> None:
    second = Sheet()
    second.text(72, 790, "The codes of the pump are others than those of the motor.")
    table(second, FAULTS[3:], 760)
    pages = two_pages(tmp_path / "a.pdf", first_page(), second)
    assert "| Code | Cause | Remedy |" not in pages[1]


def test_a_row_that_the_page_cuts_is_whole_where_it_begins(tmp_path: Path) -> None:
    first, second = first_page(), Sheet()
    table(first, [("E 14", "No speed signal", "Replace sensor B4")], 643)
    table(second, [("", "", "and test its cable"), *FAULTS[4:]], 770)
    pages = two_pages(tmp_path / "a.pdf", first, second)
    assert pages[0][-1] == "| E 14 | No speed signal | Replace sensor B4 and test its cable |"
    assert pages[1][1] == "| E 15 | Air filter blocked | Change the cartridge |"


def grid_page(rows: Sequence[Sequence[str]], top: float, xs: Sequence[float]) -> Sheet:
    sheet = Sheet()
    ys = [top - 20 * n for n in range(len(rows) + 1)]
    sheet.grid(xs, ys)
    for row, y in zip(rows, ys, strict=False):
        sheet.row([x + 4 for x in xs[:-1]], y - 14, row)
    return sheet


def test_a_ruled_table_goes_on(tmp_path: Path) -> None:
    xs = (70, 130, 290, 500)
    first = grid_page([NAMES, *FAULTS[:3]], 700, xs)
    second = grid_page(FAULTS[3:], 780, xs)
    pages = two_pages(tmp_path / "a.pdf", first, second)
    assert pages[1][:2] == [
        "| Code | Cause | Remedy |",
        "| E 14 | No speed signal | Replace sensor B4 |",
    ]


def test_a_cell_over_several_rows_holds_behind_the_page_end(tmp_path: Path) -> None:
    first, second = Sheet(), Sheet()
    for sheet, top, rows in ((first, 700, 3), (second, 780, 2)):
        bottom = top - 20 * rows
        for x in (70, 170, 300, 400):
            sheet.line(x, top, x, bottom)
        for n in range(rows + 1):
            whole = n in {0, rows} or (sheet is first and n == 1)
            sheet.line(70 if whole else 170, top - 20 * n, 400, top - 20 * n)
    first.row((74, 174, 304), 686, ("Part", "Bolt", "Torque"), bold=True)
    first.row((74, 174, 304), 666, ("Cylinder head", "M8", "25 Nm"))
    first.row((74, 174, 304), 646, ("", "M10", "49 Nm"))
    second.row((74, 174, 304), 766, ("", "M12", "85 Nm"))
    second.row((74, 174, 304), 746, ("", "M14", "135 Nm"))
    pages = two_pages(tmp_path / "a.pdf", first, second)
    assert pages[0][1:] == ["| Cylinder head | M8 | 25 Nm |", "| Cylinder head | M10 | 49 Nm |"]
    assert pages[1] == [
        "| Part | Bolt | Torque |",
        "| Cylinder head | M12 | 85 Nm |",
        "| Cylinder head | M14 | 135 Nm |",
    ]


def test_a_group_goes_on(tmp_path: Path) -> None:
    first, second = Sheet(), Sheet()
    table(first, [], 715, names=True)
    first.text(72, 697, "Fluid end", bold=True)
    first.line(70, 692, 500, 692)
    table(first, FAULTS[:2], 679)
    table(second, FAULTS[2:4], 770)
    pages = two_pages(tmp_path / "a.pdf", first, second)
    assert pages[0][1] == "| **Fluid end** |  |  |"
    assert pages[1][:3] == [
        "| Code | Cause | Remedy |",
        "| **Fluid end** |  |  |",
        "| E 13 | Coolant hot | Clean the radiator |",
    ]


@pytest.mark.parametrize(
    "foot",
    ["1) Only with the mains switch off.", "* See the wiring plan.", "continued on the next page"],
)
def test_a_note_below_a_table_does_not_end_it(tmp_path: Path, foot: str) -> None:
    first, second = first_page(), Sheet()
    first.text(72, 120, foot, 8)
    table(second, FAULTS[3:], 770)
    pages = two_pages(tmp_path / "a.pdf", first, second)
    assert pages[1][:2] == [
        "| Code | Cause | Remedy |",
        "| E 14 | No speed signal | Replace sensor B4 |",
    ]


def test_a_sentence_below_a_table_ends_it(tmp_path: Path) -> None:
    first, second = first_page(), Sheet()
    first.text(72, 120, "The motor has codes of its own.")
    table(second, FAULTS[3:], 770)
    assert two_pages(tmp_path / "a.pdf", first, second)[1][0] == "|  |  |  |"


@pytest.mark.parametrize(
    ("caption", "inherits"),
    [("Table 7: Faults (continued)", True), ("Table 8: Parts of the motor", False)],
)
def test_a_caption_above_the_rest_of_a_table(
    tmp_path: Path, caption: str, *, inherits: bool
) -> None:
    second = Sheet()
    second.text(72, 790, caption)
    table(second, FAULTS[3:], 765)
    pages = two_pages(tmp_path / "a.pdf", first_page(), second)
    assert pages[1][:2] == [caption, "| Code | Cause | Remedy |" if inherits else "|  |  |  |"]


def test_the_header_of_two_pages_is_no_row_of_a_table(tmp_path: Path) -> None:
    sheets = [first_page(), Sheet()]
    table(sheets[1], FAULTS[3:], 785)
    for number, sheet in enumerate(sheets, 1):
        sheet.text(72, 815, "GS-40 generator", 8)
        sheet.text(300, 815, "Rev. C", 8)
        sheet.text(500, 815, f"Page {number}", 8)
    pages = two_pages(tmp_path / "a.pdf", *sheets)
    assert pages[1] == [
        "| Code | Cause | Remedy |",
        "| E 14 | No speed signal | Replace sensor B4 |",
        "| E 15 | Air filter blocked | Change the cartridge |",
        "| E 16 | Water in fuel | Drain the separator |",
    ]


def test_rows_whose_ends_are_alike_are_no_headers(tmp_path: Path) -> None:
    sheets = []
    for page in range(4):
        sheet = Sheet()
        sheet.row((140, 300), 801, ("pump unit", "level at the gauge"))
        for index in range(4):
            y, code = 770 - 45 * index, 4 * page + index
            sheet.text(72, y - 7, f"E {code}")
            sheet.row((140, 300), y, (f"Cause {code} of the", f"Set valve V-{code}, check the"))
            sheet.row((140, 300), y - 14, ("pump unit", "level at the gauge"))
        sheets.append(sheet)
    document = read(save(tmp_path / "a.pdf", sheets))
    assert [page.text.count("level at the gauge") for page in document.pages] == [5] * 4


def test_a_header_whose_parts_are_above_columns_is_no_row(tmp_path: Path) -> None:
    sheets = [Sheet(), Sheet(), Sheet()]
    sheets[0].text(72, 740, "Faults", 16)
    table(sheets[0], FAULTS[:2], 715, names=True)
    table(sheets[1], FAULTS[2:4], 770)
    table(sheets[2], FAULTS[4:], 770)
    for sheet in sheets:
        sheet.row(XS, 795, ("GS-40", "Manual", "Rev. C"))
    document = read(save(tmp_path / "a.pdf", sheets))
    rows = [line for page in document.pages for line in page.text.splitlines() if line[:3] == "| E"]
    assert rows == [f"| {' | '.join(row)} |" for row in FAULTS]
    assert all("GS-40" not in page.text for page in document.pages[1:])
    assert all("| Code | Cause | Remedy |" in page.text for page in document.pages)


def test_names_in_two_rows_above_wide_rows_are_no_header(tmp_path: Path) -> None:
    sheets = []
    for page in range(4):
        sheet = Sheet()
        sheet.row((72, 180, 400), 790, ("Bolt", "Torque in Nm", "Grade"), bold=True)
        sheet.row((180, 300), 765, ("dry", "oiled"), bold=True)
        for index in range(4):
            bolt = (f"B-{4 * page + index}", str(20 + index), str(30 + page), "8.8")
            sheet.row((72, 180, 300, 400), 740 - 25 * index, bolt)
        sheets.append(sheet)
    document = read(save(tmp_path / "a.pdf", sheets))
    for page in document.pages:
        assert "| Bolt | Torque in Nm dry | oiled | Grade |" in page.text
    assert "| B-3 | 23 | 30 | 8.8 |" in document.pages[0].text
