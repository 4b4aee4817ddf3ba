"""Number formats of spreadsheets: a stored value -> the text that Excel shows.

ECMA-376-1, 18.8.30 (numFmt) and 18.8.31. Numbers are written as in English: a decimal point, and
commas between thousands; a file does not say where its reader is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import lru_cache

from fieldkit.library.readers.date_format import date_shown
from fieldkit.library.readers.format_code import CODE_LENGTH, Section, Token, sections
from fieldkit.library.readers.number_digits import fixed, fraction, general, rounded, scientific

# Dates whose order depends on the reader's country (14, 22) are ISO dates: 03/04 is March to some
# and April to others. 27 to 36 and 50 to 58 are dates in East Asia. 5 to 8 and 41 to 44 have the
# sign of a currency that the file does not name, so none is shown.
_ISO, _ISO_TIME = "yyyy-mm-dd", "yyyy-mm-dd hh:mm"
BUILT_IN = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00",
    5: "#,##0_);(#,##0)", 6: "#,##0_);[Red](#,##0)",
    7: "#,##0.00_);(#,##0.00)", 8: "#,##0.00_);[Red](#,##0.00)",
    9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??",
    14: _ISO, 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM",
    20: "h:mm", 21: "h:mm:ss", 22: _ISO_TIME,
    37: "#,##0_);(#,##0)", 38: "#,##0_);[Red](#,##0)",
    39: "#,##0.00_);(#,##0.00)", 40: "#,##0.00_);[Red](#,##0.00)",
    41: '#,##0_);(#,##0);"-"_);@', 42: '#,##0_);(#,##0);"-"_);@',
    43: '#,##0.00_);(#,##0.00);"-"??_);@', 44: '#,##0.00_);(#,##0.00);"-"??_);@',
    45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0", 49: "@",
    **dict.fromkeys((*range(27, 32), 36, *range(50, 55), 57, 58), _ISO),
    **dict.fromkeys((32, 33, 34, 35, 55, 56), "h:mm:ss"),
}  # fmt: skip
_LITERAL = re.compile(r"[^\s\d.,]")
_OF_SIGN = frozenset("-\u2212\u2013(")


@dataclass(frozen=True, slots=True)
class Shown:
    """What a cell shows.

    ``hidden``: its format shows nothing. ``signed``: a minus was added that the format leaves out.
    """

    text: str
    hidden: bool = False
    signed: bool = False


def number_shown(value: float, code: str, *, from_1904: bool = False) -> Shown:
    """A number (or a date's serial number) under the format ``code``.

    >>> number_shown(4711, "0000000").text
    '0004711'
    >>> number_shown(-1234.5, "#,##0.00_);(#,##0.00)").text
    '(1,234.50)'
    """
    if value != value or abs(value) == float("inf"):
        return Shown(str(value))
    found = _sections(code)
    index, absolute = _chosen(found, value)
    if index < 0:
        return Shown(general(rounded(value)))
    section = found[index]
    if not section.tokens:
        return Shown("", hidden=value != 0)
    if section.is_date:
        text = date_shown(section, value, from_1904=from_1904)
        return Shown(general(rounded(value)) if text is None else text)
    with localcontext() as context:
        context.prec = 400
        text, zero = _worded(section.tokens, abs(rounded(value)))
    if value >= 0 or zero or (absolute and _tells_sign(found[:index], section, text)):
        return Shown(text, hidden=not text.strip() and value != 0)
    return Shown(f"-{text.lstrip()}", signed=absolute and not section.coloured)


def text_shown(value: str, code: str) -> Shown:
    """Text under the format ``code``: ``@" bar"`` adds to it, ``;;;`` hides it."""
    found = _sections(code)
    section = found[3] if len(found) > 3 else found[-1]
    if len(found) < 4 and not section.is_text:
        return Shown(value)
    if not section.tokens:
        return Shown("", hidden=bool(value.strip()))
    parts = [value if token.kind == "text" else token.text for token in section.tokens]
    text = "".join(parts)
    return Shown(text, hidden=not text.strip() and bool(value.strip()))


@lru_cache(maxsize=1024)
def _sections(code: str) -> tuple[Section, ...]:
    return sections(code if 0 < len(code) <= CODE_LENGTH else "General")


def _chosen(found: Sequence[Section], value: float) -> tuple[int, bool]:
    """The section for ``value`` (-1: none), and whether it shows the value without its sign."""
    last = len(found) - 1
    if last and (found[last].is_text or last == 3):
        last -= 1
    if found[0].condition is None and (last == 0 or found[1].condition is None):
        if last == 0 or value > 0 or (value == 0 and last < 2):
            return 0, False
        return (1, True) if value < 0 else (2, False)
    default_second = ("<", 0.0) if last == 2 else None
    tests = (
        found[0].condition or (">", 0.0),
        (found[1].condition or default_second) if last else None,
    )
    for index, test in enumerate(tests[: last + 1]):
        if test is None or _holds(test, value):
            rest = test is None and tests[0] in ((">", 0.0), (">=", 0.0))
            return index, rest or (test is not None and _negative_only(test))
    return (2, False) if last == 2 else (-1, False)


def _holds(test: tuple[str, float], value: float) -> bool:
    operator, limit = test
    return {
        "<": value < limit,
        "<=": value <= limit,
        ">": value > limit,
        ">=": value >= limit,
        "=": value == limit,
        "<>": value != limit,
    }[operator]


def _negative_only(test: tuple[str, float]) -> bool:
    operator, limit = test
    return (operator == "<" and limit <= 0) or (operator in ("<=", "=") and limit < 0)


def _tells_sign(before: Sequence[Section], section: Section, text: str) -> bool:
    """Whether the section for negative numbers has a sign, or words that the first has not."""
    others = _literals(before[0]) if before else set()
    return bool(_OF_SIGN & set(text)) or bool(_literals(section) - others)


def _literals(section: Section) -> set[str]:
    return {
        token.text
        for token in section.tokens
        if token.kind == "lit" and _LITERAL.search(token.text) and token.text != "+"
    }


def _worded(tokens: Sequence[Token], value: Decimal) -> tuple[str, bool]:
    """``value``, which is not negative, and whether nothing but zeros is left of it."""
    kinds = {token.kind for token in tokens}
    if "general" in kinds or "text" in kinds:
        plain = general(value)
        parts = [plain if t.kind in ("general", "text") else t.text for t in tokens]
        return "".join(parts), value == 0
    if "digit" not in kinds:
        return "".join(token.text for token in tokens), False
    if "exp" in kinds:
        return scientific(tokens, value), value == 0
    return fraction(tokens, value) or fixed(tokens, value)
