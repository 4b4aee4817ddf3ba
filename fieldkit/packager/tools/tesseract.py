"""Tesseract: reads the text of scanned pages, where IT's machine has it.

It is no part of fieldkit and of no release. https://tesseract-ocr.github.io
"""

from __future__ import annotations

import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from fieldkit.errors import FieldkitError, UsageProblem
from fieldkit.library.readers.pdf_picture import DPI
from fieldkit.packager.process import Log, call, ignore

PROGRAM = "tesseract"
SECONDS = 120.0  # for one page; a dense one takes about five
_MINIMUM = 4  # the first version that reads lines by a neural network
# ISO 639-1 -> the name of Tesseract's language data.
_DATA = {
    "da": "dan", "de": "deu", "en": "eng", "es": "spa", "fi": "fin", "fr": "fra", "it": "ita",
    "nb": "nor", "nl": "nld", "nn": "nor", "no": "nor", "pt": "por", "ro": "ron", "ru": "rus",
    "sv": "swe",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Tesseract:
    """A usable Tesseract and the language it reads; ``version`` is what it says of itself."""

    program: Path
    version: str
    data: str

    @classmethod
    def verify(cls, language: str) -> Tesseract:
        """Find the program and its data for ``language`` (``de``) before work starts.

        Raises UsageProblem naming what is missing and the package that provides it.
        """
        data = _DATA.get(language.partition("-")[0].lower())
        if data is None:
            raise UsageProblem(
                f"Unable to read scanned pages: Tesseract's data for {language!r} is not known",
                hint=f"Languages are {', '.join(sorted(_DATA))}; or set library.ocr to 'off'.",
            )
        found = shutil.which(PROGRAM)
        if found is None:
            raise UsageProblem(
                "Unable to read scanned pages: tesseract was not found on the PATH",
                hint=f"Install it (Debian: apt-get install tesseract-ocr tesseract-ocr-{data}), "
                "or set library.ocr to 'off'.",
            )
        program = Path(found)
        version = re.search(
            r"tesseract v?(\d+)[\d.]*", call([program, "--version"], action="ask its version")
        )
        if version is None or int(version[1]) < _MINIMUM:
            raise UsageProblem(
                f"Unable to read scanned pages: {program} is "
                f"{version[0] if version else 'of an unknown version'}, {_MINIMUM} is needed",
                hint="Install a newer one, or set library.ocr to 'off'.",
            )
        listed = call([program, "--list-langs"], action="list its languages")
        if data not in listed.split():
            raise UsageProblem(
                f"Unable to read scanned pages: {program} has no data for {language!r} ({data})",
                hint=f"Install it (Debian: apt-get install tesseract-ocr-{data}), "
                "or set library.ocr to 'off'.",
            )
        return cls(program=program, version=version[0], data=data)

    def read(self, picture: Path, log: Log = ignore) -> str:
        """Return the text of a page, lines as they stand; "" where it found none.

        Raises FieldkitError when the program fails or takes longer than ``SECONDS``.
        """
        with tempfile.TemporaryDirectory(prefix="ocr-", dir=picture.parent) as folder:
            result = Path(folder) / "page"
            call(
                [self.program, picture, result, "-l", self.data, "--dpi", str(DPI), "txt"],
                action="read a scanned page",
                log=log,
                # Several threads take more time than one for a page: they wait for each other.
                env={"OMP_THREAD_LIMIT": "1"},
                timeout_s=SECONDS,
            )
            try:
                return result.with_suffix(".txt").read_text(encoding="utf-8", errors="replace")
            except OSError as error:
                raise FieldkitError(
                    f"Unable to read a scanned page: tesseract wrote no text: {error}",
                    hint="Try it by hand, or set library.ocr to 'off'.",
                ) from error
