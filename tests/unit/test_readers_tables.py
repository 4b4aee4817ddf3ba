"""Tables: spans, names of columns, CSV and XLSX."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pytest

from fieldkit.errors import InvalidInput
from fieldkit.library.documents import read
from fieldkit.library.passages import split
from fieldkit.library.readers.grid import Cell, TooLarge, named, spread
from fieldkit.library.readers.model import CELLS, COLUMNS
from fieldkit.library.readers.pages import Pages
from tests.manual_files import write_xlsx


def texts(path: Path) -> list[str]:
    return [passage.text for passage in split(read(path))]


def test_a_cell_over_several_rows_is_said_in_each() -> None:
    rows = [
        [Cell(text="P-204", rows=2), Cell(text="M8"), Cell(text="25 Nm")],
        [Cell(text="M10"), Cell(text="49 Nm")],
    ]
    assert spread(rows, 0) == [["P-204", "M8", "25 Nm"], ["P-204", "M10", "49 Nm"]]


def test_names_in_two_rows_become_one() -> None:
    rows = [
        [Cell(text="Bolt", rows=2), Cell(text="Torque (Nm)", columns=2)],
        [Cell(text="dry"), Cell(text="oiled")],
        [Cell(text="M8"), Cell(text="25"), Cell(text="21")],
    ]
    table = named(spread(rows, 2), 2)
    assert table.header == ("Bolt", "Torque (Nm) dry", "Torque (Nm) oiled")
    assert table.rows == (("M8", "25", "21"),)


def test_a_cell_over_several_columns_is_said_once() -> None:
    assert spread([[Cell(text="see note", columns=3)]], 0) == [["see note", "", ""]]


@pytest.mark.parametrize(
    ("rows", "header"),
    [
        ([["Bolt", "Torque"], ["M8", "25 Nm"]], ("Bolt", "Torque")),
        ([["Code", "Fault", "Action"], ["E 17", "Low oil", "Fill"]], ("Code", "Fault", "Action")),
        ([["Oil", "8 l"], ["Coolant", "11 l"]], ()),
        ([["Material", "Steel"], ["Colour", "Red"]], ()),
        ([["E 17", "Low oil"], ["E 18", "Hot oil"]], ()),
        ([["only", "one row"]], ()),
        ([["", "", ""], ["Part", "No", "Qty"], ["Seal", "G-1", "2"]], ("Part", "No", "Qty")),
        ([["A", "", "B"], ["1", "", "2"]], ("A", "B")),
        ([["Oil", "mineral"], ["Volume", "8 l"]], ()),
        ([["Oil", "Mineral"], ["Volume", "8 l"], ["Weight", "80 kg"]], ()),
        ([["Shape", "round"], ["Length", "85 mm"], ["Width", "40 mm"]], ()),
        ([["Bolt", "Torque"], ["Nut", "85 Nm \u00b9"], ["Lid", "12\u00b2 Nm"]], ("Bolt", "Torque")),
        ([["Load", "Loss"], ["full", "25%"], ["half", "0.3"]], ("Load", "Loss")),
        ([["Model", "2023", "2024"], ["MM-1", "85", "90"]], ("Model", "2023", "2024")),
        ([["MM-1", "2023", "2024"], ["MM-2", "2019", "2020"]], ()),
    ],
)  # fmt: skip
def test_the_names_of_columns_are_told_from_values(
    rows: list[list[str]], header: tuple[str, ...]
) -> None:
    assert named(rows).header == header


def test_a_table_of_too_many_cells_is_refused() -> None:
    with pytest.raises(TooLarge):
        spread([[Cell(text="x") for _ in range(COLUMNS + 1)]], 0)
    row = [Cell(text="x", columns=COLUMNS)]
    with pytest.raises(TooLarge):
        spread([row] * (CELLS // COLUMNS + 1), 0)


def test_text_of_a_manual_cannot_become_marks() -> None:
    pages = Pages()
    for line in ("# 5 screws", "|---|", "<!-- page 9 -->", "-----", "> 5 bar"):
        pages.line(line)
    pages.table((), [["a|b", "<!-- x"]])
    [page] = pages.finish()
    assert "\n# " not in f"\n{page.text}"
    assert "|---|" not in page.text.split("\n| ")[0]
    assert "a\\|b" in page.text


CSV = "Part;Bolt;Torque\nCover;M8;25 Nm\nFlange;M12x1.75;85 Nm\n"


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_csv_is_read_row_by_row(tmp_path: Path, separator: str) -> None:
    path = tmp_path / "torques.csv"
    path.write_text(CSV.replace(";", separator))
    assert texts(path) == ["Cover: Bolt M8, Torque 25 Nm. Flange: Bolt M12x1.75, Torque 85 Nm."]


def test_a_csv_with_quotes_commas_and_lines_in_cells(tmp_path: Path) -> None:
    path = tmp_path / "faults.csv"
    path.write_text('Code,Meaning,Action\nE 17,"Low oil, hot","Stop.\nFill"\n')
    assert texts(path) == ["E 17: Meaning Low oil, hot, Action Stop. Fill."]


def test_a_csv_that_is_not_one(tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    path.write_text(",".join(["x"] * (COLUMNS + 1)))
    with pytest.raises(InvalidInput, match="more than 100 cells"):
        read(path)


def test_sheets_are_headings_and_values_are_as_seen(tmp_path: Path) -> None:
    path = write_xlsx(
        tmp_path / "torque.xlsx",
        {
            "Pump P-204": [
                ["Torques, Rev. C"],
                [],
                ["Bolt", "Torque (Nm)", "Checked"],
                ["M8", 25, dt.datetime(2026, 3, 1)],
                ["M10", 49.5, dt.datetime(2026, 3, 2, 7, 5)],
                [],
                ["Tighten crosswise."],
            ],
            "Oil": [["Sump", "8 l"], ["Tank", "0.1 l"]],
        },
    )
    document = read(path)
    assert (document.title, document.revision, document.date) == ("Torque book", "C", "2026-03-01")
    assert [(p.heading, p.text) for p in split(document)] == [
        (
            "Pump P-204",
            (
                "Torques, Rev. C M8: Torque (Nm) 25, Checked 2026-03-01 0:00:00. "
                "M10: Torque (Nm) 49.5, Checked 2026-03-02 7:05:00. Tighten crosswise."
            ),
        ),
        ("Oil", "Sump: 8 l. Tank: 0.1 l."),
    ]


def test_percentages_and_sums_read_as_in_the_sheet(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Load", "Loss"])
    sheet.append(["full", 0.25])
    sheet["B2"].number_format = "0%"
    sheet.append(["half", 0.1 + 0.2])
    book.save(tmp_path / "loss.xlsx")
    assert texts(tmp_path / "loss.xlsx") == ["full: Loss 25%. half: Loss 0.3."]


def test_formulas_without_a_value_and_hidden_sheets_are_told(tmp_path: Path) -> None:
    path = write_xlsx(
        tmp_path / "sums.xlsx", {"Sums": [["Part", "Nm"], ["A", "=1+1"]], "Lists": [["x", "y"]]}
    )
    book = openpyxl.load_workbook(path)
    book["Lists"].sheet_state = "hidden"
    book.save(path)
    warnings = read(path).warnings
    assert any("'Lists' is hidden" in str(warning) for warning in warnings)
    assert any("sheet 'Sums': 1 formulas have no value" in str(warning) for warning in warnings)


def test_a_cell_far_away_does_not_hang(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "Torque 25 Nm"
    book.active.cell(100_000, 1, "end")
    book.save(tmp_path / "far.xlsx")
    assert texts(tmp_path / "far.xlsx") == ["Torque 25 Nm end"]


def test_a_row_that_is_too_wide_is_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["x"] * (COLUMNS + 1))
    book.save(tmp_path / "wide.xlsx")
    with pytest.raises(InvalidInput, match="more than 100 cells"):
        read(tmp_path / "wide.xlsx")


@pytest.mark.parametrize("name", ["a.csv", "a.md", "a.html", "a.xlsx"])
def test_names_below_an_empty_corner_tell_equal_names_apart(tmp_path: Path, name: str) -> None:
    rows = [
        ["", "Torque", "Torque", "Angle"], ["Bolt", "dry", "oiled", ""],
        ["Lid", "85", "72", "90"], ["Sump", "40", "34", "60"],
    ]  # fmt: skip
    path = tmp_path / name
    if name.endswith("xlsx"):
        book = openpyxl.Workbook()
        for row in rows:
            book.worksheets[0].append([cell or None for cell in row])
        book.save(path)
    elif name.endswith("html"):
        cells = ["".join(f"<th>{cell}" for cell in rows[0])]
        cells += ["".join(f"<td>{cell}" for cell in row) for row in rows[1:]]
        path.write_text(f"<table>{''.join(f'<tr>{row}' for row in cells)}</table>", "utf-8")
    elif name.endswith("md"):
        lines = [" | ".join(["", *row, ""]).strip() for row in rows]
        path.write_text("\n".join([lines[0], "|---|---|---|---|", *lines[1:]]), "utf-8")
    else:
        path.write_text("\n".join(";".join(row) for row in rows), "utf-8")
    [found] = texts(path)
    assert "Sump: Torque dry 40, Torque oiled 34, Angle 60." in found


def test_a_row_of_squared_and_cubed_units_belongs_to_the_names(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Pump,Flow,Load\n,m\u00b3/h,N/mm\u00b2\nP-1,12,30\nP-2,15,-1\n", "utf-8")
    [found] = texts(path)
    assert "P-2: Flow m\u00b3/h 15, Load N/mm\u00b2 -1." in found
