"""Tables of Markdown: GitHub's with pipes, Pandoc's grid, simple and multiline tables."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from fieldkit.library.readers.grid import Table, TooLarge, named, tells_apart
from fieldkit.library.readers.model import CELLS, COLUMNS

_DASHES = re.compile(r"[ \t]*+:?-++:?[ \t]*+")
_EDGE = re.compile(r"\+(?:[-=:]++\+)++")
_COLUMNS = re.compile(r"[ \t]*+-{2,}+(?:[ \t]++-{2,}+)++[ \t]*+")
_RULED = re.compile(r"[ \t]*+-{3,}+[ \t]*+")
_PIPE = re.compile(r"\\.|`++|\|", re.DOTALL)
_BOLD = re.compile(r"[ \t]*+(\*\*|__)(?=\S)([^*_|]+)(?<=\S)\1[ \t]*+")
_LONGEST = 2000  # lines of a multiline table

Shown = Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A table as written: ``rows`` of cells with their marks.

    ``names`` says how many of them name the columns, None where that has to be found out; ``end``
    is the line behind it. ``names_above``: the names are the paragraph before it.
    """

    rows: tuple[tuple[str, ...], ...]
    names: int | None
    end: int
    names_above: bool = False

    def table(self, shown: Shown) -> Table:
        """The table, with the cells as ``shown``; raises TooLarge."""
        if sum(map(len, self.rows)) > CELLS:
            raise TooLarge(f"a table has more than {CELLS} cells")
        if max(map(len, self.rows), default=0) > COLUMNS:
            raise TooLarge(f"a table has more than {COLUMNS} columns")
        rows = [[shown(cell) for cell in row] for row in self.rows]
        if self.names is None:
            return named(rows)
        depth = 2 if self.names == 1 and tells_apart(rows) else self.names
        kept = [row for row in rows[depth:] if any(cell.strip() for cell in row)]
        bold = [row for row in self.rows[depth:] if any(cell.strip() for cell in row)]
        groups = frozenset(n for n, row in enumerate(bold) if _names_others(row))
        names = rows[:depth]
        width = max((len(row) for row in names), default=0)
        header = (
            " ".join(row[n] for row in names if n < len(row) and row[n]) for n in range(width)
        )
        return Table(header=tuple(header), rows=tuple(map(tuple, kept)), groups=groups)


def _names_others(row: Sequence[str]) -> bool:
    """Whether ``row`` is bold and alone in its first cell."""
    return (
        len(row) > 1 and not any(cell.strip() for cell in row[1:]) and bool(_BOLD.fullmatch(row[0]))
    )


def pipe_table(lines: Sequence[str], index: int) -> Found | None:
    """The table with pipes that begins at ``lines[index]``."""
    first = lines[index]
    if "|" not in first:
        return None
    width = _rule(lines[index + 1]) if index + 1 < len(lines) else 0
    outer = first.lstrip().startswith("|")
    if not width and not outer:
        return None
    if width and not outer and (width < 2 or len(_cells(first, width)) != width):
        return None
    end = index + 2 if width else index + 1
    while end < len(lines) and _is_row(lines[end], outer=outer):
        if end + 1 < len(lines) and _rule(lines[end + 1]) and not _rule(lines[end]):
            break  # the next table's names
        end += 1
    if not width:
        rows = tuple(_cells(line, 0) for line in lines[index:end])
        return Found(rows=rows, names=None, end=end) if len(rows) > 1 else None
    body = [line for line in lines[index + 2 : end] if not _rule(line)]
    rows = tuple(_cells(line, width) for line in (first, *body))
    return Found(rows=rows, names=1, end=end)


def _is_row(line: str, *, outer: bool) -> bool:
    return line.lstrip().startswith("|") if outer else "|" in line and bool(line.strip())


def _rule(line: str) -> int:
    """How many columns the line below the names has; 0 where it is none."""
    bare = line.strip()
    if "-" not in bare or "|" not in bare:
        return 0
    parts = bare.removeprefix("|").removesuffix("|").split("|")
    return len(parts) if all(map(_DASHES.fullmatch, parts)) else 0


def _cells(line: str, width: int) -> tuple[str, ...]:
    """The cells of a row; a pipe in code parts no cells where there would be too many."""
    bare = line.strip()
    plain = _parted(bare, code=False)
    if width and len(plain) > width and "`" in bare:
        coded = _parted(bare, code=True)
        if len(coded) >= width:
            return coded
    return plain


