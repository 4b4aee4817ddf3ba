"""The printed pages of one manual, one at a time; no widget."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from fieldkit.chat.i18n import _
from fieldkit.core.citation import Passage
from fieldkit.core.text import clean_line
from fieldkit.errors import UsageProblem
from fieldkit.library.pictures import Filed, Picture, Pictures

Viewer = Callable[[Path], None]


class PrintedPages:
    """The manual of ``passage`` among ``manuals``, beginning with page ``number``.

    ``pictures`` draws its pages, ``viewer`` opens a file in another program; None: there is none.
    """

    def __init__(
        self,
        manuals: Sequence[Filed],
        passage: Passage,
        number: int,
        pictures: Pictures | None,
        viewer: Viewer | None,
    ) -> None:
        wanted = (passage.document, passage.revision, passage.own)
        self._manual = next((m for m in manuals if (m.document, m.revision, m.own) == wanted), None)
        self._document = passage.document
        self._pictures = pictures
        self._viewer = viewer
        self.number = number

    @property
    def title(self) -> str:
        """``PX-204 rev C, p. 2 (PDF 5)``."""
        manual = self._manual
        if manual is None:
            return clean_line(self._document)
        issue = manual.document
        if manual.revision:
            issue = _("{document} rev {revision}").format(document=issue, revision=manual.revision)
        if not self.number:
            return clean_line(issue)
        label = manual.labels.get(self.number, "")
        page = f"{label} (PDF {self.number})" if label else str(self.number)
        return clean_line(f"{issue}, {_('p. {page}').format(page=page)}")

    def turn(self, by: int) -> bool:
        """Go to a page before or after; False where there is none."""
        pages = self._manual.pages if self._manual else ()
        there = self.number in pages and 0 <= pages.index(self.number) + by < len(pages)
        if there:
            self.number = pages[pages.index(self.number) + by]
        return there

    def draw(self, number: int) -> Picture:
        """Page ``number`` as it is printed; raises as ``Pictures.draw``."""
        manual, pictures = self._both()
        return pictures.draw(manual, number)

    def open(self) -> None:
        """Open a private copy of the original in the system's program for it.

        Raises UsageProblem where there is no such program, and as ``Pictures.lent``.
        """
        manual, pictures = self._both()
        if self._viewer is None:
            raise UsageProblem(
                _("no program can be opened from here"),
                hint=_("`fieldkit page {document} --original FILE` copies the original.").format(
                    document=manual.document
                ),
            )
        self._viewer(pictures.lent(manual))

    def _both(self) -> tuple[Filed, Pictures]:
        if self._manual is None:
            raise UsageProblem(_("This manual is not installed any more."))
        if self._pictures is None:
            raise UsageProblem(_("Printed pages are not available."))
        return self._manual, self._pictures
