"""MathML -> one line: ``F = (a + b)/2``, ``10⁻³``, ``√(x)``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from fieldkit.library.readers.scripts import LEVEL, LOWERED, RAISED, lowered, raised

_SPACED = frozenset(
    "=+\u2212-\u00b1\u00d7\u22c5\u00b7<>\u2264\u2265\u2248\u2260\u2192\u2261\u223c*"
)
_FLAT = {RAISED: "^", LOWERED: "_", LEVEL: ""}
_ANNOTATIONS = frozenset({"annotation", "annotation-xml", "mphantom", "none", "mprescripts"})


def math_text(element: Any) -> str:
    """The formula of ``element`` (``math``), with raised and lowered marks for ``scripts``."""
    return " ".join(_text(element).split())


def _text(element: Any) -> str:
    if not isinstance(element.tag, str):
        return ""
    tag = element.tag.lower().rpartition(":")[2].rpartition("}")[2]
    crossed_out = tag == "menclose" and "strike" in (element.get("notation") or "")
    if tag in _ANNOTATIONS or crossed_out:
        return ""
    children = [child for child in element if isinstance(child.tag, str)]
    if tag == "semantics":
        return _text(children[0]) if children else ""
    if tag in _SHAPES and len(children) >= _SHAPES[tag][0]:
        return _SHAPES[tag][1]([_text(child) for child in children])
    if tag in ("msqrt", "mtable", "mtr", "mlabeledtr", "mfenced"):
        return _grouped(tag, element, [_text(child) for child in children])
    return _row(element, children)


def _row(element: Any, children: Sequence[Any]) -> str:
    """What is behind each other; operators between values have spaces around them."""
    parts = [element.text or ""]
    tag = element.tag.lower()
    if tag == "mo" and (sign := parts[0].strip()) and not children:
        parent = element.getparent()
        between = parent is not None and element.getprevious() is not None
        return f" {sign} " if sign in _SPACED and between else sign
    if tag == "mspace":
        return " "
    for child in children:
        if child.tag == "mfrac" and next(filter(None, reversed(parts)), "")[-1:].isdigit():
            parts.append(" ")  # 1 1/2
        parts.append(_text(child))
        parts.append((child.tail or "").strip())
    return "".join(parts) if children else parts[0].strip() if tag != "mtext" else parts[0]


def _grouped(tag: str, element: Any, parts: Sequence[str]) -> str:
    if tag == "msqrt":
        return f"\u221a({''.join(parts).strip()})"
    if tag == "mtable":
        return f"[{'; '.join(parts)}]"
    if tag == "mfenced":
        opening, closing = element.get("open") or "(", element.get("close") or ")"
        return f"{opening}{', '.join(part.strip() for part in parts)}{closing}"
    return ", ".join(part.strip() for part in parts)


def _one(text: str) -> str:
    """``text``, in brackets where it is more than a number or a name."""
    bare = text.strip()
    return (
        bare if all(letter.isalnum() or letter in ".,\u00b0%" for letter in bare) else f"({bare})"
    )


def _flat(text: str) -> str:
    return "".join(_FLAT.get(letter, letter) for letter in text.strip())


def _power(parts: Sequence[str]) -> str:
    base, power = parts[0].strip(), _flat(parts[1])
    return f"{base}{raised(power)}"


def _under(parts: Sequence[str]) -> str:
    return f"{parts[0].strip()}{lowered(_flat(parts[1]))}"


def _fraction(parts: Sequence[str]) -> str:
    return f"{_one(parts[0])}/{_one(parts[1])}"


def _both(parts: Sequence[str]) -> str:
    return f"{_under(parts[:2])}{raised(_flat(parts[2]))}"


def _root(parts: Sequence[str]) -> str:
    return f"{raised(_flat(parts[1]))}\u221a({parts[0].strip()})"


_SHAPES: dict[str, tuple[int, Callable[[Sequence[str]], str]]] = {
    "mfrac": (2, _fraction),
    "msup": (2, _power),
    "msub": (2, _under),
    "msubsup": (3, _both),
    "mroot": (2, _root),
    "mover": (2, _power),
    "munder": (2, _under),
    "munderover": (3, _both),
}
