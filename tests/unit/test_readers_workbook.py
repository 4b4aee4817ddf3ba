"""Workbooks: values as they are seen, merged cells, what is hidden, and other writers."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.table import Table as ExcelTable
from openpyxl.worksheet.worksheet import Worksheet

from fieldkit.errors import InvalidInput
from fieldkit.library.documents import read
from fieldkit.library.passages import split
from fieldkit.library.readers import archive
from fieldkit.library.readers.model import Document
from tests.workbook_files import (
    MAIN,
    STRICT,
    cell,
    relationships,
    row,
    styles,
    write_parts,
)

BOLD = Font(bold=True)


def book(rows: Sequence[Sequence[object]], merged: Sequence[str] = ()) -> Worksheet:
    """A sheet of ``rows``, which ``saved`` writes and reads."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    for values in rows:
        sheet.append(values)
    for area in merged:
        sheet.merge_cells(area)
    sheet.title = "Data"
    return sheet


def saved(sheet: Worksheet, path: Path) -> Document:
    sheet.parent.save(path)
    return read(path)


def lines(document: Document) -> list[str]:
    """The lines of the only page, without the name of the sheet and the rules of tables."""
    text = document.pages[0].text.splitlines()
    return [line for line in text[1:] if line and not line.startswith(("|---", "|  |"))]


def read_rows(
    tmp_path: Path, rows: Sequence[Sequence[object]], merged: Sequence[str] = ()
) -> list[str]:
    return lines(saved(book(rows, merged), tmp_path / "a.xlsx"))


def warned(document: Document) -> list[tuple[str, str]]:
    return [(warning.kind.value, warning.message) for warning in document.warnings]


# --- values


def test_values_are_as_excel_shows_them(tmp_path: Path) -> None:
    shown = [
        (25, '0" %"'), (40, r"0\ \%"), (0.8, "0%"), (85, '0" Nm"'), (4711, "0000000"),
        (0.375, "# ?/?"), (0.25, '"\u00b1"0.00" mm"'), (True, "General"), ("#N/A", "General"),
        (dt.date(2026, 3, 1), "mm-dd-yy"), (dt.date(2026, 3, 1), "dd.mm.yyyy"),
        (dt.timedelta(hours=36), "[h]:mm"), (-5, "0;[Red]0"),
    ]  # fmt: skip
    sheet = book([["Item", "Value"]])
    for number, (value, code) in enumerate(shown, 2):
        sheet.cell(number, 1, f"row {number}")
        sheet.cell(number, 2, value).number_format = code
    document = saved(sheet, tmp_path / "a.xlsx")
    assert [line.split(" | ")[1].removesuffix(" |") for line in lines(document)[1:]] == [
        "25 %", "40 %", "80%", "85 Nm", "0004711", "3/8", "\u00b10.25 mm", "TRUE", "#N/A",
        "2026-03-01", "01.03.2026", "36:00", "-5",
    ]  # fmt: skip


def test_what_a_format_hides_is_left_out_and_reported(tmp_path: Path) -> None:
    sheet = book([["Bolt", "Torque"], ["M8", 25], ["M10", 49], ["M12", "85 Nm"]])
    sheet["B3"].number_format = ";;;"
    sheet["B4"].number_format = ";;;"
    document = saved(sheet, tmp_path / "a.xlsx")
    assert lines(document) == ["| Bolt | Torque |", "| M8 | 25 |", "M10", "M12"]
    assert warned(document) == [
        ("left_out", "sheet 'Data': text in B3, B4 is not shown and was left out")
    ]


def test_white_text_on_white_is_left_out_and_reported(tmp_path: Path) -> None:
    sheet = book([["Bolt", "Torque"], ["M8", 25], ["M10", 49]])
    sheet["B3"].font = Font(color="FFFFFFFF")
    for name in ("A1", "B1"):  # white on blue is seen
        sheet[name].font = Font(color="FFFFFFFF")
        sheet[name].fill = PatternFill("solid", fgColor="FF0000FF")
    document = saved(sheet, tmp_path / "a.xlsx")
    assert lines(document) == ["| Bolt | Torque |", "| M8 | 25 |", "M10"]
    assert warned(document)[0][1] == "sheet 'Data': text in B3 is not shown and was left out"


