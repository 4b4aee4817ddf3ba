"""A page of a PDF as a picture, for people and for programs that read text from pictures."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

from fieldkit.library.readers import pdf_file
from fieldkit.library.readers.model import unreadable

if TYPE_CHECKING:
    from pypdfium2 import PdfBitmap

DPI = 300
_SHOWN_PIXELS = 16_000_000  # of a picture for people: A3 at 200 dpi, 48 MB
_PIXELS = 50_000_000  # an A2 page; larger ones are drawn coarser


def picture(path: Path, number: int, target: Path, dpi: int) -> None:
    """Draw page ``number`` (from 1) in colour as it is printed into the new file ``target``.

    With its notes and form fields; at most at ``dpi``. The format is PPM (netpbm's P6, three bytes
    a pixel). Raises as ``draw``.
    """
    import pypdfium2

    try:
        with pypdfium2.PdfDocument(path) as pdf:
            pdf_file.form(pdf)
            page = pdf[number - 1]
            scale = _scale(page.get_width(), page.get_height(), dpi, _SHOWN_PIXELS)
            bitmap = page.render(scale=scale, rev_byteorder=True)
    except (pypdfium2.PdfiumError, IndexError, ValueError) as error:
        raise unreadable(path, f"page {number} cannot be drawn: {error}") from error
    _write(target, f"P6 {bitmap.width} {bitmap.height} 255\n", bitmap, bitmap.width * 3)


def _scale(width: float, height: float, dpi: int, pixels: int) -> float:
    """Pixels for each of the points (1/72 inch) that ``width`` and ``height`` are given in."""
    inches = (width / 72) * (height / 72)
    return min(float(dpi), math.sqrt(pixels / max(inches, 1e-6))) / 72


def _write(target: Path, head: str, bitmap: PdfBitmap, size: int) -> None:
    """Write a picture whose rows have ``size`` bytes."""
    rows = memoryview(bitmap.buffer).cast("B")
    with target.open("xb") as file:
        file.write(head.encode())
        for row in range(bitmap.height):
            start = row * bitmap.stride
            file.write(rows[start : start + size])


def draw(path: Path, number: int, target: Path) -> None:
    """Draw page ``number`` (from 1) with its form fields, in grey, into the new file ``target``.

    The resolution is at most ``DPI``, the format PGM (netpbm's P5, a byte a pixel). Raises
    InvalidInput where ``path`` is no sound PDF or has no such page, and OSError where ``target``
    cannot be written.
    """
    import pypdfium2

    try:
        with pypdfium2.PdfDocument(path) as pdf:
            pdf_file.form(pdf)
            page = pdf[number - 1]
            scale = _scale(page.get_width(), page.get_height(), DPI, _PIXELS)
            bitmap = page.render(scale=scale, grayscale=True)
    except (pypdfium2.PdfiumError, IndexError, ValueError) as error:
        raise unreadable(path, f"page {number} cannot be drawn: {error}") from error
    _write(target, f"P5 {bitmap.width} {bitmap.height} 255\n", bitmap, bitmap.width)
