"""Which manual is being read, of how many, and what is left to do: for people who wait for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fieldkit.core.text import clean_line
from fieldkit.library.documents import Document
from fieldkit.packager.progress import Progress

_UNIT = "manuals"


class ReadingProgress:
    """Tells ``progress`` of ``total`` manuals while they are read one after the other.

    ``pages`` counts the pages of what was read.
    """

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress = progress
        self._total = total
        self._done = 0
        self._name = ""
        self.pages = 0

    def of(self, read: Callable[[Path], Document]) -> Callable[[Path], Document]:
        """``read``, with its progress reported."""

        def told(path: Path) -> Document:
            self._name = clean_line(path.name)
            self._tell(0.0, self._counted())
            try:
                document = read(path)
                self.pages += len(document.pages)
            finally:
                # A file that changes is read twice, and counts once at most.
                self._done = min(self._done + 1, self._total)
            self._tell(0.0, self._counted())
            return document

        return told

    def scanned(self, done: int, total: int) -> None:
        """OCR read ``done`` of the ``total`` scanned pages of the manual that is being read."""
        self._tell(
            done / total if total else 0.0, f"OCR of page {done + 1} of {total}, {self._name}"
        )

    def _counted(self) -> str:
        return ", ".join([*([f"{self.pages:,} pages"] if self.pages else []), self._name])

    def _tell(self, part: float, now_at: str) -> None:
        done = min(self._done + part, self._total)
        self._progress.advance(done, self._total, _UNIT, now_at)
