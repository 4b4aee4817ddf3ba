"""One spelling of a text for search: signs that look alike or mean the same become one.

The index, the questions and the check of figures all read ``normal``; what is shown keeps the signs
of its document. It is Unicode's compatibility composition (NFKC, UAX #15) with exceptions where
that would change what a person reads: NFKC alone makes 851 of ``85¹`` and 11/2 of ``1½``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from fieldkit.library.unspaced import CHARACTERS as _UNSPACED
from fieldkit.library.unspaced import WITHOUT_ANY_SPACES as _UNBROKEN

_RAISED = "\u00b2\u00b3\u00b9\u02b0-\u02b8\u02e0-\u02e4\u1d2c-\u1d6a\u2070\u2071\u2074-\u207f"
_LOWERED = "\u2080-\u208e\u2090-\u209c"
_FRACTIONS = "\u00bc-\u00be\u2150-\u215e\u2189"
# Numbers in circles, parentheses or with a full stop: callouts and steps.
_ENCLOSED = "\u2460-\u249b\u24ea-\u24ff\u2776-\u2793\u3251-\u325f\u32b1-\u32bf"
# A soft hyphen, and what PDF libraries give for one; fonts also use it for a hyphen that is seen.
_SOFT = "\u00ad\ufffe"
# Zero-width and variation signs, which no one sees.
_INVISIBLE = "\u034f\u061c\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff"
_DASHES = "\u2010-\u2015\u2043\u2212\ufe58\ufe63\uff0d"
_SLASHES = "\u2044\u2215"
_SPACES = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
# Trade marks, which NFKC would add to the word as letters, private signs and unreadable ones.
_VOID = "\u00a9\u00ae\u2120\u2122\ufffd\ue000-\uf8ff\U000f0000-\U0010ffff"
_SPECIAL = (
    _RAISED + _LOWERED + _FRACTIONS + _ENCLOSED + _SOFT + _INVISIBLE + _DASHES + _SLASHES
    + _SPACES + _VOID + _UNSPACED
)  # fmt: skip
_RUN = re.compile(
    rf"(?P<fraction>[{_RAISED}]{{1,4}}[/{_SLASHES}][{_LOWERED}]{{1,4}}|[{_FRACTIONS}])"
    rf"|(?P<raised>[{_RAISED}]+)|(?P<lowered>[{_LOWERED}]+)|(?P<enclosed>[{_ENCLOSED}])"
    rf"|(?P<soft>[{_SOFT}]+)|(?P<invisible>[{_INVISIBLE}]+)"
    rf"|(?P<joint>(?<=[{_UNBROKEN}])[ \n\u3000](?=[{_UNBROKEN}]))"
    rf"|(?P<dash>[{_DASHES}])|(?P<slash>[{_SLASHES}])|(?P<space>[{_SPACES}{_VOID}])"
    # Not NFKC's letters: micro in a unit, a degree, a diameter.
    r"|(?P<micro>[\u00b5\u03bc](?=[A-Za-z]))"
    r"|(?P<degree>[\u00ba\u02da\u00b0](?=[ \u00a0]?[CFK](?![A-Za-z]))|\u02da)"
    r"|(?P<diameter>[\u00d8\u00f8\u2300](?=[ \u00a0]?[0-9]))"
    rf"|(?P<unspaced>[{_UNSPACED}]+)"
    rf"|(?P<other>(?:[A-Za-z](?=[\u0300-\u036f]))?[^\x00-\x7f{_SPECIAL}]+)"
)
# Most text of European languages needs no more than these, which depend on nothing beside them.
_SINGLE = {
    **dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"), "-"),
    0xA0: " ",
}
_PLAIN = re.compile(
    r"(?:[\x00-\x7f\u00a1\u00a3\u00a7\u00ab\u00b0\u00b1\u00b7\u00bb\u00bf-\u00d7\u00d9-\u00f7"
    r"\u00f9-\u0131\u0134-\u013e\u0141-\u0148\u014a-\u017e\u2018-\u201e\u2022\u20ac\u2264\u2265"
    r"\u25a0-\u25ff]|[\u00d8\u00f8](?![ \u00a0]?[0-9]))*"
)
_CONSTANT = {
    "invisible": "", "joint": "", "dash": "-", "slash": "/", "space": " ", "micro": "u",
    "degree": "\u00b0", "diameter": " ",
}  # fmt: skip
# Units that are squared, cubed or inverted, and the single letters of formulas.
_UNIT_END = re.compile(
    r"(?<![A-Za-z\u00b5\u03bc])(?:[A-Za-z]|[kcdmu\u00b5\u03bc][mgs]|in|ft|yd|mi|min|sec|rad|Hz)\Z"
)
_POWER_BASE = re.compile(r"(?<![0-9.,])(?:10|2)\Z")
_SIGNED = re.compile(r"[+-][0-9]{1,3}")
_ORDINALS = frozenset({"st", "nd", "rd", "th", "er", "re"})
_FOREIGN_DIGIT = re.compile(r"[^\D0-9]")
# Two spaces, so that a mark is never read as the rest of a number or code before it: "24 V ¹".
_APART = "  "
_CONTEXT = 5


def normal(text: str) -> str:
    """Return ``text`` as it is searched; ASCII stays as it is.

    >>> normal("H₂S, 1½ inch, 10⁻³, 5 m²")
    'H2S, 1 1/2 inch, 10-3, 5 m2'
    >>> normal("85¹ Nm")
    '85  1 Nm'
    """
    if text.isascii():
        return text
    single = text.translate(_SINGLE)
    return single if _PLAIN.fullmatch(single) else _RUN.sub(_replacement, text)


def placed(text: str, *, notes: bool = True) -> tuple[str, list[int]]:
    """Return ``normal(text)``, and where in ``text`` each of its characters is.

    The list ends with the length of ``text``. Without ``notes``, raised note marks and circled
    numbers are left out.
    """
    parts: list[str] = []
    places: list[int] = []
    at = 0
    for match in () if text.isascii() else _RUN.finditer(text):
        is_note = match.lastgroup == "enclosed" or (
            match.lastgroup == "raised" and _raised(match)[1]
        )
        new = _replacement(match) if notes or not is_note else _APART
        parts += [text[at : match.start()], new]
        places += range(at, match.start())
        places += _spread(match, len(new))
        at = match.end()
    parts.append(text[at:])
    return "".join(parts), [*places, *range(at, len(text) + 1)]


def _spread(match: re.Match[str], size: int) -> Iterator[int]:
    """Places for ``size`` characters that replace ``match``, one for one where possible."""
    start, end = match.span()
    lead = 1 if match.lastgroup == "unspaced" and _before(match)[-1:].isalnum() else 0
    return (min(max(start + n - lead, start), end - 1) for n in range(size))


def _replacement(match: re.Match[str]) -> str:
    kind = match.lastgroup
    assert kind is not None
    constant = _CONSTANT.get(kind)
    if constant is not None:
        return constant
    if kind == "raised":
        return _raised(match)[0]
    return _MAKERS[kind](match)


def _raised(match: re.Match[str]) -> tuple[str, bool]:
    """What is read of a raised run, and whether it is the mark of a note.

    Powers of units join (m2), signed ones always do (10-3); all other digits stand apart.
    """
    before = _before(match)
    mark = _composed(match[0]).replace("\u2212", "-")
    if not before or not before[-1].isalnum():
        return f" {mark}" if before else mark, True
    if _SIGNED.fullmatch(mark) or (mark in {"2", "3"} and _UNIT_END.search(before)):
        return mark, False
    if mark in _ORDINALS and before[-1].isdigit():
        return mark, False
    return f"{_APART}{mark}{_gap_behind(match)}", not _POWER_BASE.search(before)


def _lowered(match: re.Match[str]) -> str:
    mark = _composed(match[0]).replace("\u2212", "-")
    apart = _APART if _before(match)[-1:].isdigit() else ""
    return f"{apart}{mark}"


def _fraction(match: re.Match[str]) -> str:
    whole = " " if _before(match)[-1:].isdigit() else ""
    text = _composed(match[0]).replace("\u2044", "/").replace("\u2215", "/")
    return f"{whole}{text}{_gap_behind(match)}"


def _enclosed(match: re.Match[str]) -> str:
    return f"{_APART}{int(unicodedata.numeric(match[0], 0))}{_APART}"


def _soft(match: re.Match[str]) -> str:
    """Nothing inside a word; a hyphen beside a digit, where it keeps a range or a code apart."""
    beside = _before(match)[-1:] + match.string[match.end() : match.end() + 1]
    return "-" if any(char.isdigit() for char in beside) and len(beside) > 1 else ""


def _unspaced(match: re.Match[str]) -> str:
    behind = match.string[match.end() : match.end() + 1]
    left = " " if _before(match)[-1:].isalnum() else ""
    return f"{left}{_composed(match[0])}{' ' if behind.isalnum() else ''}"


def _other(match: re.Match[str]) -> str:
    text = _composed(match[0])
    return _FOREIGN_DIGIT.sub(lambda digit: str(unicodedata.decimal(digit[0])), text)


_MAKERS = {
    "lowered": _lowered, "fraction": _fraction, "enclosed": _enclosed, "soft": _soft,
    "unspaced": _unspaced, "other": _other,
}  # fmt: skip


def _composed(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _before(match: re.Match[str]) -> str:
    return match.string[max(0, match.start() - _CONTEXT) : match.start()]


def _gap_behind(match: re.Match[str]) -> str:
    behind = match.string[match.end() : match.end() + 1]
    return " " if behind.isalnum() else ""
