"""The namespaces of WordprocessingML, and how its properties are read (ECMA-376-1)."""

from __future__ import annotations

from typing import Any

_SCHEMAS = "http://schemas.openxmlformats.org/"
_DRAWING = _SCHEMAS + "drawingml/2006/"
W = "{" + _SCHEMAS + "wordprocessingml/2006/main}"
M = "{" + _SCHEMAS + "officeDocument/2006/math}"
R = "{" + _SCHEMAS + "officeDocument/2006/relationships}"
A = "{" + _DRAWING + "main}"
INLINE = "{" + _DRAWING + "wordprocessingDrawing}inline"
DIAGRAM = "{" + _DRAWING + "diagram}"
CHART = "{" + _DRAWING + "chart}"
MC = "{" + _SCHEMAS + "markup-compatibility/2006}"
OFFICE = "{urn:schemas-microsoft-com:office:office}"
VML = "{urn:schemas-microsoft-com:vml}"

# Strict Open XML (ISO/IEC 29500-1) has the same elements in other namespaces.
_STRICT = "http://purl.oclc.org/ooxml/"
_TRANSITIONAL = {
    _STRICT + strict: name.strip("{}")
    for strict, name in (
        ("wordprocessingml/main", W),
        ("officeDocument/math", M),
        ("officeDocument/relationships", R),
        ("drawingml/main", A),
        ("drawingml/diagram", DIAGRAM),
        ("drawingml/chart", CHART),
        ("drawingml/wordprocessingDrawing", "{" + _DRAWING + "wordprocessingDrawing}"),
        ("drawingml/picture", "{" + _DRAWING + "picture}"),
    )
}
_OFF = {"0", "false", "off", "none"}
_DIGITS = 6


def transitional(root: Any) -> Any:
    """``root`` with the namespaces of Strict Open XML replaced by the usual ones, in place."""
    if not any(_STRICT in uri for uri in root.nsmap.values() if uri):
        return root
    for element in root.iter():
        element.tag = _renamed(str(element.tag))
        for name, text in list(element.attrib.items()):
            if (other := _renamed(name)) != name:
                del element.attrib[name]
                element.set(other, text)
    return root


def _renamed(name: str) -> str:
    uri, brace, local = name[1:].partition("}")
    return f"{{{_TRANSITIONAL[uri]}}}{local}" if brace and uri in _TRANSITIONAL else name


def child(element: Any, *names: str) -> Any | None:
    """The element at the path ``names`` of WordprocessingML below ``element``."""
    for name in names:
        element = next(element.iterchildren(W + name), None)
        if element is None:
            return None
    return element


def value(element: Any, *names: str) -> str:
    """``w:val`` of the element at the path ``names`` below ``element``; "" if there is none."""
    found = child(element, *names)
    return "" if found is None else str(found.get(W + "val", ""))


def count(text: str, default: int = 0) -> int:
    """``text`` as a number of up to six digits, else ``default``."""
    return int(text) if text.isdecimal() and len(text) <= _DIGITS else default


def switch(element: Any, *names: str) -> bool | None:
    """Whether a property is on; None where the path ``names`` below ``element`` has none."""
    found = child(element, *names)
    return None if found is None else str(found.get(W + "val", "1")).lower() not in _OFF


def chosen(element: Any) -> Any | None:
    """What to read of ``mc:AlternateContent``: the choice, or the fallback where it has no text."""
    choice, fallback = element.find(MC + "Choice"), element.find(MC + "Fallback")
    if choice is None or (fallback is not None and not _holds(choice) and has_text(fallback)):
        return fallback
    return choice


def has_text(element: Any) -> bool:
    """Whether there is text below ``element``."""
    texts = element.iter(W + "t", M + "t", A + "t", W + "sym", W + "numPr")
    return any(text.text or text.tag in {W + "sym", W + "numPr"} for text in texts)


def _holds(choice: Any) -> bool:
    # A chart or diagram is text in a part of its own; its fallback says that it cannot be shown.
    parts = (str(found.tag).rpartition("}")[2] for found in choice.iter())
    return has_text(choice) or any(name in {"chart", "relIds"} for name in parts)
