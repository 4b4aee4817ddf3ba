"""A page of a PDF as a picture, for programs that read text from pictures."""

from __future__ import annotations

from pathlib import Path

from fieldkit.library.readers import pdf_file
from fieldkit.library.readers.model import unreadable

DPI = 300
_PIXELS = 50_000_000  # an A2 page; larger ones are drawn coarser


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
            inches = (page.get_width() / 72) * (page.get_height() / 72)
            dpi = min(DPI, (_PIXELS / max(inches, 1e-6)) ** 0.5)
            bitmap = page.render(scale=dpi / 72, grayscale=True)
    except (pypdfium2.PdfiumError, IndexError, ValueError) as error:
        raise unreadable(path, f"page {number} cannot be drawn: {error}") from error
    rows = memoryview(bitmap.buffer).cast("B")
    with target.open("xb") as file:
        file.write(f"P5 {bitmap.width} {bitmap.height} 255\n".encode())
        for row in range(bitmap.height):
            start = row * bitmap.stride
            file.write(rows[start : start + bitmap.width])
