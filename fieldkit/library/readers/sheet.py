"""A sheet of cells -> paragraphs and tables: what is alone in a row is text, the rest rows.

An empty row ends a table, and an empty column between two tables beside each other keeps them
apart, so each has its own names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise

from fieldkit.library.readers.merged import Line, Spot
from fieldkit.library.readers.meter import Meter
from fieldkit.library.readers.pages import Pages
from fieldkit.library.readers.sheet_cuts import stacked
from fieldkit.library.readers.sheet_table import SheetTable, sheet_table

_DEPTH = 8  # how often a sheet is cut
_TITLE = 80  # characters of a heading
_SIDES = 30  # tables beside each other
_PAIR = 2

Names = Callable[[Line], bool]


def plain_lines(rows: Iterable[Sequence[str]], meter: Meter) -> Iterator[Line]:
    """Rows of texts as lines. Raises TooLarge."""
    for index, row in enumerate(rows, 1):
        spots = {at: Spot(cell.strip()) for at, cell in enumerate(row, 1) if cell.strip()}
        if spots:
            meter.count(len(spots))
            yield Line(index, index, spots)


def lay_out(pages: Pages, lines: Sequence[Line], says_names: Names | None = None) -> None:
    """Add the ``lines`` of one sheet to ``pages``.

    ``says_names``: whether the file says that a line holds names of columns.
    """
    before: SheetTable | None = None
    for block in _blocks(list(lines), 0):
        for table in stacked(block):
            before = _block(pages, table, says_names or _never, before)


def _never(_line: Line) -> bool:
    return False


def _blocks(lines: list[Line], depth: int) -> Iterator[list[Line]]:
    """Cut at empty rows, then at empty columns, and again, in the order of reading."""
    pieces = list(_cut_rows(lines))
    for piece in pieces:
        head, body = _title(piece)
        sides = _cut_columns(body) if depth < _DEPTH else [body]
        if len(sides) < 2:
            yield piece
            continue
        if head:
            yield head
        for side in sides:
            yield from _blocks(side, depth + 1)


def _cut_rows(lines: list[Line]) -> Iterator[list[Line]]:
    start = 0
    for at in range(1, len(lines) + 1):
        if at == len(lines) or lines[at].index > lines[at - 1].index + 1:
            yield lines[start:at]
            start = at


def _title(block: list[Line]) -> tuple[list[Line], list[Line]]:
    """The lines above a table that hold one cell each, and the rest."""
    at = 0
    while at < len(block) and block[at].alone:
        at += 1
    return block[:at], block[at:]


def _cut_columns(block: list[Line]) -> list[list[Line]]:
    """The tables beside each other in ``block``, or the whole.

    A column of space inside a table is no cut: what is to its right is a table only if it has
    names or keys of its own.
    """
    used = sorted({column for line in block for column in line.spots})
    gaps = [b for a, b in pairwise(used) if b > a + 1][:_SIDES]
    sides: list[list[Line]] = []
    rest = block
    for gap in gaps:
        left, right = _parted(rest, gap)
        if _is_table(left) and _is_table(right) and _apart(left, right):
            sides.append(left)
            rest = right
    return [*sides, rest]


def _parted(block: list[Line], gap: int) -> tuple[list[Line], list[Line]]:
    left, right = [], []
    for line in block:
        before = {column: spot for column, spot in line.spots.items() if column < gap}
        behind = {column: spot for column, spot in line.spots.items() if column >= gap}
        if before:
            left.append(Line(line.index, line.number, before))
        if behind:
            right.append(Line(line.index, line.number, behind))
    return left, right


def _is_table(block: list[Line]) -> bool:
    return len(block) > 1 and len({column for line in block for column in line.spots}) > 1


def _apart(left: list[Line], right: list[Line]) -> bool:
    """Whether ``right`` is a table of its own: other rows, the same names, or keys."""
    if [line.index for line in left] != [line.index for line in right]:
        return True
    if left[0].alone and right[0].alone:
        return True  # each has a title
    names = [{spot.text for spot in side[0].spots.values()} for side in (left, right)]
    if names[0] & names[1]:
        return True
    first = min(column for line in right for column in line.spots)
    keys = [line.spots[first].text for line in right[1:] if first in line.spots]
    return len(keys) == len(right) - 1 and len(set(keys)) == len(keys) > 1


def _block(
    pages: Pages, block: list[Line], says_names: Names, before: SheetTable | None
) -> SheetTable | None:
    """Add lines without an empty one between: those above and below a table are its text."""
    head, body = _title(block)
    end = len(body)
    while end and body[end - 1].alone:
        end -= 1
    _add_title(pages, head, followed=bool(end))
    if not end:
        return None
    tail = body[end:]
    pairs = _pairs_above(body[:end])
    if pairs:
        sheet_table(body[:pairs], says_names).add(pages)
    table = sheet_table(body[pairs:end], says_names, before)
    first = min(column for line in body[:end] for column in line.spots)
    for line in tail:
        spot = next(iter(line.spots.values()))
        if first not in line.spots and spot.columns == 1:
            table.extend(line)
    table.add(pages)
    for line in tail:
        if first in line.spots or next(iter(line.spots.values())).columns > 1:
            pages.paragraph(next(iter(line.spots.values())).said)
    return table


def _add_title(pages: Pages, head: Sequence[Line], *, followed: bool) -> None:
    """A merged or bold line above a table is its heading; others are text."""
    headed = False
    for line in head:
        spot = next(iter(line.spots.values()))
        strong = spot.look[0] or spot.columns > 1
        short = 0 < len(spot.text) <= _TITLE and spot.text[-1] not in ".;,"
        if followed and strong and short and not headed:
            pages.heading(spot.text, 2)
            headed = True
            if spot.note:
                pages.paragraph(f"(Note: {spot.note})")
        else:
            pages.paragraph(spot.said)


def _pairs_above(body: list[Line]) -> int:
    """How many lines above a table of three columns or more are pairs, such as a model's name."""
    widths = [len(line.spots) for line in body]
    usual = sorted(widths)[len(widths) // 2]
    if usual <= _PAIR:
        return 0
    at = 0
    while (
        at < len(body)
        and widths[at] <= _PAIR < usual
        and min(body[at].spots) == min(min(line.spots) for line in body)
    ):
        at += 1
    merged = any(
        spot.columns > 1 or spot.rows > 1 for line in body[:at] for spot in line.spots.values()
    )
    return 0 if merged or at == len(body) else at
