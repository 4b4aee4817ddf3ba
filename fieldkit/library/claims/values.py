"""The values of a sentence or of a table row: quantities, counts, codes, dates, clock times.

A text is read as search reads it (library/normal.py). Where a notation has two meanings (``1.200``)
both are kept. What numbers something is no value: marks of citations, steps, ordinals, pages,
figures and sections.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from fieldkit.library.claims.number_words import (
    COMMA_LANGUAGES,
    HALVES,
    longest,
    may_begin,
    spoken,
)
from fieldkit.library.claims.unit_words import Unit, named_unit, unit, unit_at
from fieldkit.library.claims.value_codes import Coded, codes_of
from fieldkit.library.claims.value_patterns import (
    ABOUT,
    BELOW_ZERO,
    BETWEEN,
    BETWEEN_AND,
    BY,
    EVERY,
    HALF,
    HEADER,
    INTERVALS,
    MINUS,
    NO_ARTICLES,
    NO_VALUES,
    NOT_WITH_UNIT,
    NTH,
    NUMBER,
    OF_A,
    ORDINAL_IN,
    PLUS_MINUS,
    QUARTERS,
    SCAN,
    THOUSAND,
    TIMES,
    TO,
    TOGETHER,
    TWICE,
    UNIT_CELL,
    A,
)
from fieldkit.library.language import fold
from fieldkit.library.normal import placed

LONGEST = 20_000  # characters of a text that are read
_MOST = 400  # values of a text
# Units of one value: "1 h 30 min".
_SUMS = frozenset(
    {("h", "min"), ("min", "s"), ("day", "h"), ("year", "month"), ("week", "day"), ("ft", "in"),
     ("lb", "oz")}
)  # fmt: skip
_MOST_TIMES = 10  # "3 x 400 V" is three times 400 V, "300 x 400 mm" are two lengths
_MOST_WORDS = 9  # of a number
_TAIL = 28  # characters before a number that may say more about it


class ValueKind(StrEnum):
    """What a value is."""

    QUANTITY = "quantity"
    PERCENT = "percentage"
    NUMBER = "number"
    CODE = "code"
    DATE = "date"
    TIME = "clock time"
    VERSION = "version"


Numbers = tuple[Decimal, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A value at ``text[start:end]`` of what was read, and how it is written there.

    ``low`` and ``high`` are the ends of a range, each in all readings of its notation; of one
    number they are the same. A number has as many decimals as are written; ``parts`` is the
    denominator of a fraction, 0 for others. ``tolerance`` is what follows "±". ``unit`` is None
    where none is written; ``near`` is then the unit that a cell of its own gives for the whole row.
    ``code`` is what codes, dates, clock times and versions are compared by. ``about`` says that the
    text calls it approximate, ``difference`` that it changes another value ("lower it by 10 °C"),
    ``weak`` that the words may mean no value ("a minute").
    """

    start: int
    end: int
    text: str
    kind: ValueKind
    low: Numbers = ()
    high: Numbers = ()
    tolerance: Numbers = ()
    unit: Unit | None = None
    near: Unit | None = None
    code: str = ""
    parts: int = 0
    about: bool = False
    difference: bool = False
    weak: bool = False

    @property
    def is_range(self) -> bool:
        """Whether it has two ends."""
        return self.low != self.high

    @property
    def ends(self) -> tuple[Value, ...]:
        """A range as two values, a value with a tolerance without it; else the value alone."""
        if self.is_range:
            return (replace(self, high=self.low), replace(self, low=self.high))
        return (replace(self, tolerance=()),)


@dataclass(slots=True)
class _Number:
    """A number of a normal text while its surroundings are read; ``end`` includes its unit."""

    start: int
    end: int
    low: Numbers
    high: Numbers
    unit: Unit | None = None
    tolerance: Numbers = ()
    parts: int = 0
    weak: bool = False
    difference: bool = False


def read_values(
    text: str, language: str = "", *, skip: Sequence[tuple[int, int]] = ()
) -> list[Value]:
    """Return the values of ``text``, a sentence or a table row, in reading order.

    ``language`` is that of ``text``, a code like ``en``; "" where it is not known. ``skip`` are
    places that hold no values, the marks of citations for example. Never raises.
    """
    text = text[:LONGEST]
    language = spoken(language)
    plain, places = placed(text, notes=False)
    if skip:
        plain = _blanked(plain, ((bisect_left(places, a), bisect_left(places, b)) for a, b in skip))
    plain = _without_references(plain, language)
    coded = list(codes_of(plain, language))
    plain = _blanked(plain, ((code.start, code.end) for code in coded))
    found = [_of_code(code) for code in coded]
    near = _row_unit(plain, language)
    for number in _numbers(plain, text, places, language):
        found.append(_of_number(number, plain, near))
        if len(found) > _MOST:
            break
    found.sort(key=lambda value: value.start)
    return [_in_original(value, text, places) for value in found[:_MOST]]


