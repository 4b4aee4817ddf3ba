"""Tables of Word documents: merged cells, names, groups, layout, pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from fieldkit.library.documents import read
from tests.word_files import (
    cell,
    p,
    passages,
    r,
    row,
    span,
    table,
    text,
    warnings,
    write,
)  # fmt: skip

START = cell("Cover", props='<w:vMerge w:val="restart"/>')
MORE = cell(props="<w:vMerge/>")
NAMES = "<w:tblHeader/>"


def rows_of(path: Path, *rows: str) -> list[str]:
    """The sentences of a table."""
    return [text for _, text in passages(write(path, table(*rows)))]


@pytest.mark.parametrize("marked", ["", NAMES])
def test_two_rows_of_names_with_spans(tmp_path: Path, marked: str) -> None:
    found = rows_of(
        tmp_path / "a.docx",
        row(cell("Bolt", props='<w:vMerge w:val="restart"/>'), span("Torque", 2), props=marked),
        row(MORE, "dry", "oiled", props=marked),
        row("M8", "25", "21"),
        row("M10", "49", "42"),
    )
    assert found == ["M8: Torque dry 25, Torque oiled 21. M10: Torque dry 49, Torque oiled 42."]


def test_three_rows_of_names(tmp_path: Path) -> None:
    found = rows_of(
        tmp_path / "a.docx",
        row("", span("Torque", 4)),
        row("", span("steel", 2), span("brass", 2)),
        row("Bolt", "dry", "oiled", "dry", "oiled"),
        row("M8", "25", "21", "15", "9"),
    )
    assert found == [
        "M8: Torque steel dry 25, Torque steel oiled 21, Torque brass dry 15, Torque brass oiled 9."
    ]


def test_a_title_over_all_columns_is_no_name(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.docx",
        table(row(span("Torques of KM-3", 3)), row("Bolt", "Dry", "Oiled"), row("M8", "25", "21")),
    )
    assert text(path) == (
        "Torques of KM-3\n\n| Bolt | Dry | Oiled |\n|---|---|---|\n| M8 | 25 | 21 |"
    )


def test_edges_that_a_hand_moved_make_no_columns(tmp_path: Path) -> None:
    found = rows_of(
        tmp_path / "a.docx",
        row("Bolt", span("Dry", 2), "Oiled"),
        row(span("M8", 2), "25", "21"),
        row("M10", span("49", 2), "42"),
        row("M12", "", span("72", 2)),
    )
    assert found == ["M8: Dry 25, Oiled 21. M10: Dry 49, Oiled 42. M12: Oiled 72."]


def test_a_short_row_does_not_move_values_to_other_names(tmp_path: Path) -> None:
    found = rows_of(
        tmp_path / "a.docx",
        row("Bolt", span("Torque", 2), "Note", props=NAMES),
        row("", "dry", "oiled", props=NAMES),
        row("M8", "25", "21"),
        row("M10", "49", "42"),
    )
    assert found == ["M8: Torque dry 25, Torque oiled 21. M10: Torque dry 49, Torque oiled 42."]
    found = rows_of(
        tmp_path / "b.docx", row("Bolt", span("Torque", 2), "Note"), row("M8", "25", "21")
    )
    assert found == ["M8: Torque 25, 21."]


def test_a_wide_name_without_names_below_is_one_name(tmp_path: Path) -> None:
    found = rows_of(
        tmp_path / "a.docx",
        row("Part", span("Remedy", 2)),
        row("Pump", "Stop", "Refill"),
        row(span("Motor", 2), "Replace"),
        row("Valve", "Close", "Clean"),
    )
    assert found == ["Pump: Remedy Stop, Refill. Motor: Replace. Valve: Remedy Close, Clean."]


def test_rows_over_all_columns_name_those_below(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.docx",
        table(
            row("Part", "Dry", "Oiled"),
            row(span("Fluid end", 3)), row("Cover", "25", "21"), row("Stud", "85", "72"),
            row(span("Power end", 3)), row("Cover", "30", "26"),
            row(span("All values for clean threads.", 3)),
        ),
    )  # fmt: skip
    assert text(path) == (
        "| Part | Dry | Oiled |\n|---|---|---|\n| **Fluid end** |  |  |\n| Cover | 25 | 21 |\n"
        "| Stud | 85 | 72 |\n| **Power end** |  |  |\n| Cover | 30 | 26 |\n"
        "| All values for clean threads. |  |  |"
    )


def test_a_bold_name_alone_in_its_row_names_the_rows_below(tmp_path: Path) -> None:
    bold = cell(p(r("Fluid end", "<w:b/>")))
    path = write(
        tmp_path / "a.docx",
        table(row("Part", "Dry", "Oiled"), row("Cover", "25", "21"), row(bold, "", ""),
              row("Stud", "85", "72"), row("Nut", "", ""), row("Bolt", "9", "8")),
    )  # fmt: skip
    assert text(path) == (
        "| Part | Dry | Oiled |\n|---|---|---|\n| Cover | 25 | 21 |\n| **Fluid end** |  |  |\n"
        "| Stud | 85 | 72 |\n| Nut |  |  |\n| Bolt | 9 | 8 |"
    )


def test_a_bold_first_row_names_two_columns_of_words(tmp_path: Path) -> None:
    bold = [cell(p(r(words, "<w:b/>"))) for words in ("Fault", "Remedy")]
    rows = row("Pump is loud", "Refill oil"), row("Pump is hot", "Clean it")
    assert rows_of(tmp_path / "a.docx", row(*bold), *rows) == [
        "Pump is loud: Remedy Refill oil. Pump is hot: Remedy Clean it."
    ]
    found = rows_of(tmp_path / "b.docx", *rows)
    assert found == ["Pump is loud: Refill oil. Pump is hot: Clean it."]


def test_a_group_is_repeated_on_the_next_page(tmp_path: Path) -> None:
    turned = cell(p(r("<w:lastRenderedPageBreak/>"), "Stud"))
    path = write(
        tmp_path / "a.docx",
        table(row("Part", "Dry", "Oiled"), row(span("Fluid end", 3)), row("Cover", "25", "21"),
              row(turned, "85", "72")),
    )  # fmt: skip
    names = "| Part | Dry | Oiled |\n|---|---|---|\n| **Fluid end** |  |  |\n"
    assert [page.text for page in read(path).pages] == [
        names + "| Cover | 25 | 21 |", names + "| Stud | 85 | 72 |",
    ]  # fmt: skip


def test_cells_over_rows_are_said_in_each(tmp_path: Path) -> None:
    found = rows_of(
        tmp_path / "a.docx",
        row("Part", "Bolt", "Nm"), row(START, "M8", "25"), row(MORE, "M10", "49"),
        row("Sump", "M6", "9"),
    )  # fmt: skip
    assert found == ["Cover: Bolt M8, Nm 25. Cover: Bolt M10, Nm 49. Sump: Bolt M6, Nm 9."]


def test_columns_left_out_before_and_behind_keep_values_under_their_names(tmp_path: Path) -> None:
    found = rows_of(
        tmp_path / "a.docx",
        row("Bolt", "Dry", "Oiled"),
        row("25", "21", props='<w:gridBefore w:val="1"/>'),
        row("M8", "49", props='<w:gridAfter w:val="1"/>'),
    )
    assert found == ["Dry 25, Oiled 21. M8: Dry 49."]


def test_a_table_in_a_cell_is_read_in_rows(tmp_path: Path) -> None:
    inner = table(row("Bolt", "Dry", "Oiled"), row("M8", "25", "21"), row("M10", "49", "42"))
    [found] = rows_of(
        tmp_path / "a.docx", row("Part", "Torque"), row("Cover", cell(inner + p())),
        row("Oil", cell(table(row("Type", "VG 46"), row("Volume", "8 l")) + p())),
    )  # fmt: skip
    assert found == (
        "Part: Torque. Cover: M8: Dry 25, Oiled 21; M10: Dry 49, Oiled 42. "
        "Oil: Type: VG 46; Volume: 8 l."
    )


def test_paragraphs_and_breaks_of_a_cell_stay_apart(tmp_path: Path) -> None:
    found = rows_of(
        tmp_path / "a.docx", row("Bolt", "Torque", "Note"), row("M8", cell("20", "Nm"), "dry"),
        row("M10", cell(p("40", r("<w:br/>"), "45")), "dry"),
    )  # fmt: skip
    assert found == ["M8: Torque 20 Nm, Note dry. M10: Torque 40 45, Note dry."]


@pytest.mark.parametrize(
    "body",
    [
        table(row(cell(p("Warning"), p("Max. 85 Nm")))),
        table(row("Warning"), row("Max. 85 Nm")),
        table(row(cell(p(r("<w:drawing/>"))), cell("Warning", "Max. 85 Nm"))),
        table(row(cell(table(row("Warning"), row("Max. 85 Nm")) + p()))),
    ],
)
def test_tables_that_only_arrange_text_are_text(tmp_path: Path, body: str) -> None:
    assert text(write(tmp_path / "a.docx", body)) == "Warning\n\nMax. 85 Nm"


def test_columns_of_steps_side_by_side_are_read_one_after_the_other(tmp_path: Path) -> None:
    left = cell("Open V-1.", "Start M-2.", "Wait 5 min.")
    right = cell("Stop M-2.", "Close V-1.")
    assert text(write(tmp_path / "a.docx", table(row(left, right)))).split("\n\n") == [
        "Open V-1.", "Start M-2.", "Wait 5 min.", "Stop M-2.", "Close V-1.",
    ]  # fmt: skip


def test_a_pipe_is_part_of_its_cell(tmp_path: Path) -> None:
    found = rows_of(tmp_path / "a.docx", row("Pin", "Level", "Use"), row("A4", "ON|OFF", "x|y|z"))
    assert found == ["A4: Level ON|OFF, Use x|y|z."]


def test_rows_in_content_controls_and_deleted_cells(tmp_path: Path) -> None:
    controlled = f"<w:sdt><w:sdtContent>{row('M10', '49', '42')}</w:sdtContent></w:sdt>"
    gone = cell("99", props="<w:cellDel/>")
    path = write(
        tmp_path / "a.docx",
        table(row("Bolt", "Dry", "Oiled"), row("M8", gone, "21"), controlled),
    )
    assert passages(path) == [("", "M8: Oiled 21. M10: Dry 49, Oiled 42.")]


def test_all_rows_marked_as_names_are_none(tmp_path: Path) -> None:
    rows = (row(*cells, props=NAMES) for cells in (("Bolt", "Dry", "Oiled"), ("M8", "25", "21")))
    assert rows_of(tmp_path / "a.docx", *rows) == ["M8: Dry 25, Oiled 21."]


def test_a_value_over_columns_and_rows_holds_for_each(tmp_path: Path) -> None:
    wide = '<w:gridSpan w:val="2"/><w:vMerge{}/>'
    found = rows_of(
        tmp_path / "a.docx", row("Bolt", "Dry", "Oiled"),
        row("M8", cell("25", props=wide.format(' w:val="restart"'))),
        row("M9", cell(props=wide.format(""))), row("M10", "49", "42"),
    )  # fmt: skip
    assert found == ["M8: Dry 25, Oiled 25. M9: Dry 25, Oiled 25. M10: Dry 49, Oiled 42."]


@pytest.mark.parametrize("marked", ["", NAMES])
def test_a_value_over_several_columns_holds_for_each(tmp_path: Path, marked: str) -> None:
    found = rows_of(
        tmp_path / "a.docx", row("Bolt", "Dry", "Oiled", "Note", props=marked),
        row("M8", span("25 Nm", 2), "new"), row("M10", "49 Nm", span("see note", 2)),
        row(span("M12", 2), "72 Nm", ""),
    )  # fmt: skip
    assert found == [
        "M8: Dry 25 Nm, Oiled 25 Nm, Note new. M10: Dry 49 Nm, Oiled see note. M12: Oiled 72 Nm."
    ]


def test_what_is_left_out_of_a_long_table_has_its_page(tmp_path: Path) -> None:
    turned = cell(p(r("<w:lastRenderedPageBreak/>"), "M10"))
    struck = cell(p(r("95", "<w:strike/>"), "49"))
    path = write(
        tmp_path / "a.docx",
        table(row("Bolt", "Dry", "Oiled"), row("M8", "25", "21"), row(turned, struck, "42")),
    )
    assert warnings(path) == [("left_out", 2, 'crossed-out text is left out: "95"')]


def test_nested_tables_without_end_are_bounded(tmp_path: Path) -> None:
    deep = "<w:tbl><w:tr><w:tc>" * 70 + p("Core 85") + "</w:tc></w:tr></w:tbl>" * 70
    assert text(write(tmp_path / "a.docx", deep)) == "Core 85"
