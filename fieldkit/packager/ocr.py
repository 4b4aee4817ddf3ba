"""Pages of PDFs without usable text -> text, by Tesseract where there is one.

The reader process draws each page that is a scan, or whose text is not what it shows, and the
program reads the picture. What it read
is kept under the hash of the picture, so a page is read once, whatever becomes of its manual.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Protocol

from fieldkit.core.text import clean
from fieldkit.errors import FieldkitError, UsageProblem
from fieldkit.library.readers import printed
from fieldkit.library.readers.model import Document, Kind, Page, ReadingWarning
from fieldkit.library.readers.pages import Pages
from fieldkit.packager.run import code
from fieldkit.packager.tools.tesseract import Tesseract

_REPLACED = frozenset({Kind.NO_TEXT, Kind.UNUSABLE_TEXT})
_BY_OCR = "read by OCR, which makes mistakes"

Keep = Callable[[dict[str, Any], Callable[[], str]], str]


class Draws(Protocol):
    """What the reader process does."""

    def draw(self, path: Path, number: int, target: Path) -> None:
        """Draw a page of a PDF into a file; raises InvalidInput."""
        ...


def found(mode: str, language: str) -> tuple[Tesseract | None, str]:
    """The Tesseract for ``language`` as ``library.ocr`` asks for it, and why there is none.

    Raises UsageProblem where it is ``required`` and cannot be used; call it before long work.
    """
    if mode == "off":
        return None, ""
    try:
        return Tesseract.verify(language), ""
    except UsageProblem as error:
        if mode == "required":
            raise
        return None, f"{error.message}. {error.hint}"


def facts(tesseract: Tesseract | None) -> dict[str, str] | None:
    """What recognised text depends on besides the picture."""
    if tesseract is None:
        return None
    named = {name: str(value) for name, value in asdict(tesseract).items()}
    made = code("packager/ocr.py", "packager/tools/tesseract.py", "library/readers/pdf_picture.py")
    return {**named, "code": made}


def kept_nowhere(_inputs: dict[str, Any], make: Callable[[], str]) -> str:
    """Read each page anew."""
    return make()


class Recogniser:
    """Reads the scanned pages of documents; ``keep`` remembers a page by what it depends on.

    ``tell`` hears how many of the scanned pages of a document are read, and of how many.
    """

    def __init__(
        self,
        tesseract: Tesseract,
        draws: Draws,
        keep: Keep = kept_nowhere,
        tell: Callable[[int, int], None] = lambda _done, _total: None,
    ) -> None:
        self._tesseract = tesseract
        self._draws = draws
        self._keep = keep
        self._tell = tell

    def __call__(self, path: Path, document: Document) -> Document:
        """``document`` of the PDF at ``path``, its pages without usable text as they were read.

        What cannot be drawn or read stays as it is and is a warning.
        """
        unread = sorted({w.page for w in document.warnings if w.kind in _REPLACED and w.page})
        if path.suffix.lower() != ".pdf" or not unread:
            return document
        texts, failures = self._read(path, unread)
        read = {number: text for number, text in texts.items() if text.strip()}
        pages = tuple(_page(page, read.get(page.number, "")) for page in document.pages)
        warnings = tuple(
            _tried(warning) if warning.page in texts and warning.kind in _REPLACED else warning
            for warning in document.warnings
        )
        return _described(replace(document, pages=pages, warnings=warnings), read, failures)

    def _read(
        self, path: Path, numbers: Sequence[int]
    ) -> tuple[dict[int, str], list[ReadingWarning]]:
        texts: dict[int, str] = {}
        failures: list[ReadingWarning] = []
        with tempfile.TemporaryDirectory(prefix="fieldkit-ocr-") as name:
            folder = Path(name)

            def read(number: int) -> None:
                picture = folder / f"{number}.pgm"
                try:
                    texts[number] = self._text(picture)
                except FieldkitError as error:
                    failures.append(_failed(number, error.message.splitlines()[0]))
                finally:
                    picture.unlink(missing_ok=True)

            # As many pictures at a time as are read at once: each has some megabytes.
            with ThreadPoolExecutor(workers := os.cpu_count() or 1) as pool:
                for start in range(0, len(numbers), workers):
                    self._tell(start, len(numbers))
                    batch = numbers[start : start + workers]
                    list(
                        pool.map(read, [n for n in batch if self._drawn(path, n, folder, failures)])
                    )
        return texts, failures

    def _drawn(self, path: Path, number: int, folder: Path, failures: list[ReadingWarning]) -> bool:
        try:
            self._draws.draw(path, number, folder / f"{number}.pgm")
        except FieldkitError as error:
            failures.append(_failed(number, error.message))
            return False
        return True

    def _text(self, picture: Path) -> str:
        with picture.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        inputs = {"picture": digest, "ocr": facts(self._tesseract)}
        return self._keep(inputs, lambda: self._tesseract.read(picture))


def _failed(number: int, reason: str) -> ReadingWarning:
    return ReadingWarning(kind=Kind.DAMAGED, message=reason, page=number)


def _tried(warning: ReadingWarning) -> ReadingWarning:
    """``warning`` of a page on which OCR found nothing; where it did, the warning goes."""
    reason = warning.message.partition("; text recognition")[0].partition(" (a scan needs")[0]
    return replace(warning, message=f"{reason}; text recognition (OCR) found nothing on it")


def _page(page: Page, text: str) -> Page:
    """``page`` with the recognised ``text`` as paragraphs, if there is any."""
    pages = Pages(page.number)
    for line in clean(text).splitlines():
        if line.strip():
            pages.line(line)
        else:
            pages.gap()
    (made,) = pages.finish()
    return replace(page, text=made.text, recognised=True) if made.text.strip() else page


def _described(
    document: Document, read: Collection[int], failures: Sequence[ReadingWarning]
) -> Document:
    """``document`` with its warnings, and with what its first page says, if that is a scan.

    ``read``: the pages that OCR read.
    """
    warnings = [
        warning
        for warning in document.warnings
        if not (warning.kind in {*_REPLACED, Kind.RECOGNISED} and warning.page in read)
    ]
    if read:
        warnings += [
            ReadingWarning(kind=Kind.RECOGNISED, message=_BY_OCR, page=page.number)
            for page in document.pages
            if page.number in read and page.recognised
        ]
        first = next(page for page in document.pages if page.text.strip())
        if first.recognised:
            document = replace(
                document,
                revision=document.revision or printed.revision(first.text),
                date=printed.date(first.text) or document.date,
            )
    return replace(document, warnings=(*warnings, *failures))