def test_a_minus_that_the_format_leaves_out_is_added_and_reported(tmp_path: Path) -> None:
    sheet = book([["Level", "mm"], ["low", -5]])
    sheet["B2"].number_format = "0;0"
    document = saved(sheet, tmp_path / "a.xlsx")
    assert lines(document)[1] == "| low | -5 |"
    assert warned(document) == [
        ("detail", "sheet 'Data': the minus of B2 was added, which the format leaves out")
    ]


# --- rich text


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        (("85", ("1", "superscript"), " Nm"), "85 Nm \u00b9"),
        (("2 x 10", ("-3", "superscript"), " Pa"), "2 x 10\u207b\u00b3 Pa"),
        (("H", ("2", "subscript"), "O"), "H\u2082O"),
        (("1", ("1", "superscript"), "/", ("2", "subscript"), " inch"), "1 1/2 inch"),
    ],
)
def test_raised_and_lowered_runs(
    tmp_path: Path, parts: Sequence[str | tuple[str, str]], text: str
) -> None:
    rich = CellRichText(
        [
            part if isinstance(part, str) else TextBlock(InlineFont(vertAlign=part[1]), part[0])
            for part in parts
        ]
    )
    sheet = book([["Bolt", "Torque"], ["M8", "x"]])
    sheet["B2"] = rich
    assert lines(saved(sheet, tmp_path / "a.xlsx"))[-1] == f"| M8 | {text} |"


def test_raised_runs_of_inline_strings(tmp_path: Path) -> None:
    rich = (
        '<c r="B1" t="inlineStr"><is><r><t>85</t></r><r><rPr><vertAlign val="superscript"/></rPr>'
        "<t>1)</t></r><r><t> Nm</t></r></is></c>"
    )
    path = write_parts(tmp_path / "a.xlsx", row(1, cell("A1", "Stud"), rich))
    assert lines(read(path)) == ["| Stud | 85 Nm \u00b9\u207e |"]


def test_crossed_out_text_is_left_out_and_reported(tmp_path: Path) -> None:
    sheet = book([["Bolt", "Torque"], ["Head", "95 Nm"], ["Foot", 30], ["Nut", 12]])
    sheet["B2"] = CellRichText(TextBlock(InlineFont(strike=True), "95 Nm "), "72 Nm")
    sheet["B3"].font = Font(strike=True)
    for name in ("A4", "B4"):
        sheet[name].font = Font(strike=True)
    document = saved(sheet, tmp_path / "a.xlsx")
    assert lines(document) == ["| Bolt | Torque |", "| Head | 72 Nm |", "Foot"]
    assert warned(document) == [
        ("left_out", "sheet 'Data': crossed-out text in B2, B3, A4, B4 was left out")
    ]


# --- merged cells and names


def test_merged_cells_and_two_rows_of_names(tmp_path: Path) -> None:
    sheet = book(
        [
            ["Engine", "Bolt", "Torque", None],
            [None, None, "dry", "oiled"],
            ["KM-3", "Head bolt", 85, 72],
            [None, "Sump bolt", 25, 21],
            ["KM-5", "Head bolt", 120, 101],
            [None, "Sump bolt", 31, 27],
        ],
        ["A1:A2", "B1:B2", "C1:D1", "A3:A4", "A5:A6"],
    )
    [passage] = split(saved(sheet, tmp_path / "a.xlsx"))
    assert "KM-3: Bolt Sump bolt, Torque dry 25, Torque oiled 21." in passage.text
    assert "KM-5: Bolt Sump bolt, Torque dry 31, Torque oiled 27." in passage.text


