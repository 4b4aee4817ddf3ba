"""Word documents of raw WordprocessingML: what no library writes, and what other programs do."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

from fieldkit.library.documents import read
from fieldkit.library.passages import split

_SCHEMAS = "http://schemas.openxmlformats.org/"
_STRICT = "http://purl.oclc.org/ooxml/"
_NAMES = {
    "w": "wordprocessingml/2006/main",
    "m": "officeDocument/2006/math",
    "r": "officeDocument/2006/relationships",
    "a": "drawingml/2006/main",
    "wp": "drawingml/2006/wordprocessingDrawing",
    "c": "drawingml/2006/chart",
    "dgm": "drawingml/2006/diagram",
    "mc": "markup-compatibility/2006",
}
_OTHERS = (
    ' xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
    ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    ' xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
)
RELATIONSHIPS = f'xmlns="{_SCHEMAS}package/2006/relationships"'


def names(*, strict: bool = False) -> str:
    """The declarations of all namespaces that the tests use."""
    if not strict:
        return " ".join(f'xmlns:{k}="{_SCHEMAS}{v}"' for k, v in _NAMES.items()) + _OTHERS
    spelled = {k: v.replace("2006/", "") for k, v in _NAMES.items() if k != "mc"}
    mc = f' xmlns:mc="{_SCHEMAS}{_NAMES["mc"]}"'
    return " ".join(f'xmlns:{k}="{_STRICT}{v}"' for k, v in spelled.items()) + mc + _OTHERS


def p(*parts: str, style: str = "", props: str = "") -> str:
    """A paragraph of runs; a part that is no markup is a run of its own."""
    inner = "".join(part if part.startswith("<") else r(part) for part in parts)
    props = (f'<w:pStyle w:val="{style}"/>' if style else "") + props
    return f"<w:p><w:pPr>{props}</w:pPr>{inner}</w:p>"


def r(text: str, props: str = "") -> str:
    """A run of ``text``, or of markup."""
    inner = text if text.startswith("<") else f'<w:t xml:space="preserve">{text}</w:t>'
    return f"<w:r><w:rPr>{props}</w:rPr>{inner}</w:r>"


def up(text: str) -> str:
    return r(text, '<w:vertAlign w:val="superscript"/>')


def item(text: str, number: int = 1, level: int = 0) -> str:
    return p(text, props=in_list(number, level)) if text else p(props=in_list(number, level))


def in_list(number: int, level: int = 0) -> str:
    return f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'


def cell(*parts: str, props: str = "") -> str:
    """A cell of paragraphs; a part that is no markup is a paragraph of its own."""
    inner = "".join(part if part.startswith("<") else p(part) for part in parts) or p()
    return f"<w:tc><w:tcPr>{props}</w:tcPr>{inner}</w:tc>"


def span(text: str, columns: int) -> str:
    return cell(text, props=f'<w:gridSpan w:val="{columns}"/>')


def row(*cells: str, props: str = "") -> str:
    inner = "".join(part if part.startswith("<") else cell(part) for part in cells)
    return f"<w:tr><w:trPr>{props}</w:trPr>{inner}</w:tr>"


def table(*rows: str) -> str:
    return f"<w:tbl><w:tblPr/>{''.join(rows)}</w:tbl>"


def field(code: str, *result: str) -> str:
    """A complex field."""
    marks = [f'<w:fldChar w:fldCharType="{kind}"/>' for kind in ("begin", "separate", "end")]
    code = r(f"<w:instrText> {code} </w:instrText>")
    return r(marks[0]) + code + (r(marks[1]) + "".join(result) if result else "") + r(marks[2])


def write(
    path: Path,
    *body: str,
    main: str = "word/document.xml",
    strict: bool = False,
    encoding: str = "utf-8",
    target: str = "",
    parts: Mapping[str, str | bytes] = {},
) -> Path:
    """Write a document of ``body``; ``parts``: kind -> the inside of its part, or name -> bytes.

    ``target`` is how the relationship names the main part, where not by its name.
    """
    folder, _, name = main.rpartition("/")
    spelled = names(strict=strict)
    office = _STRICT + "officeDocument/" if strict else _SCHEMAS + "officeDocument/2006/"
    content: dict[str, str | bytes] = {
        main: f"<w:document {spelled}><w:body>{''.join(body)}</w:body></w:document>"
    }
    links = []
    for kind, inner in parts.items():
        if isinstance(inner, bytes):
            content[kind] = inner
            continue
        shown, _, root = kind.partition(":")
        base = shown.rstrip("0123456789")
        content[f"{folder}/{shown}.xml"] = (
            f"<{root or _root(base)} {spelled}>{inner}</{root or _root(base)}>"
        )
        links.append(
            f'<Relationship Id="{shown}" Type="{office}relationships/{base}" Target="{shown}.xml"/>'
        )
    content[f"{folder}/_rels/{name}.rels"] = (
        f"<Relationships {RELATIONSHIPS}>{''.join(links)}</Relationships>"
    )
    content["_rels/.rels"] = (
        f'<Relationships {RELATIONSHIPS}><Relationship Id="rId1" '
        f'Type="{office}relationships/officeDocument" Target="{target or main}"/></Relationships>'
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        declaration = f'<?xml version="1.0" encoding="{encoding}"?>'
        for part, xml in content.items():
            raw = (declaration + xml).encode(encoding) if isinstance(xml, str) else xml
            archive.writestr(part, raw)
    return path


def _root(kind: str) -> str:
    return {"header": "w:hdr", "footer": "w:ftr", "diagramData": "dgm:dataModel"}.get(
        kind, f"w:{kind}"
    )


def text(path: Path) -> str:
    """The text of all pages."""
    return "\n\n".join(page.text for page in read(path).pages)


def warnings(path: Path) -> list[tuple[str, int, str]]:
    """Kind, page and message of each warning."""
    return [(str(w.kind), w.page, w.message) for w in read(path).warnings]


def passages(path: Path) -> list[tuple[str, str]]:
    """Heading and text of each passage."""
    return [(found.heading, found.text) for found in split(read(path))]
