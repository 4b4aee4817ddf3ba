"""PDF: merged cells, groups of rows, names in two rows, turned names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from fieldkit.library.documents import read
from fieldkit.library.readers.pdf_found import name_rows
from tests.pdf_drawing import Sheet, save


def table_of(path: Path, sheet: Sheet) -> list[str]:
    """The rows of the page's tables, without the line under the names."""
    text = read(save(path, [sheet])).pages[0].text
    return [line for line in text.splitlines() if line and not line.startswith("|---")]


def ruled(rows: Sequence[Sequence[str]], xs: Sequence[float], *, names: int = 0) -> Sheet:
    """A grid of ``rows`` whose first ``names`` are bold."""
    sheet = Sheet()
    ys = [700 - 20 * n for n in range(len(rows) + 1)]
    sheet.grid(xs, ys)
    for n, row in enumerate(rows):
        sheet.row([x + 4 for x in xs[:-1]], 686 - 20 * n, row, bold=n < names)
    return sheet


@pytest.mark.parametrize("lines", [True, False])
def test_a_group_of_rows(tmp_path: Path, *, lines: bool) -> None:
    sheet = Sheet()
    xs = (72, 200, 320)
    rows = (("Bolt", "Size", "Torque"), "Fluid end", ("Cover", "M8", "25 Nm"),
            ("Flange", "M12", "85 Nm"), "Power end", ("Cover", "M10", "49 Nm"))  # fmt: skip
    for n, row in enumerate(rows):
        y = 700 - 20 * n
        if isinstance(row, str):
            sheet.text(74, y - 14, row, bold=True)
        else:
            sheet.row([x + 2 for x in xs], y - 14, row, bold=n == 0)
        if lines:
            for x in (72, 420) if isinstance(row, str) else (*xs, 420):
                sheet.line(x, y, x, y - 20)
            sheet.line(72, y, 420, y)
    if lines:
        sheet.line(72, 580, 420, 580)
    assert table_of(tmp_path / "a.pdf", sheet) == [
        "| Bolt | Size | Torque |",
        "| **Fluid end** |  |  |",
        "| Cover | M8 | 25 Nm |",
        "| Flange | M12 | 85 Nm |",
        "| **Power end** |  |  |",
        "| Cover | M10 | 49 Nm |",
    ]


def test_names_in_two_rows_with_lines(tmp_path: Path) -> None:
    sheet = Sheet()
    xs = (72, 172, 272, 372)
    for y in (700, 660, 640, 620):
        sheet.line(72, y, 372, y)
    sheet.line(172, 680, 372, 680)
    for x in xs:
        sheet.line(x, 680 if x == 272 else 700, x, 620)
    sheet.text(76, 676, "Bolt")
    sheet.text(250, 686, "Torque")
    sheet.row((176, 276), 666, ("dry", "oiled"))
    sheet.row((76, 176, 276), 646, ("M8", "25 Nm", "21 Nm"))
    sheet.row((76, 176, 276), 626, ("M10", "49 Nm", "42 Nm"))
    assert table_of(tmp_path / "a.pdf", sheet) == [
        "| Bolt | Torque dry | Torque oiled |",
        "| M8 | 25 Nm | 21 Nm |",
        "| M10 | 49 Nm | 42 Nm |",
    ]


@pytest.mark.parametrize("bold", [True, False])
def test_names_in_two_rows_without_lines(tmp_path: Path, *, bold: bool) -> None:
    sheet = Sheet()
    sheet.row((72, 225), 700, ("Bolt", "Torque"), bold=bold)
    sheet.row((172, 272), 686, ("dry", "oiled"), bold=bold)
    for n, row in enumerate((("M8", "25 Nm", "21 Nm"), ("M10", "49 Nm", "42 Nm"))):
        sheet.row((72, 172, 272), 668 - 16 * n, row)
    assert table_of(tmp_path / "a.pdf", sheet) == [
        "| Bolt | Torque dry | Torque oiled |",
        "| M8 | 25 Nm | 21 Nm |",
        "| M10 | 49 Nm | 42 Nm |",
    ]


