"""How many cells and characters one manual's tables may have."""

from __future__ import annotations

from fieldkit.library.readers.grid import TooLarge
from fieldkit.library.readers.model import CELLS, COLUMNS, TEXT_BYTES


class Meter:
    """Counts the cells and characters of one manual; raises TooLarge when there are too many.

    A text of a workbook can be in any number of cells, so its size is no bound.
    """

    def __init__(self, limit: int = CELLS) -> None:
        self._left = limit
        self._limit = limit
        self._characters = TEXT_BYTES

    def count(self, cells: int) -> None:
        """Count the cells of a row."""
        self._left -= cells
        if self._left < 0:
            raise TooLarge(f"it has more than {self._limit} cells")
        if cells > COLUMNS:
            raise TooLarge(f"it has a row of more than {COLUMNS} cells")

    def count_text(self, characters: int) -> None:
        """Count the characters of a cell."""
        self._characters -= characters
        if self._characters < 0:
            raise TooLarge(f"its cells hold more than {TEXT_BYTES >> 20} million characters")
