"""The rows of a page's tables that a passage was made of, and which of them answers a question.

A passage says a row as a sentence (``E 17: Meaning Low oil, Remedy Refill.``). Here the row is
found again by its words, so that it can be shown as a row, below the names of its columns.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from fieldkit.core.text import clean, clean_line

_RULE_CELL = re.compile(r":?-+:?")
_PIPE = re.compile(r"(?<!\\)\|")
_GROUP = re.compile(r"\*\*(\S.*)\*\*")
_WORD = re.compile(r"\w+")
_MOST = 3  # rows that answer alike; where there are more, none stands out
_LINE = 4  # spaces before a line of a row

Finds = Callable[[str], Sequence[tuple[int, int]]]


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its ``cells``, the ``groups`` that name it, and whether it ``answers``."""

    cells: tuple[str, ...]
    groups: tuple[str, ...] = ()
    answers: bool = False

    @property
    def named_cells(self) -> tuple[str, ...]:
        """The cells, the first one behind the names of its groups."""
        return (", ".join([*self.groups, self.cells[0]]), *self.cells[1:])


@dataclass(frozen=True, slots=True)
class Rows:
    """Some rows of one table; ``names`` are those of its columns."""

    names: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def answering(self) -> Rows:
        """The rows that answer alone."""
        return replace(self, rows=tuple(row for row in self.rows if row.answers))

    def lines(self) -> Iterator[str]:
        """Each row as lines: its groups, then ``name: value`` for each cell."""
        for row in self.rows:
            if row.groups:
                yield ", ".join(row.groups)
            for name, cell in zip([*self.names, *[""] * len(row.cells)], row.cells, strict=False):
                if cell:
                    yield f"{name}: {cell}" if name else cell


def cells_of(line: str) -> list[str]:
    """The cells of one line of a table; a bar within a cell is written with a backslash."""
    inner = line.strip().removeprefix("|")
    if inner.endswith("|") and not inner.endswith("\\|"):
        inner = inner[:-1]
    return [cell.strip().replace("\\|", "|") for cell in _PIPE.split(inner)]


def ruled(names: str, rule: str) -> list[str]:
    """How each column is set (``left``, ``right``, ``center``), [] where these begin no table."""
    if "|" not in names or "|" not in rule:
        return []
    cells = cells_of(rule)
    if len(cells) != len(cells_of(names)) or not all(map(_RULE_CELL.fullmatch, cells)):
        return []
    if not names.lstrip().startswith("|") and not all("---" in cell for cell in cells):
        return []  # "1|2" above "-|-" are figures
    return [
        "center" if cell[0] == cell[-1] == ":" else "right" if cell[-1] == ":" else "left"
        for cell in cells
    ]


def group_of(cells: Sequence[str]) -> str:
    """The name that a row gives to the rows below it: bold, and alone in its first cell."""
    match = _GROUP.fullmatch(cells[0]) if cells else None
    return match[1] if match and len(cells) > 1 and not any(cells[1:]) else ""


def tables(page: str) -> Iterator[Rows]:
    """The tables of a page of Markdown."""
    lines = clean(page).split("\n")
    at = 0
    while at + 1 < len(lines):
        if not (lines[at].lstrip().startswith("|") and ruled(lines[at], lines[at + 1])):
            at += 1
            continue
        names = tuple(cells_of(lines[at]))
        at += 2
        first = at
        while at < len(lines) and lines[at].lstrip().startswith("|"):
            if at + 1 < len(lines) and ruled(lines[at], lines[at + 1]):
                break  # the next table's names
            at += 1
        yield Rows(names, tuple(_rows(lines[first:at])))


def _rows(lines: Sequence[str]) -> Iterator[Row]:
    groups: tuple[str, ...] = ()
    named = False  # the groups have a row
    for line in lines:
        cells = tuple(cells_of(line))
        if group := group_of(cells):
            groups = (group,) if named or not groups else (*groups, group)
            named = False
        elif any(cells):
            named = True
            yield Row(cells, groups)


def shown(page: str, passage: str, asks: Finds | None, answer: str) -> tuple[Rows, ...]:
    """The rows of the tables of ``page`` that ``passage`` says, by table.

    Those that answer are found by the words of the question, which ``asks`` finds in a text, and by
    what the ``answer`` repeats of them.
    """
    said = _words(clean(passage))
    found = []
    for table in tables(page):
        rows = tuple(row for row in table.rows if _says(said, table.names, row))
        if rows:
            found.append(replace(table, rows=rows))
    best = _best([row for table in found for row in table.rows], asks, answer)
    return tuple(
        replace(table, rows=tuple(replace(row, answers=row in best) for row in table.rows))
        for table in found
    )


def covers(found: Sequence[Rows], passage: str) -> bool:
    """Whether the rows say all that ``passage`` says."""
    known = {
        word
        for table in found
        for text in (*table.names, *(t for row in table.rows for t in (*row.groups, *row.cells)))
        for word in _words(text)
    }
    return bool(found) and known.issuperset(_words(passage))


def row_of(found: Sequence[Rows], statement: str) -> tuple[tuple[str, str], ...]:
    """The one row that ``statement`` says, as names of columns and cells; () where none is alone.

    The page has the names of all columns, in their order; a passage may leave some out.
    """
    said = set(_words(statement))
    rows = [
        tuple(zip([*table.names, *[""] * len(row.cells)], row.named_cells, strict=False))
        for table in found
        for row in table.rows
        if (cells := {word for cell in row.cells for word in _words(cell)})
        and cells <= said
        and said - cells <= {word for name in (*table.names, *row.groups) for word in _words(name)}
    ]
    return rows[0] if len(rows) == 1 else ()


def lines_of(found: Sequence[Rows]) -> list[str]:
    """The rows that answer, as indented lines for a terminal that is read aloud or piped."""
    return [" " * _LINE + clean_line(line) for table in found for line in table.answering.lines()]


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _says(said: Sequence[str], names: Sequence[str], row: Row) -> bool:
    """Whether the cells of ``row`` follow each other in ``said``.

    Between them may be the names of columns, and the key and groups where a long row was cut.
    """
    cells = [words for cell in row.cells if (words := _words(cell))]
    known = set(said)
    if not cells or not all(word in known for words in cells for word in words):
        return False
    between = {word for text in (*names, *row.groups, row.cells[0]) for word in _words(text)}
    starts = (at for at, word in enumerate(said) if word == cells[0][0])
    return any(_follows(said, at, cells, between) for at in starts)


def _follows(
    said: Sequence[str], at: int, cells: Sequence[Sequence[str]], between: set[str]
) -> bool:
    for cell in cells:
        while list(said[at : at + len(cell)]) != list(cell):
            if at >= len(said) or said[at] not in between:
                return False
            at += 1
        at += len(cell)
    return True


def _best(rows: Sequence[Row], asks: Finds | None, answer: str) -> Sequence[Row]:
    """The rows that speak most of what was asked and answered; none where many do alike."""
    if len(rows) == 1:
        return rows
    said = f" {' '.join(_words(answer))} "
    scores = [_score(row, asks, said) for row in rows]
    most = max(scores, default=0)
    best = [row for row, score in zip(rows, scores, strict=True) if score == most]
    return best if most and len(best) <= _MOST else ()


def _score(row: Row, asks: Finds | None, said: str) -> int:
    text = " ".join((*row.groups, *row.cells))
    asked = {text[start:end].casefold() for start, end in (asks(text) if asks else ())}
    repeated = [
        cell for cell in row.cells if (words := _words(cell)) and f" {' '.join(words)} " in said
    ]
    return 2 * len(asked) + len(repeated)
