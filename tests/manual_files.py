"""Manuals with known pages as real files: PDF, DOCX, HTML and XLSX, from pages of Markdown.

What tests read is written by the libraries people's programs stand on, not by hand.
"""

from __future__ import annotations

import datetime as dt
import html
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import docx
import openpyxl
from docx.oxml import OxmlElement
from fpdf import FPDF

DATE = dt.datetime(2026, 3, 1, 8, 30, tzinfo=dt.UTC)
_TABLE_RULE = re.compile(r"^[|:\- ]+$")
_STEP = re.compile(r"^\d+\. ")


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a page; ``kind`` is heading, text, steps, bullets or table."""

    kind: str
    level: int = 0
    text: str = ""
    items: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def blocks(page: str) -> list[Block]:
    """The blocks of a page of simple Markdown, separated by headings and empty lines."""
    found: list[Block] = []
    for part in re.split(r"\n{2,}|\n(?=#)|(?<=\n)(?=\|)", page.strip()):
        lines = [line for line in part.strip().split("\n") if line]
        while lines and lines[0].startswith("#"):
            marks, _, text = lines.pop(0).partition(" ")
            found.append(Block("heading", level=len(marks), text=text))
        if lines and lines[0].startswith("|"):
            rows = [line for line in lines if not _TABLE_RULE.match(line)]
            cells = tuple(tuple(c.strip() for c in row.strip("|").split("|")) for row in rows)
            if found and found[-1].kind == "table":
                cells = found.pop().rows + cells
            found.append(Block("table", rows=cells))
        elif lines and all(_STEP.match(line) for line in lines):
            found.append(Block("steps", items=tuple(_STEP.sub("", line) for line in lines)))
        elif lines and all(line.startswith("- ") for line in lines):
            found.append(Block("bullets", items=tuple(line[2:] for line in lines)))
        elif lines:
            found.append(Block("text", text=" ".join(lines)))
    return found


class _Sheets(FPDF):
    """A PDF with a header and a footer, as manuals have."""

    head = ""

    def header(self) -> None:
        if self.head:
            self.set_font("Helvetica", "", 8)
            self.cell(0, 5, self.head)
            self.ln(10)

    def footer(self) -> None:
        if self.head:
            self.set_y(-15)
            self.set_font("Helvetica", "", 8)
            self.cell(0, 5, f"Page {self.page_no()}", align="C")


def write_pdf(
    path: Path, pages: Sequence[str], *, title: str = "", head: str = "", password: str = ""
) -> Path:
    """Write one PDF page for each of ``pages``; ``head`` stands above each."""
    pdf = _Sheets()
    pdf.head = head
    pdf.set_creation_date(DATE)
    if title:
        pdf.set_title(title)
    if password:
        pdf.set_encryption(owner_password="owner", user_password=password)
    for page in pages:
        pdf.add_page()
        for block in blocks(page):
            _pdf_block(pdf, block)
    assert pdf.page_no() == len(pages), "a page did not fit"
    pdf.output(str(path))
    return path


def _pdf_block(pdf: FPDF, block: Block) -> None:
    if block.kind == "heading":
        pdf.set_font("Helvetica", "B", {1: 18, 2: 14}.get(block.level, 12))
        pdf.multi_cell(0, 9, block.text, new_x="LMARGIN", new_y="NEXT")
        return
    pdf.set_font("Helvetica", "", 10)
    if block.kind == "text":
        pdf.multi_cell(0, 5, block.text, new_x="LMARGIN", new_y="NEXT")
    elif block.kind == "table":
        with pdf.table(line_height=5) as table:
            for row in block.rows:
                table.row(row)
    for number, item in enumerate(block.items, 1):
        mark = f"{number}. " if block.kind == "steps" else "- "
        pdf.multi_cell(0, 5, mark + item, new_x="LMARGIN", new_y="NEXT")
    pdf.ln(4)


def write_docx(path: Path, pages: Sequence[str], *, title: str = "", rendered: bool = True) -> Path:
    """Write a Word document with a page break between ``pages``; ``rendered``: as Word saves it."""
    document = docx.Document()
    document.core_properties.title = title
    document.core_properties.revision = 17  # Word counts savings
    document.core_properties.modified = DATE.replace(tzinfo=None)
    for number, page in enumerate(pages):
        if number:
            document.add_page_break()
        first = len(document.element.body)
        for block in blocks(page):
            _docx_block(document, block)
        if number and rendered:
            _mark_rendered(document.element.body[first - 1])
    document.save(str(path))
    return path


def _docx_block(document: docx.document.Document, block: Block) -> None:
    if block.kind == "heading":
        document.add_heading(block.text, level=block.level)
    elif block.kind == "text":
        document.add_paragraph(block.text)
    elif block.kind == "table":
        table = document.add_table(rows=len(block.rows), cols=len(block.rows[0]))
        for row, cells in zip(table.rows, block.rows, strict=True):
            for cell, text in zip(row.cells, cells, strict=True):
                cell.text = text
    for item in block.items:
        document.add_paragraph(
            item, style="List Number" if block.kind == "steps" else "List Bullet"
        )


def _mark_rendered(element: object) -> None:
    """Note a page begun in the first run of ``element``, as Word does when it saves."""
    runs = list(element.iter(docx.oxml.ns.qn("w:r")))  # type: ignore[attr-defined]
    runs[0].insert(0, OxmlElement("w:lastRenderedPageBreak"))


def write_html(path: Path, pages: Sequence[str], *, title: str = "", meta: str = "") -> Path:
    """Write one web page of all ``pages``; ``meta`` goes into its head as it is."""
    body = "\n".join(_html_block(block) for page in pages for block in blocks(page))
    path.write_text(
        f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{html.escape(title)}</title>"
        f"{meta}<style>p {{ color: red }}</style></head><body><nav>Home</nav>{body}"
        "<script>alert('x')</script><!-- secret --></body></html>",
        encoding="utf-8",
    )
    return path


def _html_block(block: Block) -> str:
    if block.kind == "heading":
        return f"<h{block.level}>{html.escape(block.text)}</h{block.level}>"
    if block.kind == "text":
        return f"<p>{html.escape(block.text)}</p>"
    if block.kind == "table":
        first, *others = block.rows
        head = "".join(f"<th>{html.escape(cell)}</th>" for cell in first)
        rows = "".join(
            "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>"
            for row in others
        )
        return f"<table><tr>{head}</tr>{rows}</table>"
    tag = "ol" if block.kind == "steps" else "ul"
    return f"<{tag}>" + "".join(f"<li>{html.escape(item)}" for item in block.items) + f"</{tag}>"


def write_xlsx(path: Path, sheets: dict[str, Sequence[Sequence[object]]]) -> Path:
    """Write a workbook of ``sheets``, each a list of rows."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.properties.title = "Torque book"
    book.save(path)
    _date(path)
    return path


def _date(path: Path) -> None:
    """Say that a workbook was saved at DATE: openpyxl says now."""
    with zipfile.ZipFile(path) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    stamp = DATE.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    core = parts["docProps/core.xml"]
    parts["docProps/core.xml"] = re.sub(rb"\d{4}-\d\d-\d\dT[\d:]+Z", stamp, core)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in parts.items():
            target.writestr(name, data)
