"""Tables whose cells ruled lines enclose: the lines tell what belongs together."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from fieldkit.library.readers.pdf_found import Found, is_group, name_rows
from fieldkit.library.readers.pdf_joining import line_text, paragraph, shown
from fieldkit.library.readers.pdf_lattice import Grid, lattices
from fieldkit.library.readers.pdf_lines import Line, lines
from fieldkit.library.readers.pdf_rules import Ruling
from fieldkit.library.readers.pdf_words import Word
from fieldkit.library.readers.pdf_wrapping import wrapped

_REPEATED = 40  # letters of a cell over several columns that hold for each
_ALIGNED = 0.8  # of the lines of two columns
_DEEP = 8  # rows, more than names take
_CODE = 12  # letters of a key
_WORDS = 2.4  # in a line of text
_SAME = 8.0  # points between the edges of one column
_PADDING = 2.0  # points


@dataclass(slots=True)
class _Row:
    """Cells of one row: their texts, which squares they are the first of, and whether bold."""

    texts: list[str]
    spans: list[int]  # columns that the cell of this column covers, 0 behind its first
    bold: bool
    tall: int  # rows of its tallest cell


def grids(ruling: Ruling, words: Sequence[Word]) -> tuple[list[Found], list[Word]]:
    """The tables that ``ruling`` encloses, and the words outside them."""
    found = []
    rest = list(words)
    for grid in lattices(ruling):
        inside, outside = _parted(grid, rest)
        if inside and (table := _table(grid, inside)):
            found.append(table)
            rest = outside
    return found, rest


def _parted(grid: Grid, words: Iterable[Word]) -> tuple[dict[int, list[Word]], list[Word]]:
    """Words by their cell, and those outside."""
    inside: dict[int, list[Word]] = {}
    outside: list[Word] = []
    upward = grid.ys[::-1]
    left, right, low, high = grid.xs[0], grid.xs[-1], upward[0], upward[-1]
    for word in words:
        x, y = middle(word)
        if left <= x < right and low <= y < high:
            column = bisect(grid.xs, x) - 1
            row = len(upward) - 1 - bisect(upward, y)
            inside.setdefault(grid.owner[row][column], []).append(word)
        else:
            outside.append(word)
    return inside, outside


def middle(word: Word) -> tuple[float, float]:
    """A place within ``word``; of turned text, within its first letter."""
    half = 0.3 * word.size
    if not word.turn:
        return (word.x0 + word.x1) / 2, word.y + half
    return (
        (word.x0 - half, word.y + half),
        (word.x0 - half, word.y - half),
        (word.x0 + half, word.y - half),
    )[word.turn - 1]


def cell_lines(words: Sequence[Word]) -> list[Line]:
    """The lines of a cell from the top."""
    return sorted(lines(word for word in words if not word.turn), key=lambda line: -line.y)


def turned_text(words: Iterable[Word]) -> str:
    """Text that runs up, down or upside down, in the file's order of its lines."""
    found: dict[tuple[int, int], list[Word]] = {}
    for word in words:
        if word.turn:
            place = word.y if word.turn == 2 else word.x0
            found.setdefault((word.turn, round(place / 2)), []).append(word)
    return paragraph(" ".join(word.text for word in line) for line in found.values())


def _is_one_line(words: Sequence[Word]) -> bool:
    y, size, x = words[0].y, words[0].size, words[0].x0
    for word in words:
        if word.y != y or word.size != size or word.x0 < x or word.turn:
            return False
        x = word.x0
    return True


def _holds_table(words: Sequence[Word]) -> bool:
    """Whether a cell over all columns holds rows of its own: only the names are ruled."""
    rows = [[cell[0].x0 for cell in line.cells()] for line in cell_lines(words)]
    rows = [starts for starts in rows if len(starts) > 1]
    return any(
        sum(1 for x in below if any(abs(x - other) < _SAME for other in above)) > 1
        for above, below in pairwise(rows)
    )


def _cell_text(words: Sequence[Word]) -> str:
    if len(words) < 5 and _is_one_line(words):
        return shown(line_text(words))
    upright = paragraph(line.text for line in cell_lines(words))
    turned = turned_text(words)
    return f"{upright} {turned}".strip()