def _blanked(text: str, places: Iterator[tuple[int, int]]) -> str:
    """``text`` with signs that end a value in ``places``; all else keeps its place."""
    parts = []
    at = 0
    for start, end in sorted(places):
        if end > max(start, at):
            begin = max(start, at)
            parts += [text[at:begin], ";" * (end - begin)]
            at = end
    parts.append(text[at:])
    return "".join(parts)


def _without_references(plain: str, language: str) -> str:
    """``plain`` without what numbers something: marks, steps, ordinals, pages, figures."""
    places = []
    for pattern in (*NO_VALUES, *ORDINAL_IN.get(language, ())):
        for match in pattern.finditer(plain):
            start, end = match.span("no") if "no" in pattern.groupindex else match.span()
            if pattern in NOT_WITH_UNIT and unit_at(plain, end, language) is not None:
                continue
            places.append((start, end))
    return _blanked(plain, iter(places)) if places else plain


def _of_code(code: Coded) -> Value:
    return Value(start=code.start, end=code.end, text="", kind=ValueKind(code.kind), code=code.text)


def _row_unit(plain: str, language: str) -> Unit | None:
    """The unit that a cell of a table row names for the whole row; None: none, or several."""
    named = {named_unit(match["unit"], language) for match in UNIT_CELL.finditer(plain)} - {None}
    return named.pop() if len(named) == 1 else None


def _of_number(number: _Number, plain: str, near: Unit | None) -> Value:
    kind = ValueKind.NUMBER
    if number.unit is not None:
        kind = ValueKind.PERCENT if number.unit.quantity == "share" else ValueKind.QUANTITY
    before = plain[max(0, number.start - _TAIL) : number.start]
    return Value(
        start=number.start,
        end=number.end,
        text="",
        kind=kind,
        low=number.low,
        high=number.high,
        tolerance=number.tolerance,
        unit=number.unit,
        near=None if number.unit else near,
        parts=number.parts,
        about=ABOUT.search(before) is not None,
        difference=number.difference or (number.unit is not None and BY.search(before) is not None),
        weak=number.weak,
    )


def _in_original(value: Value, text: str, places: Sequence[int]) -> Value:
    start = places[value.start]
    end = places[max(value.end - 1, value.start)] + 1
    return replace(value, start=start, end=end, text=text[start:end])


def _numbers(plain: str, text: str, places: Sequence[int], language: str) -> Iterator[_Number]:
    """The numbers of ``plain`` with their units, those that belong together as one."""
    found: list[_Number] = []
    for number in _single(plain, text, places, language):
        if found and _merged(found[-1], number, plain):
            continue
        found.append(number)
        if len(found) > _MOST:
            break
    return iter(found)


def _single(plain: str, text: str, places: Sequence[int], language: str) -> Iterator[_Number]:
    at = before = 0
    while (match := SCAN.search(plain, at)) is not None:
        word = fold(match[0])
        number = (
            _figure(plain, match, language)
            if match["number"] is not None
            else _in_words(plain, match, word, language)
        )
        if number is None:
            at = match.end()
            continue
        if number.unit is None:
            _with_unit(number, plain, language, before)
            if number.weak and number.unit is not None:
                number.weak = number.unit.quantity != "time" and word not in NO_ARTICLES
        at, end = number.end, before
        before = number.end
        if number.weak and number.unit is None:
            continue
        _with_sign(number, plain, text, places, end)
        yield number


def _figure(plain: str, match: re.Match[str], language: str) -> _Number:
    start, end = match.span()
    if match["over"]:
        whole, over, under = (int(match[name] or 0) for name in ("whole", "over", "under"))
        if under and _is_fraction(plain, match, over, under):
            number = Decimal(whole) + Decimal(over) / Decimal(under)
            return _Number(start, end, (number,), (number,), parts=under)
        # Not a fraction: the first number alone.
        first = NUMBER.match(plain, start)
        assert first is not None
        end = first.end()
    numbers = _meanings(plain[start:end], language)
    thousand = THOUSAND.match(plain, end)
    # Elsewhere "mil" is a length.
    if thousand is not None and (thousand[0] != " mil" or language in ("es", "pt")):
        end = thousand.end()
        numbers = tuple(1000 * number for number in numbers)
    return _Number(start, end, numbers, numbers)


