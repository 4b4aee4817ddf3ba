"""PDFs written object by object: what no library that makes PDFs writes.

Text is in Helvetica (``F1``) and Helvetica-Bold (``F2``), coordinates in points from the left and
the bottom of a page of 595 by 842.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_FONT = "<< /Type /Font /Subtype /Type1 /BaseFont /{} /Encoding /WinAnsiEncoding >>"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page: its content stream, its annotations (names of objects), and further entries."""

    content: str
    annotations: Sequence[str] = ()
    entries: str = ""
    fonts: str = ""
    resources: str = ""


@dataclass(slots=True)
class RawPdf:
    """A PDF under way: ``add`` objects by name, refer to them as ``@name@``."""

    sheets: Sequence[Sheet]
    catalog: str = ""
    _objects: dict[str, bytes] = field(default_factory=dict)

    def add(self, name: str, value: str) -> None:
        """Add an object, as PDF writes it."""
        self._objects[name] = value.encode("latin-1")

    def stream(self, name: str, content: bytes, entries: str = "", *, packed: bool = False) -> None:
        """Add a stream."""
        if packed:
            content, entries = zlib.compress(content), f"{entries} /Filter /FlateDecode"
        head = f"<< /Length {len(content)} {entries} >>\nstream\n".encode("latin-1")
        self._objects[name] = head + content + b"\nendstream"

    def write(self, path: Path) -> Path:
        """Write the file."""
        kids = " ".join(f"@page{index}@" for index in range(len(self.sheets)))
        self.add("catalog", f"<< /Type /Catalog /Pages @pages@ {self.catalog} >>")
        self.add("pages", f"<< /Type /Pages /Kids [{kids}] /Count {len(self.sheets)} >>")
        self.add("plain", _FONT.format("Helvetica"))
        self.add("bold", _FONT.format("Helvetica-Bold"))
        for index, sheet in enumerate(self.sheets):
            marks = " ".join(f"@{name}@" for name in sheet.annotations)
            self.add(
                f"page{index}",
                f"<< /Type /Page /Parent @pages@ /MediaBox [0 0 595 842] /Contents @text{index}@ "
                f"/Annots [{marks}] /Resources << /Font << /F1 @plain@ /F2 @bold@ {sheet.fonts} >> "
                f"{sheet.resources} >> {sheet.entries} >>",
            )
            self.stream(f"text{index}", sheet.content.encode("latin-1"))
        path.write_bytes(_file(self._objects))
        return path


def _file(objects: Mapping[str, bytes]) -> bytes:
    numbers = {name: number for number, name in enumerate(objects, 1)}
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for name, value in objects.items():
        head, mark, content = value.partition(b"stream\n")
        for other, number in numbers.items():
            head = head.replace(f"@{other}@".encode(), f"{number} 0 R".encode())
        places.append(len(out))
        out += f"{numbers[name]} 0 obj\n".encode() + head + mark + content + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(places) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    root = numbers["catalog"]
    out += f"trailer\n<< /Size {len(places) + 1} /Root {root} 0 R >>\n".encode()
    return bytes(out + f"startxref\n{start}\n%%EOF\n".encode())


def text(
    x: float, y: float, words: str, size: float = 10, *, font: str = "F1", ink: str = ""
) -> str:
    """Operators that show ``words`` at a place; ``ink``: operators before them, undone behind."""
    escaped = words.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return f"q BT {ink} /{font} {size} Tf 1 0 0 1 {x} {y} Tm ({escaped}) Tj ET Q\n"


def lines(*texts: str, y: float = 760, size: float = 10, font: str = "F1") -> str:
    """Lines of text one below the other."""
    return "".join(text(72, y - 16 * i, words, size, font=font) for i, words in enumerate(texts))


def widget(kind: str, name: str, box: str, entries: str) -> str:
    """A form field of a ``kind`` (Tx, Btn, Ch) with its place."""
    return (
        f"<< /Type /Annot /Subtype /Widget /FT /{kind} /T ({name}) /Rect [{box}] /F 4 "
        f"/DA (/F1 10 Tf 0 g) {entries} >>"
    )


def note(kind: str, box: str, contents: str, entries: str = "") -> str:
    """An annotation of a ``kind`` (FreeText, Text) with its place and text."""
    said = f"/Contents ({contents})" if contents else ""
    return f"<< /Type /Annot /Subtype /{kind} /Rect [{box}] /F 4 {said} {entries} >>"


def quads(x0: float, y0: float, x1: float, y1: float) -> str:
    """The place of text that an annotation marks."""
    return f"/QuadPoints [{x0} {y1} {x1} {y1} {x0} {y0} {x1} {y0}]"


PICTURE = (
    "/Type /XObject /Subtype /Image /Width 8 /Height 8 /ColorSpace /DeviceGray /BitsPerComponent 8"
)


def picture(x: float = 0, y: float = 0, width: float = 595, height: float = 842) -> str:
    """Operators that draw the picture ``P``; see PICTURE."""
    return f"q {width} 0 0 {height} {x} {y} cm /P Do Q\n"