def test_a_cell_over_rows_holds_for_each(tmp_path: Path) -> None:
    sheet = Sheet()
    for y in (700, 680, 640):
        sheet.line(72, y, 372, y)
    sheet.line(172, 660, 372, 660)
    for x in (72, 172, 272, 372):
        sheet.line(x, 700, x, 640)
    sheet.row((76, 176, 276), 686, ("Part", "Bolt", "Torque"), bold=True)
    sheet.text(76, 656, "Cylinder head")
    sheet.row((176, 276), 666, ("M8", "25 Nm"))
    sheet.row((176, 276), 646, ("M10", "49 Nm"))
    assert table_of(tmp_path / "a.pdf", sheet)[1:] == [
        "| Cylinder head | M8 | 25 Nm |",
        "| Cylinder head | M10 | 49 Nm |",
    ]


def test_a_value_over_columns_holds_for_each(tmp_path: Path) -> None:
    sheet = Sheet()
    for y in (700, 680, 660, 640):
        sheet.line(72, y, 372, y)
    for x in (72, 172, 272, 372):
        sheet.line(x, 700, x, 660 if x == 272 else 640)
    sheet.row((76, 176, 276), 686, ("Supply", "min", "max"), bold=True)
    sheet.row((76, 176, 276), 666, ("Voltage", "41 V", "59 V"))
    sheet.row((76, 250), 646, ("Current", "< 2 A"))
    assert table_of(tmp_path / "a.pdf", sheet)[1:] == [
        "| Voltage | 41 V | 59 V |",
        "| Current | < 2 A | < 2 A |",
    ]


