"""Headers and footers of a Word document: lines that the body does not have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fieldkit.library.readers.docx_blocks import blocks, box_flat
from fieldkit.library.readers.docx_context import Context
from fieldkit.library.readers.docx_fields import Fields
from fieldkit.library.readers.docx_names import W, switch
from fieldkit.library.readers.docx_package import relation
from fieldkit.library.readers.docx_table import table_text

_PARTS = 100
_LINES = 200
# They are another number on each page, or the day of printing.
_CHANGING = frozenset({"PAGE", "NUMPAGES", "SECTIONPAGES", "SECTION", "DATE", "TIME", "STYLEREF"})


def margin_lines(context: Context, body: Any) -> tuple[str, ...]:
    """Each line of the headers and footers that are shown, once."""
    lines: dict[str, None] = {}
    for root in _shown(context, body):
        fields = Fields(root, without=_CHANGING)
        lines |= dict.fromkeys(_lines(context, root, fields))
    return tuple(lines)[:_LINES]


def print_pages(context: Context, body: Any) -> bool:
    """Whether headers or footers show the number of their page."""
    return any(
        code.strip().upper().startswith("PAGE")
        for root in _shown(context, body)
        for code in (
            *(str(field.get(W + "instr", "")) for field in root.iter(W + "fldSimple")),
            *(field.text or "" for field in root.iter(W + "instrText")),
        )
    )


def _lines(context: Context, parent: Any, fields: Fields) -> Iterator[str]:
    def nested(table: Any) -> list[str]:
        return table_text(context, table, fields)

    for block in blocks(context, parent, fields):
        if block.line is None:
            yield from nested(block.element)
            continue
        yield from block.line.pieces
        for box in block.line.boxes:
            yield from box_flat(context, box, fields, nested)


def _shown(context: Context, body: Any) -> Iterator[Any]:
    """The roots of the parts that a section refers to and shows."""
    settings = context.package.part("settings")
    even = settings is not None and switch(settings, "evenAndOddHeaders")
    seen: dict[str, None] = {}
    for section in body.iter(W + "sectPr"):
        first = switch(section, "titlePg")
        for reference in section.iterchildren(W + "headerReference", W + "footerReference"):
            kind = reference.get(W + "type", "default")
            if kind == "default" or (kind == "first" and first) or (kind == "even" and even):
                seen[relation(reference)] = None
    for identity in list(seen)[:_PARTS]:
        root = context.package.target(identity)
        if root is not None:
            yield root
