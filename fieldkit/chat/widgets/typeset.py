"""Sets an answer's Markdown as lines of a given width.

Textual's own Markdown makes a widget of every paragraph, list item and table cell; a conversation
of forty answers is then some two thousand widgets, which takes seconds to lay out. Here an answer
is lines of text, and only what a piece of an answer changes is set again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from textual.content import Content, Span

from fieldkit.chat.marking import NOTHING, Marking
from fieldkit.chat.widgets import tables
from fieldkit.chat.widgets.placing import note_lines, notes, origins, placed

_INLINE = {"em": ".answer--em", "strong": ".answer--strong"}
_SPACES = re.compile(r"[ \t]+")
_LEAST = 8  # cells; what is nested deeper than this leaves room for is not indented any more


@dataclass(frozen=True, slots=True)
class Row:
    """One line as it is shown.

    The first ``margin`` characters are no text of the answer but what it is set with; ``continues``
    says that the text goes on from the line before, which was only broken to fit.
    """

    content: Content
    margin: int = 0
    continues: bool = False


BLANK = Row(Content(""))


class Typeset:
    """The text of one answer, which may grow, as lines for the width that was asked for last.

    ``marking`` is what the check adds to the text; it may be of text that is still to come.
    """

    def __init__(self, parser: MarkdownIt) -> None:
        self._parser = parser
        self.source = ""
        self._blocks: list[_Block] = []
        self._open = 0  # where in the source the last block begins: what is added may change it
        self._width = 0
        self._marking = NOTHING

    def update(self, text: str) -> None:
        """Begin anew with ``text``, without a marking."""
        self.source, self._open, self._marking = "", 0, NOTHING
        self._blocks = []
        self.append(text)

    def append(self, text: str) -> None:
        """Add whole lines."""
        self.source += text
        base, rest = self._open, self.source[self._open :]
        del self._blocks[-1:]
        nodes = SyntaxTreeNode(self._parser.parse(rest)).children
        lines = rest.splitlines(keepends=True)
        at, line = base, 0
        for node in nodes:
            first = node.map[0] if node.map else line
            at, line = at + sum(map(len, lines[line:first])), first
            self._blocks.append(_Block(node, at, first))
        if nodes:
            self._open = at
        self._mark()

    def mark(self, marking: Marking) -> None:
        """Show what the check says of the text; only blocks that it changes are set again."""
        self._marking = marking
        self._mark()

    def rows(self, width: int) -> list[Row]:
        """The lines for a width in cells; every block is followed by an empty one."""
        if width != self._width:
            self._width = width
            for block in self._blocks:
                block.rows = []
        for block in self._blocks:
            if not block.rows:
                block.marked.begin()
                block.rows = [*_block(block.node, width, block.marked), BLANK]
        return [row for block in self._blocks for row in block.rows]

    def _mark(self) -> None:
        ends = [*(block.begin for block in self._blocks[1:]), len(self.source) + 1]
        for block, end in zip(self._blocks, ends, strict=False):  # no block has no end
            part = self._marking.part(block.begin, end)
            if part != block.marked.marking:
                block.marked = _Marked(self.source[block.begin : end], block.first, part)
                block.rows = []


class _Marked:
    """The ``marking`` of one block; its ``source`` begins at the line ``first`` of what was parsed.

    Asked for the parts of the block in their order: equal cells of a table are told apart by it.
    """

    def __init__(self, source: str = "", first: int = 0, marking: Marking = NOTHING) -> None:
        self.source = source
        self.marking = marking
        self._first = first
        self._at = 0
        self._starts: list[int] = []

    def begin(self) -> None:
        """Begin with the first part of the block."""
        self._at = 0

    def content(self, node: SyntaxTreeNode, content: Content) -> Content:
        """``content``, the text of ``node``, with what the check adds to it."""
        inline = next((child for child in node.children if child.type == "inline"), None)
        if not self.marking.any or inline is None or inline.map is None or not inline.content:
            return content
        written = self._written(inline.content, inline.map)
        places = [written[at] for at in origins(content.plain, inline.content)]
        return placed(content, places, self.marking)

    def notes(self, node: SyntaxTreeNode, width: int) -> Iterator[Row]:
        """The notes on ``node``, as lines below it."""
        if not self.marking.notes or node.map is None:
            return
        for text in notes(self.marking, *self._place(node.map)):
            for number, (content, margin) in enumerate(note_lines(text, width)):
                yield Row(content, margin, continues=number > 0)

    def _written(self, text: str, lines: tuple[int, int]) -> list[int]:
        """For each character of ``text``, which is what ``lines`` hold, its place in the source."""
        start, end = self._place(lines)
        at = max(start, self._at)
        places: list[int] = []
        for line in text.split("\n"):
            found = self.source.find(line, at, end)
            if found < 0:  # a bar that was written with a backslash
                places += origins(line, self.source, at, end)
            else:
                places += range(found, found + len(line))
            at = places[-1] + 1 if places else at
            places.append(at)  # the line's end, or the text's
        self._at = at
        return places

    def _place(self, lines: tuple[int, int]) -> tuple[int, int]:
        """Where in the source the lines from one up to another begin and end."""
        if not self._starts:
            ends = (match.end() for match in re.finditer("\n", self.source))
            self._starts = [0, *ends, len(self.source) + 1]
        first, last = (min(max(0, at - self._first), len(self._starts) - 1) for at in lines)
        return self._starts[first], self._starts[last]


@dataclass(slots=True)
class _Block:
    """A block of the answer, which begins at ``begin`` in its source and at a line of the parse."""

    node: SyntaxTreeNode
    begin: int
    first: int
    marked: _Marked = field(default_factory=_Marked)
    rows: list[Row] = field(default_factory=list)


def _block(node: SyntaxTreeNode, width: int, marked: _Marked) -> Iterator[Row]:
    """The lines of one block."""
    match node.type:
        case "paragraph":
            yield from _wrapped(marked.content(node, _inline(node)), width)
            yield from marked.notes(node, width)
        case "heading":
            for row in _wrapped(marked.content(node, _inline(node)), width):
                yield Row(row.content.stylize(".answer--heading"), continues=row.continues)
            yield from marked.notes(node, width)
        case "bullet_list" | "ordered_list":
            yield from _list(node, width, marked)
        case "fence":
            yield from _code(node.content, width, node.info.strip())
            yield from marked.notes(node, width)
        case "table":
            yield from _table(node, width, marked)
            yield from marked.notes(node, width)
        case _:
            yield from _wrapped(Content(node.content), width)


def _behind(
    sign: Content, nodes: Sequence[SyntaxTreeNode], width: int, marked: _Marked
) -> Iterator[Row]:
    """Blocks with ``sign`` before the first line, which is text of the answer, too."""
    indent = " " * sign.cell_length
    if not nodes or width - len(indent) < _LEAST:
        yield from _wrapped(sign, width)
        for node in nodes:
            yield from _block(node, width, marked)
        return
    first = True
    for node in nodes:
        for row in _block(node, width - len(indent), marked):
            if first:
                yield Row(sign + row.content)
            else:
                yield Row(Content(indent) + row.content, len(indent) + row.margin, row.continues)
            first = False


def _list(node: SyntaxTreeNode, width: int, marked: _Marked) -> Iterator[Row]:
    signs = [_sign(node, item) for item in node.children]
    wide = 0 if node.type == "bullet_list" else max(map(len, signs), default=0) + 1
    for item, sign in zip(node.children, signs, strict=True):
        yield from _behind(
            Content.styled(sign.rjust(wide), ".answer--bullet"), item.children, width, marked
        )


def _sign(node: SyntaxTreeNode, item: SyntaxTreeNode) -> str:
    """What is before an item: its number or sign as written, since "- 40" may be a temperature.

    Only the stars of several items become bullets.
    """
    if node.type == "ordered_list":
        return f"{item.info}{node.markup} "
    return "• " if node.markup == "*" and len(node.children) > 1 else f"{node.markup} "


def _code(text: str, width: int, name: str) -> Iterator[Row]:
    """Code, below the name of its language, keeps its lines; one that is too long goes on below."""
    if name:
        for number, piece in enumerate(Content(name).fold(max(2, width))):
            yield Row(piece.stylize(".answer--rule"), continues=number > 0)
    for line in text.expandtabs(8).rstrip("\n").split("\n"):
        for number, piece in enumerate(Content(line).fold(max(2, width - 2))):
            padded = Content.assemble(" ", piece, " " * max(1, width - 1 - piece.cell_length))
            yield Row(padded.stylize(".answer--code-block"), 1, continues=number > 0)


def _table(node: SyntaxTreeNode, width: int, marked: _Marked) -> Iterator[Row]:
    lines = [row.children for part in node.children for row in part.children]
    cells = [[marked.content(cell, _inline(cell)) for cell in line] for line in lines]
    to_the_right = ["right" in str(cell.attrs.get("style", "")) for cell in lines[0]]
    for content, margin in tables.laid_out(cells, to_the_right, width):
        yield Row(content, margin)


def _wrapped(content: Content, width: int) -> Iterator[Row]:
    for line in content.split("\n", allow_blank=True):
        for number, piece in enumerate(line.wrap(max(2, width))):
            yield Row(piece, continues=number > 0)


def _inline(node: SyntaxTreeNode) -> Content:
    """The text inside a block with its emphasis."""
    pieces: list[str] = []
    spans: list[Span] = []
    _collect(node, pieces, spans, 0)
    return Content("".join(pieces), spans=spans)


def _collect(node: SyntaxTreeNode, pieces: list[str], spans: list[Span], at: int) -> int:
    """Add the text below ``node``, which begins at character ``at``; where it ends."""
    for child in node.children:
        begin = at
        match child.type:
            case "text":
                pieces.append(_SPACES.sub(" ", child.content))
                at += len(pieces[-1])
            case "softbreak" | "hardbreak":
                pieces.append("\n")  # a line of values stays a line
                at += 1
            case "code_inline":
                pieces.append(child.content)
                at += len(child.content)
                spans.append(Span(begin, at, ".answer--code"))
            case kind:
                at = _collect(child, pieces, spans, at)
                if kind in _INLINE:
                    spans.append(Span(begin, at, _INLINE[kind]))
    return at
