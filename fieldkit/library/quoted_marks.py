"""What of a quote is highlighted: the value that was asked for, and the code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

from fieldkit.library.asked_values import AskedValue, asked_value
from fieldkit.library.language import language
from fieldkit.library.language_votes import Languages
from fieldkit.library.named_numbers import asked as asked_numbers
from fieldkit.library.quantities import figures
from fieldkit.library.quantities import measured as measured_in
from fieldkit.library.terms import found_codes

_MOST = 8  # places that are marked
_FEW = 2
_CODE = r"[ \-./]?"
_ANY = re.compile(
    r"(?<![\w.,])[<>\u2264\u2265\u00b1~+\u2212-]?\d[\d.,]*(?<![.,])"
    r"(?:[ \u00a0]?(?:[%\u2030\u2126]|\u00b0 ?[CFK]?|[A-Za-z\u00b5\u03a9/]{1,6}(?![\w-])))?"
)
# "5 and", "3 the": words of a sentence, no units.
_WORDS = (
    "a an and are at be by for from if in is it no not of on or per so than the then to when with"
    " und oder der die das ist mit et ou le la les de des y o el los en e do da og eller"
)
_NO_UNIT = frozenset(_WORDS.split(" "))
_LONG = re.compile(r"(?<![\w.,])\d{4,10}(?![.,]?\w)")
_IS_NUMBERING = re.compile(r"\d{1,2}[.)] ")


@dataclass(frozen=True, slots=True)
class Asked:
    """A ``question``, the ``value`` it asks for, and its ``codes`` as they may be written."""

    question: str
    value: AskedValue
    codes: tuple[re.Pattern[str], ...]

    @classmethod
    def of(cls, question: str) -> Self:
        """What ``question`` asks for."""
        spoken = Languages(language("en"), {}).spoken(question)
        spelt = [
            _CODE.join(map(re.escape, _runs(found.text)))
            for found in found_codes(question)
            if found.identity
        ]
        codes = tuple(re.compile(rf"(?<![^\W_]){each}(?![^\W_])", re.IGNORECASE) for each in spelt)
        numbers = {
            *_LONG.findall(question),
            *(
                named.number
                for named in asked_numbers(question, spoken.stop_words, measured_in(question))
            ),
        }
        codes += tuple(re.compile(rf"(?<![\w.,]){number}(?![.,]?\w)") for number in numbers)
        return cls(question, asked_value(question, spoken.code), codes)


def marked(text: str, asked: Asked) -> tuple[tuple[int, int], ...]:
    """Return the places in ``text`` to highlight, in order; none overlaps another."""
    found = [match.span() for code in asked.codes if (match := code.search(text))]
    if asked.value:
        found += _values(text, asked.value)
    kept: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if end > start and (not kept or start >= kept[-1][1]):
            kept.append((start, end))
    return tuple(kept[:_MOST])


def values_in(text: str, asked: Asked) -> frozenset[str]:
    """Return the values of the kind that is asked for, without spaces, to be compared."""
    spans = _values(text, asked.value) if asked.value else []
    return frozenset("".join(text[start:end].lower().split()) for start, end in spans)


def _values(text: str, value: AskedValue) -> list[tuple[int, int]]:
    if value.quantities:
        return figures(value.quantities, text)
    bare: list[tuple[int, int]] = []
    measured: list[tuple[int, int]] = []
    for match in _ANY.finditer(text):
        start, end = match.span()
        if start == 0 and _IS_NUMBERING.match(text):
            continue
        unit = match[0].lstrip("<>\u2264\u2265\u00b1~+\u2212-0123456789.,\u00a0 ")
        if unit.lower() in _NO_UNIT:
            end = start + len(match[0].removesuffix(unit).rstrip())
            unit = ""
        (measured if unit else bare).append((start, end))
    # Which of many figures without a unit answers is not known.
    return measured or (bare if len(bare) <= _FEW else [])


def _runs(code: str) -> list[str]:
    """The letters and the digits of a reduced code: ``e``, ``17``."""
    return re.findall(r"[a-z]+|\d+|[^a-z\d]+", code)
