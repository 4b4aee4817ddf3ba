"""Formulas of Word (Office Math, ECMA-376-1, part 22) as one line of text: (a)/(b), x², √(2)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from fieldkit.library.readers.docx_looks import look
from fieldkit.library.readers.docx_names import M, W, child

_UP = str.maketrans("0123456789+-\u2212=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿ")
_DOWN = str.maketrans("0123456789+-\u2212=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
_POWER = re.compile(r"[+\-\u2212]?(?:\d{1,4}|n)")
_INDEX = re.compile(r"\d{1,4}")
_ATOM = re.compile(r"[^\W_]+(?:[.,]\d+)?")
_DIVISOR = re.compile(r"\d+(?:[.,]\d+)?|[^\W\d_]+")
_ACCENTS = {"\u0302": "^", "\u0303": "~", "\u0307": "\u02d9", "\u0308": "\u00a8"}
_CELLS = 2_000
_PROPERTIES = "Pr"


def formula(element: Any) -> str:
    """``m:oMath`` or ``m:oMathPara`` as text; numbers side by side are never joined."""
    if element.tag == M + "oMathPara":
        return "; ".join(formula(part) for part in element.findall(M + "oMath"))
    return _inside(element)


def _inside(element: Any | None) -> str:
    text = ""
    was_shape = False
    for part in () if element is None else element:
        if str(part.tag).endswith(_PROPERTIES) or part.tag in _LEFT_OUT:
            continue
        piece, is_shape = _piece(part), part.tag != M + "r"
        if not piece:
            continue
        # 2 beside a fraction is not 21/2.
        if text and text[-1].isalnum() and piece[0].isalnum() and (is_shape or was_shape):
            text += " "
        text, was_shape = text + piece, is_shape
    return text


def _piece(part: Any) -> str:
    if part.tag == M + "r":
        seen = look(child(part, "rPr"))
        if seen.struck or seen.hidden:
            return ""
        texts = (found.text or "" for found in part.iter(M + "t", W + "t"))
        return "".join(texts)
    shape = _SHAPES.get(str(part.tag).removeprefix(M))
    return shape(part) if shape and part.tag.startswith(M) else _inside(part)


def _of(element: Any, name: str) -> str:
    return _inside(element.find(M + name)).strip()


def _property(element: Any, name: str, default: str) -> str:
    """``m:val`` of a property of ``element``; ``default`` where there is none."""
    properties = element.find(f"{element.tag}{_PROPERTIES}")
    found = None if properties is None else properties.find(M + name)
    return default if found is None else str(found.get(M + "val", ""))


def _group(text: str) -> str:
    return text if _ATOM.fullmatch(text) else f"({text})"


def _up(text: str) -> str:
    if not text:
        return ""
    return text.translate(_UP) if _POWER.fullmatch(text) else f"^{_group(text)}"


def _down(text: str) -> str:
    if not text:
        return ""
    return text.translate(_DOWN) if _INDEX.fullmatch(text) else f"_{_group(text)}"


def _base(element: Any) -> str:
    text = _of(element, "e")
    return text if len(text) < 2 or _ATOM.fullmatch(text) or text[-1] in ")]}|" else f"({text})"


def _fraction(element: Any) -> str:
    above, below = _of(element, "num"), _of(element, "den")
    if _property(element, "type", "bar") == "noBar":
        return f"({above} over {below})"
    # "1/2a" could be a half of a.
    below = below if _DIVISOR.fullmatch(below) else f"({below})"
    return f"{_group(above)}/{below}"


def _root(element: Any) -> str:
    degree = _of(element, "deg")
    sign = {"": "\u221a", "2": "\u221a", "3": "\u221b", "4": "\u221c"}.get(degree)
    return f"{sign or f'root {degree} of '}({_of(element, 'e')})"


def _sum(element: Any) -> str:
    sign = _property(element, "chr", "\u222b") or "\u222b"
    below, above = _of(element, "sub"), _of(element, "sup")
    limits = (f"_({below})" if below else "") + (f"^({above})" if above else "")
    return f"{sign}{limits} {_of(element, 'e')}"


def _delimited(element: Any) -> str:
    first, last = _property(element, "begChr", "("), _property(element, "endChr", ")")
    between = _property(element, "sepChr", "|")
    inner = f" {between} ".join(_inside(part).strip() for part in element.findall(M + "e"))
    return f"{first}{inner}{last}"


def _matrix(element: Any) -> str:
    rows = element.findall(M + "mr")[:_CELLS]
    lines = (", ".join(_inside(cell).strip() for cell in row.findall(M + "e")) for row in rows)
    return f"[{'; '.join(lines)}]"


def _function(element: Any) -> str:
    name, inner = _of(element, "fName"), _of(element, "e")
    return f"{name}{inner}" if inner.startswith("(") else f"{name}({inner})"


def _accent(element: Any) -> str:
    sign = _property(element, "chr", "\u0302")
    return f"{_of(element, 'e')}{_ACCENTS.get(sign, sign)}"


def _limit(element: Any) -> str:
    limit = _of(element, "lim")
    mark = "_" if element.tag == M + "limLow" else "^"
    return f"{_of(element, 'e')}{mark}({limit})" if limit else _of(element, "e")


_SHAPES: dict[str, Callable[[Any], str]] = {
    "f": _fraction,
    "sSup": lambda element: _base(element) + _up(_of(element, "sup")),
    "sSub": lambda element: _base(element) + _down(_of(element, "sub")),
    "sSubSup": lambda e: _base(e) + _down(_of(e, "sub")) + _up(_of(e, "sup")),
    "sPre": lambda e: _down(_of(e, "sub")) + _up(_of(e, "sup")) + _of(e, "e"),
    "rad": _root,
    "nary": _sum,
    "d": _delimited,
    "m": _matrix,
    "eqArr": lambda e: "; ".join(_inside(row).strip() for row in e.findall(M + "e")),
    "func": _function,
    "acc": _accent,
    "bar": lambda element: f"{_of(element, 'e')}\u0304",
    "limLow": _limit,
    "limUpp": _limit,
}
_LEFT_OUT = {W + name for name in ("del", "moveFrom", "pPr", "rPr")}
