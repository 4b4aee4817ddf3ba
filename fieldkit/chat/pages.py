"""The pages behind the passages of an answer, one at a time; no widget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from fieldkit.chat.asked import Asked
from fieldkit.chat.i18n import _
from fieldkit.chat.pagetext import PageText, page_text
from fieldkit.chat.tablerows import Rows, row_of, shown
from fieldkit.chat.wording import issue
from fieldkit.core.citation import Passage
from fieldkit.core.quote import Quote
from fieldkit.core.text import clean_line
from fieldkit.errors import FieldkitError
from fieldkit.library.search import Manual


class Pages(Protocol):
    """The part of a library that is read here."""

    def documents(self) -> tuple[Manual, ...]:
        """The manuals."""
        ...

    def left_out(self) -> Sequence[tuple[str, str]]:
        """The files of manuals that were not indexed, each with the reason."""
        ...

    def page(self, document: str, number: int, revision: str | None = None) -> str:
        """The text of a page; raises KeyError when there is none."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """The passages of one answer in their order, what was asked, and what was answered."""

    passages: tuple[Passage, ...] = ()
    cited: tuple[Passage, ...] = ()
    terms: Asked | None = None
    answer: str = ""

    @classmethod
    def of(
        cls,
        passages: Sequence[Passage],
        cited: Sequence[Passage],
        question: str,
        spoken: str,
        answer: str = "",
    ) -> Sources:
        """The sources of the ``answer`` to ``question``, which is in the language ``spoken``."""
        terms = Asked(question, spoken) if passages else None
        return cls(passages=tuple(passages), cited=tuple(cited), terms=terms, answer=answer)

    def rows(self, pages: Pages, passage: Passage) -> tuple[Rows, ...]:
        """The rows of tables that ``passage`` says; none where its page is not there any more."""
        try:
            page = pages.page(passage.document, passage.page, passage.revision)
        except (KeyError, FieldkitError):
            return ()
        return shown(page, passage.text, self.terms, self.answer)

    def printed(self, pages: Pages, quote: Quote | None) -> Quote | None:
        """``quote`` with the columns of its row as its page has them, where that is there."""
        if quote is None or not quote.row or not 1 <= quote.passage <= len(self.passages):
            return quote
        row = row_of(self.rows(pages, quote.source(self.passages)), quote.text)
        return replace(quote, row=row) if row else quote


class Reader:
    """A place in the manuals: one of the passages, or a page around it."""

    def __init__(self, pages: Pages, passages: Sequence[Passage], at: int = 0) -> None:
        self._pages = pages
        self._passages = tuple(passages)
        self.go(at)

    def go(self, at: int) -> None:
        """Go to the page of passage ``at``, counted from 0."""
        self.at = at
        self.passage = self._passages[at]
        self._number = self.passage.page

    @property
    def number(self) -> int:
        """The number of the page in the file."""
        return self._number

    def step(self, by: int) -> bool:
        """Go to a passage before or after; False where there is none."""
        there = 0 <= self.at + by < len(self._passages)
        if there:
            self.go(self.at + by)
        return there

    def turn(self, by: int) -> bool:
        """Go to a page before or after; False where there is none."""
        numbers = self._numbers()
        there = self._number in numbers and 0 <= numbers.index(self._number) + by < len(numbers)
        if there:
            self._number = numbers[numbers.index(self._number) + by]
        return there

    def text(self) -> PageText:
        """The page, with the passage marked where it stands on it."""
        passage = self.passage
        here = self._number == passage.page
        try:
            page = self._pages.page(passage.document, self._number, passage.revision)
        except (KeyError, FieldkitError):
            # The history can be older than the manuals: the passage itself was kept.
            note = _("This page is not in the installed manuals any more. The passage was:")
            return page_text(f"{note}\n\n{passage.text}", passage.text)
        return page_text(page, passage.text if here else "", passage.heading)

    @property
    def title(self) -> str:
        """``[2] PX-204 rev C · page 7 of 12 · Field manual``."""
        passage = self.passage
        title = passage.title if passage.title != passage.document else ""
        parts = (f"[{self.at + 1}] {issue(passage)}", self.place, title)
        return clean_line(" · ".join(part for part in parts if part))

    @property
    def place(self) -> str:
        """``page 7 of 12``, ``page 2 (PDF 5 of 12)``, "" for a manual without pages."""
        if not self._number:
            return ""
        numbers = self._numbers()
        if printed := self._printed():
            return _("page {page} (PDF {number} of {last})").format(
                page=printed, number=self._number, last=max(numbers)
            )
        told = _("page {page} of {last}") if len(numbers) > 1 else _("page {page}")
        return told.format(page=self._number, last=max(numbers))

    @property
    def warning(self) -> str:
        """That something newer holds, or nothing."""
        return superseded(self.passage)

    def _numbers(self) -> tuple[int, ...]:
        manual = self._manual()
        return manual.pages if manual else (self._number,)

    def _printed(self) -> str:
        """The number printed on the page where that is another; the passage keeps its own."""
        if self._number == self.passage.page:
            return clean_line(self.passage.page_label)
        manual = self._manual()
        return clean_line(manual.labels.get(self._number, "")) if manual else ""

    def _manual(self) -> Manual | None:
        issue = (self.passage.document, self.passage.revision)
        manuals = self._pages.documents()
        return next((m for m in manuals if (m.document, m.revision) == issue), None)


def superseded(passage: Passage) -> str:
    """The line that warns of a passage which something newer supersedes, "" where nothing does."""
    if not passage.superseded_by:
        return ""
    return clean_line(_("! superseded by {issue}").format(issue=passage.superseded_by))
