"""PDF: text that is crossed out or painted over is left out and reported."""

from __future__ import annotations

from pathlib import Path

import pytest

from fieldkit.library.documents import Document, read
from fieldkit.library.readers.model import Kind
from tests.pdf_drawing import Sheet, save


def read_sheet(folder: Path, sheet: Sheet) -> Document:
    return read(save(folder / "a.pdf", [sheet]))


def test_a_line_through_a_value(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.text(72, 700, "Torque of the flange:")
    sheet.text(180, 700, "95 Nm")
    sheet.line(180, 703, 208, 703)
    sheet.text(220, 700, "72 Nm")
    document = read_sheet(tmp_path, sheet)
    assert document.pages[0].text == "Torque of the flange: [struck out] 72 Nm"
    assert [(warning.kind, str(warning)) for warning in document.warnings] == [
        (Kind.LEFT_OUT, "page 1: words with a line through them count as deleted and are left out")
    ]


def test_a_line_through_a_part_of_a_word(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.text(72, 700, "Torque:", 10)
    sheet.text(120, 700, "9572", 10)  # each figure 5.56 points wide
    sheet.line(120, 703, 131.1, 703)
    sheet.text(150, 700, "Nm", 10)
    assert read_sheet(tmp_path, sheet).pages[0].text == "Torque: [struck out] 72 Nm"


def test_a_line_through_a_row_of_a_table(tmp_path: Path) -> None:
    sheet = Sheet()
    rows = (("Bolt", "Torque"), ("M8", "25 Nm"), ("M10", "49 Nm"), ("M12", "85 Nm"))
    for number, row in enumerate(rows):
        sheet.row((76, 176), 686 - 20 * number, row, bold=not number)
    sheet.line(72, 649, 272, 649)
    text = read_sheet(tmp_path, sheet).pages[0].text
    assert "49" not in text
    assert "| M8 | 25 Nm |" in text
    assert "| M12 | 85 Nm |" in text


def test_lines_that_cross_nothing_out(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.text(72, 700, "Gap of 4 mm")  # underlined
    sheet.line(72, 698.5, 128, 698.5)
    sheet.text(72, 660, "Terminal X1")  # a line of a drawing ends and begins far from the text
    sheet.line(20, 663, 400, 663)
    sheet.row((100, 200), 640, ("45 %", "18 mm"))  # a chart's line behind labels
    sheet.line(40, 643, 400, 643)
    sheet.text(72, 620, "3", 8)  # a fraction
    sheet.line(71, 618, 78, 618)
    sheet.text(72, 610, "4", 8)
    document = read_sheet(tmp_path, sheet)
    assert "struck" not in document.pages[0].text
    assert "Gap of 4 mm" in document.pages[0].text
    assert not document.warnings


@pytest.mark.parametrize("colour", ["0", "1"])
def test_a_box_drawn_over_text_hides_it(tmp_path: Path, colour: str) -> None:
    sheet = Sheet()
    sheet.text(72, 700, "Set point 95 bar")
    sheet.content += f"{colour} g 70 695 150 16 re f 0 g\n"
    sheet.text(72, 660, "Set point 72 bar")
    document = read_sheet(tmp_path, sheet)
    assert document.pages[0].text == "Set point 72 bar"
    assert [warning.kind for warning in document.warnings] == [Kind.LEFT_OUT]


def test_a_box_drawn_below_text_hides_nothing(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.text(72, 740, "Values")
    sheet.content += "0.9 g 70 695 150 16 re f 0 g\n"
    sheet.text(72, 700, "Set point 95 bar")
    sheet.content += "0.5 w 70 655 150 16 re S\n"
    sheet.text(72, 660, "Set point 72 bar")
    document = read_sheet(tmp_path, sheet)
    assert "Set point 95 bar" in document.pages[0].text
    assert "Set point 72 bar" in document.pages[0].text
    assert not document.warnings