@pytest.mark.parametrize(
    ("rows", "merged", "expected"),
    [
        (  # names that are figures, below a merged name
            [["Thread", "Class", None], [None, 8.8, 10.9], ["M6", 10, 14], ["M8", 25, 35]],
            ["A1:A2", "B1:C1"],
            ["| Thread | Class 8.8 | Class 10.9 |", "| M6 | 10 | 14 |", "| M8 | 25 | 35 |"],
        ),
        (  # a corner
            [[None, 8.8, 10.9], ["M6", 10, 14], ["M8", 25, 35]],
            [],
            ["|  | 8.8 | 10.9 |", "| M6 | 10 | 14 |", "| M8 | 25 | 35 |"],
        ),
        (  # units below the names, and no merged cells
            [["Bolt", "Torque", None], [None, "dry", "oiled"], [None, "Nm", "Nm"],
             ["M8", 25, 21], ["M10", 49, 40]],
            [],
            ["| Bolt | Torque dry Nm | Torque oiled Nm |", "| M8 | 25 | 21 |", "| M10 | 49 | 40 |"],
        ),
        (  # three rows of names
            [["Bolt", "Nm", None, None, None], [None, "steel", None, "cast", None],
             [None, "dry", "oiled", "dry", "oiled"], ["M8", 25, 21, 20, 17]],
            ["A1:A3", "B1:E1", "B2:C2", "D2:E2"],
            ["| Bolt | Nm steel dry | Nm steel oiled | Nm cast dry | Nm cast oiled |",
             "| M8 | 25 | 21 | 20 | 17 |"],
        ),
        (  # a value over two columns holds for both
            [["Bolt", "dry", "oiled"], ["M8", 25, None], ["M10", 49, 40]],
            ["B2:C2"],
            ["| Bolt | dry | oiled |", "| M8 | 25 | 25 |", "| M10 | 49 | 40 |"],
        ),
        (  # no names: a code above others of its kind is a value
            [["E 17", "Low oil", "Fill"], ["E 18", "Hot oil", "Stop"]],
            [],
            ["| E 17 | Low oil | Fill |", "| E 18 | Hot oil | Stop |"],
        ),
        (  # units
            [["Thread", "Torque", "Length"], [None, "N\u00b7m", "(mm)"], ["M8", 25, 30]],
            [],
            ["| Thread | Torque N\u00b7m | Length (mm) |", "| M8 | 25 | 30 |"],
        ),
        (  # words that are no units
            [["Part", "Value"], ["Colour", "red"], ["Weight", 5], ["Length", 7]],
            [],
            ["|  |  |", "| Part | Value |", "| Colour | red |", "| Weight | 5 |",
             "| Length | 7 |"],
        ),
        (  # a merged name over values without figures
            [["Part", None, "Tool"], ["Bolt", "Head", "Spanner"], ["Nut", "Foot", "Wrench"]],
            ["A1:B1"],
            ["| Part | Part | Tool |", "| Bolt | Head | Spanner |", "| Nut | Foot | Wrench |"],
        ),
        (  # two names to the left
            [["Property", None, "PX-1", "PX-2"], ["Torque", "dry", 25, 21],
             [None, "oiled", 20, 18]],
            ["A1:B1", "A2:A3"],
            ["| Property | Property | PX-1 | PX-2 |", "| Torque | dry | 25 | 21 |",
             "| Torque | oiled | 20 | 18 |"],
        ),
        (  # a label beside names and values
            [["Fluid end", "Bolt", "Torque"], [None, "Head", 25], [None, "Foot", 30]],
            ["A1:A3"],
            ["| Fluid end | Bolt | Torque |", "| Fluid end | Head | 25 |",
             "| Fluid end | Foot | 30 |"],
        ),
        (  # names above and to the left
            [["Property", "Unit", "PX-1", "PX-2"], ["Flow", "l/min", 10, 12]],
            [],
            ["| Property | Unit | PX-1 | PX-2 |", "| Flow | l/min | 10 | 12 |"],
        ),
    ],
)  # fmt: skip
def test_names(
    tmp_path: Path, rows: list[list[object]], merged: list[str], expected: list[str]
) -> None:
    found = saved(book(rows, merged), tmp_path / "a.xlsx").pages[0].text.splitlines()
    assert [line for line in found[1:] if line and not line.startswith("|---")][
        -len(expected) :
    ] == expected


