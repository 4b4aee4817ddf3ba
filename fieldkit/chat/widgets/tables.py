"""Sets a table of an answer within a given width: columns, or field by field where it is narrow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from textual.content import Content

_BETWEEN = " │ "
_NARROW = 6  # cells a column needs at least when the table has to be squeezed
_LINE = ".answer--rule"
_HEAD = ".answer--table-head"

Laid = tuple[Content, int]
"""A line, and how many characters at its beginning are no text."""


def laid_out(
    cells: Sequence[Sequence[Content]], to_the_right: Sequence[bool], width: int
) -> Iterator[Laid]:
    """The lines of a table, whose first row is its head; one flag for each column of the head."""
    columns = max(map(len, cells))
    natural = [
        max(row[n].cell_length if n < len(row) else 0 for row in cells) for n in range(columns)
    ]
    room = width - 2 - len(_BETWEEN) * (columns - 1)
    if sum(natural) > room and room < _NARROW * columns:
        yield from _fields(cells, width)
    else:
        right = [*to_the_right, *[False] * (columns - len(to_the_right))]
        yield from _grid(cells, right, _squeezed(natural, room))


def _squeezed(natural: Sequence[int], room: int) -> list[int]:
    """Column widths that fit: the widest gives first."""
    widths = [max(1, wide) for wide in natural]
    while sum(widths) > max(room, len(widths)):
        widths[widths.index(max(widths))] -= 1
    return widths


def _grid(
    cells: Sequence[Sequence[Content]], to_the_right: Sequence[bool], widths: Sequence[int]
) -> Iterator[Laid]:
    head = [cell.stylize(_HEAD) for cell in cells[0]]
    rows = [list(_lines(row, to_the_right, widths)) for row in [head, *cells[1:]]]
    rule = Content.styled("─" + "─┼─".join("─" * wide for wide in widths) + "─", _LINE)
    broken = any(len(lines) > 1 for lines in rows[1:])
    for number, lines in enumerate(rows):
        if number == 1 or (number > 1 and broken):
            yield rule, len(rule)
        for line in lines:
            yield line, 1


def _lines(
    row: Sequence[Content], to_the_right: Sequence[bool], widths: Sequence[int]
) -> Iterator[Content]:
    """The lines of one row, whose cells may be broken."""
    broken = [
        row[n].wrap(max(2, wide)) if n < len(row) else [Content("")]
        for n, wide in enumerate(widths)
    ]
    between = Content.styled(_BETWEEN, _LINE)
    for number in range(max(map(len, broken))):
        line = [
            _padded(pieces[number] if number < len(pieces) else Content(""), wide, right)
            for pieces, wide, right in zip(broken, widths, to_the_right, strict=True)
        ]
        yield Content(" ") + between.join(line)


def _padded(cell: Content, wide: int, right: bool) -> Content:
    missing = max(0, wide - cell.cell_length)
    return Content(" " * missing) + cell if right else cell + Content(" " * missing)


def _fields(cells: Sequence[Sequence[Content]], width: int) -> Iterator[Laid]:
    """Each row as lines ``head: value``, for more columns than the width has room for."""
    head, *rows = cells
    for number, row in enumerate(rows or [()]):
        if number:
            yield Content(""), 0
        for name, cell in zip_longest(head, row, fillvalue=Content("")):
            field = Content.assemble(name.stylize(_HEAD), ": ", cell) if name else cell
            yield from ((line, 0) for line in field.wrap(max(2, width)))
