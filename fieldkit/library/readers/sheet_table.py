"""One table of a sheet: which of its rows are names, which name a group, and what it says."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from fieldkit.library.readers.grid import (
    TooLarge,
    is_figure,
    joined,
    names_columns,
    narrowed,
    shape_of,
    tells_apart,
)
from fieldkit.library.readers.merged import Line, Spot
from fieldkit.library.readers.model import COLUMNS
from fieldkit.library.readers.pages import Pages

_NAMES_ROWS = 5
_GROUP = 80  # characters; what is longer is a note
_REPEATED = 40  # characters of a text that is repeated in the columns it is merged over
_COMPARED = 12  # rows
_UNIT = re.compile(
    r"[\[(][^\])]{1,12}[\])]|%|\u00b0[CF]?|(?:[kMm\u00b5\u03bccd]?(?:N[\u00b7.-]?m|Pa|Hz|bar|m|g|s|V|A|W|l|L|N"
    r"|\u03a9|\u2126|Ohm)|psi|lb|lbs|ft[\u00b7.-]?lbs?|in|inch|ft|rpm|min|h|K|dB|ppm)"
    r"[\u00b2\u00b323]?(?:/(?:min|h|s|kg|c?m[\u00b2\u00b323]?|mm[\u00b223]?|l|L))?"
)


@dataclass(slots=True)
class SheetTable:
    """Names, rows and groups as ``grid.Table``; a text in ``rows`` is a note between them."""

    columns: list[int]
    names: list[list[str]]
    header: tuple[str, ...]
    rows: list[list[str] | str] = field(default_factory=list)
    groups: set[int] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)  # on names

    def extend(self, line: Line) -> None:
        """Add a line whose cells are in columns of the table."""
        self.rows.append(_texts(line, self.columns))

    def add(self, pages: Pages) -> None:
        """Add the table to ``pages``; it goes on below a note with the same names."""
        rows: list[list[str]] = []
        groups: set[int] = set()
        group: list[str] = []
        for index, row in enumerate([*self.rows, ""]):
            if isinstance(row, list):
                if index in self.groups:
                    group = row
                    groups.add(len(rows))
                rows.append(row)
                continue
            self._add(pages, rows, groups)
            if row:
                pages.paragraph(row)
            # The rows below a note still belong to the group above it.
            rows, groups = ([group], {0}) if group else ([], set())
        if not self.rows and self.header:
            pages.table((), [self.header])
        for note in self.notes:
            pages.paragraph(note)

    def _add(self, pages: Pages, rows: list[list[str]], groups: set[int]) -> None:
        if len(rows) == len(groups):
            return
        table = narrowed([list(self.header), *rows] if self.header else rows)
        header = table.pop(0) if self.header else []
        pages.table(header, table, groups)


def sheet_table(
    lines: Sequence[Line], says_names: Callable[[Line], bool], before: SheetTable | None = None
) -> SheetTable:
    """The table of ``lines``; without names of its own it may continue the one ``before``."""
    columns = sorted({column for line in lines for column in line.spots})
    if len(columns) > COLUMNS:
        raise TooLarge(f"it has a row of more than {COLUMNS} cells")
    depth = names_rows(lines, columns, says_names)
    names = _names(lines[:depth], columns)
    table = SheetTable(columns, names, joined(names))
    table.notes += [
        spot.said
        for line in lines[:depth]
        for spot in line.spots.values()
        if spot.note and not spot.down
    ]
    body = lines[depth:]
    if not depth and before is not None and _continues(before, lines, columns):
        table.header, table.names = before.header, before.names
    repeated = {tuple(row) for row in table.names}
    look = _usual_look(body)
    for at, line in enumerate(body):
        texts = _texts(line, columns)
        if tuple(_named(line.spots.get(column)) for column in columns) in repeated:
            continue  # the names again, on another page
        if not any(texts):
            continue
        alone = line.alone
        if alone is not None and _names_group(alone, look) and at + 1 < len(body):
            if len(alone.text) > _GROUP or alone.text.endswith("."):
                table.rows.append(alone.said)
                continue
            if body[at + 1].alone is None:
                texts = [alone.said, *[""] * (len(columns) - 1)]
                table.groups.add(len(table.rows))
        table.rows.append(texts)
    return table


def names_rows(
    lines: Sequence[Line], columns: Sequence[int], says_names: Callable[[Line], bool]
) -> int:
    """How many of the first ``lines`` are names of columns."""
    if len(lines) < 2:
        return 0
    figures = any(is_figure(spot.text) for spot in lines[0].spots.values())
    said = says_names(lines[0]) or (says_names(lines[1]) and not figures)
    if not _begins(lines, columns, said):
        return 0
    depth = 1
    while depth < min(len(lines) - 1, _NAMES_ROWS) and _goes_on(lines, depth, says_names):
        depth += 1
    return depth


def _begins(lines: Sequence[Line], columns: Sequence[int], said: bool) -> bool:
    """Whether the first line holds names: the file says it, its look, or its texts."""
    first = lines[0]
    if len(first.spots) < 2:
        return False
    texts = [[_named(line.spots.get(column)) for column in columns] for line in lines]
    if said or _looks_apart(lines) or names_columns(texts):
        return True
    others = [text for text in texts[0][1:] if text]
    keyed = all(row[0] and not is_figure(row[0]) for row in texts[1:])
    if not texts[0][0] and len(columns) > 2 and len(others) == len(columns) - 1 and keyed:
        return True  # a corner: names above and to the left
    spread = [spot for spot in first.spots.values() if spot.columns > 1 and not spot.right]
    figures = any(is_figure(spot.text) for spot in first.spots.values())
    return bool(spread) and not figures and len(lines) > 2


def _looks_apart(lines: Sequence[Line]) -> bool:
    """Whether the first line is bold or filled, and those below are not so."""
    looks = {spot.look for spot in lines[0].spots.values()}
    if len(looks) > 2 or not all(bold or fill for bold, fill in looks):
        return False
    below = [spot.look for line in lines[1:_COMPARED] for spot in line.spots.values()]
    return sum(1 for look in below if look in looks) * 3 < len(below)


def _goes_on(lines: Sequence[Line], depth: int, says_names: Callable[[Line], bool]) -> bool:
    """Whether the line at ``depth`` is names, too; a row of values must not be taken for them."""
    line, above = lines[depth], lines[depth - 1]
    own = {column: spot for column, spot in line.spots.items() if not spot.down}
    figures = any(is_figure(spot.text) for spot in own.values())
    first = min(column for each in lines for column in each.spots)
    if says_names(line) or _are_units(own, lines[depth + 1 :]):
        return True
    columns = sorted({column for each in lines for column in each.spots})
    rows = [
        [_named(each.spots.get(column)) for column in columns]
        for each in lines[depth - 1 : depth + 2]
    ]
    if tells_apart(rows):
        return True
    gaps = any(column not in above.spots for column in own)
    if first in above.spots and first not in line.spots and gaps and not figures:
        return True  # written below names that are written once over several columns
    if any(column in above.spots and above.spots[column].columns == 1 for column in own):
        # Something is below a name that is whole: values, unless they look as the names do.
        looks = {spot.look for spot in (*own.values(), *above.spots.values())}
        return not figures and len(looks) == 1 and _looks_apart(lines[depth:])
    if any(
        spot.down and spot.rows <= _NAMES_ROWS and spot.rows < len(lines)
        for spot in line.spots.values()
    ):
        return True  # a name above reaches down into it
    # Below a name over several columns are their own names; values, if the row has a key.
    covered = any(column in above.spots for column in own)
    return covered and (not figures or first not in own or first not in above.spots)


def _are_units(own: dict[int, Spot], below: Sequence[Line]) -> bool:
    """Whether ``own`` is a row of units: figures are below most of them."""
    if not own or not below or not all(_UNIT.fullmatch(spot.text) for spot in own.values()):
        return False
    rows = below[:_COMPARED]
    hits = sum(
        1
        for column in own
        if any(column in row.spots and is_figure(row.spots[column].text) for row in rows)
    )
    return hits * 2 >= len(own)


def _names(lines: Sequence[Line], columns: Sequence[int]) -> list[list[str]]:
    """The rows of names; one over several columns is part of each column's name."""
    rows = [[_named(line.spots.get(column)) for column in columns] for line in lines]
    for at, row in enumerate(rows[:-1]):
        below = rows[at + 1]
        for column in range(1, len(row)):
            # Not merged, but written once over the names that it is part of.
            if not row[column] and below[column] and row[column - 1] and below[column - 1]:
                row[column] = row[column - 1]
    return rows


