"""PDF: text in columns is read column by column; tables stay tables."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from fieldkit.library.documents import read
from tests.pdf_drawing import Sheet, save

LEFT = (
    "Never open the cover while the rotor",
    "turns. Wait until the brake holds and",
    "the red lamp is out. Only then loosen",
    "the four cover bolts, and lift the cover",
    "with two persons. Keep clear of the",
    "counterweight: it swings back at once.",
)
RIGHT = (
    "Store the rotor upright and cover it",
    "with oiled paper. Turn it by a quarter",
    "every month. Check the paper for damp",
    "after each rain. Renew the oil when the",
    "paper has dried out. Do not stack other",
    "parts on the crate of the rotor.",
)


def text_of(path: Path, sheet: Sheet) -> str:
    return read(save(path, [sheet])).pages[0].text


def words(lines: Sequence[str]) -> str:
    return " ".join(lines)


@pytest.mark.parametrize("across", [False, True])
@pytest.mark.parametrize("count", [3, 4, 6])
@pytest.mark.parametrize("offset", [0, 5])
def test_two_columns(tmp_path: Path, count: int, offset: int, *, across: bool) -> None:
    sheet = Sheet()
    sheet.text(72, 770, "RT-4 rotor", 16)
    places = [(72, 0, n) for n in range(count)] + [(320, offset, n) for n in range(count)]
    if across:
        places.sort(key=lambda place: place[2])
    for x, shift, n in places:
        sheet.text(x, 730 - shift - 14 * n, (LEFT if x == 72 else RIGHT)[n])
    text = text_of(tmp_path / "a.pdf", sheet)
    assert "|" not in text
    joined = text.replace("\n\n", "\n").replace("\n", " ")
    assert joined == f"# RT-4 rotor {words(LEFT[:count])} {words(RIGHT[:count])}"


def test_three_columns(tmp_path: Path) -> None:
    columns = (
        ("Wear gloves when you", "handle the seals and", "keep the bench clean."),
        ("Heat the bearing to", "eighty degrees before", "it goes on the shaft."),
        ("Fill the gearbox with", "oil up to the middle", "of the sight glass."),
    )
    sheet = Sheet()
    sheet.text(60, 770, "This page has three columns below one line of text across all.")
    for x, lines in zip((60, 230, 400), columns, strict=True):
        sheet.lines(x, 740, lines)
    text = text_of(tmp_path / "a.pdf", sheet).replace("\n", " ").replace("  ", " ")
    assert text.endswith(" ".join(words(lines) for lines in columns))


def test_a_sentence_that_goes_on_in_the_next_column(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.lines(72, 730, [*LEFT[:3], "the four cover bolts of the hous-"])
    sheet.lines(320, 730, ["ing. Put them into the tray below the", *RIGHT[1:4]])
    text = text_of(tmp_path / "a.pdf", sheet).replace("\n", " ")
    assert "the four cover bolts of the housing. Put them into" in text


def test_labels_and_values_are_a_table(tmp_path: Path) -> None:
    sheet = Sheet()
    rows = (("Net weight", "25 kg"), ("Rated power of the motor", "3 kW"), ("Oil", "VG 220"))
    for n, row in enumerate(rows):
        sheet.row((72, 320), 730 - 14 * n, row)
    assert text_of(tmp_path / "a.pdf", sheet).splitlines()[2:] == [
        "| Net weight | 25 kg |",
        "| Rated power of the motor | 3 kW |",
        "| Oil | VG 220 |",
    ]


def test_faults_in_sentences_are_a_table(tmp_path: Path) -> None:
    sheet = Sheet()
    rows = (
        (("The pump does not start when", "the button is pressed"), ("Check the supply and",)),
        (("The pump runs but gives no", "water at the outlet"), ("Fill it and open the", "valve")),
        (("The motor trips after some", "minutes of work"), ("Clean the fan cover and", "grille")),
    )
    y = 730.0
    for left, right in rows:
        sheet.lines(72, y, left)
        sheet.lines(320, y, right)
        y -= 12 * 2 + 10
    assert text_of(tmp_path / "a.pdf", sheet).splitlines()[2:] == [
        "| The pump does not start when the button is pressed | Check the supply and |",
        "| The pump runs but gives no water at the outlet | Fill it and open the valve |",
        "| The motor trips after some minutes of work | Clean the fan cover and grille |",
    ]


def test_a_ruled_table_beside_text(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.lines(72, 730, LEFT)
    sheet.grid((320, 400, 480), (742, 722, 702, 682))
    for n, row in enumerate((("Bolt", "Torque"), ("M8", "25 Nm"), ("M10", "49 Nm"))):
        sheet.row((324, 404), 728 - 20 * n, row)
    text = text_of(tmp_path / "a.pdf", sheet)
    assert words(LEFT) in text.replace("\n", " ")
    assert "| M8 | 25 Nm |\n| M10 | 49 Nm |" in text


def test_a_table_without_rules_beside_text(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.lines(72, 730, LEFT)
    for n, row in enumerate((("M8", "25 Nm"), ("M10", "49 Nm"), ("M12", "85 Nm"))):
        sheet.row((330, 420), 726 - 20 * n, row)
    text = text_of(tmp_path / "a.pdf", sheet)
    assert words(LEFT) in text.replace("\n", " ")
    assert "| M8 | 25 Nm |\n| M10 | 49 Nm |\n| M12 | 85 Nm |" in text


def test_a_heading_over_each_column(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.text(72, 745, "Warning", bold=True)
    sheet.text(320, 745, "Storage", bold=True)
    sheet.lines(72, 730, LEFT)
    sheet.lines(320, 730, RIGHT)
    text = text_of(tmp_path / "a.pdf", sheet).replace("\n\n", "\n").replace("\n", " ")
    assert text == f"###### Warning {words(LEFT)} ###### Storage {words(RIGHT)}"


LANGUAGES = (
    (("Den Deckel erst abnehmen, wenn", "der Rotor ganz steht."),
     ("Take off the cover only when the", "rotor stands quite still.")),
    (("Das Wasser bei 40 \u00b0C ablassen und", "den Filter FX-3 tauschen."),
     ("Drain the water at 40 \u00b0C and then", "renew the filter FX-3.")),
)  # fmt: skip


@pytest.mark.parametrize("ruled", [True, False])
def test_two_languages_beside_each_other_are_a_table(tmp_path: Path, *, ruled: bool) -> None:
    sheet = Sheet()
    for number, row in enumerate(LANGUAGES):
        for x, texts in zip((72, 300), row, strict=True):
            sheet.lines(x, 740 - 40 * number, texts, leading=13)
    if ruled:
        sheet.grid((68, 296, 520), (755, 715, 675))
    text = read(save(tmp_path / "a.pdf", [sheet])).pages[0].text
    for row in LANGUAGES:
        assert f"| {' '.join(row[0])} | {' '.join(row[1])} |" in text