def test_bold_names_may_be_figures(tmp_path: Path) -> None:
    sheet = book([["Thread", 8.8, 10.9], ["M6", 10, 14], ["M8", 25, 35]])
    plain = saved(sheet, tmp_path / "plain.xlsx").pages[0].text
    assert "|  |  |  |\n" in plain
    for each in sheet[1]:
        each.font = BOLD
    assert lines(saved(sheet, tmp_path / "bold.xlsx"))[0] == "| Thread | 8.8 | 10.9 |"


def test_names_that_the_file_states(tmp_path: Path) -> None:
    rows = [["Oil", "Tank"], ["Diesel", "Left"], ["Water", "Right"]]
    table = book(rows)
    table.add_table(ExcelTable(displayName="Fluids", ref="A1:B3"))
    filtered = book(rows)
    filtered.auto_filter.ref = "A1:B3"
    frozen = book(rows)
    frozen.freeze_panes = "A2"
    printed = book(rows)
    printed.print_title_rows = "1:1"
    for number, sheet in enumerate((table, filtered, frozen, printed)):
        document = saved(sheet, tmp_path / f"{number}.xlsx")
        assert document.pages[0].text.splitlines()[2] == "| Oil | Tank |"
    assert "|  |  |\n" in saved(book(rows), tmp_path / "a.xlsx").pages[0].text


def test_merged_rows_are_titles_groups_and_notes(tmp_path: Path) -> None:
    note = "Oil all threads before they are tightened, and check them after one hour."
    document = saved(
        book(
            [
                ["Torques of PX-204", None, None],
                ["Bolt", "Torque", "Tool"],
                ["Fluid end", None, None],
                ["Head bolt", 25, "T30"],
                ["Power end", None, None],
                ["Head bolt", 85, "T50"],
                [note, None, None],
                ["Nut", 12, "T20"],
                ["Bolt", "Torque", "Tool"],
                ["Stud", 13, "T20"],
            ],
            ["A1:C1", "A3:C3", "A5:C5", "A7:C7"],
        ),
        tmp_path / "a.xlsx",
    )
    assert lines(document) == [
        "## Torques of PX-204",
        "| Bolt | Torque | Tool |",
        "| **Fluid end** |  |  |",
        "| Head bolt | 25 | T30 |",
        "| **Power end** |  |  |",
        "| Head bolt | 85 | T50 |",
        note,
        "| Bolt | Torque | Tool |",
        "| **Power end** |  |  |",
        "| Nut | 12 | T20 |",
        "| Stud | 13 | T20 |",
    ]


def test_a_key_without_values_is_no_group(tmp_path: Path) -> None:
    rows = [["Bolt", "Torque", "Tool"], ["Head", None, None], ["Foot", 25, "T30"]]
    assert read_rows(tmp_path, rows)[1] == "| Head |  |  |"


@pytest.mark.parametrize("titled", [False, True])
def test_tables_beside_each_other(tmp_path: Path, titled: bool) -> None:
    titles = [["Bolts", None, None, "Faults"]] if titled else []
    rows = [
        *titles,
        ["Bolt", "Torque", None, "Code", "Meaning", "Remedy"],
        ["M8", 25, None, "E 17", "Low oil", "Refill"],
        ["M10", 49, None, "E 18", "Hot oil", "Stop"],
        ["M12", 85],
    ]
    found = [line for line in read_rows(tmp_path, rows) if line.startswith("|")]
    assert found == [
        "| Bolt | Torque |", "| M8 | 25 |", "| M10 | 49 |", "| M12 | 85 |",
        "| Code | Meaning | Remedy |", "| E 17 | Low oil | Refill |", "| E 18 | Hot oil | Stop |",
    ]  # fmt: skip


def test_a_column_of_space_inside_a_table_does_not_cut_it(tmp_path: Path) -> None:
    rows = [
        ["Part", "No", None, "Quantity", "Price"],
        ["Seal", "G-1", None, 2, 4],
        ["Ring", "G-2", None, 2, 4],
        ["Nut", "G-3", None, 2, 1],
    ]
    assert read_rows(tmp_path, rows)[1] == "| Seal | G-1 | 2 | 4 |"


