"""Word documents: headings, lists, tables, pages, and what a document says of itself."""

from __future__ import annotations

from pathlib import Path

import docx
from docx.enum.section import WD_SECTION
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn

from fieldkit.core.citation import Passage
from fieldkit.library.documents import read
from fieldkit.library.passages import split
from tests.manual_files import write_docx

PAGES = (
    "# PX-204 mud pump\n\nRevision C, 1 March 2026\n\nWear gloves.",
    (
        "## Torque\n\nTighten crosswise.\n\n| Bolt | Dry | Oiled |\n|---|---|---|\n"
        "| M8 | 25 Nm | 21 Nm |\n| M10 | 49 Nm | 42 Nm |"
    ),
    "## Start\n\n1. Open V-1.\n2. Start the motor.\n\n- Wait.",
)


def saved(document: docx.document.Document, folder: Path) -> Path:
    path = folder / "manual.docx"
    document.save(str(path))
    return path


def passages(path: Path) -> list[tuple[int, str, str]]:
    return [(found.page, found.heading, found.text) for found in split(read(path))]


def test_a_document_by_page_heading_list_and_row(tmp_path: Path) -> None:
    path = write_docx(tmp_path / "px204.docx", PAGES, title="PX-204, field manual")
    document = read(path)
    assert (document.document, document.title) == ("px204", "PX-204, field manual")
    assert (document.revision, document.date) == ("C", "2026-03-01")
    assert document.warnings == ()
    assert passages(path) == [
        (1, "PX-204 mud pump", "Revision C, 1 March 2026 Wear gloves."),
        (
            2,
            "Torque",
            "Tighten crosswise. M8: Dry 25 Nm, Oiled 21 Nm. M10: Dry 49 Nm, Oiled 42 Nm.",
        ),
        (3, "Start", "1. Open V-1. 2. Start the motor. Wait."),
    ]


def test_explicit_breaks_alone_count_pages_and_long_ones_are_doubted(tmp_path: Path) -> None:
    path = write_docx(tmp_path / "a.docx", ("One.", "word " * 900, "Three."), rendered=False)
    document = read(path)
    assert [page.number for page in document.pages] == [1, 2, 3]
    assert any("explicit breaks only" in str(warning) for warning in document.warnings)


def test_a_document_without_breaks_has_no_pages(tmp_path: Path) -> None:
    document = read(write_docx(tmp_path / "a.docx", ("# One\n\nText.",)))
    assert [page.number for page in document.pages] == [0]
    assert (document.title, document.date) == ("One", "2026-03-01")


def test_a_page_ends_in_the_middle_of_a_paragraph(tmp_path: Path) -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("Before. ")
    run = paragraph.add_run("After.")
    run._r.insert(0, OxmlElement("w:lastRenderedPageBreak"))
    assert passages(saved(document, tmp_path)) == [(1, "", "Before."), (2, "", "After.")]


def test_breaks_before_paragraphs_and_at_sections_count(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("One.")
    document.add_paragraph("Two.").paragraph_format.page_break_before = True
    document.add_section(WD_SECTION.NEW_PAGE)
    document.add_paragraph("Three.")
    document.add_section(WD_SECTION.CONTINUOUS)
    document.add_paragraph("Three still.")
    assert [(page, text) for page, _, text in passages(saved(document, tmp_path))] == [
        (1, "One."), (2, "Two."), (3, "Three. Three still."),
    ]  # fmt: skip


def test_a_table_over_two_pages_has_its_names_on_both(tmp_path: Path) -> None:
    document = docx.Document()
    table = document.add_table(rows=3, cols=3)
    for row, cells in zip(
        table.rows, (("Bolt", "Dry", "Oiled"), ("M8", "25", "21"), ("M10", "49", "42")), strict=True
    ):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    first = table.rows[2].cells[0].paragraphs[0].runs[0]
    first._r.insert(0, OxmlElement("w:lastRenderedPageBreak"))
    assert passages(saved(document, tmp_path)) == [
        (1, "", "M8: Dry 25, Oiled 21."),
        (2, "", "M10: Dry 49, Oiled 42."),
    ]


def test_merged_cells_and_marked_names(tmp_path: Path) -> None:
    document = docx.Document()
    table = document.add_table(rows=4, cols=3)
    cells = (
        ("Part", "Torque", ""), ("Part", "dry", "oiled"), ("Cover", "25", "21"), ("", "30", "26"),
    )  # fmt: skip
    for row, line in zip(table.rows, cells, strict=True):
        for cell, text in zip(row.cells, line, strict=True):
            cell.text = text
    table.cell(0, 1).merge(table.cell(0, 2))
    table.cell(2, 0).merge(table.cell(3, 0))
    for row in table.rows[:2]:
        row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    assert passages(saved(document, tmp_path)) == [
        (0, "", "Cover: Torque dry 25, Torque oiled 21. Cover: Torque dry 30, Torque oiled 26."),
    ]  # fmt: skip


def test_what_is_deleted_or_a_table_of_contents_is_not_read_and_what_is_inserted_is(
    tmp_path: Path,
) -> None:
    document = docx.Document()
    document.styles.add_style("toc 1", 1)
    document.add_paragraph("Torque ..... 7", style="toc 1")
    paragraph = document.add_paragraph("Use ")
    for xml in (
        "<w:del {}><w:r><w:delText>no </w:delText></w:r></w:del>",
        "<w:ins {}><w:r><w:t>clean </w:t></w:r></w:ins>",
        "<w:r {}><w:instrText>PAGE</w:instrText><w:t>oil</w:t><w:noBreakHyphen/></w:r>",
        "<w:sdt {}><w:sdtContent><w:r><w:t>VG 220.</w:t></w:r></w:sdtContent></w:sdt>",
    ):
        paragraph._p.append(parse_xml(xml.format(nsdecls("w"))))
    found: list[Passage] = list(split(read(saved(document, tmp_path))))
    assert [passage.text for passage in found] == ["Use clean oil-VG 220."]


def test_a_bold_line_is_a_heading_and_a_caption_is_text(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph().add_run("Oil change").bold = True
    document.add_paragraph("Table 3: Oils", style="Caption")
    document.add_paragraph("Drain it.")
    assert passages(saved(document, tmp_path)) == [(0, "Oil change", "Table 3: Oils Drain it.")]


def test_bold_lines_above_a_heading_are_text(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph().add_run("Never exceed 16 bar").bold = True
    document.add_paragraph().add_run("Wear gloves").bold = True
    document.add_heading("Start", 1)
    document.add_paragraph("Open V-1.")
    assert passages(saved(document, tmp_path)) == [
        (0, "", "Never exceed 16 bar Wear gloves"),
        (0, "Start", "Open V-1."),
    ]


def test_text_boxes_and_tabs_are_read(tmp_path: Path) -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("Oil:\t8 l.")
    box = (
        "<w:r {}><w:pict><w:txbxContent><w:p><w:r><w:t>Warning: hot.</w:t></w:r></w:p>"
        "</w:txbxContent></w:pict></w:r>"
    )
    paragraph._p.append(parse_xml(box.format(nsdecls("w"))))
    assert qn("w:pict") in {element.tag for element in paragraph._p.iter()}
    assert passages(saved(document, tmp_path)) == [(0, "", "Oil: 8 l. Warning: hot.")]
