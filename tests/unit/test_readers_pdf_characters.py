"""PDF: raised marks, hyphens, signs, letters set apart, turned text."""

from __future__ import annotations

from pathlib import Path

import pytest

from fieldkit.library.documents import read
from fieldkit.library.readers.pdf_joining import joined
from fieldkit.library.readers.pdf_signs import signs
from tests.pdf_drawing import Sheet, save


def lines_of(path: Path, sheet: Sheet, *, hyphen: int = 0) -> list[str]:
    text = read(save(path, [sheet], hyphen=hyphen)).pages[0].text
    return [line for line in text.splitlines() if line]


@pytest.mark.parametrize(
    ("parts", "shown"),
    [
        ([("Torque: 85", 11, 0), ("1", 6.5, 4), (" Nm.", 11, 0)], "Torque: 85 Nm \u00b9."),
        ([("At most 10", 11, 0), ("-3", 6.5, 4), (" mbar", 11, 0)], "At most 10\u207b\u00b3 mbar"),
        ([("2 x 10", 10, 0), ("5", 6, 4), (" Pa", 10, 0)], "2 x 10\u2075 Pa"),
        ([("1", 10, 0), ("1", 6, 4), ("/", 10, 0), ("2", 6, 0), (" inch", 10, 0)], "1 1/2 inch"),
        ([("H", 10, 0), ("2", 6, -2), ("O, 5 m", 10, 0), ("3", 6, 4)], "H\u2082O, 5 m\u00b3"),
        ([("Tighten to 85", 10, 0), ("1", 10, 4), (" Nm", 10, 0)], "Tighten to 85 Nm \u00b9"),
        ([("Size 12", 11, 0), (" Nm small", 8, 0)], "Size 12 Nm small"),
    ],
)
def test_raised_and_lowered_marks(
    tmp_path: Path, parts: list[tuple[str, float, float]], shown: str
) -> None:
    sheet = Sheet()
    sheet.marked(72, 700, *parts)
    assert lines_of(tmp_path / "a.pdf", sheet) == [shown]


