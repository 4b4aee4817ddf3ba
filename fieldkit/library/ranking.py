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

from fieldkit.library.asked_values import AskedValue
from fieldkit.library.contents import CONTENTS, HISTORY, INDEX
from fieldkit.library.query import Wanted
from fieldkit.library.statements import Statement

_NOTHING = 0.02  # keeps the logarithm of what is nothing finite
_CLOSE = 3  # words from one word of the question to the next


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What each feature weighs; all of them chosen, none typed."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """What a word counts that the statement itself lacks (0 to 1), by where the passage has it."""

    beside: float
    heading: float
    elsewhere: float
    everyday: float


WEIGHTS = Weights(
    bm25=1.0,
    covered=1.0,
    statement=1.0,
    code=0.5,
    value=0.3,
    order=0.3,
    product=0.5,
    language=0.5,
    contents=-1.5,
    history=-1.0,
)
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

    def score(self, weights: Weights = WEIGHTS) -> float:
        """The score of the passage, greater than 0; only comparable for the same question."""
        total = 0.0
        for field in fields(self):
            total += getattr(weights, field.name) * getattr(self, field.name)
        return math.exp(total)


@dataclass(frozen=True, slots=True, kw_only=True)
class Best:
    """The best statement of a passage, and what it is worth."""

    text: str
    statement: float
    code: float
    value: float
    order: float


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
    weighed = [
        term.weight * term.share * (places.everyday if term.everyday else 1.0) for term in wanted
    ]
    total = sum(w for w, term in zip(weighed, wanted, strict=True) if term.match) or 1.0
    context = [
        places.heading if head else places.elsewhere if has else 0.0
        for head, has in zip(headed, held, strict=True)
    ]
    named = [
        (number, weighed[number])
        for number, term in enumerate(wanted)
        if term.match and (term.code or term.number)
    ]
    codes = sum(weight for _, weight in named)
    best: Best | None = None
    best_sum = 0.0
    for at, statement in enumerate(statements):
        around = statements[max(0, at - 1) : at + 2]
        said = 0.0
        for number, weight in enumerate(weighed):
            if statement.places[number]:
                said += weight
            else:
                share = context[number]
                if share < places.beside and any(other.places[number] for other in around):
                    share = places.beside
                said += weight * share
        found = Best(
            text=statement.text,
            statement=said / total,
            code=sum(w for n, w in named if statement.places[n]) / codes if codes else 0.0,
            value=value.is_in(statement.text) if value else 0.0,
            order=_in_order(statement),
        )
        score = (
            weights.statement * math.log(found.statement + _NOTHING)
            + weights.code * found.code
            + weights.value * found.value
            + weights.order * found.order
        )
        if best is None or score > best_sum:
            best, best_sum = found, score
    return best or Best(text="", statement=0.0, code=0.0, value=0.0, order=0.0)


def features(
    bm25: float, covered: float, best: Best, *, product: float, language: bool, kind: str
) -> Features:
    """The features of a passage with the BM25 score ``bm25`` that covers so much of the question."""
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
    )


def _in_order(statement: Statement) -> float:
    """How many of the things next to each other in the question are so in ``statement``, 0 to 1."""
    close = 0
    pairs = len(statement.places) - 1
    for one, other in zip(statement.places, statement.places[1:], strict=False):
        if any(0 < b - a <= _CLOSE for a in one for b in other):
            close += 1
    return close / pairs if pairs > 0 else 0.0