def test_an_empty_row_inside_a_table_keeps_its_names(tmp_path: Path) -> None:
    rows = [["Code", "Meaning", "Remedy"], ["E 17", "Low oil", "Refill"], [],
            ["E 18", "Hot oil", "Stop"], [], ["Oil", "8 l"], ["Water", "11 l"]]  # fmt: skip
    assert read_rows(tmp_path, rows) == [
        "| Code | Meaning | Remedy |", "| E 17 | Low oil | Refill |",
        "| Code | Meaning | Remedy |", "| E 18 | Hot oil | Stop |",
        "| Oil | 8 l |", "| Water | 11 l |",
    ]  # fmt: skip


@pytest.mark.parametrize(("bold", "titled"), [(True, True), (True, False), (False, True)])
def test_tables_below_each_other_without_an_empty_row(
    tmp_path: Path, bold: bool, titled: bool
) -> None:
    title = [["Faults", None, None]] if titled else []
    rows = [["Bolt", "Torque", "Tool"], ["Head", 25, "T30"], ["Foot", 30, "T30"], *title,
            ["Code", "Meaning", "Remedy"], ["E 17", "Low oil", "Refill"],
            ["E 18", "Hot oil", "Stop"]]  # fmt: skip
    sheet = book(rows)
    for each in (*sheet[1], *sheet[4 + titled]):
        each.font = Font(bold=bold)
    found = [
        line
        for line in saved(sheet, tmp_path / "a.xlsx").pages[0].text.splitlines()
        if line.startswith("|---") or "Code" in line or "Faults" in line
    ]
    assert found == [
        "|---|---|---|",
        *(["Faults"] if titled else []),
        "| Code | Meaning | Remedy |",
        "|---|---|---|",
    ]


def test_a_bold_row_of_values_begins_no_table(tmp_path: Path) -> None:
    rows = [["Code", "Meaning", "Remedy"], ["E 17", "Low oil", "Refill"],
            ["E 18", "Hot oil", "Stop"], ["E 19", "Cold oil", "Wait"]]  # fmt: skip
    sheet = book(rows)
    for each in (*sheet[1], *sheet[3]):
        each.font = BOLD
    assert lines(saved(sheet, tmp_path / "a.xlsx")) == [
        "| " + " | ".join(str(value) for value in row) + " |" for row in rows
    ]


def test_pairs_above_a_table_are_not_its_names(tmp_path: Path) -> None:
    rows = [["Model", "PX-204"], ["Revision", "C"], ["Code", "Meaning", "Remedy"],
            *[[f"E {n}", "Low oil", "Refill"] for n in range(17, 21)]]  # fmt: skip
    found = read_rows(tmp_path, rows)
    assert found[:4] == ["| Model | PX-204 |", "| Revision | C |", "| Code | Meaning | Remedy |",
                         "| E 17 | Low oil | Refill |"]  # fmt: skip


# --- what is hidden, notes and shapes


def test_hidden_rows_and_columns_are_left_out_and_reported(tmp_path: Path) -> None:
    sheet = book(
        [["Engine", "Bolt", "Secret", "Torque"], ["KM-3", "Head", "x", 85],
         [None, "Sump", "y", 25], [None, "Rocker", "z", 18]],
        ["A2:A4"],
    )  # fmt: skip
    sheet.row_dimensions[2].hidden = True  # as a filter hides it: the merged name is still seen
    sheet.column_dimensions["C"].hidden = True
    document = saved(sheet, tmp_path / "a.xlsx")
    assert lines(document) == [
        "| Engine | Bolt | Torque |", "| KM-3 | Sump | 25 |", "| KM-3 | Rocker | 18 |"
    ]  # fmt: skip
    assert warned(document) == [
        ("left_out", "sheet 'Data': what is hidden in rows 2 was not read"),
        ("left_out", "sheet 'Data': what is hidden in columns C was not read"),
    ]


