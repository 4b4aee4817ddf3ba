"""Tables of a sheet below each other without an empty row: where the next one's names begin."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fieldkit.library.readers.grid import is_figure, names_columns
from fieldkit.library.readers.merged import Line

_COMPARED = 12  # rows


def stacked(block: Sequence[Line]) -> Iterator[list[Line]]:
    """The tables in ``block``, each with the titles above it."""
    start = 0
    first = next((at for at, line in enumerate(block) if not line.alone), len(block))
    names = first
    for at in range(first + 2, len(block) - 1):
        if _begins_table(block, names, at):
            cut = at
            while cut > names + 1 and block[cut - 1].alone:
                cut -= 1
            yield list(block[start:cut])
            start, names = cut, at
    yield list(block[start:])


def _begins_table(block: Sequence[Line], names: int, at: int) -> bool:
    """Whether the line ``at`` holds the names of another table than the one at ``names``.

    It has the look of the names above, or a title over it and values of other kinds below.
    """
    line, above = block[at], block[at - 1]
    spots = list(line.spots.values())
    if len(spots) < 2 or line.alone or any(spot.down or is_figure(spot.text) for spot in spots):
        return False
    if _texts(line) == _texts(block[names]) or not _names(block, at):
        return False
    looks = {spot.look for spot in block[names].spots.values()}
    strong = all(look != (False, 0) for look in looks)
    if strong and {spot.look for spot in spots} <= looks:
        return bool(above.alone) or not {s.look for s in above.spots.values()} <= looks
    return bool(above.alone) and _kinds(block[names + 1 : at]) != _kinds(block[at + 1 :])


def _names(block: Sequence[Line], at: int) -> bool:
    """Whether the line ``at`` reads as names of the columns below."""
    columns = sorted(block[at].spots)
    rows: list[list[str]] = []
    for line in block[at : at + _COMPARED]:
        if rows and line.alone:
            break
        rows.append([line.spots[c].text if c in line.spots else "" for c in columns])
    return names_columns(rows)


def _texts(line: Line) -> list[str]:
    return [spot.text for spot in line.spots.values()]


def _kinds(lines: Sequence[Line]) -> frozenset[int]:
    """The columns with figures, of the rows next to a title."""
    rows: list[Line] = []
    for line in lines:
        if line.alone and rows:
            break
        rows.append(line)
    return frozenset(
        column
        for line in rows[:_COMPARED]
        for column, spot in line.spots.items()
        if is_figure(spot.text)
    )
