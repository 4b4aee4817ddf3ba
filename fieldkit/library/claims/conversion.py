"""A manual's value in the unit that a question asks for: ``320 Nm = 236 lb-ft, converted``."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

from fieldkit.library.claims.comparing_values import converted as in_unit
from fieldkit.library.claims.number_words import COMMA_LANGUAGES, spoken
from fieldkit.library.claims.unit_words import Unit, unit_at
from fieldkit.library.claims.values import Value, read_values
from fieldkit.library.language import WORD
from fieldkit.library.language_votes import votes
from fieldkit.library.normal import normal
from fieldkit.library.units import asked_in

_CERTAIN = 1.5  # words of a language that a text is certainly in
_MOST = 4  # values of one text that are converted
_LONGEST = 2000  # characters of a question that are read
_FINEST = -9  # the power of ten that is rounded to at least
# Before a unit that units.py does not look for: "in °F", "in l/min", "how many feet away".
_IN = re.compile(r"\b(?:in|into|en|em|i|to|nach|auf|als)(?=[ ])", re.IGNORECASE)
_HOW_MANY = re.compile(
    r"\b(?:how many|wie ?viele?|combien de|cuánt[oa]s|cuant[oa]s|hvor mange|quant[oai]s?)(?=[ ])",
    re.IGNORECASE,
)
_UNIT = re.compile(r"[^\W\d_]|[\"'%\u00b0\u2032\u2033\u2019\u201d]")
_ENDS = re.compile(r"[ ]*(?:$|[?!.,;:)])")
_COMMA = re.compile(r"\d,\d{1,2}(?!\d)")


def converted(question: str, text: str, language: str = "") -> str:
    """The values of ``text`` in the unit that ``question`` asks for: ``6 m = 19.7 ft, converted``.

    ``text`` is a sentence or a table row of a manual in ``language`` ("": not known). "" where no
    unit is asked for, where the text gives the value in it, and where no value can be converted.
    Ranges and tolerances are kept. Never raises.
    """
    units = asked_units(question)
    language = language or (_language_of(text) if units else "")
    for asked, written in units:
        same = [
            (value, unit)
            for value in read_values(text, language)
            if (unit := value.unit or value.near) and unit.quantity == asked.quantity
        ]
        if not same or any(unit.factor == asked.factor for _, unit in same):
            continue
        comma = spoken(language) in COMMA_LANGUAGES or (not language and bool(_COMMA.search(text)))
        shown = written if asked.quantity == "time" else asked.sign
        found = [_equation(*each, asked, shown, comma=comma) for each in same[:_MOST]]
        return f"{'; '.join(dict.fromkeys(filter(None, found)))}, converted" if any(found) else ""
    return ""


def _language_of(text: str) -> str:
    """The language whose words ``text`` has most of, "" where that is not clear."""
    found = votes(WORD.findall(normal(text[:_LONGEST]).lower()))
    most = max(found.values(), default=0.0)
    best = [code for code, count in found.items() if count == most]
    return best[0] if len(best) == 1 and most >= _CERTAIN else ""


def asked_units(question: str) -> list[tuple[Unit, str]]:
    """The units that ``question`` wants its answer in, and how it writes them, in order."""
    text = normal(question[:_LONGEST])
    starts = []
    at = 0
    for written in asked_in(text).units:
        at = max(text.find(written, at), 0)
        starts.append(at)
        at += len(written)
    found = [unit_at(text, start) for start in starts]
    found += [
        unit
        for match in _IN.finditer(text)
        if (unit := unit_at(text, match.end())) is not None and _ENDS.match(text, unit[2])
    ]
    found += [unit_at(text, match.end()) for match in _HOW_MANY.finditer(text)]
    places = {each[1]: each for each in found if each and each[0].factor}
    return [(unit, text[start:end]) for unit, start, end in places.values()]


def _equation(value: Value, unit: Unit, asked: Unit, shown: str, *, comma: bool) -> str:
    if not unit.factor:
        return ""
    low = _rounded(value.low[0], unit, asked, comma=comma, difference=value.difference)
    if value.is_range:
        high = _rounded(value.high[0], unit, asked, comma=comma, difference=value.difference)
        number = f"{low} to {high}" if low.startswith("\u2212") else f"{low}\u2013{high}"
    elif value.tolerance:
        off = _rounded(value.tolerance[0], unit, asked, comma=comma, difference=True, lost=5)
        number = f"{low} \u00b1 {off}"
    else:
        number = low
    written = value.text if _UNIT.search(value.text) else f"{value.text} {unit.sign}"
    return f"{written} = {number} {shown}"


def _rounded(
    number: Decimal, of: Unit, to: Unit, *, comma: bool, difference: bool, lost: int = 1
) -> str:
    """``number`` units ``of`` in units ``to``, as precise as it was written.

    Rounded to a power of ten that is no more than the last digit written is in the other unit, and
    so that at most ``lost`` percent are lost.
    """
    if abs(number.adjusted()) > -4 * _FINEST:
        return str(number)
    exact = in_unit(number, of, to, difference=difference)
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)
    step = abs(in_unit(Decimal(1).scaleb(max(exponent, _FINEST)), of, to, difference=True))
    place = 0
    while Fraction(10) ** place > step and place > _FINEST:
        place -= 1
    while Fraction(10) ** (place + 1) <= step:
        place += 1
    while abs(_to_place(exact, place) - exact) > abs(exact) * lost / 100 and place > _FINEST:
        place -= 1
    return _written(_to_place(exact, place), max(-place, 0), comma=comma)


def _to_place(exact: Fraction, place: int) -> Fraction:
    unit = Fraction(10) ** place
    halves = abs(exact) / unit + Fraction(1, 2)
    whole = halves.numerator // halves.denominator
    return whole * unit * (-1 if exact < 0 else 1)


def _written(number: Fraction, decimals: int, *, comma: bool) -> str:
    scaled = abs(number) * 10**decimals
    digits = str(scaled.numerator // scaled.denominator).rjust(decimals + 1, "0")
    whole, fraction = digits[: len(digits) - decimals], digits[len(digits) - decimals :].rstrip("0")
    if not comma:
        whole = f"{int(whole):,}"
    text = f"{whole}{',' if comma else '.'}{fraction}" if fraction else whole
    return f"\u2212{text}" if number < 0 else text