def test_a_raised_mark_of_its_own_written_later(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.text(72, 700, "Torque 85", 11)
    sheet.text(126, 700, "Nm", 11)
    sheet.text(119.5, 704, "1", 6.5)
    assert lines_of(tmp_path / "a.pdf", sheet) == ["Torque 85 Nm \u00b9"]


def test_a_raised_mark_in_a_table(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.grid((72, 172, 272), (700, 680, 660))
    sheet.row((76, 176), 686, ("Bolt", "Torque"), bold=True)
    sheet.text(76, 666, "M8")
    sheet.marked(176, 666, ("85", 10, 0), ("1", 6, 4), (" Nm", 10, 0))
    assert lines_of(tmp_path / "a.pdf", sheet)[2] == "| M8 | 85 Nm \u00b9 |"


def test_a_note_at_the_foot_is_a_paragraph(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.lines(72, 120, ["Tighten the bonnet to 85 Nm and", "check it again after ten hours."])
    sheet.marked(72, 92, ("1", 5, 3), (" Only with dry threads.", 7, 0))
    text = read(save(tmp_path / "a.pdf", [sheet])).pages[0].text
    assert text.endswith("check it again after ten hours.\n\n\u00b9 Only with dry threads.")


@pytest.mark.parametrize("code", [0x00AD, 0x2010, 0x2011])
def test_a_font_with_another_hyphen(tmp_path: Path, code: int) -> None:
    sheet = Sheet()
    sheet.text(72, 700, "The relay is PN-7711-X, 24 V, -5 to 40.")
    sheet.text(72, 660, "Order P-")
    sheet.text(72, 648, "204 for it.")
    assert lines_of(tmp_path / "a.pdf", sheet, hyphen=code) == [
        "The relay is PN-7711-X, 24 V, -5 to 40.",
        "Order P-204 for it.",
    ]


def test_hyphens_at_the_ends_of_lines(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.lines(72, 700, ["During mainte-", "nance of the pump P-", "204 hold 10-", "15 bar."])
    assert lines_of(tmp_path / "a.pdf", sheet) == [
        "During maintenance of the pump P-204 hold 10-15 bar."
    ]


def test_hyphens_at_the_ends_of_lines_in_a_cell(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.grid((72, 172, 272), (700, 680, 640))
    sheet.row((76, 176), 686, ("Part", "Note"), bold=True)
    sheet.lines(76, 668, ["Valve V-", "17"])
    sheet.lines(176, 668, ["For mainte-", "nance"])
    assert lines_of(tmp_path / "a.pdf", sheet)[2] == "| Valve V-17 | For maintenance |"


@pytest.mark.parametrize(
    ("before", "behind", "text"),
    [
        ("mainte\2", "nance", "maintenance"),
        ("P\2", "204", "P-204"),
        ("P-", "204", "P-204"),
        ("10\2", "15 bar", "10-15 bar"),
        ("Ein\2", "und Ausgang", "Ein- und Ausgang"),
        ("PT\2", "element", "PT-element"),
        ("a range of -", "5 to 3", "a range of - 5 to 3"),
        ("one", "two", "one two"),
    ],
)
def test_joined_lines(before: str, behind: str, text: str) -> None:
    assert joined(before, behind) == text


@pytest.mark.parametrize(
    "text",
    ["25 \u00b1 5 mm", "10\u201315 Nm", "- 40 \u00b0C", "+ 24 V", "5 \u00b5m \u00d7 2",
     "\u00bd inch", "E 17", "> 5 bar", "M12x1.75"],
)  # fmt: skip
def test_signs_stay(tmp_path: Path, text: str) -> None:
    sheet = Sheet()
    sheet.text(72, 700, f"Set {text} here.")
    assert lines_of(tmp_path / "a.pdf", sheet) == [f"Set {text} here."]


def test_leader_dots(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.text(72, 700, "Safety ........................ 5")
    sheet.text(72, 680, "Torques . . . . . . . . . . . . 12")
    first, second = lines_of(tmp_path / "a.pdf", sheet)
    assert first == "Safety ... 5"
    assert (second.split()[0], second.split()[-1]) == ("Torques", "12")


def test_letters_set_apart(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.text(72, 700, "W A R N I N G   H O T   S T E A M")
    sheet.content += "BT /F1 11 Tf 5 Tc 1 0 0 1 72 660 Tm (DANGER HOT) Tj 0 Tc ET\n"
    sheet.text(72, 620, "Positions A B C D E F")
    assert lines_of(tmp_path / "a.pdf", sheet) == [
        "WARNING HOT STEAM",
        "DANGER HOT",
        "Positions A B C D E F",
    ]


def test_letters_drawn_twice_are_read_once(tmp_path: Path) -> None:
    sheet = Sheet()
    for shift in (0, 0.3):
        sheet.text(72 + shift, 700, "DANGER 11 and 22 kV")
    for n, letter in enumerate("HOT 55"):
        for shift in (0, 0.3):
            sheet.text(72 + 6 * n + shift, 660, letter)
    assert [line.replace(" ", "") for line in lines_of(tmp_path / "a.pdf", sheet)] == [
        "DANGER11and22kV",
        "HOT55",
    ]


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_turned_text_does_not_mix_into_lines(tmp_path: Path, turn: int) -> None:
    sheet = Sheet()
    sheet.lines(72, 700, ["Open the valve and wait", "until the pump is full."])
    sheet.text(150, 694, "Serial 4711", turn=turn)
    assert lines_of(tmp_path / "a.pdf", sheet) == [
        "Open the valve and wait",
        "until the pump is full.",
        "Serial 4711",
    ]


def test_the_figures_of_an_axis_are_numbers_of_their_own(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.content += "BT /F1 10 Tf 1 0 0 1 72 700 Tm [(1) -3000 (2) -3000 (3)] TJ ET\n"
    assert "123" not in "".join(lines_of(tmp_path / "a.pdf", sheet))


def test_the_signs_of_symbol_fonts() -> None:
    symbol, other = signs("SymbolMT"), signs("Arial")
    assert symbol is not None
    assert other is not None
    assert "\uf0b1\uf0b0\uf057\uf0a3\uf0b4".translate(symbol) == "\u00b1\u00b0\u03a9\u2264\u00d7"
    assert "\uf0b7\ue023".translate(other) == "\u2022\ue023"


def test_a_glyph_without_a_character_parts_no_word(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.text(72, 700, "Never perme\x1dant 5 bar")
    [line] = lines_of(tmp_path / "a.pdf", sheet)
    assert line.split()[0] == "Never"
    assert line.endswith("ant 5 bar")
    assert "perme ant" not in line


def test_a_sign_that_is_not_known_joins_no_figures(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.text(72, 700, "Gap 2-3 mm")
    document = read(save(tmp_path / "a.pdf", [sheet], hyphen=0xF0B5))
    assert document.pages[0].text == "Gap 2\u25a13 mm"
    assert [str(warning) for warning in document.warnings] == [
        "page 1: signs of a font that are not known are shown as \u25a1"
    ]


def test_a_raised_letter_joins_no_unit(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.marked(72, 700, ("Oil at 85 ", 10, 0), ("o", 6, 4), ("C, 40 Nm", 10, 0), ("a)", 6, 4))
    assert lines_of(tmp_path / "a.pdf", sheet) == ["Oil at 85 \u00b0C, 40 Nm\u1d43\u207e"]
