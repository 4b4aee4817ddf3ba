"""A PDF as a file: why it cannot be opened, its form, and what of it no page holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fieldkit.core.text import clean_line
from fieldkit.library.readers.model import Kind, ReadingWarning
from fieldkit.library.readers.pdf_page import PICTURE, Contents

NO_TEXT = "it holds no text (a scan needs text recognition first)"
_PICTURE = "most of the page is a picture, which is not read"
_BLANK = "it looks blank"
_XFA = (
    "it is an XFA form, of which only what it shows without its program is read; open it in the "
    "program that made it and print it to a new PDF"
)
_ENCRYPT = b"/Encrypt"
_BLOCK = 1 << 20
_PASSWORD = 4  # FPDF_ERR_PASSWORD
_SECURITY = 5  # FPDF_ERR_SECURITY
_FEW = 200  # characters on a page that is mostly a picture
_NAMES = 5


def reason(error: Any, path: Path) -> str:
    """Why PDFium cannot open the file at ``path``, and what to do.

    It may report the error of another file that it opened before.
    """
    code = error.err_code if _is_encrypted(path) else None
    if code == _PASSWORD:
        return (
            "it is protected by a password; open it with the password and save it without, or "
            "request an open copy from its publisher"
        )
    if code == _SECURITY:
        return (
            "it is encrypted in a way that cannot be opened; save it without protection, or "
            "request an open copy from its publisher"
        )
    return (
        "not a sound PDF: it is damaged, or it has no pages; open it in a PDF reader and print it "
        "to a new PDF"
    )


def _is_encrypted(path: Path) -> bool:
    """Whether the file at ``path`` says that it is encrypted; it does so in plain text."""
    with path.open("rb") as file:
        before = b""
        while block := file.read(_BLOCK):
            if _ENCRYPT in before + block:
                return True
            before = block[-len(_ENCRYPT) :]
    return False


def form(pdf: Any) -> Any:
    """The form environment of ``pdf`` of pypdfium2, None where it has no form.

    It has to be made before pages are opened.
    """
    import pypdfium2.raw as pdfium

    if pdf.get_formtype() == pdfium.FORMTYPE_NONE:
        return None
    pdf.init_forms()
    return pdf.formenv.raw if pdf.formenv is not None else None


def warnings(pdf: Any) -> list[ReadingWarning]:
    """What ``pdf`` holds beside its pages, which is not read."""
    import pypdfium2.raw as pdfium

    found = []
    if pdf.get_formtype() in {pdfium.FORMTYPE_XFA_FULL, pdfium.FORMTYPE_XFA_FOREGROUND}:
        found.append(ReadingWarning(kind=Kind.LEFT_OUT, message=_XFA))
    count = max(pdf.count_attachments(), 0)
    if count:
        names = [_name(pdf, index) for index in range(min(count, _NAMES))]
        more = f" and {count - _NAMES} more" if count > _NAMES else ""
        message = f"attached files are not read: {', '.join(names)}{more}"
        found.append(ReadingWarning(kind=Kind.LEFT_OUT, message=message))
    return found


def _name(pdf: Any, index: int) -> str:
    import pypdfium2

    try:
        return clean_line(pdf.get_attachment(index).get_name())[:100] or "without a name"
    except (pypdfium2.PdfiumError, UnicodeError):
        return "without a name"


def unread(contents: Contents, text: str, number: int) -> list[ReadingWarning]:
    """What to report of a page whose ``text`` is missing or may be a small part of what it shows.

    ``text``: without headers and footers.
    """
    characters = len(text.strip())
    known = {Kind.UNUSABLE_TEXT, Kind.DAMAGED}
    if any(warning.kind in known for warning in contents.warnings) and not characters:
        return []
    if not characters and contents.empty:
        return [ReadingWarning(kind=Kind.DETAIL, message=_BLANK, page=number)]
    if not characters:
        return [ReadingWarning(kind=Kind.NO_TEXT, message=NO_TEXT, page=number)]
    if contents.pictured >= PICTURE and characters < _FEW and not contents.recognised:
        return [ReadingWarning(kind=Kind.LEFT_OUT, message=_PICTURE, page=number)]
    return []
