"""Text of a workbook: shared and inline strings with raised, lowered and struck-out runs."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import Any

from fieldkit.library.readers.cell_styles import CellStyle, first, is_set, level, named
from fieldkit.library.readers.scripts import lowered, raised

# A character that XML cannot hold: _x000D_ (ECMA-376-1, 22.9.2.19).
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text of one look; ``own`` is False where it has the font of its cell."""

    text: str
    own: bool = False
    level: str = ""
    struck: bool = False


def unescaped(text: str) -> str:
    """``text`` with the characters that are written as ``_x000D_``."""
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def runs(element: Any) -> tuple[Run, ...]:
    """The runs of an ``si``, ``is`` or ``text`` element; phonetic hints are left out."""
    found: list[Run] = []
    for child in element:
        name = str(child.tag).rpartition("}")[2]
        if name == "t":
            found.append(Run(unescaped(child.text or "")))
        elif name == "r":
            text = "".join(unescaped(part.text or "") for part in named(child, "t"))
            properties = first(child, "rPr")
            if properties is None:
                found.append(Run(text))
            else:
                struck = is_set(properties, "strike")
                found.append(Run(text, own=True, level=level(properties), struck=struck))
    return tuple(found)


def marked(pieces: tuple[Run, ...], style: CellStyle) -> tuple[str, bool]:
    """The text of ``pieces`` in a cell of ``style``, for ``scripts.resolved``.

    Struck-out runs are left out; the second value says whether there were any.
    """
    out: list[str] = []
    left_out = False
    for run in pieces:
        struck = run.struck if run.own else style.struck
        if struck:
            left_out = left_out or bool(run.text.strip())
            continue
        at = run.level if run.own else style.level
        out.append({"superscript": raised, "subscript": lowered}.get(at, str)(run.text))
    return "".join(out), left_out


def free(element: Any) -> None:
    """Drop an element that was used, and those before it, so that memory stays bounded."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def shared_strings(data: bytes) -> tuple[list[tuple[Run, ...]], bool]:
    """All strings of ``sharedStrings.xml``, and whether it could be read to its end.

    The counts that it states are not used: they are often wrong.
    """
    from lxml import etree

    found: list[tuple[Run, ...]] = []
    try:
        for _, element in etree.iterparse(
            io.BytesIO(data), tag="{*}si", resolve_entities=False, no_network=True
        ):
            found.append(runs(element))
            free(element)
    except etree.XMLSyntaxError:
        return found, False
    return found, True