def _is_fraction(plain: str, match: re.Match[str], over: int, under: int) -> bool:
    """Whether it is a part: its denominator is an inch's or small, and it is below one."""
    if over >= under or plain[match.end() : match.end() + 1] == "/":
        return False
    return under in (2, 3, 4, 5, 8, 10, 16, 32, 64)


def _meanings(written: str, language: str) -> Numbers:
    """What a number may mean, likeliest first: ``1.200`` is 1.2 to one and 1200 to another."""
    text = re.sub(r"[ '’]", "", written)
    signs = re.findall(r"[.,]", text)
    if len(signs) <= 1:
        meant = [Decimal(text.replace(",", "."))]
    elif len(set(signs)) == 1:
        meant = [Decimal(re.sub(r"[.,]", "", text))]
    else:
        whole, _, fraction = text.replace(",", ".").rpartition(".")
        meant = [Decimal(f"{whole.replace('.', '')}.{fraction}")]
    if len(signs) == 1 and re.fullmatch(r"[1-9][0-9]{0,2}[.,][0-9]{3}", text):
        thousands = Decimal(re.sub(r"[.,]", "", text))
        first = signs[0] == ("." if language in COMMA_LANGUAGES else ",")
        meant = [thousands, *meant] if first else [*meant, thousands]
    if " " in written:  # two numbers side by side look the same
        meant += [Decimal(part) for part in written.split(" ") if part.isdigit()]
    return tuple(meant)


def _in_words(plain: str, match: re.Match[str], word: str, language: str) -> _Number | None:
    """A number, a part, or an interval in words that begins with the folded ``word``, ``match``."""
    if (special := _special(plain, match, word, language)) is not None:
        return special
    if not may_begin(word, language):
        return None
    tokens = _words_from(plain, match.start())
    number, size = longest([token for token, _ in tokens], language)
    if not size:
        return None
    value, end = Decimal(number), tokens[size - 1][1]
    rest = tuple(token for token, _ in tokens[size:])
    for half in HALVES.get(language or "en", ()):
        if rest[: len(half)] == half:
            value, end = value + Decimal("0.5"), tokens[size + len(half) - 1][1]
    if (quarters := QUARTERS.match(plain, end)) is not None:
        value, end = value / 4, quarters.end()
        return _Number(match.start(), end, (value,), (value,), parts=4)
    return _Number(match.start(), end, (value,), (value,), weak=number in (0, 1))


def _words_from(plain: str, start: int) -> list[tuple[str, int]]:
    """The words from ``start`` on, folded, with their ends; spaces or hyphens between."""
    found: list[tuple[str, int]] = []
    while len(found) < _MOST_WORDS and (match := TOGETHER.match(plain, start)) is not None:
        found.append((fold(match["word"]), match.end("word")))
        start = match.end("word")
    return found


def _special(plain: str, match: re.Match[str], word: str, language: str) -> _Number | None:
    """One of a unit, or a part of it: "every hour", "daily", half an hour."""
    if word in INTERVALS:
        number, sign = INTERVALS[word]
        one = Decimal(number)
        return _Number(match.start(), match.end(), (one,), (one,), unit=unit(sign))
    for pattern in (HALF, TWICE, EVERY, A) if language in ("", "en") else (HALF, TWICE, EVERY):
        before = pattern.match(plain, match.start())
        found = unit_at(plain, before.end(), language) if before is not None else None
        if before is None or found is None or found[1] - before.end() > (pattern is HALF):
            continue
        if pattern is HALF or found[0].quantity == "time":
            return _one_of(pattern, before, found)
    return None


def _one_of(
    pattern: re.Pattern[str], before: re.Match[str], found: tuple[Unit, int, int]
) -> _Number:
    """The number that the words ``before`` a unit, where it was ``found``, are."""
    one, start, parts = Decimal(1), before.start(), 0
    if pattern is HALF or pattern is TWICE:
        parts = 4 if pattern is HALF and before["quarter"] else 2
        one = 1 / Decimal(parts)
    elif pattern is EVERY:
        start = found[1]
        one = Decimal(_nth(before["nth"]) if before["nth"] else 1)
    return _Number(start, found[2], (one,), (one,), found[0], parts=parts, weak=pattern is A)


def _nth(word: str) -> int:
    """The number of an ordinal, in whatever form of its language: "dritten" is 3."""
    folded = fold(word)
    return next((NTH[w] for w in (folded, folded[:-1]) if w in NTH), 1)