def test_rows_of_no_height_and_columns_of_no_width_are_hidden(tmp_path: Path) -> None:
    path = write_parts(
        tmp_path / "a.xlsx",
        row(1, cell("A1", "Bolt"), cell("B1", "x"), cell("C1", "Nm"))
        + row(2, cell("A2", "M8"), cell("B2", "x"), cell("C2", 25))
        + row(3, cell("A3", "M10"), cell("C3", 49), attributes='ht="0" customHeight="1"'),
        before='<cols><col min="2" max="2" width="0"/></cols>',
    )
    document = read(path)
    assert lines(document) == ["| Bolt | Nm |", "| M8 | 25 |"]
    assert len(document.warnings) == 2


def test_hidden_sheets_and_sheets_of_charts_are_reported(tmp_path: Path) -> None:
    sheet = book([["x", "y"]])
    workbook = sheet.parent
    workbook.create_sheet("Lists").sheet_state = "veryHidden"
    workbook.create_chartsheet("Curve")
    assert warned(saved(sheet, tmp_path / "a.xlsx")) == [
        ("left_out", "sheet 'Lists' is hidden and was not read"),
        ("left_out", "sheet 'Curve' is a chartsheet and was not read"),
    ]


def test_notes_are_beside_their_cells(tmp_path: Path) -> None:
    sheet = book([["Bolt", "Torque", "Tool"], ["M8", 25, "T30"], ["M10", None, "T40"]])
    sheet["B2"].comment = Comment("Ann:\nonly oiled", "Ann")
    sheet["B3"].comment = Comment("see page 4", "Ann")
    sheet["B1"].comment = Comment("at 20 \u00b0C", "Ann")
    assert lines(saved(sheet, tmp_path / "a.xlsx")) == [
        "| Bolt | Torque | Tool |",
        "| M8 | 25 (Note: only oiled) | T30 |",
        "| M10 | (Note: see page 4) | T40 |",
        "Torque (Note: at 20 \u00b0C)",
    ]


def test_threads_of_comments_replace_their_copy_for_old_programs(tmp_path: Path) -> None:
    old = "[Threaded comment] Your version of this program allows you to read this. Comment: dry"
    thread = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
    path = write_parts(
        tmp_path / "a.xlsx",
        row(1, cell("A1", "M8"), cell("B1", 25)),
        more={
            "xl/worksheets/_rels/sheet1.xml.rels": relationships(
                ("comments", "../comments1.xml"), ("threadedComment", "/xl/threads/t1.xml")
            ),
            "xl/comments1.xml": f'<comments xmlns="{MAIN}"><authors><author/></authors>'
            f'<commentList><comment ref="B1" authorId="0"><text><t>{old}</t></text></comment>'
            "</commentList></comments>",
            "xl/threads/t1.xml": f'<ThreadedComments xmlns="{thread}">'
            '<threadedComment ref="B1"><text>dry only</text></threadedComment>'
            '<threadedComment ref="B1"><text>confirmed</text></threadedComment>'
            "</ThreadedComments>",
        },
    )
    assert lines(read(path)) == ["| M8 | 25 (Note: dry only; confirmed) |"]


DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
LETTERS = "http://schemas.openxmlformats.org/drawingml/2006/main"


def test_text_of_shapes_is_read_and_pictures_are_reported(tmp_path: Path) -> None:
    def shape(text: str) -> str:
        return f"<x:sp><x:txBody><a:p><a:r><a:t>{text}</a:t></a:r></a:p></x:txBody></x:sp>"

    drawing = (
        f'<x:wsDr xmlns:x="{DRAWING}" xmlns:a="{LETTERS}" xmlns:m="urn:m">'
        f"<x:twoCellAnchor>{shape('Stop the pump first.')}</x:twoCellAnchor>"
        f"<x:grpSp>{shape('Lock the valve.')}</x:grpSp><x:pic/>"
        f"<m:AlternateContent><m:Choice>{shape('New')}</m:Choice>"
        f"<m:Fallback>{shape('Old')}</m:Fallback></m:AlternateContent></x:wsDr>"
    )
    path = write_parts(
        tmp_path / "a.xlsx",
        row(1, cell("A1", "M8"), cell("B1", 25)),
        more={
            "xl/worksheets/_rels/sheet1.xml.rels": relationships(("drawing", "../d.xml")),
            "xl/d.xml": drawing,
            "xl/_rels/d.xml.rels": relationships(("chart", "c.xml"), ("image", "i.png")),
        },
    )
    document = read(path)
    assert lines(document) == ["| M8 | 25 |", "Stop the pump first.", "Lock the valve.", "New"]
    assert warned(document) == [("left_out", "sheet 'Data': not read: a picture, a chart")]


