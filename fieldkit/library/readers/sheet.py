"""A sheet of cells -> paragraphs and tables: what stands alone in a row is text, the rest rows.

An empty row ends a table, so several tables on one sheet keep each its own names.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from fieldkit.library.readers.grid import TooLarge, named
from fieldkit.library.readers.model import CELLS, COLUMNS
from fieldkit.library.readers.pages import Pages


class Meter:
    """Counts the cells of one manual; raises TooLarge when there are too many."""

    def __init__(self, limit: int = CELLS) -> None:
        self._left = limit
        self._limit = limit

    def count(self, row: Sequence[str]) -> None:
        """Count the cells of ``row``."""
        self._left -= len(row)
        if self._left < 0:
            raise TooLarge(f"it has more than {self._limit} cells")
        if len(row) > COLUMNS:
            raise TooLarge(f"it has a row of more than {COLUMNS} cells")


def lay_out(pages: Pages, rows: Iterable[Sequence[str]], meter: Meter) -> None:
    """Add ``rows`` of one sheet to ``pages``. Raises TooLarge."""
    block: list[list[str]] = []
    for row in rows:
        cells = _trimmed(row)
        if cells:
            meter.count(cells)
            block.append(cells)
        else:
            _block(pages, block)
            block = []
    _block(pages, block)


def _block(pages: Pages, block: Sequence[list[str]]) -> None:
    """Add rows without an empty one between: lines above and below a table are its text."""
    wide = [index for index, row in enumerate(block) if sum(map(bool, row)) > 1]
    if not wide:
        for row in block:
            pages.paragraph(" ".join(row))
        return
    for row in block[: wide[0]]:
        pages.paragraph(" ".join(row))
    table = named(block[wide[0] : wide[-1] + 1])
    pages.table(table.header, table.rows)
    for row in block[wide[-1] + 1 :]:
        if row[0] or len(block[wide[-1]]) < 2:
            pages.paragraph(" ".join(row))
        else:
            pages.table(table.header, [row])


def _trimmed(row: Sequence[str]) -> list[str]:
    cells = [cell.strip() for cell in row]
    while cells and not cells[-1]:
        cells.pop()
    return cells
