"""Styles of a workbook's cells: number format, and what of the font changes the meaning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fieldkit.library.readers.number_format import BUILT_IN
from fieldkit.library.readers.references import as_index

_WHITE = frozenset({"FFFFFF", "FFFFFFFF", "00FFFFFF"})


@dataclass(frozen=True, slots=True, kw_only=True)
class CellStyle:
    """``level`` is superscript, subscript or ""; ``look`` tells names from values.

    ``white``: white letters on no fill.
    """

    code: str = "General"
    struck: bool = False
    level: str = ""
    look: tuple[bool, int] = (False, 0)
    white: bool = False


PLAIN = CellStyle()


def named(element: Any, name: str) -> list[Any]:
    """The children of ``element`` with the local ``name``, in any version's namespace."""
    return [child for child in element if _local(child) == name]


def first(element: Any, name: str) -> Any:
    """The first such child, or None."""
    return next(iter(named(element, name)), None)


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def is_set(parent: Any, name: str) -> bool:
    """Whether a switch such as ``<strike/>`` is on."""
    child = first(parent, name) if parent is not None else None
    return child is not None and str(child.get("val", "1")).lower() not in ("0", "false", "off")


def level(properties: Any) -> str:
    """superscript, subscript or "", of the properties of a font."""
    child = first(properties, "vertAlign") if properties is not None else None
    value = child.get("val", "") if child is not None else ""
    return value if value in ("superscript", "subscript") else ""


def cell_styles(root: Any) -> list[CellStyle]:
    """The styles that cells name by number, of the root of ``styles.xml``."""
    codes = dict(BUILT_IN)
    for formats in named(root, "numFmts"):
        for item in named(formats, "numFmt"):
            number, code = as_index(item.get("numFmtId")), item.get("formatCode", "")
            if number >= 0 and code:
                codes[number] = code
    fonts = [font for group in named(root, "fonts") for font in named(group, "font")]
    fills = [_filled(fill) for group in named(root, "fills") for fill in named(group, "fill")]
    return [
        _style(xf, codes, fonts, fills)
        for group in named(root, "cellXfs")
        for xf in named(group, "xf")
    ]


def _style(xf: Any, codes: dict[int, str], fonts: list[Any], fills: list[bool]) -> CellStyle:
    font_number, fill_number = _number(xf, "fontId"), _number(xf, "fillId")
    font = fonts[font_number] if font_number < len(fonts) else None
    filled = fill_number < len(fills) and fills[fill_number]
    bold = is_set(font, "b")
    return CellStyle(
        code=codes.get(_number(xf, "numFmtId"), "General"),
        struck=is_set(font, "strike"),
        level=level(font),
        look=(bold, fill_number if filled else 0),
        white=not filled and font is not None and _is_white(font),
    )


def _number(element: Any, name: str) -> int:
    return max(as_index(element.get(name)), 0)


def _filled(fill: Any) -> bool:
    pattern = first(fill, "patternFill")
    if pattern is None:
        return first(fill, "gradientFill") is not None
    return str(pattern.get("patternType", "none")) != "none"


def _is_white(font: Any) -> bool:
    color = first(font, "color")
    if color is None:
        return False
    rgb = str(color.get("rgb", "")).upper()
    themed = color.get("theme") == "0" and color.get("tint", "0") in ("", "0")
    return rgb in _WHITE or bool(themed) or str(color.get("indexed")) in ("1", "9")
