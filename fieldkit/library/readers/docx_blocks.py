"""The paragraphs and tables of a Word document in reading order, and their text in one piece."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from fieldkit.core.text import clean_line
from fieldkit.library.readers.docx_context import BREAK, RENDERED, Context, Line
from fieldkit.library.readers.docx_fields import Fields
from fieldkit.library.readers.docx_findings import CHANGES, CONTENTS, OBJECTS
from fieldkit.library.readers.docx_names import DIAGRAM, MC, A, W, child, chosen, switch
from fieldkit.library.readers.docx_numbers import Label
from fieldkit.library.readers.docx_package import relation
from fieldkit.library.readers.docx_styles import NO_STYLE, Style
from fieldkit.library.readers.docx_text import read_line

_CONTAINERS = frozenset(
    W + name
    for name in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag", "hyperlink")
)
_TRANSITIONS = {"pres", "parTrans", "sibTrans"}
_DIAGRAM_TEXTS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A paragraph with what it says, or a table, of which ``line`` is None."""

    element: Any
    style: Style = NO_STYLE
    line: Line | None = None
    label: Label | None = None


def inside(parent: Any) -> Iterator[Any]:
    """The children of ``parent``, those of content controls and accepted changes among them."""
    for element in parent:
        if element.tag == MC + "AlternateContent":
            part = chosen(element)
            if part is not None:
                yield from inside(part)
        elif element.tag not in _CONTAINERS:
            yield element
        elif child(element, "sdtPr", "showingPlcHdr") is None:
            yield from inside(element)


def blocks(context: Context, parent: Any, fields: Fields) -> Iterator[Block]:
    """Read the paragraphs below ``parent``; tables are given as they are.

    A paragraph whose end was deleted goes on in the next one, and a large first letter does.
    """
    open_block: Block | None = None
    for element in inside(parent):
        if element.tag == W + "p":
            block = _paragraph(context, element, fields)
            if open_block is not None:
                block = replace(block, line=_continued(open_block, block))
            open_block = block if _goes_on(context, element) else None
            if open_block is None:
                yield _numbered(context, block)
            continue
        if open_block is not None:
            yield _numbered(context, open_block)
            open_block = None
        if element.tag == W + "tbl":
            yield Block(element=element)
        elif element.tag in {W + "altChunk", W + "subDoc"}:
            context.findings.add(OBJECTS, "a document in another file")
    if open_block is not None:
        yield _numbered(context, open_block)


def flat(
    context: Context,
    parent: Any,
    fields: Fields,
    table: Callable[[Any], list[str]],
) -> list[str]:
    """All text below ``parent`` in pieces, with marks of page breaks; ``table`` reads a table."""
    found: list[str] = []
    for block in blocks(context, parent, fields):
        if block.line is None:
            found += table(block.element)
            continue
        pieces = list(block.line.pieces)
        begin = next((at for at, piece in enumerate(pieces) if not is_mark(piece)), len(pieces))
        if block.label and block.label.text:
            pieces.insert(begin, block.label.text)
        elif block.label and block.label.bullet and begin < len(pieces):
            pieces.insert(begin, "\u2022")
        found += [*pieces, *block.line.notes]
        for box in block.line.boxes:
            found += box_flat(context, box, fields, table)
    return _merged(found)


def box_flat(
    context: Context, box: Any, fields: Fields, table: Callable[[Any], list[str]]
) -> list[str]:
    """The text of one box, as ``flat``."""
    if box.tag == W + "txbxContent":
        return flat(context, box, fields.within(box), table)
    return shape_lines(context, box)


def shape_lines(context: Context, shape: Any) -> list[str]:
    """The paragraphs of a shape of DrawingML or of a diagram."""
    paragraphs: list[Any] = []
    if shape.tag == DIAGRAM + "relIds":
        root = context.package.target(relation(shape, "dm"))
        for point in () if root is None else root.iter(DIAGRAM + "pt"):
            if point.get("type") not in _TRANSITIONS:
                paragraphs += point.iter(A + "p")
    else:
        paragraphs += shape.iter(A + "p")
    texts = (
        clean_line("".join(part.text or " " for part in paragraph.iter(A + "t", A + "br")))
        for paragraph in paragraphs[:_DIAGRAM_TEXTS]
    )
    return [text for text in texts if text]


def is_mark(piece: str) -> bool:
    """Whether ``piece`` marks a page break."""
    return piece in (BREAK, RENDERED)


def _merged(pieces: list[str]) -> list[str]:
    """``pieces`` with the texts between page breaks as one."""
    found: list[str] = []
    for piece in pieces:
        if found and not is_mark(piece) and not is_mark(found[-1]):
            found[-1] += f" {piece}"
        else:
            found.append(piece)
    return found


def _paragraph(context: Context, element: Any, fields: Fields) -> Block:
    style = context.styles.of(element)
    line = read_line(context, element, style, fields)
    if style.contents:
        if any(not is_mark(piece) for piece in line.pieces):
            context.findings.add(CONTENTS)
        line = Line(pieces=[piece for piece in line.pieces if is_mark(piece)])
    return Block(element=element, style=style, line=line)


def _numbered(context: Context, block: Block) -> Block:
    line, hidden = block.line, switch(block.element, "pPr", "rPr", "vanish")
    if block.style.contents or (hidden and not (line and line.pieces)):
        return block
    return replace(block, label=context.numbers.next(block.style))


def _goes_on(context: Context, paragraph: Any) -> bool:
    """Whether the next paragraph is a part of this one."""
    if _is_initial(paragraph):
        return True
    mark = child(paragraph, "pPr", "rPr")
    if mark is None:
        return False
    if child(mark, "ins") is not None or child(mark, "moveTo") is not None:
        context.findings.add(CHANGES)
    deleted = child(mark, "del") is not None or child(mark, "moveFrom") is not None
    if deleted:
        context.findings.add(CHANGES)
    return deleted


def _is_initial(paragraph: Any) -> bool:
    frame = child(paragraph, "pPr", "framePr")
    return frame is not None and frame.get(W + "dropCap", "none") != "none"


def _continued(before: Block, block: Block) -> Line:
    """The line of ``block`` behind that of the one ``before``."""
    first, second = before.line or Line(), block.line or Line()
    pieces = [*first.pieces, *second.pieces]
    if _is_initial(before.element) and len(first.pieces) == 1 and second.pieces:
        pieces = ["".join([*first.pieces, second.pieces[0]]), *second.pieces[1:]]
    return Line(
        pieces=_merged(pieces),
        boxes=[*first.boxes, *second.boxes],
        notes=[*first.notes, *second.notes],
    )
