"""A profile's manuals, read through the cache: in a process of their own, scans by OCR."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from fieldkit.core.profile import Profile
from fieldkit.engine.child import own_command
from fieldkit.library import documents
from fieldkit.library.documents import Manuals
from fieldkit.library.reader_process import ReaderProcess
from fieldkit.packager import ocr
from fieldkit.packager.reading import Reader
from fieldkit.packager.resolve import Resolved
from fieldkit.packager.run import Run
from fieldkit.packager.tools.tesseract import Tesseract

_STEP = "ocr"
_FILE = "page.txt"


def tesseract(profile: Profile) -> tuple[Tesseract | None, str]:
    """As ``ocr.found``, for what ``profile`` asks; raises UsageProblem where that is required."""
    return ocr.found(profile.library.ocr, profile.assistant.language)


def read(run: Run, resolved: Resolved) -> tuple[Manuals, int]:
    """Return the manuals, and how many of them did not have to be read again."""
    program, _why = tesseract(resolved.profile)
    with ReaderProcess(own_command("reader")) as process:
        recognise = ocr.Recogniser(program, process, _kept_by(run)) if program else None
        reader = Reader(run, process.load, recognise=recognise, ocr=ocr.facts(program))
        return documents.read_folders(resolved.manuals, read=reader), reader.reused


def _kept_by(run: Run) -> ocr.Keep:
    """Keeps texts in the cache of ``run``; pages are read by several threads."""
    lock = threading.Lock()

    def keep(inputs: dict[str, Any], make: Callable[[], str]) -> str:
        with lock:
            entry = run.cache.find(_STEP, inputs)
        if entry is not None:
            try:
                return (entry / _FILE).read_text(encoding="utf-8")
            except (OSError, ValueError):
                return make()  # it is damaged
        text = make()
        with lock:
            if run.cache.find(_STEP, inputs) is None:  # another page may look the same
                with run.cache.make(_STEP, inputs) as folder:
                    (folder / _FILE).write_text(text, encoding="utf-8")
        return text

    return keep