def _parted(bare: str, *, code: bool) -> tuple[str, ...]:
    cells: list[str] = []
    begin = 0
    ticks = ""
    for match in _PIPE.finditer(bare):
        if match[0][0] == "`" and code:
            ticks = match[0] if not ticks else "" if match[0] == ticks else ticks
        elif match[0] == "|" and not ticks:
            cells.append(bare[begin : match.start()])
            begin = match.end()
    cells.append(bare[begin:])
    if bare.startswith("|"):
        cells = cells[1:]
    if cells and not cells[-1]:
        cells.pop()
    return tuple(cell.replace(r"\|", "|").strip() for cell in cells)


def drawn_table(lines: Sequence[str], index: int) -> Found | None:
    """Pandoc's grid table, drawn with ``+---+`` and ``|``."""
    edge = lines[index].strip()
    if not _EDGE.fullmatch(edge) or not lines[index + 1 : index + 2]:
        return None
    if not lines[index + 1].lstrip().startswith("|"):
        return None
    corners = [place for place, sign in enumerate(edge) if sign == "+"]
    rows: list[tuple[str, ...]] = []
    parts: list[str] = []
    names = 0
    end = index + 1
    while end < len(lines) and lines[end].lstrip().startswith(("+", "|")):
        line = lines[end].strip()
        if line.startswith("+"):
            rows += [_boxes(parts, corners)] if parts else []
            names = len(rows) if "=" in line else names
            parts = []
        else:
            parts.append(line)
        end += 1
    rows += [_boxes(parts, corners)] if parts else []
    return Found(rows=tuple(rows), names=names or None, end=end) if rows else None


def _boxes(parts: Sequence[str], corners: Sequence[int]) -> tuple[str, ...]:
    """One row of a grid: the text between the corners, over all its lines."""
    cells = []
    open_from = corners[0]
    for corner in corners[1:]:
        if all(part[corner : corner + 1] in ("|", "") for part in parts):
            texts = (part[open_from + 1 : corner].strip() for part in parts)
            cells.append(" ".join(filter(None, texts)))
            open_from = corner
    if len(cells) < 1:
        return tuple(cell.strip() for cell in " ".join(parts).strip("|").split("|"))
    return tuple(cells)


def spaced_table(
    lines: Sequence[str], index: int, above: Sequence[str], *, ruled: bool
) -> Found | None:
    """Pandoc's simple or multiline table; its columns are below the dashes of ``lines[index]``.

    ``above`` are the lines of the paragraph before; ``ruled``: a line of dashes is before those.
    """
    if not _COLUMNS.fullmatch(lines[index]):
        return None
    starts = [match.start() for match in re.finditer(r"(?<!-)-", lines[index])]
    names = [_slices(line, starts) for line in _aligned(lines, index, len(above))]
    if ruled and above:
        body, end = _multiline(lines, index + 1, starts)
        names = [_merged(names)]
    elif len(above) < 2:
        body, end = _simple(lines, index + 1, starts)
    else:
        return None
    if not body:
        return None
    rows = (*names, *body)
    return Found(rows=rows, names=len(names), end=end, names_above=bool(above))


def _aligned(lines: Sequence[str], index: int, count: int) -> list[str]:
    """The ``count`` lines above the dashes, with their spaces."""
    return list(lines[index - count : index])


def _slices(line: str, starts: Sequence[int]) -> tuple[str, ...]:
    bounds = [0, *starts[1:], max(len(line), starts[-1])]
    return tuple(line[begin:end].strip() for begin, end in pairwise(bounds))


def _merged(rows: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(" ".join(filter(None, cells)) for cells in zip(*rows, strict=True))


def _simple(
    lines: Sequence[str], begin: int, starts: Sequence[int]
) -> tuple[list[tuple[str, ...]], int]:
    rows: list[tuple[str, ...]] = []
    end = begin
    while end < len(lines) and lines[end].strip():
        if _COLUMNS.fullmatch(lines[end]) or _RULED.fullmatch(lines[end]):
            return rows, end + 1
        rows.append(_slices(lines[end], starts))
        end += 1
    return rows, end


def _multiline(
    lines: Sequence[str], begin: int, starts: Sequence[int]
) -> tuple[list[tuple[str, ...]], int]:
    rows: list[tuple[str, ...]] = []
    for row, behind in _parts(lines, begin):
        if row:
            rows.append(_merged([_slices(line, starts) for line in row]))
        if behind:
            return rows, behind
    return [], begin


def _parts(lines: Sequence[str], begin: int) -> Iterator[tuple[list[str], int]]:
    """The rows of a multiline table, and behind the last one the line behind the table."""
    row: list[str] = []
    for end in range(begin, min(len(lines), begin + _LONGEST)):
        if _RULED.fullmatch(lines[end]):
            yield row, end + 1
            return
        if lines[end].strip():
            row.append(lines[end])
        else:
            yield row, 0
            row = []
