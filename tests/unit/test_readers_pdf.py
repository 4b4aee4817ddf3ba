"""PDF: pages, headings by size, tables by place, headers and footers."""

from __future__ import annotations

from pathlib import Path

import pytest
from fpdf import FPDF

from fieldkit.errors import InvalidInput
from fieldkit.library.documents import read
from fieldkit.library.passages import split
from fieldkit.library.readers.pdf_lines import Line, lines
from fieldkit.library.readers.pdf_rules import Rule
from fieldkit.library.readers.pdf_table import find_table
from fieldkit.library.readers.pdf_words import Word
from tests.manual_files import write_pdf

PAGES = (
    "# PX-204 mud pump\n\nRevision C, 1 March 2026\n\nWear gloves and keep the floor dry.",
    (
        "## Torque\n\nTighten all bolts crosswise and in two steps.\n\n"
        "| Bolt | Dry | Where they are and what to check before they are tightened |\n"
        "|---|---|---|\n"
        "| M8 | 25 Nm | Cover; renew the gasket first, wipe both faces with a soft cloth |\n"
        "| M12x1.75 | 85 Nm | Flange |\n\nCheck them again after 10 hours."
    ),
    "## Start\n\n1. Open V-1.\n2. Start the motor.\n\n- Wait for a minute.",
)


def passages(path: Path) -> list[tuple[int, str, str]]:
    return [(found.page, found.heading, found.text) for found in split(read(path))]


def test_a_manual_by_page_heading_step_and_row(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "px204.pdf", PAGES, title="PX-204, field manual")
    document = read(path)
    assert (document.document, document.title) == ("px204", "PX-204, field manual")
    assert (document.revision, document.date) == ("C", "2026-03-01")
    assert document.warnings == ()
    about = "Where they are and what to check before they are tightened"
    assert passages(path) == [
        (
            1,
            "PX-204 mud pump",
            "Revision C, 1 March 2026 Wear gloves and keep the floor dry.",
        ),
        (
            2,
            "Torque",
            (
                "Tighten all bolts crosswise and in two steps. "
                f"M8: Dry 25 Nm, {about} Cover; renew the gasket first, wipe both faces with a "
                f"soft cloth. M12x1.75: Dry 85 Nm, {about} Flange. "
                "Check them again after 10 hours."
            ),
        ),
        (3, "Start", "1. Open V-1. 2. Start the motor. Wait for a minute."),
    ]


def test_headers_are_read_once_where_they_hold_a_figure_and_give_the_revision(
    tmp_path: Path,
) -> None:
    texts = [
        f"## Part {name}\n\nAbout part {name} there is no more to say than this." for name in "ABCD"
    ]
    path = write_pdf(tmp_path / "a.pdf", texts, head="PX-204 Rev. D   Field manual")
    assert read(path).revision == "D"
    assert [text for _, _, text in passages(path)] == [
        "PX-204 Rev. D Field manual",
        *(f"About part {name} there is no more to say than this." for name in "ABCD"),
    ]


def test_a_title_that_a_program_made_up_is_not_taken(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "a.pdf", PAGES, title="Microsoft Word - draft7.doc")
    assert read(path).title == "PX-204 mud pump"


def test_a_protected_file_is_named(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "locked.pdf", PAGES, password="secret")
    with pytest.raises(InvalidInput, match="protected by a password"):
        read(path)


def test_a_file_that_only_forbids_changes_is_read(tmp_path: Path) -> None:
    pdf = FPDF()
    pdf.set_encryption(owner_password="owner")
    pdf.add_page()
    pdf.set_font("Helvetica", "", 10)
    pdf.cell(text="Torque 25 Nm")
    pdf.output(str(tmp_path / "a.pdf"))
    assert passages(tmp_path / "a.pdf") == [(1, "", "Torque 25 Nm")]


