"""Workbooks as programs other than Excel write them: parts of XML that tests choose."""

from __future__ import annotations

import zipfile
from pathlib import Path

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT_OFFICE = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def relationships(*targets: tuple[str, str], office: str = _OFFICE) -> str:
    """The XML of relationships: pairs of the kind and the target, with ids from rId1."""
    return f'<Relationships xmlns="{_PACKAGE}">' + "".join(
        f'<Relationship Id="rId{number}" Type="{office}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    ) + "</Relationships>"  # fmt: skip


def row(number: int, *cells: str, attributes: str = "") -> str:
    """One row of cells, each from ``cell`` or XML of its own."""
    return f'<row r="{number}" {attributes}>{"".join(cells)}</row>'


def cell(reference: str, value: object, style: int = 0) -> str:
    """A cell with a number or an inline text."""
    if isinstance(value, str):
        return f'<c r="{reference}" s="{style}" t="inlineStr"><is><t>{value}</t></is></c>'
    return f'<c r="{reference}" s="{style}"><v>{value}</v></c>'


def styles(*codes: str, fonts: str = "<font/>", xfs: str = "") -> str:
    """Styles: one for each of ``codes`` from number 1, and the ``xfs`` behind them."""
    formats = "".join(
        f'<numFmt numFmtId="{163 + number}" formatCode="{code}"/>'
        for number, code in enumerate(codes, 1)
    )
    plain = "".join(f'<xf numFmtId="{163 + n}" fontId="0"/>' for n in range(1, len(codes) + 1))
    return (
        f'<styleSheet xmlns="{MAIN}"><numFmts>{formats}</numFmts><fonts>{fonts}</fonts>'
        f'<cellXfs><xf numFmtId="0" fontId="0"/>{plain}{xfs}</cellXfs></styleSheet>'
    )


def write_parts(
    path: Path,
    rows: str,
    *,
    behind: str = "",
    before: str = "",
    strings: str = "",
    style: str = "",
    main: str = "xl/workbook.xml",
    sheet: str = "worksheets/sheet1.xml",
    namespace: str = MAIN,
    settings: str = "",
    encoding: str = "utf-8",
    more: dict[str, str | bytes] | None = None,
) -> Path:
    """Write a workbook of one sheet, named "Data".

    ``before`` and ``behind`` are XML around ``sheetData``; ``sheet`` is the target as the workbook
    names it; ``more`` are parts by their names.
    """
    office = _STRICT_OFFICE if namespace == STRICT else _OFFICE
    folder, _, name = main.rpartition("/")
    targets = [("worksheet", sheet)]
    parts: dict[str, str | bytes] = {
        "_rels/.rels": relationships(("officeDocument", main), office=office),
        main: (
            f'<workbook xmlns="{namespace}" xmlns:r="{office}">{settings}'
            '<sheets><sheet name="Data" sheetId="1" r:id="rId1"/></sheets></workbook>'
        ),
    }
    if strings:
        targets.append(("sharedStrings", "strings.xml"))
        parts[f"{folder}/strings.xml"] = strings
    if style:
        targets.append(("styles", "styles.xml"))
        parts[f"{folder}/styles.xml"] = style
    parts[f"{folder}/_rels/{name}.rels"] = relationships(*targets, office=office)
    target = sheet.lstrip("/") if sheet.startswith("/") else f"{folder}/{sheet}"
    parts[target] = (
        f'<worksheet xmlns="{namespace}" xmlns:r="{office}">{before}'
        f"<sheetData>{rows}</sheetData>{behind}</worksheet>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, content in (parts | (more or {})).items():
            archive.writestr(
                part, content.encode(encoding) if isinstance(content, str) else content
            )
    return path
