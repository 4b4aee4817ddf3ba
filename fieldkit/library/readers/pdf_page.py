"""The words of one PDF page that a person reads on it, and what of it cannot be read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from fieldkit.library.readers import pdf_quality
from fieldkit.library.readers.model import Kind, ReadingWarning
from fieldkit.library.readers.pdf_appearance import shown_only
from fieldkit.library.readers.pdf_calls import address, calls
from fieldkit.library.readers.pdf_fields import Marks, read_marks
from fieldkit.library.readers.pdf_layers import Layers
from fieldkit.library.readers.pdf_marks import with_marks
from fieldkit.library.readers.pdf_words import PageReader, Word

PICTURE = 0.6  # of the page: it may be a scan
_TINY = 1.0  # points: nobody reads it
_UNUSABLE = (
    "its text is not what the page shows, because a font has no map of its characters or a wrong "
    "one; text recognition (OCR) can read it"
)
_UNUSABLE_PART = (
    "a part of its text is not what the page shows and is left out, because a font has no map of "
    "its characters or a wrong one; text recognition (OCR) can read it"
)
_SCANNER = "its text is what a scanner's software recognised, which makes mistakes"
_UNKNOWN = "signs of a font that are not known are shown as \u25a1"
_INVISIBLE = "text that nobody can see on the page is left out"


@dataclass(slots=True)
class Contents:
    """What a page holds.

    ``recognised``: a scanner's software read its ``words``; ``pictured``: the share of the page
    that is pictures; ``empty``: nothing is drawn on it; ``only_text``: nothing but text is.
    """

    words: list[Word]
    warnings: list[ReadingWarning]
    recognised: bool
    pictured: float
    empty: bool
    only_text: bool


def read_contents(page: Any, reader: PageReader, number: int, form: Any) -> Contents:
    """What page ``number`` of ``pypdfium2`` holds; ``form``: the document's form environment.

    Raises TooMuchText.
    """
    layers = Layers(page, reader.objects)
    warnings: dict[str, Kind] = {}
    recognised = _without_hidden(layers, warnings)
    words = _on_page(reader, layers, warnings)
    texts = [word.text for word in words]
    if pdf_quality.suspicious(texts, mapped=reader.mapped):
        bad = _badly_mapped(page)
        if bad:
            layers.switch_off(bad)
            words = reader.words()
            warnings[_UNUSABLE_PART if words else _UNUSABLE] = Kind.UNUSABLE_TEXT
    marks = read_marks(page, form)
    if marks is not None:
        plain = words
        words, struck = with_marks(words, marks, reader.upright)
        if marks.drawn and not reader.on_side:
            shown = [
                mark
                for mark in shown_only(page, number, plain, words)
                if mark.text not in marks.offered
            ]
            words, _ = with_marks(words, Marks(texts=shown), reader.upright)
        for message in marks.left_out:
            warnings[message] = Kind.LEFT_OUT
        if struck:
            warnings["text that is struck out by a note is left out"] = Kind.LEFT_OUT
    if reader.unknown:
        warnings[_UNKNOWN] = Kind.DETAIL
    if recognised and words:
        warnings[_SCANNER] = Kind.RECOGNISED
    return Contents(
        words=words,
        warnings=[
            ReadingWarning(kind=kind, message=message, page=number)
            for message, kind in warnings.items()
        ],
        recognised=recognised and bool(words),
        pictured=layers.pictured,
        empty=layers.empty and marks is None,
        only_text=layers.only_text,
    )


def _without_hidden(layers: Layers, warnings: dict[str, Kind]) -> bool:
    """Switch off text that nobody can see; return whether it is that of a scanner's software."""
    if off := layers.switched_off():
        layers.switch_off(off)
        warnings["text of a layer that is switched off is left out"] = Kind.LEFT_OUT
    scan = layers.pictured >= PICTURE
    hidden = layers.hidden()
    if scan and (hidden or layers.covered()):
        return True
    unseen = [*layers.unseen(), *layers.painted_over()]
    if hidden or unseen:
        layers.switch_off([*hidden, *unseen])
        warnings[_INVISIBLE] = Kind.LEFT_OUT
    return False


def _on_page(reader: PageReader, layers: Layers, warnings: dict[str, Kind]) -> list[Word]:
    """The words that are on the page as it is shown and large enough to be read."""
    words = reader.words()
    if not reader.on_side and not layers.on_page(words):
        outside = layers.outside()
        if outside:
            layers.switch_off(outside)
            words = reader.words()
            warnings["text outside the page's edges is left out"] = Kind.LEFT_OUT
    if [word for word in words if 0 < word.size < _TINY]:
        words = [word for word in words if not 0 < word.size < _TINY]
        warnings["text too small to be seen is left out"] = Kind.LEFT_OUT
    return words


@dataclass(slots=True)
class _Font:
    """The words set in a font, its text objects, and how many characters it has no map for."""

    words: list[str]
    items: set[int]
    errors: int = 0
    characters: int = 0

    @property
    def mapped(self) -> bool:
        return self.errors * 4 <= self.characters


def _badly_mapped(page: Any) -> list[int]:
    """The text objects in fonts whose characters are not what the page shows."""
    fonts = _fonts(page)
    # What a font without a map shows in a few characters is judged with the others of the kind.
    pool = [word for font in fonts if not font.mapped for word in font.words]
    pool_usable = pdf_quality.usable(" ".join(pool), mapped=False)
    bad: list[int] = []
    for font in fonts:
        text = " ".join(font.words)
        usable = pdf_quality.usable(text, mapped=font.mapped)
        if not font.mapped and not usable:
            usable = pool_usable and not pdf_quality.usable(text)
        if not usable:
            bad += font.items
    return bad


def _fonts(page: Any) -> list[_Font]:
    textpage = page.get_textpage()
    try:
        return _by_font(address(textpage.raw))
    finally:
        textpage.close()


def _by_font(raw: int) -> list[_Font]:
    pdfium = calls()
    count = pdfium.FPDFText_CountChars(raw)
    character, error = pdfium.FPDFText_GetUnicode, pdfium.FPDFText_HasUnicodeMapError
    found = (character(raw, index) for index in range(count))
    text = "".join(chr(code) if code < 0x110000 else "\ufffd" for code in found)
    fonts: dict[int, _Font] = {}
    for match in re.finditer(r"[^ \t\r\n\0]+", text):
        item = pdfium.FPDFText_GetTextObject(raw, match.start())
        if not item:
            continue
        font = fonts.setdefault(pdfium.FPDFTextObj_GetFont(item) or 0, _Font([], set()))
        font.words.append(match[0])
        font.items.add(item)
        font.characters += len(match[0])
        font.errors += sum(error(raw, i) == 1 for i in range(match.start(), match.end()))
    return list(fonts.values())
