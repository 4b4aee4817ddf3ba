"""Manuals as files -> documents with pages of sanitized text.

A company's manuals are read when a release is built, a technician's own documents on the laptop;
both in a process of their own (``reader_process``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from fieldkit.core.text import clean_line
from fieldkit.errors import InvalidInput
from fieldkit.library import manual_files
from fieldkit.library.identity import distinguished
from fieldkit.library.manual_files import LeftOut, ManualFile
from fieldkit.library.readers.delimited import read_csv
from fieldkit.library.readers.docx import read_docx
from fieldkit.library.readers.html import read_html
from fieldkit.library.readers.markdown import read_markdown
from fieldkit.library.readers.model import (
    Document,
    Kind,
    Page,
    ReadingWarning,
    Unreadable,
    unreadable,
)
from fieldkit.library.readers.pdf import read_pdf
from fieldkit.library.readers.text import read_text
from fieldkit.library.readers.workbook import read_xlsx

__all__ = [
    "READERS", "Document", "LeftOut", "Manuals", "Page", "load", "read", "read_folders", "steady",
    "with_text",
]  # fmt: skip

READERS: dict[str, Callable[[Path], Document]] = {
    ".csv": read_csv,
    ".docx": read_docx,
    ".htm": read_html,
    ".html": read_html,
    ".md": read_markdown,
    ".pdf": read_pdf,
    ".tsv": read_csv,
    ".txt": read_text,
    ".xlsm": read_xlsx,
    ".xlsx": read_xlsx,
}
# "PX-204_rev-C.pdf" is revision C of PX-204.
_NAMED_REVISION = re.compile(
    r"(?P<name>.+?)[\s_.-]+rev(?:ision)?[\s_.-]*(?P<value>[A-Z]{1,2}|\d+(?:\.\d+)*)",
    re.IGNORECASE,
)
_NO_TEXT = "it holds no text (a scan needs text recognition first)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manuals:
    """Every manual found in some folders.

    ``left_out`` are documents that are not among them, and why; ``ignored`` files of other formats,
    which are no manuals.
    """

    documents: tuple[Document, ...]
    left_out: tuple[LeftOut, ...] = ()
    ignored: tuple[LeftOut, ...] = ()

    @property
    def warnings(self) -> tuple[tuple[str, ReadingWarning], ...]:
        """What is not as its document has it, each with the file of the document."""
        return tuple((d.file, warning) for d in self.documents for warning in d.warnings)


def read(path: Path) -> Document:
    """Read one manual; its format is told by its extension (a key of ``READERS``).

    Raises InvalidInput, naming the file and the reason, when it cannot be read.
    """
    return with_text(load(path), path)


def with_text(document: Document, path: Path) -> Document:
    """``document``, read from ``path``; raises InvalidInput when it holds no text."""
    if not any(page.text.strip() for page in document.pages):
        garbled = [w.message for w in document.warnings if w.kind == Kind.UNUSABLE_TEXT]
        raise unreadable(path, garbled[0] if garbled else _NO_TEXT)
    return document


def load(path: Path) -> Document:
    """As ``read``, but a manual may hold no text: a scan."""
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise unreadable(path, f"{path.suffix or 'no extension'} is not a format of manuals")
    try:
        manual_files.check_size(path)
        document = reader(path)
    except OSError as error:
        raise unreadable(path, error.strerror or str(error)) from error
    except MemoryError as error:
        raise unreadable(path, "it needs more memory than there is") from error
    except RecursionError as error:
        raise unreadable(path, "it is nested too deeply") from error
    return _named(document, path.stem)


def _named(document: Document, stem: str) -> Document:
    """``document``, which may be called by its file's name, without the revision that ends it.

    A document has a name in any case, and one name of several ways to write it in Unicode.
    """
    name = manual_files.shown(stem) or "unnamed"
    given = document.document or name
    if given == clean_line(stem):
        given = name
    title = name if document.title in {"", stem, clean_line(stem)} else document.title
    document = replace(document, document=unicodedata.normalize("NFC", given), title=title)
    match = _NAMED_REVISION.fullmatch(name)
    if match is None or given != name:
        return document
    return replace(
        document,
        document=match["name"],
        title=match["name"] if title == name else title,
        revision=document.revision or match["value"].upper(),
    )


def steady(path: Path, read: Callable[[Path], Document], sha256: Callable[[Path], str]) -> Document:
    """The document at ``path`` with the hash of its content, which did not change meanwhile.

    A file that changed is read once more. Raises Unreadable where it changes again, is gone, may
    not be read, or is larger than any manual.
    """
    try:
        for _ in range(2):
            manual_files.check_size(path)
            before = sha256(path)
            document = read(path)
            if sha256(path) == before:
                return replace(document, sha256=before)
    except OSError as error:
        raise unreadable(path, manual_files.why(error)) from error
    raise unreadable(path, "it changes while it is read; wait until it is written")


def read_folders(
    folders: Sequence[Path],
    *,
    read: Callable[[Path], Document] = read,
    sha256: Callable[[Path], str] = manual_files.sha256,
    skip: bool = False,
) -> Manuals:
    """Read every manual below ``folders`` by ``read``, in the order of their paths.

    ``skip``: leave out what cannot be read. Raises InvalidInput, with every manual that cannot be
    read, unless ``skip``; with files that claim the same name and revision; when nothing is left.
    """
    found = manual_files.find(folders, READERS)
    documents: list[Document] = []
    unread = list(found.unreadable)
    for file in found.files:
        try:
            documents.append(_of_folder(file, read, sha256))
        except Unreadable as error:
            unread.append(LeftOut(file=file.file, reason=error.reason))
    unread.sort(key=lambda each: each.file)
    named, problems = distinguished(documents)
    if unread and (problems or not named or not skip):
        where = clean_line(str(found.base))
        lines = [f"{where}/{each.file}: {each.reason}" for each in unread]
        what = "The manuals cannot be read." if named else "None of the manuals can be read."
        raise _unusable([*lines, *problems], what, may_skip=bool(named) and not skip)
    if not named:
        problems.append(f"no manual in {', '.join(clean_line(str(folder)) for folder in folders)}")
    if problems:
        raise _unusable(problems)
    left_out = sorted((*unread, *found.left_out), key=lambda each: each.file)
    return Manuals(documents=tuple(named), left_out=tuple(left_out), ignored=found.ignored)


def _of_folder(
    file: ManualFile, read: Callable[[Path], Document], sha256: Callable[[Path], str]
) -> Document:
    return replace(steady(file.path, read, sha256), file=file.file)


def _unusable(
    problems: Sequence[str], what: str = "The manuals cannot be read.", *, may_skip: bool = False
) -> InvalidInput:
    hint = "Repair or move away these files and build again."
    if may_skip:
        hint += (
            ' Or leave out what cannot be read: unreadable = "skip" in [library] of the profile, '
            "--unreadable skip for fieldkit index."
        )
    return InvalidInput(what, problems=problems, hint=hint)