def _narrowed(grid: Grid, inside: dict[int, list[Word]]) -> Grid:
    """``grid`` with columns that no row needs united: a box in a cell makes some."""
    kept = [0]
    for column in range(1, len(grid.spans)):
        before = kept[-1]
        needed = all(row[column] != row[before] for row in grid.owner) or any(
            row[column] != row[before] and row[column] in inside and row[before] in inside
            for row in grid.owner
        )
        if needed:
            kept.append(column)
            continue
        for row in grid.owner:
            if row[before] not in inside:
                row[before] = row[column]
    ends = [*kept[1:], len(grid.spans)]
    spans = [(grid.spans[a][0], grid.spans[b - 1][1]) for a, b in zip(kept, ends, strict=True)]
    owner = [[row[column] for column in kept] for row in grid.owner]
    return Grid(grid.xs, grid.ys, owner, spans)


def _table(grid: Grid, inside: dict[int, list[Word]]) -> Found | None:
    if len(inside) < 2:
        return None
    grid = _narrowed(grid, inside)
    wide = {row[0] for row in grid.owner if row[0] == row[-1]}
    if any(_holds_table(inside[cell]) for cell in wide if cell in inside):
        return None
    columns = list(range(len(grid.spans)))
    if len(columns) < 2:
        return None
    texts = {cell: _cell_text(words) for cell, words in inside.items()}
    depths = grid.depths()
    rows: list[_Row] = []
    for number, owner in enumerate(grid.owner):
        above = grid.owner[number - 1] if number else []
        if not any(cell in inside and cell not in above for cell in owner):
            continue
        parts = _listed(grid, number, inside, depths)
        for part in parts or [texts]:
            rows += [_row(grid, number, part, inside)]
    rows = [row for row in rows if any(row.texts)]
    if len(rows) < 2 and sum(map(bool, rows[0].texts)) < 2:
        return None
    if all(sum(map(bool, row.texts)) < 2 for row in rows):
        return None
    return _made(grid, columns, rows, inside)


def _row(grid: Grid, number: int, texts: dict[int, str], inside: dict[int, list[Word]]) -> _Row:
    owner = grid.owner[number]
    below = grid.owner[number : number + _DEEP]
    width = len(owner)
    cells: list[str] = []
    spans: list[int] = []
    tall = 1
    for column, cell in enumerate(owner):
        text = texts.get(cell, "")
        begins = not column or owner[column - 1] != cell
        spans.append(owner.count(cell) if begins else 0)
        # What is written over several columns holds for each of them.
        repeated = len(text) <= _REPEATED and spans[0] < width
        cells.append(text if begins or repeated else "")
        if text:
            tall = max(tall, [row[column] for row in below].count(cell))
    bold = all(word.bold for cell in set(owner) for word in inside.get(cell, ()))
    return _Row(cells, spans, bold, tall)


def _listed(
    grid: Grid, number: int, inside: dict[int, list[Word]], depths: dict[int, int]
) -> list[dict[int, str]]:
    """A row without lines between its entries, part by part; empty where it is one entry."""
    owner = [cell for cell in dict.fromkeys(grid.owner[number]) if cell in inside]
    alone = [cell for cell in owner if depths[cell] == 1]
    if sum(1 for cell in alone if not _is_one_line(inside[cell])) < 2:
        return []
    found = {cell: cell_lines(inside[cell]) for cell in alone}
    if not number and len(grid.owner) > 2 and _is_names(found.values()):
        return []
    key = _key_lines(grid, number, found)
    if not key:
        return []
    parts: list[dict[int, list[str]]] = [{} for _ in key]
    for cell, several in found.items():
        if len(several) == 1:
            # Once beside all entries: it holds for each.
            for part in parts:
                part[cell] = [several[0].text]
            continue
        for line in several:
            above = [i for i, one in enumerate(key) if one.y >= line.y - 0.5 * line.size]
            parts[above[-1] if above else 0].setdefault(cell, []).append(line.text)
    over = {cell: _cell_text(inside[cell]) for cell in owner if depths[cell] > 1}
    return [over | {cell: paragraph(texts) for cell, texts in part.items()} for part in parts]


def _is_names(cells: Iterable[Sequence[Line]]) -> bool:
    """Whether the cells of a first row are names of several lines: they hold no figure."""
    return not any(any(map(str.isdigit, line.text)) for cell in cells for line in cell)


