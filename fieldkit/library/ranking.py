"""The order of what is found: one score of named features, with weights chosen by measuring.

The score of a passage is the product of what speaks for it, each feature to the power of its
weight, so its logarithm is a weighted sum: its BM25 score times the coverage of the question, how
much of the question its best statement holds, whether that statement holds a value of the kind
that is asked for, whether it has the question's words in their order, whether its document is the
one that the question names, and what kind of passage it is. ``python -m tests.tune_ranking``
chooses the weights.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields

from fieldkit.library import chosen_weights
from fieldkit.library.asked_values import AskedValue
from fieldkit.library.contents import CONTENTS, HISTORY, INDEX
from fieldkit.library.query import Wanted
from fieldkit.library.statements import Statement

_NOTHING = 0.02  # keeps the logarithm of what is nothing finite
_USUAL = 16  # words of a statement; longer ones hold a question's words by chance
_SAYS_LITTLE = 16  # words: a shorter passage is most often a name or a label
_CLOSE = 3  # words from one word of the question to the next


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What each feature weighs (library/chosen_weights.py)."""

    bm25: float
    covered: float
    statement: float
    code: float
    value: float
    order: float
    product: float
    language: float
    contents: float
    history: float
    length: float
    short: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """What a word counts that the statement itself lacks (0 to 1), by where the passage has it."""

    beside: float
    heading: float
    elsewhere: float
    everyday: float


WEIGHTS = Weights(**chosen_weights.WEIGHTS)
PLACES = Places(beside=0.6, heading=0.6, elsewhere=0.3, everyday=0.3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """What speaks for a passage, each from 0 to 1 but the first three, which are logarithms."""

    bm25: float
    covered: float
    statement: float
    code: float
    value: float
    order: float
    product: float
    language: float
    contents: float
    history: float
    length: float
    short: float

    def score(self, weights: Weights = WEIGHTS) -> float:
        """The score of the passage, greater than 0; only comparable for the same question."""
        total = 0.0
        for name in _NAMES:
            total += getattr(weights, name) * getattr(self, name)
        return math.exp(total)


_NAMES = tuple(field.name for field in fields(Features))


@dataclass(frozen=True, slots=True, kw_only=True)
class Best:
    """The best statement of a passage, and what it is worth."""

    text: str
    statement: float
    code: float
    value: float
    order: float
    words: int


def best_statement(
    wanted: Sequence[Wanted],
    statements: Sequence[Statement],
    held: Sequence[bool],
    headed: Sequence[bool],
    value: AskedValue,
    places: Places = PLACES,
    weights: Weights = WEIGHTS,
) -> Best:
    """The statement that says most of what is ``wanted``.

    ``held`` says which of it the passage mentions anywhere, ``headed`` which its headings do.
    """
    known = [number for number, term in enumerate(wanted) if term.match]
    weighed = {
        n: wanted[n].weight * wanted[n].share * (places.everyday if wanted[n].everyday else 1.0)
        for n in known
    }
    total = sum(weighed.values()) or 1.0
    context = {
        n: places.heading if headed[n] else places.elsewhere if held[n] else 0.0 for n in known
    }
    around = sum(weighed[n] * context[n] for n in known)
    named = [n for n in known if wanted[n].code or wanted[n].number]
    codes = sum(weighed[n] for n in named)
    best = Best(text="", statement=0.0, code=0.0, value=0.0, order=0.0, words=0)
    best_sum = -math.inf
    for at, statement in enumerate(statements):
        here = statement.places
        if not here and best.text:
            continue
        said = around + sum(weighed[n] * (1 - context[n]) for n in here if n in weighed)
        beside: set[int] = set()
        for other in statements[max(0, at - 1) : at + 2]:
            beside.update(n for n in other.places if n in weighed and n not in here)
        said += sum(weighed[n] * max(0.0, places.beside - context[n]) for n in beside)
        found = Best(
            text=statement.text,
            statement=said / total,
            code=sum(weighed[n] for n in named if n in here) / codes if codes else 0.0,
            value=value.is_in(statement.text) if value else 0.0,
            order=in_order(statement, len(wanted)),
            words=statement.words,
        )
        score = (
            weights.statement * math.log(found.statement + _NOTHING)
            + weights.code * found.code
            + weights.value * found.value
            + weights.order * found.order
            + weights.length * math.log(max(found.words, _USUAL) / _USUAL)
        )
        if score > best_sum:
            best, best_sum = found, score
    return best


def features(
    bm25: float,
    covered: float,
    best: Best,
    *,
    product: float,
    language: bool,
    kind: str,
    words: int,
) -> Features:
    """The features of a passage of so many ``words`` that covers so much of the question."""
    return Features(
        bm25=math.log(bm25 + _NOTHING),
        covered=math.log(covered + _NOTHING),
        statement=math.log(best.statement + _NOTHING),
        code=best.code,
        value=best.value,
        order=best.order,
        product=product,
        language=float(language),
        contents=float(kind in (CONTENTS, INDEX)),
        history=float(kind == HISTORY),
        length=math.log(max(best.words, _USUAL) / _USUAL),
        short=max(0.0, 1 - words / _SAYS_LITTLE),
    )


def in_order(statement: Statement, wanted: int) -> float:
    """How many of the things next to each other in the question are so in ``statement``, 0 to 1."""
    close = 0
    for number, one in statement.places.items():
        other = statement.places.get(number + 1)
        if other and any(0 < b - a <= _CLOSE for a in one for b in other):
            close += 1
    return close / (wanted - 1) if wanted > 1 else 0.0
