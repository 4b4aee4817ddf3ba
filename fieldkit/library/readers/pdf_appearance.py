"""What fields, stamps and signatures show on a PDF's page beside the values that are stored.

The text of an annotation as it is drawn (its appearance stream, ISO 32000-1, 12.5.5) may differ
from what is stored: a script formats a number, a signature names who signed and when.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from fieldkit.library.readers.pdf_fields import Mark
from fieldkit.library.readers.pdf_words import PageReader, Word

_MOST = 200  # texts of a page
_SPACE = 1.5  # of the size: words of one text are nearer


def shown_only(page: Any, number: int, before: Sequence[Word], words: Sequence[Word]) -> list[Mark]:
    """The texts that page ``number`` shows with its annotations and ``words`` lacks.

    ``page``: of ``pypdfium2``; ``before``: its words without annotations. PDFium draws the
    annotations into the page for that, so call it when all else of the page is read.
    """
    import pypdfium2.raw as pdfium

    if pdfium.FPDFPage_Flatten(page.raw, pdfium.FLAT_NORMALDISPLAY) != pdfium.FLATTEN_SUCCESS:
        return []
    again = page.pdf[number - 1]  # only a page that is opened again shows the change
    try:
        shown = PageReader(again).words()
    finally:
        again.close()
    known = {_place(word) for word in before}
    have = _compact("".join(word.text for word in words))
    new = (word for word in shown if _place(word) not in known)
    texts = [(" ".join(word.text for word in text), text) for text in _texts(new)]
    return [
        Mark(text, (found[0].x0, found[0].y, found[-1].x1, found[0].y + found[0].size))
        for text, found in texts
        if (compact := _compact(text)) and compact not in have
    ][:_MOST]


def _place(word: Word) -> tuple[str, int, int]:
    return word.text, round(word.x0), round(word.y)


def _texts(words: Iterable[Word]) -> list[list[Word]]:
    """Words that follow each other on one line, as one text."""
    found: list[list[Word]] = []
    for word in words:
        last = found[-1][-1] if found else None
        near = last is not None and abs(last.y - word.y) < 0.5 * word.size
        if last is not None and near and -1 < word.x0 - last.x1 < _SPACE * word.size:
            found[-1].append(word)
        else:
            found.append([word])
    return found


def _compact(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()
