"""Writes PDFs stroke by stroke, as no library does: text at a place, ruled lines, raised marks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

_FONT = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica{} /Encoding /WinAnsiEncoding{} >>"
_TURNS = {0: "1 0 0 1", 90: "0 1 -1 0", 180: "-1 0 0 -1", 270: "0 -1 1 0"}


class Sheet:
    """One page of 595 by 842 points; ``y`` counts from the bottom."""

    def __init__(self) -> None:
        self.content = ""

    def text(
        self, x: float, y: float, text: str, size: float = 10, *, bold: bool = False, turn: int = 0
    ) -> None:
        """Write ``text`` from (x, y), turned by ``turn`` degrees counterclockwise."""
        font = "F2" if bold else "F1"
        self.content += f"BT /{font} {size} Tf {_TURNS[turn]} {x} {y} Tm ({_escaped(text)}) Tj ET\n"

    def marked(self, x: float, y: float, *parts: tuple[str, float, float]) -> None:
        """Write ``parts`` (text, size, rise) one after the other in one text object."""
        shown = "".join(
            f"/F1 {size} Tf {rise} Ts ({_escaped(text)}) Tj " for text, size, rise in parts
        )
        self.content += f"BT 1 0 0 1 {x} {y} Tm {shown}ET\n"

    def lines(
        self, x: float, y: float, texts: Iterable[str], *, leading: float = 12, size: float = 10
    ) -> float:
        """Write ``texts`` below each other; returns where the next one would be."""
        for text in texts:
            self.text(x, y, text, size)
            y -= leading
        return y

    def row(
        self, xs: Sequence[float], y: float, cells: Sequence[str], *, bold: bool = False
    ) -> None:
        """Write ``cells`` side by side."""
        for x, cell in zip(xs, cells, strict=True):
            if cell:
                self.text(x, y, cell, bold=bold)

    def line(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """Draw a line."""
        self.content += f"0.5 w {x0} {y0} m {x1} {y1} l S\n"

    def grid(self, xs: Sequence[float], ys: Sequence[float]) -> None:
        """Draw all lines of a grid."""
        for y in ys:
            self.line(xs[0], y, xs[-1], y)
        for x in xs:
            self.line(x, ys[0], x, ys[-1])


def save(path: Path, sheets: Iterable[Sheet], *, hyphen: int = 0) -> Path:
    """Write ``sheets``; ``hyphen``: the code point that the font maps its hyphen to."""
    pages = list(sheets)
    unicode_map = f" /ToUnicode {5 + 2 * len(pages)} 0 R" if hyphen else ""
    kids = " ".join(f"{5 + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} /MediaBox [0 0 595 842] >>",
        _FONT.format("", unicode_map),
        _FONT.format("-Bold", ""),
    ]
    for number, page in enumerate(pages):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /Contents {6 + 2 * number} 0 R"
            " /Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>"
        )
        objects.append(_stream(page.content))
    if hyphen:
        objects.append(_stream(_map(hyphen)))
    data = b"%PDF-1.7\n"
    places = []
    for number, text in enumerate(objects, 1):
        places.append(len(data))
        data += f"{number} 0 obj\n{text}\nendobj\n".encode("cp1252")
    start = len(data)
    data += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    data += b"".join(f"{place:010} 00000 n \n".encode() for place in places)
    data += f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n".encode()
    path.write_bytes(data + b"%%EOF\n")
    return path


def _stream(text: str) -> str:
    return f"<< /Length {len(text.encode('cp1252'))} >>\nstream\n{text}\nendstream"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _map(hyphen: int) -> str:
    """A character map (Adobe Technical Note 5411) that differs from ASCII in the hyphen."""
    pairs = "".join(
        f"<{code:02x}> <{hyphen if code == 0x2D else code:04x}>\n" for code in range(33, 126)
    )
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /M def"
        " /CMapType 2 def 1 begincodespacerange <00> <ff> endcodespacerange\n"
        f"93 beginbfchar\n{pairs}endbfchar endcmap end end"
    )