def test_cells_of_several_lines_with_lines_around(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.grid((72, 172, 372), (700, 680, 630))
    sheet.row((76, 176), 686, ("Fault", "Remedy"), bold=True)
    sheet.lines(76, 664, ["Pump does", "not start"])
    sheet.lines(176, 668, ["Check the supply, then the level in", "the tank, then the", "valve."])
    assert table_of(tmp_path / "a.pdf", sheet) == [
        "| Fault | Remedy |",
        "| Pump does not start | Check the supply, then the level in the tank, then the valve. |",
    ]


def test_rows_that_only_upright_lines_part_are_rows(tmp_path: Path) -> None:
    sheet = Sheet()
    for y in (700, 680, 620):
        sheet.line(72, y, 372, y)
    for x in (72, 172, 272, 372):
        sheet.line(x, 700, x, 620)
    for n, row in enumerate(
        (("Bolt", "Torque", "Grade"), ("M8", "25 Nm", "8.8"), ("M10", "49 Nm", "10.9"))
    ):
        sheet.row((76, 176, 276), (686, 664, 644)[n], row, bold=not n)
    assert table_of(tmp_path / "a.pdf", sheet)[1:] == [
        "| M8 | 25 Nm | 8.8 |",
        "| M10 | 49 Nm | 10.9 |",
    ]


@pytest.mark.parametrize("turn", [90, 270])
def test_turned_names(tmp_path: Path, turn: int) -> None:
    sheet = Sheet()
    sheet.grid((72, 172, 202, 232), (700, 620, 600, 580))
    sheet.text(76, 626, "Machine")
    for x, name in ((190, "Oil change"), (220, "Grease nipple")):
        sheet.text(x if turn == 90 else x - 6, 626 if turn == 90 else 694, name, turn=turn)
    sheet.row((76, 176, 206), 606, ("P-204", "250 h", "50 h"))
    sheet.row((76, 176, 206), 586, ("P-205", "500 h", "80 h"))
    assert table_of(tmp_path / "a.pdf", sheet) == [
        "| Machine | Oil change | Grease nipple |",
        "| P-204 | 250 h | 50 h |",
        "| P-205 | 500 h | 80 h |",
    ]


def test_an_empty_first_cell_continues_the_row_above(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.row((72, 172, 320), 700, ("Code", "Cause", "Remedy"), bold=True)
    sheet.row((72, 172, 320), 680, ("E 14", "No speed", "Replace the"))
    sheet.row((72, 172, 320), 668, ("", "signal", "sensor B4"))
    sheet.row((72, 172, 320), 648, ("E 15", "Air filter", "Change it"))
    assert table_of(tmp_path / "a.pdf", sheet)[1:] == [
        "| E 14 | No speed signal | Replace the sensor B4 |",
        "| E 15 | Air filter | Change it |",
    ]


def test_signs_alone_in_a_cell_stay(tmp_path: Path) -> None:
    sheet = ruled((("Bolt", "Dry", "Oiled"), ("M8", "-", "..."), ("M10", "\u2013", "49")),
                  (72, 172, 272, 372), names=1)  # fmt: skip
    assert table_of(tmp_path / "a.pdf", sheet)[1:] == ["| M8 | - | ... |", "| M10 | \u2013 | 49 |"]


def test_a_frame_around_text_is_no_table(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.grid((72, 400), (700, 640))
    sheet.lines(80, 680, ["WARNING: the rotor turns for a minute", "after the motor is off."])
    assert table_of(tmp_path / "a.pdf", sheet) == [
        "WARNING: the rotor turns for a minute",
        "after the motor is off.",
    ]


@pytest.mark.parametrize(
    ("rows", "names"),
    [
        ([["Code", "Cause", "Remedy"], ["E 14", "No signal", "Replace B4"]], 1),
        ([["E 14", "No signal", "Replace B4"], ["E 15", "Blocked", "Clean it"]], 0),
        ([["Pump noisy", "Air", "Bleed it"], ["Pump stops", "No oil", "Fill it"]], 0),
        ([["Fuel", "Diesel"], ["Weight", "25 kg"], ["Power", "3 kW"]], 0),
        ([["Bolt", "Torque"], ["M8", "25 Nm"], ["M10", "49 Nm"]], 1),
        ([["", "P-204", "P-205"], ["Weight", "25 kg", "30 kg"]], 1),
        ([["10", "20", "30"], ["11", "21", "31"]], 0),
    ],
)
def test_names_are_never_made_of_data(rows: list[list[str]], names: int) -> None:
    assert name_rows(rows, [False] * len(rows)) == names


def test_entries_in_one_ruled_row_are_rows(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.grid((72, 172, 222, 472), (700, 680, 610))
    sheet.row((76, 176, 226), 686, ("Maker", "Bit", "Function"), bold=True)
    sheet.text(76, 640, "Lenz")
    sheet.row((176, 226), 668, ("0", "Brake at a constant distance"))
    sheet.row((176, 226), 656, ("1", "Stop signal, and where bit 2 is set the signal for"))
    sheet.text(226, 644, "the other direction too")
    sheet.row((176, 226), 632, ("7", "Shuttle"))
    assert table_of(tmp_path / "a.pdf", sheet)[1:] == [
        "| Lenz | 0 | Brake at a constant distance |",
        (
            "| Lenz | 1 | Stop signal, and where bit 2 is set the signal for the other direction"
            " too |"
        ),
        "| Lenz | 7 | Shuttle |",
    ]


def test_a_frame_around_rows_is_not_one_cell(tmp_path: Path) -> None:
    sheet = Sheet()
    for y in (700, 680, 600):
        sheet.line(72, y, 472, y)
    for x in (72, 172, 322, 472):
        sheet.line(x, 700, x, 600 if x in {72, 472} else 680)
    for n, row in enumerate(
        (
            ("Code", "Cause", "Remedy"),
            ("E 14", "No signal", "Replace B4"),
            ("E 15", "Dirt", "Clean"),
        )
    ):
        sheet.row((76, 176, 326), 686 - 22 * n, row, bold=not n)
    assert table_of(tmp_path / "a.pdf", sheet) == [
        "| Code | Cause | Remedy |",
        "| E 14 | No signal | Replace B4 |",
        "| E 15 | Dirt | Clean |",
    ]


def test_headings_with_numbers_are_no_table(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.row((72, 100), 700, ("7", "Contact"))
    sheet.content = sheet.content.replace("/F1 10 Tf", "/F1 14 Tf")
    sheet.lines(72, 675, ["Write to the works where a fault stays, and tell the", "number."])
    sheet.lines(72, 645, ["Call the works in the night only where a machine", "burns."])
    assert table_of(tmp_path / "a.pdf", sheet)[0] == "# 7 Contact"


def test_names_of_two_lines_in_one_ruled_row(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.grid((72, 140, 300, 450), (700, 670, 650, 630))
    names = {76: ("Fault", "code"), 144: ("Possible", "cause"), 304: ("What", "to do")}
    for x, name in names.items():
        sheet.lines(x, 688, name, leading=11)
    sheet.row((76, 144, 304), 656, ("E 1", "Low oil", "Fill up"))
    sheet.row((76, 144, 304), 636, ("E 2", "Belt slips", "Tension the belt"))
    assert table_of(tmp_path / "a.pdf", sheet) == [
        "| Fault code | Possible cause | What to do |",
        "| E 1 | Low oil | Fill up |",
        "| E 2 | Belt slips | Tension the belt |",
    ]


def test_a_code_in_the_middle_of_its_row_below_near_names(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.row((72, 105, 260), 700, ("Code", "Cause", "Remedy"), bold=True)
    for index in (1, 2, 3):
        y = 715 - 40 * index
        sheet.text(72, y - 6, f"E {index}")
        sheet.row((105, 260), y, (f"Cause {index} of the", f"Set valve V-{index} and check"))
        sheet.row((105, 260), y - 12, ("pump unit", "the level"))
    assert table_of(tmp_path / "a.pdf", sheet) == [
        "| Code | Cause | Remedy |",
        *(
            f"| E {n} | Cause {n} of the pump unit | Set valve V-{n} and check the level |"
            for n in (1, 2, 3)
        ),
    ]


def test_each_figure_of_a_column_of_figures_has_a_row(tmp_path: Path) -> None:
    sheet = Sheet()
    rows = (("Unit", "Bolt", "Torque"), ("Pump", "M8", "25 Nm"), ("", "M10", "49 Nm"),
            ("Motor", "M12", "85 Nm"), ("", "M16", "210 Nm"))  # fmt: skip
    for number, row in enumerate(rows):
        sheet.row((72, 140, 220), 700 - 12 * number, row)
    assert table_of(tmp_path / "a.pdf", sheet)[1:] == [
        "| Pump | M8 | 25 Nm |",
        "|  | M10 | 49 Nm |",
        "| Motor | M12 | 85 Nm |",
        "|  | M16 | 210 Nm |",
    ]


def test_a_cell_of_many_lines_does_not_end_a_table(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.row((72, 140, 220, 300), 700, ("Code", "Cause", "Remedy", "Torque"), bold=True)
    words = ("Drain the", "oil, open", "the cover", "and renew", "the seal", "with tool", "T-40")
    sheet.row((72, 140, 220, 300), 680, ("E 1", "Worn seal", words[0], "25 Nm"))
    sheet.lines(220, 668, words[1:])
    sheet.row((72, 140, 220, 300), 584, ("E 2", "Worn belt", "Renew the", "49 Nm"))
    sheet.row((140, 220), 572, ("of the fan", "belt and"))
    sheet.text(140, 560, "drive")
    assert table_of(tmp_path / "a.pdf", sheet) == [
        "| Code | Cause | Remedy | Torque |",
        f"| E 1 | Worn seal | {' '.join(words)} | 25 Nm |",
        "| E 2 | Worn belt of the fan drive | Renew the belt and | 49 Nm |",
    ]


def test_a_caption_ends_the_table_above_it(tmp_path: Path) -> None:
    sheet = Sheet()
    xs = (72, 200, 320)
    y = 700
    for number, name in enumerate(("Torque", "Weight"), 1):
        sheet.text(72, y, f"Table {number} of the pump")
        rows = (("Part", "Number", name), (f"K{number}", f"PN-{number}00", "40 mm"),
                (f"L{number}", f"PN-{number}01", "50 mm"))  # fmt: skip
        for row in rows:
            y -= 20
            sheet.row(xs, y, row)
        y -= 20
    found = table_of(tmp_path / "a.pdf", sheet)
    assert found[4:] == [
        "Table 2 of the pump",
        "| Part | Number | Weight |",
        "| K2 | PN-200 | 40 mm |",
        "| L2 | PN-201 | 50 mm |",
    ]
