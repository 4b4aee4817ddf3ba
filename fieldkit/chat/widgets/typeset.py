"""Sets an answer's Markdown as lines of a given width.

Textual's own Markdown makes a widget of every paragraph, list item and table cell; a conversation
of forty answers is then some two thousand widgets, which takes seconds to lay out. Here an answer
is lines of text, and only what a piece of an answer changes is set again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from textual.content import Content, Span

from fieldkit.chat.widgets import tables

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
    """The text of one answer, which may grow, as lines for the width that was asked for last."""

    def __init__(self, parser: MarkdownIt) -> None:
        self._parser = parser
        self.source = ""
        self._blocks: list[SyntaxTreeNode] = []
        self._open = 0  # where in the source the last block begins: what is added may change it
        self._width = 0
        self._rows: list[list[Row]] = []  # of each block, as far as they are set

    def update(self, text: str) -> None:
        """Begin anew with ``text``."""
        self.source, self._open = "", 0
        self._blocks, self._rows = [], []
        self.append(text)

    def append(self, text: str) -> None:
        """Add whole lines."""
        self.source += text
        rest = self.source[self._open :]
        del self._blocks[-1:]
        del self._rows[len(self._blocks) :]
        blocks = SyntaxTreeNode(self._parser.parse(rest)).children
        if blocks:
            lines = rest.splitlines(keepends=True)
            before = blocks[-1].map[0] if blocks[-1].map else 0
            self._open += sum(map(len, lines[:before]))
        self._blocks += blocks

    def rows(self, width: int) -> list[Row]:
        """The lines for a width in cells; every block is followed by an empty one."""
        if width != self._width:
            self._width, self._rows = width, []
        for block in self._blocks[len(self._rows) :]:
            self._rows.append([*_block(block, width), BLANK])
        return [row for rows in self._rows for row in rows]


def _block(node: SyntaxTreeNode, width: int) -> Iterator[Row]:
    """The lines of one block."""
    match node.type:
        case "paragraph":
            yield from _text(node, width)
        case "heading":
            for row in _text(node, width):
                yield Row(row.content.stylize(".answer--heading"), continues=row.continues)
        case "bullet_list" | "ordered_list":
            yield from _list(node, width)
        case "fence":
            yield from _code(node.content, width, node.info.strip())
        case "table":
            yield from _table(node, width)
        case _:
            yield from _wrapped(Content(node.content), width)


def _behind(sign: Content, nodes: Sequence[SyntaxTreeNode], width: int) -> Iterator[Row]:
    """Blocks with ``sign`` before the first line, which is text of the answer, too."""
    indent = " " * sign.cell_length
    if not nodes or width - len(indent) < _LEAST:
        yield from _wrapped(sign, width)
        for node in nodes:
            yield from _block(node, width)
        return
    first = True
    for node in nodes:
        for row in _block(node, width - len(indent)):
            if first:
                yield Row(sign + row.content)
            else:
                yield Row(Content(indent) + row.content, len(indent) + row.margin, row.continues)
            first = False


def _list(node: SyntaxTreeNode, width: int) -> Iterator[Row]:
    signs = [_sign(node, item) for item in node.children]
    wide = 0 if node.type == "bullet_list" else max(map(len, signs), default=0) + 1
    for item, sign in zip(node.children, signs, strict=True):
        yield from _behind(
            Content.styled(sign.rjust(wide), ".answer--bullet"), item.children, width
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


def _table(node: SyntaxTreeNode, width: int) -> Iterator[Row]:
    lines = [row.children for part in node.children for row in part.children]
    cells = [[_inline(cell) for cell in line] for line in lines]
    to_the_right = ["right" in str(cell.attrs.get("style", "")) for cell in lines[0]]
    for content, margin in tables.laid_out(cells, to_the_right, width):
        yield Row(content, margin)


def _text(node: SyntaxTreeNode, width: int) -> Iterator[Row]:
    yield from _wrapped(_inline(node), width)


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