def _named(spot: Spot | None) -> str:
    return spot.text if spot else ""


def _texts(line: Line, columns: Sequence[int]) -> list[str]:
    """What a row of the body says.

    An area over rows repeats, one over columns if it is short and not the key of its row.
    """
    return [
        "" if spot is None or _left_of(spot, column, columns) else spot.said
        for column in columns
        for spot in (line.spots.get(column),)
    ]


def _left_of(spot: Spot, column: int, columns: Sequence[int]) -> bool:
    """Whether what ``spot`` says is said to its left and that is enough."""
    return bool(spot.right) and (len(spot.text) > _REPEATED or column - spot.right == columns[0])


def _names_group(spot: Spot, look: tuple[bool, int]) -> bool:
    """Merged over columns, or of another look than the rest: a plain cell may be a key."""
    return spot.columns > 1 or (spot.look != look and spot.look != (False, 0))


def _usual_look(lines: Sequence[Line]) -> tuple[bool, int]:
    looks = [next(iter(line.spots.values())).look for line in lines if len(line.spots) > 1]
    return max(set(looks), key=looks.count, default=(False, 0))


def _continues(before: SheetTable, lines: Sequence[Line], columns: Sequence[int]) -> bool:
    """Whether ``lines`` can only be more rows of the table ``before``: the same columns and kinds.

    Keys with digits must be made as those of the table; keys without are as good as any others,
    so there three columns are needed.
    """
    if not before.header or list(columns) != before.columns:
        return False
    rows = [row for row in before.rows if isinstance(row, list)]
    shapes = {shape_of(row[0]) for row in rows}
    coded = all(
        columns[0] in line.spots and shape_of(line.spots[columns[0]].text) in shapes
        for line in lines
        if len(line.spots) > 1
    )
    if not coded or (len(columns) < 3 and not any("9" in shape for shape in shapes)):
        return False
    return all(
        any(is_figure(row[at]) for row in rows)
        == any(column in line.spots and is_figure(line.spots[column].text) for line in lines)
        for at, column in enumerate(columns)
    )
