"""A table as found on a page of a PDF, and which of its rows are names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from fieldkit.library.readers.grid import Table

_NAME_LENGTH = 60
_NAME_WORDS = 4
_GROUP_LENGTH = 120
_CODE_LENGTH = 20
_OTHER = 0.6  # of the cells of a column are of another kind than its name
_DIGIT = re.compile(r"\d")
_NUMBER = re.compile(r"[^A-Za-z]{0,4}\d[\d.,\s/\u2013-]*")

Span = tuple[float, float]


@dataclass(slots=True)
class Found:
    """``rows`` are of plain text, equally wide; the first ``names`` of them name the columns.

    ``groups``: indexes of rows that name the rows below them. ``columns``: from left to right, in
    points. ``hanging``: columns whose last cell covers several rows, so that it may go on over the
    page. ``order``: as of ``Word``.
    """

    columns: tuple[Span, ...]
    rows: list[list[str]]
    names: int
    top: float
    bottom: float
    size: float
    order: int = 0
    groups: set[int] = field(default_factory=set)
    hanging: frozenset[int] = frozenset()
    tall: dict[int, int] = field(default_factory=dict)  # rows that a column's first cell covers
    ruled: bool = False
    distinct: bool = False  # its names are set apart from the rest: bold
    inherited: list[list[str]] = field(default_factory=list)  # rows of names of an earlier page

    @property
    def x0(self) -> float:
        """The left edge."""
        return self.columns[0][0]

    @property
    def x1(self) -> float:
        """The right edge."""
        return self.columns[-1][1]

    @property
    def head(self) -> list[list[str]]:
        """The rows of names that hold, its own or inherited ones."""
        return self.rows[: self.names] or self.inherited

    def table(self) -> Table:
        """The table for ``Pages.table``."""
        body = self.rows[self.names :]
        groups = frozenset(index - self.names for index in self.groups if index >= self.names)
        names = joined_names(self.head)
        # A column of names alone stays: that it is empty says something.
        kept = [
            column for column in range(len(self.columns))
            if any(row[column] for row in body) or (names and names[column])
        ]  # fmt: skip
        return Table(
            header=tuple(names[column] for column in kept) if names else (),
            rows=tuple(tuple(row[column] for column in kept) for row in body),
            groups=groups,
        )


def joined_names(rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Rows of names as one: ``Torque`` over ``dry`` is ``Torque dry``."""
    return tuple(" ".join(dict.fromkeys(filter(None, cells))) for cells in zip(*rows, strict=True))


def is_group(text: str) -> bool:
    """Whether a row of this ``text`` alone can name the rows below it."""
    if not 0 < len(text) <= _GROUP_LENGTH or text[-1] in ".;,":
        return False
    return sum(map(str.isalpha, text)) > sum(map(str.isdigit, text))


def name_rows(rows: Sequence[Sequence[str]], bold: Sequence[bool], first: int = 1) -> int:
    """How many rows are names: ``first``, or 0. Names are never made of a row of data.

    ``bold``: rows of which all text is bold. Where the type does not set the first row apart, the
    columns must: below most names is another kind of text than the name itself.
    """
    if len(rows) <= first or not rows[0]:
        return 0
    names = joined_names(rows[:first])
    body = rows[first:]
    filled = sum(1 for name in names if name)
    if (
        filled < 2
        or any(len(name) > first * _NAME_LENGTH for name in names)
        or _is_data(names, body)
    ):
        return 0
    if all(bold[:first]) and not all(bold[first:]):
        return first if filled >= 0.5 * len(names) else 0
    if any(len(name.split()) > first * _NAME_WORDS for name in names):
        return 0
    return first if _differ(names, body) else 0


def _is_data(names: Sequence[str], body: Sequence[Sequence[str]]) -> bool:
    """Whether ``names`` are a row like the others: a figure where they have figures."""
    return any(
        _NUMBER.match(name) and any(_NUMBER.match(row[column]) for row in body)
        for column, name in enumerate(names)
    )


def _kind(text: str) -> str:
    """What ``text`` is: a figure, a code, a mark (a bullet, a cross, a dash) or words."""
    if _NUMBER.match(text):
        return "figure"
    if not any(letter.isalpha() for letter in text) or text in {"x", "X"}:
        return "mark"
    return "code" if _DIGIT.search(text) and len(text) <= _CODE_LENGTH else "words"


def _differ(names: Sequence[str], body: Sequence[Sequence[str]]) -> bool:
    """Whether the columns below ``names`` hold what names do not."""
    columns = [[row[column] for row in body if row[column]] for column in range(len(names))]
    other = [
        bool(name and cells)
        and sum(1 for cell in cells if _kind(cell) != _kind(name)) >= _OTHER * len(cells)
        for name, cells in zip(names, columns, strict=True)
    ]
    filled = sum(1 for name in names if name)
    if filled < len(names) - 1:
        return sum(other) == filled
    if len(names) == 2:
        figures = all(_kind(cell) == "figure" for cell in columns[1]) and _one_kind(columns[1])
        return not _DIGIT.search(names[0]) and (other[0] or (other[1] and figures))
    if any(other):
        return _kind(names[0]) == "words" or sum(other) >= 0.5 * filled
    words = [len(cell.split()) for cells in columns for cell in cells]
    heads = [len(name.split()) for name in names if name]
    longer = sum(words) / max(len(words), 1) >= 2 * sum(heads) / len(heads)
    return longer and len(body) > 1 and not any(map(_DIGIT.search, names))


def _one_kind(cells: Sequence[str]) -> bool:
    """Whether all are figures of one unit: below ``Torque``, but not below ``Diesel``."""
    units = {_NUMBER.sub("", cell, count=1).strip().split(" ")[0].strip(",;") for cell in cells}
    return all(map(_NUMBER.match, cells)) and len(units - {""}) <= 1
