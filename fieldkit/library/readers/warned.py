"""Warnings of text that a document crossed out or hid."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fieldkit.core.text import clean_line
from fieldkit.library.readers.model import Kind, ReadingWarning

_QUOTED = 60  # characters
_MOST = 20  # warnings of one page


def left_out(texts: Iterable[str], page: int = 0) -> Iterator[ReadingWarning]:
    """One warning for each of ``texts`` that ``page`` holds crossed out or hidden."""
    found = list(dict.fromkeys(filter(None, map(clean_line, texts))))
    for text in found[:_MOST]:
        quoted = text if len(text) <= _QUOTED else f"{text[:_QUOTED]}..."
        yield _warning(f'crossed-out or hidden text is left out: "{quoted}"', page)
    if len(found) > _MOST:
        yield _warning(f"{len(found) - _MOST} more crossed-out or hidden texts are left out", page)


def _warning(message: str, page: int) -> ReadingWarning:
    return ReadingWarning(kind=Kind.LEFT_OUT, message=message, page=page)
