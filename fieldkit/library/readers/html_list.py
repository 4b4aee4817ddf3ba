"""The numbers of lists in web pages, as a browser counts them."""

from __future__ import annotations

import re
from typing import Any

from fieldkit.library.readers.html_style import Properties

_NUMBER = re.compile(r"\s{0,9}([+-]?\d{1,6})")
_TYPES = {
    "1": "decimal",
    "a": "lower-alpha",
    "A": "upper-alpha",
    "i": "lower-roman",
    "I": "upper-roman",
}
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"),
    (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_COUNTERS = frozenset({
    "decimal", "decimal-leading-zero", "lower-alpha", "upper-alpha", "lower-latin", "upper-latin",
    "lower-roman", "upper-roman",
})  # fmt: skip


class Counter:
    """Counts the items of a list ``element`` with the properties ``style``."""

    def __init__(self, element: Any, style: Properties) -> None:
        ordered = element.tag == "ol"
        self._kind = _kind(element, style) or ("decimal" if ordered else "")
        self._step = -1 if ordered and element.get("reversed") is not None else 1
        count = sum(child.tag == "li" for child in element)
        self._next = _number(element.get("start"), count if self._step < 0 else 1)

    def mark(self, item: Any, style: Properties) -> str:
        """What is before the next ``item``: ``3.``, ``b.``, ``iv.``, or "" for a bullet."""
        number = self._next = _number(item.get("value"), self._next)
        self._next += self._step
        kind = _kind(item, style) or self._kind
        return f"{_written(number, kind)}." if kind in _COUNTERS else ""


def _kind(element: Any, style: Properties) -> str:
    words = f"{style.get('list-style', '')} {style.get('list-style-type', '')}".split()
    found = [
        word for word in words if word in _COUNTERS or word in ("none", "disc", "circle", "square")
    ]
    if found:
        return found[-1]
    return _TYPES.get((element.get("type") or "").strip(), "")


def _number(text: str | None, default: int) -> int:
    match = _NUMBER.match(text or "")
    return int(match[1]) if match else default


def _written(number: int, kind: str) -> str:
    if kind == "decimal-leading-zero":
        return f"{number:02}"
    if kind.endswith(("alpha", "latin")) and number > 0:
        text = _letters(number)
    elif kind.endswith("roman") and 0 < number < 4000:
        text = _roman(number)
    else:
        return str(number)
    return text.upper() if kind.startswith("upper") else text


def _letters(number: int) -> str:
    text = ""
    while number:
        number, place = divmod(number - 1, 26)
        text = chr(ord("a") + place) + text
    return text


def _roman(number: int) -> str:
    text = ""
    for value, letters in _ROMAN:
        count, number = divmod(number, value)
        text += letters * count
    return text