def _with_unit(number: _Number, plain: str, language: str, before: int) -> None:
    """Find the unit behind ``number``, or in front of it in the name of a column.

    ``before`` is where the number before it ends, with its unit.
    """
    found = unit_at(plain, number.end, language)
    if found is None and number.parts and (of := OF_A.match(plain, number.end)) is not None:
        found = unit_at(plain, of.end(), language)
    if found is not None:
        number.unit, _, number.end = found
        if (below := BELOW_ZERO.match(plain, number.end)) is not None:
            number.low = number.high = tuple(-n for n in number.low)
            number.end = below.end()
        return
    if (times := TIMES.match(plain, number.end)) is not None:
        number.end = times.end()
    front = plain[max(before, number.start - _TAIL) : number.start]
    if (header := HEADER.search(front)) is not None:
        number.unit = _column_unit(header, language)


def _column_unit(header: re.Match[str], language: str) -> Unit | None:
    """The unit in the name of a column; behind a word alone only one of several letters."""
    written = header["unit"]
    if written == "in" and header[0][0] not in "([":
        return None
    alone = header[0][0].isalpha() and not header[0].startswith("in ")
    if alone and (len(written) < 2 or (written.islower() and len(written) > 3)):
        return None
    return named_unit(written, language)


def _with_sign(number: _Number, plain: str, text: str, places: Sequence[int], last: int) -> None:
    """Find the sign of ``number``; ``last`` is where the number before it ends."""
    start = number.start
    before = plain[max(0, start - _TAIL) : start]
    sign = PLUS_MINUS.search(before)
    if sign is None and (minus := MINUS.search(before)) is not None:
        begin = start - len(minus[0])
        if begin == last and begin:  # 5'-6"
            return
        if minus["apart"] is None or text[places[begin]] == "\u2212":
            number.start = begin
            number.low = number.high = tuple(-n for n in number.low)
    elif (
        number.unit is not None
        and sign is not None
        and (not last or plain[last : start - len(sign[0])].strip(" ,("))
    ):
        number.tolerance = number.low
        number.low = number.high = (Decimal(0),)
        number.start = start - len(sign[0])


def _merged(first: _Number, second: _Number, plain: str) -> bool:
    """Whether ``second`` belongs to ``first``, which then holds both."""
    if second.start < first.end:
        return True
    between = plain[first.end : second.start]
    if len(between) > _TAIL:
        return False
    if PLUS_MINUS.fullmatch(between.strip(" ,(")):
        return _with_tolerance(first, second)
    if first.unit is None and re.fullmatch(r"\s*[x×/]\s*", between):
        if "/" in between or min(*first.low, *second.low) > _MOST_TIMES:
            first.unit = second.unit
        return False
    if _is_range(first, second, between, plain):
        first.high = second.high
        first.unit, first.end = first.unit or second.unit, second.end
        return True
    return _is_sum(first, second, between) and _added(first, second)


def _with_tolerance(first: _Number, second: _Number) -> bool:
    if first.tolerance or (first.unit and second.unit and second.unit != first.unit):
        return False
    first.tolerance = second.low
    first.unit, first.end = first.unit or second.unit, second.end
    return True


def _is_range(first: _Number, second: _Number, between: str, plain: str) -> bool:
    if first.low != first.high or second.low != second.high or first.tolerance:
        return False
    if first.unit and second.unit and first.unit.quantity != second.unit.quantity:
        return False
    if first.unit and second.unit and first.unit != second.unit:
        return False
    if TO.fullmatch(between):
        return min(first.low) < max(second.high)
    before = plain[max(0, first.start - _TAIL) : first.start]
    return BETWEEN_AND.fullmatch(between) is not None and BETWEEN.search(before) is not None


def _is_sum(first: _Number, second: _Number, between: str) -> bool:
    """Whether both are one value: 1 h 30 min, 6 ft 2 in."""
    a, b = first.unit, second.unit
    if a is None or b is None or a.quantity != b.quantity or a.factor <= b.factor:
        return False
    if (a.sign, b.sign) not in _SUMS:
        return False
    return (
        re.fullmatch(r"[ ]?(?:-|and|und|et|y|e|og)?[ ]?", between) is not None
        and len(first.low) == len(second.low) == 1
        and first.low == first.high
        and second.low == second.high
        and second.low[0] * Decimal(b.factor.numerator) / Decimal(b.factor.denominator)
        < Decimal(a.factor.numerator) / Decimal(a.factor.denominator)
    )


def _added(first: _Number, second: _Number) -> bool:
    assert first.unit is not None
    assert second.unit is not None
    ratio = first.unit.factor / second.unit.factor
    if ratio.denominator != 1:
        return False
    total = first.low[0] * ratio.numerator + second.low[0]
    first.low = first.high = (total,)
    first.unit, first.end = second.unit, second.end
    return True