def test_a_page_that_is_a_picture_is_told(tmp_path: Path) -> None:
    pdf = FPDF()
    pdf.add_page()
    pdf.rect(20, 20, 100, 100, style="F")
    pdf.add_page()
    pdf.set_font("Helvetica", "", 10)
    pdf.cell(text="Torque 25 Nm")
    pdf.output(str(tmp_path / "a.pdf"))
    document = read(tmp_path / "a.pdf")
    assert [(w.kind, w.page) for w in document.warnings] == [("no_text", 1)]
    assert [page.number for page in document.pages] == [1, 2]


def test_a_page_turned_on_its_side_is_read_in_lines(tmp_path: Path) -> None:
    import pypdfium2

    plain = write_pdf(tmp_path / "plain.pdf", PAGES[1:2])
    with pypdfium2.PdfDocument(plain) as pdf:
        pdf[0].set_rotation(90)
        pdf.save(tmp_path / "turned.pdf")
    assert "Tighten all bolts crosswise and in two steps." in read(tmp_path / "turned.pdf").pages[
        0
    ].text.replace("\n", " ")


def test_a_page_drawn_on_its_side_is_read_in_lines(tmp_path: Path) -> None:
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("Helvetica", "", 10)
    with pdf.rotation(90, x=100, y=150):
        for line, text in enumerate(("Tighten all bolts", "crosswise.")):
            pdf.text(60, 100 + 5 * line, text)
    pdf.output(str(tmp_path / "a.pdf"))
    assert passages(tmp_path / "a.pdf") == [(1, "", "Tighten all bolts crosswise.")]


def word(x: float, y: float, text: str, *, begins: bool = False) -> Word:
    return Word(x, x + 5 * len(text), y, 10.0, False, begins, text)


def test_cells_that_are_written_one_after_the_other_share_a_line() -> None:
    found = lines([word(0, 100, "M8", begins=True), word(0, 90, "M9", begins=True),
                   word(100, 100, "25"), word(100, 90, "30")])  # fmt: skip
    assert [line.text for line in found] == ["M8 25", "M9 30"]


def test_the_number_of_a_step_is_no_cell() -> None:
    [line] = lines([word(0, 100, "1.", begins=True), word(40, 100, "Open")])
    assert len(line.cells()) == 1


def test_a_table_without_ruled_lines_goes_by_spacing() -> None:
    page = [
        Line([word(0, 100, "Bolt"), word(100, 100, "Torque")]),
        Line([word(0, 80, "M8"), word(100, 80, "25"), word(115, 80, "Nm,")]),
        Line([word(100, 68, "oiled")]),
        Line([word(0, 48, "M10"), word(100, 48, "49")]),
    ]
    region = find_table(page, 0, [])
    assert region is not None
    assert region.end == 4
    assert region.table.table().header == ("Bolt", "Torque")
    assert region.table.table().rows == (("M8", "25 Nm, oiled"), ("M10", "49"))


def test_ruled_lines_part_rows_whose_cells_stand_in_the_middle() -> None:
    page = [
        Line([word(0, 100, "Bolt"), word(100, 100, "Torque")]),
        Line([word(0, 75, "M8")]),
        Line([word(100, 80, "25")]),
        Line([word(100, 70, "oiled")]),
        Line([word(0, 55, "M10"), word(100, 55, "49")]),
    ]
    rules = [Rule(-5, 200, y) for y in (112, 92, 65, 50)]
    region = find_table(page, 0, rules)
    assert region is not None
    assert region.table.table().rows == (("M8", "25 oiled"), ("M10", "49"))


def test_text_in_two_columns_is_no_table() -> None:
    prose = "the pump is filled and then it is started slowly until all of the air is out of it"
    page = [
        Line([*(word(i, y, w) for i, w in enumerate(prose.split())),
              *(word(300 + i, y, w) for i, w in enumerate((prose + " " + prose).split()))])
        for y in (100, 80, 60)
    ]  # fmt: skip
    assert find_table(page, 0, []) is None