def _key_lines(grid: Grid, number: int, found: dict[int, list[Line]]) -> list[Line]:
    """The lines of one cell that each begin an entry; empty where the row is one entry."""
    for cell, key in found.items():
        if len(key) < 2:
            continue
        coded = len({line.text for line in key}) == len(key) and all(
            len(line.text) <= _CODE and any(map(str.isdigit, line.text)) for line in key
        )
        ends = _list(grid, number, cell, key)
        for other, beside in found.items():
            if other == cell or len(beside) < len(key) or not _aligned(beside, key):
                continue
            equal = len(beside) == len(key) and _list(grid, number, other, beside)
            if (ends and equal) or (coded and cell == min(cell, other)):
                return key
        if ends and not coded:
            return []
    return []


def _list(grid: Grid, number: int, cell: int, several: Sequence[Line]) -> bool:
    """Whether the lines of a cell end where their writer ended them."""
    if _is_text(several):
        return False
    row = grid.owner[number]
    right = grid.spans[len(row) - 1 - row[::-1].index(cell)][1] - _PADDING
    return wrapped(several, right) < 0.3


def _is_text(several: Sequence[Line]) -> bool:
    """Whether lines broken by hand are sentences: each goes on with a small letter."""
    words = sum(len(line.words) for line in several)
    return words >= _WORDS * len(several) and all(
        line.words[0].text[0].islower() for line in several[1:]
    )


def _aligned(key: Sequence[Line], others: Sequence[Line]) -> bool:
    level = sum(
        1 for other in others if any(abs(one.y - other.y) < 0.3 * other.size for one in key)
    )
    return level >= _ALIGNED * len(others)


def _made(
    grid: Grid, columns: Sequence[int], rows: list[_Row], inside: dict[int, list[Word]]
) -> Found:
    width = len(grid.spans)
    full = [row.spans[0] == width for row in rows]
    skipped = 0
    while skipped < len(rows) - 1 and full[skipped]:
        skipped += 1
    titles, body = rows[:skipped], rows[skipped:]
    first = _names_deep(body)
    texts = [[row.texts[c] for c in columns] for row in body]
    plain = [not full[skipped + i] for i in range(len(body))]
    tried = [row for row, keep in zip(texts, plain, strict=True) if keep]
    bold = [row.bold for row, keep in zip(body, plain, strict=True) if keep]
    names = name_rows(tried, bold, first) or (name_rows(tried, bold, 1) if first > 1 else 0)
    groups = {
        index for index, row in enumerate(body)
        if index >= names and full[skipped + index] and is_group(row.texts[0])
    }  # fmt: skip
    if titles:
        # What the table is about goes before its rows, behind its names.
        about = [[row.texts[columns[0]], *[""] * (len(columns) - 1)] for row in titles]
        texts[names:names] = about
        groups = {index + len(about) for index in groups}
        groups |= {names + i for i, row in enumerate(about) if is_group(row[0])}
    used = [word for words in inside.values() for word in words]
    last = grid.owner[-1]
    hanging = frozenset(
        place for place, c in enumerate(columns)
        if len(grid.owner) > 1 and last[c] == grid.owner[-2][c] and last[0] != last[-1]
    )  # fmt: skip
    return Found(
        columns=tuple(grid.spans[c] for c in columns),
        rows=texts,
        names=names,
        top=grid.ys[0],
        bottom=grid.ys[-1],
        size=max([word.size for word in used]),
        order=min([word.order for word in used]),
        groups=groups,
        hanging=hanging,
        tall=_tall(grid, columns),
        ruled=True,
        distinct=bool(names) and all(bold[:names]) and not all(bold[names:]),
    )


def _names_deep(rows: Sequence[_Row]) -> int:
    """How many rows the names take if there are any: a name over several columns has more below."""
    first = rows[0]
    if any(1 < span < len(first.spans) for span in first.spans):
        return max(2, first.tall)
    return max(1, min(first.tall, _DEEP))


def _tall(grid: Grid, columns: Sequence[int]) -> dict[int, int]:
    """For each column how many rows its first cell covers."""
    return {
        place: sum(1 for row in grid.owner if row[c] == grid.owner[0][c])
        for place, c in enumerate(columns)
    }