def test_formulas_without_a_value_are_reported_by_sheet(tmp_path: Path) -> None:
    sheet = book([["Part", "Nm"], ["A", "=1+1"], ["B", "=2+2"]])
    sheet.parent.create_sheet("Other").append(["x", "=1"])
    assert [text for _, text in warned(saved(sheet, tmp_path / "a.xlsx"))] == [
        "sheet 'Data': 2 formulas have no value; open and save it in a spreadsheet program",
        "sheet 'Other': 1 formulas have no value; open and save it in a spreadsheet program",
    ]
    empty = '<c r="B1" t="str"><f>""</f><v></v></c>'
    assert read(write_parts(tmp_path / "b.xlsx", row(1, cell("A1", "x"), empty))).warnings == ()


# --- other writers

ROWS = row(1, cell("A1", "Bolt"), cell("B1", "Nm")) + row(2, cell("A2", "M8"), cell("B2", 25))
READ = ["| Bolt | Nm |", "| M8 | 25 |"]


@pytest.mark.parametrize(
    "options",
    [
        {"namespace": STRICT},
        {"main": "xl/workbook2.xml"},
        {"main": "book/main.xml", "sheet": "s/one.xml"},
        {"sheet": "/xl/other/data.xml"},
        {"encoding": "utf-16"},
        {"before": '<dimension ref="A1:A1"/>'},
    ],
    ids=["strict", "name of the main part", "other folders", "absolute", "utf-16", "dimension"],
)
def test_other_writers(tmp_path: Path, options: dict[str, str]) -> None:
    document = read(write_parts(tmp_path / "a.xlsx", ROWS, **options))  # type: ignore[arg-type]
    assert (lines(document), document.warnings) == (READ, ())


def test_names_of_parts_in_another_case_and_with_backslashes(tmp_path: Path) -> None:
    source = write_parts(tmp_path / "a.xlsx", ROWS)
    path = tmp_path / "b.xlsx"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            new.writestr(name.replace("xl/w", "XL\\W"), old.read(name))
    assert lines(read(path)) == READ


def test_rows_and_cells_without_references(tmp_path: Path) -> None:
    rows = "<row><c><v>1</v></c><c><v>2</v></c></row><row/><row><c><v>3</v></c></row>"
    assert lines(read(write_parts(tmp_path / "a.xlsx", rows))) == ["| 1 | 2 |", "3"]


def test_macro_workbooks_are_read(tmp_path: Path) -> None:
    assert lines(read(write_parts(tmp_path / "a.xlsm", ROWS))) == READ


def test_counts_of_shared_strings_may_lie(tmp_path: Path) -> None:
    strings = (
        f'<sst xmlns="{MAIN}" count="99" uniqueCount="1"><si><t>Bolt</t></si>'
        '<si><r><t>M</t></r><r><rPr/><t xml:space="preserve">8 x 20</t></r>'
        "<rPh><t>hint</t></rPh></si><si><t>a_x000D_b</t></si></sst>"
    )
    rows = row(1, *(f'<c r="{c}1" t="s"><v>{n}</v></c>' for n, c in enumerate("ABCD")))
    document = read(write_parts(tmp_path / "a.xlsx", rows, strings=strings))
    assert lines(document) == ["| Bolt | M8 x 20 | ab |"]
    [(kind, message)] = warned(document)
    assert kind == "damaged"
    assert message.endswith("read in part: the text of cell D1 is missing from the file")


def test_dates_from_1904_and_iso_dates(tmp_path: Path) -> None:
    rows = row(1, cell("A1", 44620, 1), '<c r="B1" s="1" t="d"><v>2026-03-01T00:00:00</v></c>')
    for settings in ('<workbookPr date1904="1"/>', '<workbookPr date1904="true"/>'):
        path = write_parts(
            tmp_path / "a.xlsx", rows, style=styles("yyyy\\-mm\\-dd"), settings=settings
        )
        assert lines(read(path)) == ["| 2026-03-01 | 2026-03-01 |"]


