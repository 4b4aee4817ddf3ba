"""Scanned manuals: PDFs whose pages are pictures of text, and a program that plays Tesseract."""

from __future__ import annotations

import stat
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from fpdf import FPDF
from PIL import Image

from fieldkit.library.readers.pdf_picture import draw
from tests.manual_files import DATE, write_pdf

# Reads "a page" as its number of calls says; what it does is told by files beside it.
_PROGRAM = """\
#!{python}
import pathlib, sys, time
here = pathlib.Path(__file__).parent
told = lambda name, default="": (here / name).read_text() if (here / name).exists() else default
if "--version" in sys.argv:
    print(told("version", "tesseract 5.3.0\\n leptonica-1.82.0"))
elif "--list-langs" in sys.argv:
    print(told("languages", "List of available languages (2):\\ndeu\\neng"))
else:
    with (here / "calls").open("a") as calls:
        calls.write(" ".join(sys.argv[1:]) + "\\n")
    picture = pathlib.Path(sys.argv[1]).read_bytes()
    assert picture.startswith(b"P5 ")
    if (here / "hang").exists():
        time.sleep(600)
    if (here / "fail").exists():
        sys.exit("Error in pixReadStream: Pix not read")
    if not (here / "silent").exists():
        said = told("text", "Relief valve\\n\\nIt opens at 350 bar.")
        pathlib.Path(sys.argv[2] + ".txt").write_text(said)
"""


def fake_tesseract(folder: Path) -> Path:
    """Put a program called tesseract into ``folder`` and return the folder, for the PATH."""
    program = folder / "tesseract"
    program.write_text(_PROGRAM.format(python=sys.executable))
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return folder


def write_scan(path: Path, pages: Sequence[str], *, typed: Sequence[str] = ()) -> Path:
    """Write ``typed`` pages of text, then pictures of ``pages`` (simple Markdown)."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        written = write_pdf(folder / "typed.pdf", pages)
        pdf = FPDF()
        pdf.set_creation_date(DATE)
        for text in typed:
            pdf.add_page()
            pdf.set_font("helvetica", size=12)
            pdf.multi_cell(0, text=text)
        for number in range(1, len(pages) + 1):
            draw(written, number, folder / f"{number}.pgm")
            with Image.open(folder / f"{number}.pgm") as picture:
                pdf.add_page()
                pdf.image(picture.reduce(2), x=0, y=0, w=pdf.w, h=pdf.h)
        pdf.output(str(path))
    return path
