"""A table row that stands as one sentence in a passage -> its columns' names and its cells.

``E 17: Meaning Low oil, Action Stop the pump.`` says where a cell ends only to who knows the names
of the columns, and these begin every row of the table: what several rows have there is a name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from fieldkit.library.sentences import sentences

Cell = tuple[str, str]

_KEY = 80  # characters from the beginning of a row to the colon behind its key
_NAME_WORDS = 8
_MANY = 3  # rows from which on capitals in what they share are of the name
_MOST_ROWS = 40
_APART = re.compile(r"[,;] ")


def is_row(statement: str) -> bool:
    """Whether ``statement`` begins as a table row does: with its key and a colon."""
    return statement.find(": ", 0, _KEY) > 0


def row_of(statement: str, passage: str, *, whole: bool = True) -> tuple[Cell, ...]:
    """Return the cells of ``statement``, each with its column's name, in order.

    ``passage`` is the text it stands in, whose other rows tell the names; the column of keys has
    none, nor has a cell whose column is not known. ``whole``: what follows the first sentence
    belongs to the last cell. () where ``statement`` is no table row, or not one alone.
    """
    if not is_row(statement) or (not whole and len(list(sentences(statement))) > 1):
        return ()
    key, _, body = statement.partition(": ")
    others = [s.partition(": ")[2] for s in list(sentences(passage))[:_MOST_ROWS] if is_row(s)]
    names = _names([body, *(other for other in others if other not in body)])
    if not names:
        return ()
    cells: list[list[str]] = []
    for piece in _APART.split(body):
        name = next((each for each in _beginnings(piece) if each in names), "")
        if name or not cells:
            cells.append([name, piece[len(name) :].strip()])
        else:  # a comma of the cell's own
            cells[-1][1] += f", {piece}"
    if not any(name for name, _ in cells):
        return ()
    last = cells[-1]
    last[1] = last[1].removesuffix(".") if last[1].count(". ") == 0 else last[1]
    return (("", key), *((name, cell) for name, cell in cells))


def _names(rows: Sequence[str]) -> frozenset[str]:
    """What begins a cell in more than one of ``rows``: the names of columns."""
    counts: Counter[str] = Counter()
    for row in rows:
        counts.update({each for piece in _APART.split(row) for each in _beginnings(piece)})
    shared = {text: count for text, count in counts.items() if count > 1}
    found = set()
    for piece in _APART.split(rows[0]):
        name = ""
        for longer in reversed(list(_beginnings(piece))):
            if longer not in shared or (name and shared[longer] < shared[name]):
                break
            added = longer[len(name) :].strip()
            if name and shared[longer] < _MANY and not added[:1].islower():
                break
            name = longer
        if name:
            found.add(name)
    return frozenset(found)


def _beginnings(piece: str) -> Iterator[str]:
    """The first words of ``piece``, up to a figure, the most first, never all of it."""
    words = piece.rstrip(".").split(" ")
    most = 0
    for word in words[:_NAME_WORDS]:
        if not word[:1].isalpha():
            break
        most += 1
    for count in range(min(most, len(words) - 1), 0, -1):
        yield " ".join(words[:count])