# --- bad input


def test_a_damaged_sheet_does_not_take_the_others_with_it(tmp_path: Path) -> None:
    sheet = book([["Bolt", "Nm"], ["M8", 25], ["M10", 49]])
    sheet.parent.create_sheet("Good").append(["Oil", "8 l"])
    sheet.parent.save(tmp_path / "a.xlsx")
    path = tmp_path / "b.xlsx"
    with zipfile.ZipFile(tmp_path / "a.xlsx") as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, data[: data.index(b"M10") if b"M10" in data else None][:-40]
                         if name.endswith("sheet1.xml") else data)  # fmt: skip
    document = read(path)
    assert "| Oil | 8 l |" in document.pages[0].text
    assert [kind for kind, _ in warned(document)] == ["damaged"]
    assert "sheet 'Data' is damaged and was read in part" in warned(document)[0][1]


def test_a_missing_sheet_is_reported(tmp_path: Path) -> None:
    sheet = book([["Bolt", "Nm"], ["M8", 25]])
    sheet.parent.create_sheet("Gone").append(["Oil", "8 l"])
    sheet.parent.save(tmp_path / "a.xlsx")
    path = tmp_path / "b.xlsx"
    with zipfile.ZipFile(tmp_path / "a.xlsx") as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            if not name.endswith("sheet2.xml"):
                new.writestr(name, old.read(name))
    assert warned(read(path)) == [("damaged", "sheet 'Gone' is missing from the file")]


OLE = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 504


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (OLE + "EncryptedPackage".encode("utf-16-le"), "encrypted; save it without a password"),
        (OLE + "Workbook".encode("utf-16-le"), r"Excel workbook of before 2007 \(.xls\)"),
        (OLE + "WordDocument".encode("utf-16-le"), r"Word document of before 2007 \(.doc\)"),
        (b"<html><table><tr><td>M8", "it is a web page; name it .html"),
        (b"%PDF-1.7", "it is a PDF"),
        (
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
            "XML Spreadsheet of 2003",
        ),
        (b"", "it is empty"),
    ],
)
def test_files_of_another_format_are_named(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    with pytest.raises(InvalidInput, match=reason):
        read(path)


@pytest.mark.parametrize(
    ("part", "reason"),
    [
        ("xl/workbook.bin", "binary workbook"),
        ("word/document.xml", "a Word document; name it .docx"),
        ("content.xml", "an OpenDocument file"),
        ("readme.txt", "it names no sheets"),
    ],
)
def test_archives_of_another_format_are_named(tmp_path: Path, part: str, reason: str) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr(part, "<x/>")
    with pytest.raises(InvalidInput, match=reason):
        read(tmp_path / "a.xlsx")


def test_one_long_text_in_many_cells_is_refused(tmp_path: Path) -> None:
    strings = f'<sst xmlns="{MAIN}"><si><t>{"x" * 1_000_000}</t></si></sst>'
    rows = "".join(row(n, f'<c r="A{n}" t="s"><v>0</v></c>') for n in range(1, 60))
    path = write_parts(tmp_path / "a.xlsx", rows, strings=strings)
    assert path.stat().st_size < 10_000
    with pytest.raises(InvalidInput, match="more than 32 million characters"):
        read(path)


def test_merged_areas_of_a_whole_sheet_end(tmp_path: Path) -> None:
    merged = "".join('<mergeCell ref="A1:XFD1048576"/>' for _ in range(1000))
    path = write_parts(tmp_path / "a.xlsx", ROWS, behind=f"<mergeCells>{merged}</mergeCells>")
    assert "Bolt" in read(path).pages[0].text


def test_parts_that_unpack_to_much_together_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_parts(tmp_path / "a.xlsx", ROWS)
    monkeypatch.setattr(archive, "_TOTAL", 1000)
    with pytest.raises(InvalidInput, match="unpacks to more than 0 MiB"):
        read(path)
