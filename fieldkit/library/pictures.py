"""Pages of manuals as they are printed, drawn from the originals that a release carries.

An original is drawn in the reader process, within seconds and bounded memory: it is a file from
outside, and PDFium is C.
"""

from __future__ import annotations

import contextlib
import re
import shutil
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from fieldkit.core.text import clean_line
from fieldkit.errors import InvalidInput
from fieldkit.library.originals import original
from fieldkit.library.own_catalog import FILES

if TYPE_CHECKING:
    from fieldkit.library.reader_process import ReaderProcess

SECONDS = 20.0  # for one page
DPI = 200
_UNFIT = re.compile(r'[\\/:*?"<>|.\s]+')  # in a file's name, on any system
_NAME_LENGTH = 60


class Filed(Protocol):
    """What has to be known of a manual: see ``fieldkit.library.search.Manual``."""

    @property
    def document(self) -> str:
        """The short identity a technician knows."""
        ...

    @property
    def revision(self) -> str:
        """Its revision, "" for none."""
        ...

    @property
    def title(self) -> str:
        """Its title."""
        ...

    @property
    def pages(self) -> tuple[int, ...]:
        """Its page numbers."""
        ...

    @property
    def superseded_by(self) -> str:
        """What holds instead, "" for nothing."""
        ...

    @property
    def own(self) -> bool:
        """Whether the technician added it."""
        ...

    @property
    def file(self) -> str:
        """The path among the manuals, or the name of the copy of an own document."""
        ...

    @property
    def sha256(self) -> str:
        """The hash of its content in hex."""
        ...

    @property
    def labels(self) -> Mapping[int, str]:
        """The printed numbers of pages that are printed otherwise."""
        ...


class NoPicture(InvalidInput):
    """There is no picture of a page: no original, or one that has no printed pages."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A page: ``pixels`` are rows from the top, three bytes (red, green, blue) a pixel."""

    width: int
    height: int
    pixels: bytes


class Pictures:
    """Finds and draws originals. Any thread may call any method; drawings wait for each other.

    ``company`` is the folder that holds the index of the manuals, ``own`` that of the own
    documents; ``command`` is a program that runs ``reader_worker.main``.
    """

    def __init__(
        self, company: Path, own: Path, command: Sequence[str], *, seconds: float = SECONDS
    ) -> None:
        self._company = company
        self._own = own
        self._command = command
        self._seconds = seconds
        self._lock = threading.Lock()
        self._reader: ReaderProcess | None = None
        self._lent: tempfile.TemporaryDirectory[str] | None = None

    def original(self, manual: Filed) -> Path:
        """The file that ``manual`` was read from; raises NoPicture where there is none."""
        if manual.own:
            path = self._own / FILES / Path(manual.file).name
            found = path if manual.file and path.is_file() else None
        else:
            found = original(self._company, manual.sha256, manual.file)
        if found is None:
            raise NoPicture(
                f"there is no original of {manual.document} on this laptop",
                hint="Its text is here; the printed manual has its figures.",
            )
        return found

    def draw(self, manual: Filed, number: int, *, dpi: int = DPI) -> Picture:
        """Page ``number`` of the file as it is printed, with figures, notes and form fields.

        Raises NoPicture where ``manual`` has no original or is no PDF, and InvalidInput where the
        page cannot be drawn.
        """
        path = self.original(manual)
        if path.suffix.lower() != ".pdf":
            raise NoPicture(
                f"{manual.document} is a {path.suffix[1:].upper()} file, which has no printed pages"
            )
        with self._lock, tempfile.TemporaryDirectory(prefix="fieldkit-") as folder:
            target = Path(folder) / "page.ppm"
            self._started().picture(path, number, target, dpi)
            return _read(target.read_bytes())

    def lent(self, manual: Filed) -> Path:
        """A private copy of the original, for another program; it goes when this is closed.

        Raises NoPicture where there is no original, and OSError where it cannot be copied.
        """
        source = self.original(manual)
        with self._lock:
            self._lent = self._lent or tempfile.TemporaryDirectory(prefix="fieldkit-")
            name = _UNFIT.sub(" ", clean_line(manual.document)).strip()[:_NAME_LENGTH].strip()
            target = Path(self._lent.name) / f"{name or 'manual'}{source.suffix.lower()}"
            shutil.copyfile(source, target)
        return target

    def close(self) -> None:
        """End the process that draws and remove copies; safe to call twice."""
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.close()
        lent, self._lent = self._lent, None
        if lent is not None:
            with contextlib.suppress(OSError):  # on Windows the program may still have it open
                lent.cleanup()

    def _started(self) -> ReaderProcess:
        from fieldkit.library.reader_process import ReaderProcess

        if self._reader is None:
            self._reader = ReaderProcess(self._command, seconds=self._seconds)
        return self._reader


def _read(data: bytes) -> Picture:
    """The picture in a file of ``readers.pdf_picture.picture``."""
    head, _, pixels = data.partition(b"\n")
    _, width, height, _ = head.split()
    return Picture(int(width), int(height), pixels)
