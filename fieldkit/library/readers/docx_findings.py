"""What of a Word document was not read as it is: collected while reading, reported to IT."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from fieldkit.core.text import clean_line
from fieldkit.library.readers.model import Kind, ReadingWarning

_QUOTES = 3  # of a page
_QUOTE = 40  # characters
_PAGES = 50  # with a warning of their own, for each topic


@dataclass(frozen=True, slots=True)
class Topic:
    """``message`` is what the warning says before its quotations."""

    message: str
    kind: Kind = Kind.LEFT_OUT
    whole: bool = False  # one warning for the document, not one for each page


STRUCK = Topic("crossed-out text is left out")
HIDDEN = Topic("hidden text is left out")
HIDDEN_ROWS = Topic("hidden rows of a table are left out")
SIGNS = Topic("signs that only a special font shows could not be read; \u25a1 takes their place")
FORMULAS = Topic("a formula that is not stored as text is left out")
WHITE = Topic("white text is read, which the page may not show", Kind.DETAIL)
FIELD_NUMBERS = Topic("a number that only Word computes is left out")
OBJECTS = Topic("an embedded object is left out")
CHARTS = Topic("a chart is left out; add its values as a table")
PICTURES = Topic("the page is a picture without text", Kind.NO_TEXT)
NOTES = Topic("a note that the text refers to is missing in the file")
FORMATS = Topic("list numbers of an unknown format are shown as digits", Kind.DETAIL, whole=True)
CONTENTS = Topic("tables of contents and indexes are left out: they repeat headings", whole=True)
COMMENTS = Topic("comments are left out", whole=True)
CHANGES = Topic(
    "the document holds changes that nobody accepted or rejected: inserted text is read, deleted "
    "text is left out; accept or reject them in Word",
    Kind.DETAIL,
    whole=True,
)


class Findings:
    """Collects topics; ``page`` is the current one, 0 before the first page ends."""

    def __init__(self) -> None:
        self.page = 0
        self._pictures: set[int] = set()
        self._quotes: dict[Topic, dict[int, dict[str, None]]] = {}

    def add(self, topic: Topic, quote: str = "") -> None:
        """Note ``topic`` on the current page; ``quote`` is shown in part."""
        pages = self._quotes.setdefault(topic, {})
        quotes = pages.setdefault(0 if topic.whole else self.page, {})
        if len(quotes) <= _QUOTES:
            quotes[_short(quote)] = None

    def turn(self) -> None:
        """Go to the next page."""
        self.page = max(self.page, 1) + 1

    def picture(self) -> None:
        """Note that the current page has a picture."""
        self._pictures.add(self.page)

    def empty_pages(self, empty: Iterable[int], first: int) -> None:
        """Note the pages without text that have a picture; ``first`` as of ``warnings``."""
        pictured = {page or first for page in self._pictures}
        for self.page in pictured.intersection(empty):
            self.add(PICTURES)

    def warnings(self, first: int) -> Iterator[ReadingWarning]:
        """One warning for each topic and page; ``first`` is the number of the first page."""
        for topic, pages in self._quotes.items():
            for page, quotes in list(pages.items())[:_PAGES]:
                message = topic.message + _listed([quote for quote in quotes if quote])
                number = 0 if topic.whole else page or first
                yield ReadingWarning(kind=topic.kind, message=message, page=number)
            if len(pages) > _PAGES:
                message = f"{topic.message}, also on {len(pages) - _PAGES} more pages"
                yield ReadingWarning(kind=topic.kind, message=message)


def _short(quote: str) -> str:
    line = clean_line(quote[: 4 * _QUOTE])
    return line if len(line) <= _QUOTE else line[:_QUOTE].rsplit(" ", 1)[0] + " \u2026"


def _listed(quotes: list[str]) -> str:
    if not quotes:
        return ""
    shown = ", ".join(f'"{quote}"' for quote in quotes[:_QUOTES])
    return f": {shown}{' and more' if len(quotes) > _QUOTES else ''}"
