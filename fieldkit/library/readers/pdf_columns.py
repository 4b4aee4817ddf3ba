"""Text in columns: which lines of a page are of which column, and in which order they are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby, pairwise

from fieldkit.library.readers.pdf_found import Found, Span
from fieldkit.library.readers.pdf_lines import Line
from fieldkit.library.readers.pdf_rules import Rule
from fieldkit.library.readers.pdf_words import Word
from fieldkit.library.readers.pdf_wrapping import is_prose

_GUTTER = 0.5  # of the size, at least this wide
_APART = 4.5  # of the size: what is further below is not of the same columns
_PIECES = 2  # lines on each side at least
_FAR = 1e6  # points: outside of every page
_MOST = 3_000  # pieces of one run
_MOVES = 300  # items that one may be moved up by
_WHOLE = 0.6  # of the lines of a column
_FEW = 12  # pieces of a run
_HEADINGS = 2  # pieces above columns
_NEAR = 0.3  # of the size: on one base line

Item = Line | Found


@dataclass(frozen=True, slots=True)
class _Piece:
    """A cell of a line, or a table, as something that blocks a gutter."""

    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    order: int
    item: Item
    words: Sequence[Word] = ()


def in_reading_order(items: Sequence[Item], rules: Sequence[Rule] = ()) -> list[list[Item]]:
    """Blocks of ``items``, each to be read as a whole: columns are taken apart.

    Outside of columns the order is that of the file, but what is above comes first.
    """
    pieces = sorted(_pieces(items), key=lambda piece: (-piece.top, piece.x0))
    cut: dict[int, tuple[int, int]] = {}  # piece -> run and column
    runs: dict[int, list[Span]] = {}
    start = skipped = 0
    while start < len(pieces):
        end, free = _run(pieces, start)
        gutters = _judged(pieces[start:end], free, rules) if free else []
        if gutters:
            runs[start] = gutters
            columns = _spread(pieces[start:end], gutters)
            for number, column in enumerate(columns):
                for piece in column:
                    cut[id(piece)] = (start, number)
            for piece, number in _above_columns(pieces[:start], columns, cut):
                cut[id(piece)] = (start, number)
        # Two headings beside each other are no columns, but some may follow; not behind the first
        # row of a table.
        skipped = skipped + 1 if free and not gutters else 0
        again = not gutters and end - start < _FEW and skipped <= _HEADINGS
        start = start + 1 if again else max(end, start + 1)
        skipped = skipped if again else 0
    if not runs:
        return [_ordered(items)]
    return _blocks(items, pieces, cut)


def _spread(run: Sequence[_Piece], gutters: Sequence[Span]) -> list[list[_Piece]]:
    """The pieces of ``run`` by their column."""
    columns: list[list[_Piece]] = [[] for _ in range(len(gutters) + 1)]
    for piece in run:
        columns[_column(piece, gutters)].append(piece)
    return columns


def _above_columns(
    pieces: Sequence[_Piece],
    columns: Sequence[Sequence[_Piece]],
    cut: Mapping[int, tuple[int, int]],
) -> list[tuple[_Piece, int]]:
    """What is above ``columns`` and belongs to one of them, which begins higher than the others."""
    edges = [
        (min(p.x0 for p in column), max(p.x1 for p in column), max(p.top for p in column))
        for column in columns
    ]
    found: list[tuple[_Piece, int]] = []
    for piece in reversed(pieces):
        fits = [
            number
            for number, (x0, x1, top) in enumerate(edges)
            if piece.x0 >= x0 - 2 and piece.x1 <= x1 + 2
            and -1 <= piece.bottom - top <= 1.2 * piece.size
        ]  # fmt: skip
        if not fits or id(piece) in cut:
            break
        number = fits[0]
        edges[number] = (*edges[number][:2], piece.top)
        found.append((piece, number))
    return found


def _pieces(items: Sequence[Item]) -> list[_Piece]:
    found: list[_Piece] = []
    for item in items:
        if isinstance(item, Found):
            edges = (item.x0, item.x1, item.top, item.bottom)
            found.append(_Piece(*edges, item.size, item.order, item))
        else:
            found.extend(map(partial(_piece, item), item.cells()))
    return found


def _piece(line: Line, cell: Sequence[Word]) -> _Piece:
    top = line.y + 0.7 * line.size
    order = min(word.order for word in cell)
    return _Piece(cell[0].x0, cell[-1].x1, top, line.y, line.size, order, line, cell)


def _run(pieces: Sequence[_Piece], start: int) -> tuple[int, list[Span]]:
    """Behind the last piece from ``start`` that leaves a gutter free, and the gutters."""
    free: Sequence[Span] = [(-_FAR, _FAR)]
    bottom = pieces[start].bottom
    end = start
    for index in range(start, min(start + _MOST, len(pieces))):
        piece = pieces[index]
        left = _without(free, piece)
        inner = _inner(left)
        if bottom - piece.top > _APART * piece.size or (_inner(free) and not inner):
            break
        if index > start and not inner and piece.top <= bottom + 1:
            return index, []  # one column up to here
        free, end, bottom = left, index + 1, min(bottom, piece.bottom)
    return max(end, start + 1), _inner(free)


def _inner(free: Sequence[Span]) -> list[Span]:
    """The gaps with something on both sides."""
    return [gap for gap in free if gap[0] > -_FAR and gap[1] < _FAR]


def _without(free: Sequence[Span], piece: _Piece) -> list[Span]:
    """What is left of ``free`` beside ``piece``."""
    left: list[Span] = []
    for one, other in free:
        if piece.x0 >= other or piece.x1 <= one:
            left.append((one, other))
            continue
        sides = ((one, piece.x0), (piece.x1, other))
        left += [gap for gap in sides if gap[1] - gap[0] >= _GUTTER * piece.size]
    return left


def _column(piece: _Piece, gutters: Sequence[Span]) -> int:
    middle = (piece.x0 + piece.x1) / 2
    return sum(1 for one, other in gutters if middle > (one + other) / 2)


def _judged(run: Sequence[_Piece], gutters: Sequence[Span], rules: Sequence[Rule]) -> list[Span]:
    """Those of ``gutters`` that have text on their sides which is read on its own."""
    columns = _spread(run, gutters)
    prose = [_is_text(column) for column in columns]
    if all(prose) and all(_apart(one, other, rules) for one, other in pairwise(columns)):
        return list(gutters)
    kept = []
    for index, gutter in enumerate(gutters):
        left = [piece for column in columns[: index + 1] for piece in column]
        right = [piece for column in columns[index + 1 :] for piece in column]
        sides = (index == 0 and prose[0]) or (index == len(gutters) - 1 and prose[-1])
        table = any(isinstance(piece.item, Found) for piece in run)
        if (sides or table) and _independent(left, right) and _apart(left, right, rules):
            kept.append(gutter)
    return kept


def _is_text(column: Sequence[_Piece]) -> bool:
    texts = [Line(piece.words) for piece in column if piece.words]
    return is_prose(sorted(texts, key=lambda line: -line.y))


def _paired(left: Sequence[_Piece], right: Sequence[_Piece]) -> tuple[list[_Piece], list[_Piece]]:
    """The pieces that have some of the other side beside them."""
    top = min(max(p.top for p in left), max(p.top for p in right))
    bottom = max(min(p.bottom for p in left), min(p.bottom for p in right))
    return (
        [p for p in left if p.bottom <= top and p.top >= bottom],
        [p for p in right if p.bottom <= top and p.top >= bottom],
    )


def _apart(left: Sequence[_Piece], right: Sequence[_Piece], rules: Sequence[Rule]) -> bool:
    """Whether the sides were written as columns: one after the other, or line by line across."""
    if len(left) < _PIECES or len(right) < _PIECES:
        return any(isinstance(piece.item, Found) for piece in (*left, *right))
    left, right = _paired(left, right)
    if len(left) < _PIECES or len(right) < _PIECES:
        return any(isinstance(piece.item, Found) for piece in (*left, *right))
    x0, x1 = max(piece.x1 for piece in left), min(piece.x0 for piece in right)
    top, bottom = max(p.top for p in (*left, *right)), min(p.bottom for p in (*left, *right))
    through = {
        round(rule.y) for rule in rules
        if bottom < rule.y < top and rule.x0 < x0 and rule.x1 > x1
    }  # fmt: skip
    if len(through) > 1:
        return False
    sides = [
        side for _, side in sorted([(p.order, 0) for p in left] + [(p.order, 1) for p in right])
    ]
    changes = sum(1 for one, other in pairwise(sides) if one != other)
    if changes <= 1 or _mostly_whole(sides):
        return True
    # Cell by cell: lines of the left, lines of the right, and again: a table.
    return changes >= 1.4 * min(len(left), len(right))


def _mostly_whole(sides: Sequence[int]) -> bool:
    """Whether most of each side was written without a change to the other: below two headings."""
    runs = [(side, len(list(same))) for side, same in groupby(sides)]
    return all(
        max(length for one, length in runs if one == side) >= max(3, _WHOLE * sides.count(side))
        for side in set(sides)
    )


def _independent(left: Sequence[_Piece], right: Sequence[_Piece]) -> bool:
    """Whether the lines of both sides are not on the same base lines, or not written in turn."""
    if not left or not right:
        return False
    pair = _paired(left, right)
    if not pair[0] or not pair[1]:
        return False
    few, many = sorted(pair, key=len)
    level = sum(
        1 for p in few if any(abs(p.bottom - other.bottom) < _NEAR * p.size for other in many)
    )
    if level < 0.5 * len(few):
        return True
    one, other = [p.order for p in pair[0]], [p.order for p in pair[1]]
    return (
        (max(one) < min(other) or max(other) < min(one))
        and len(few) > 1
        and (any(isinstance(p.item, Found) for p in (*left, *right)))
    )


def _blocks(
    items: Sequence[Item], pieces: Sequence[_Piece], cut: dict[int, tuple[int, int]]
) -> list[list[Item]]:
    """The items outside of columns in their order, and each run's columns from left to right."""
    places: dict[int, dict[tuple[int, int], list[_Piece]]] = {}
    for piece in pieces:
        if id(piece) in cut:
            places.setdefault(id(piece.item), {}).setdefault(cut[id(piece)], []).append(piece)
    runs: dict[int, dict[int, list[Item]]] = {}
    tops: dict[int, float] = {}
    outside: list[Item] = []
    for item in items:
        parts = places.get(id(item))
        if not parts:
            outside.append(item)
            continue
        for (run, column), several in parts.items():
            part = item
            if isinstance(item, Line) and len(parts) > 1:
                part = Line([word for piece in several for word in piece.words])
            runs.setdefault(run, {}).setdefault(column, []).append(part)
            tops[run] = max(tops.get(run, -1e6), several[0].top)
    blocks: list[list[Item]] = []
    waiting = sorted(runs, key=lambda run: -tops[run])
    block: list[Item] = []
    for item in _ordered(outside):
        top = item.top if isinstance(item, Found) else item.y
        while waiting and tops[waiting[0]] > top:
            blocks.append(block)
            block = []
            blocks += _columns(runs[waiting.pop(0)])
        block.append(item)
    blocks.append(block)
    for run in waiting:
        blocks += _columns(runs[run])
    return [block for block in blocks if block]


def _columns(columns: dict[int, list[Item]]) -> list[list[Item]]:
    return [_from_top(columns[number]) for number in sorted(columns)]


def _from_top(items: Sequence[Item]) -> list[Item]:
    return sorted(items, key=lambda i: -(i.top if isinstance(i, Found) else i.y + 0.7 * i.size))


def _ordered(items: Sequence[Item]) -> list[Item]:
    """The file's order, but nothing behind what is below it."""
    placed: list[Item] = []
    for item in sorted(items, key=lambda item: item.order):
        at = len(placed)
        for index in range(len(placed) - 1, max(len(placed) - _MOVES, 0) - 1, -1):
            other = placed[index]
            if not _above(item, other):
                break
            if item.x0 < other.x1 and item.x1 > other.x0:
                at = index
        placed.insert(at, item)
    return placed


def _above(item: Item, other: Item) -> bool:
    bottom = item.bottom if isinstance(item, Found) else item.y
    top = other.top if isinstance(other, Found) else other.y + 0.5 * other.size
    return bottom >= top
