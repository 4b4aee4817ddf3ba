"""The quote that is shown before the model writes: chosen among the statements of the passages.

The search has chosen the best part of each passage (``quotable``); here the passages are compared,
and what was chosen is made ready to be shown: its value and code marked, a table row in its
columns, the value in the unit that was asked for.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from fieldkit.core.citation import Passage
from fieldkit.core.quote import Quote
from fieldkit.library.chosen_weights import QUOTE_PASSAGE
from fieldkit.library.language import fold, words
from fieldkit.library.normal import normal
from fieldkit.library.quoted_marks import Asked, marked, values_in
from fieldkit.library.quoted_rows import row_of
from fieldkit.library.quoted_unread import read_again

_LEAST = 1e-9
_ALIKE = 0.75  # of the words of one statement without its figures that another one shares
_BEHIND = 1.5  # by so much at most is what says otherwise the worse answer
_LONGEST = 4000  # characters of a question; more are not looked at


def quote_of(passages: Sequence[Passage], question: str) -> Quote | None:
    """Return what to quote of ``passages``, best first, for ``question``; None where nothing fits.

    Takes at most a few milliseconds, and needs no engine. Never raises.
    """
    return next(iter(quotes_of(passages, question)), None)


def quotes_of(passages: Sequence[Passage], question: str) -> tuple[Quote, ...]:
    """Return what ``quote_of`` does, and what other documents or revisions say against it.

    A further quote says the same of the value that is asked for, with another value. Each names its
    passage, which has the document and the revision that it is of.
    """
    question = question[:_LONGEST]
    asked = Asked.of(question)
    read = read_again(passages, question)
    order = sorted(
        (number for number, passage in enumerate(read) if passage.quote),
        key=lambda number: (-_score(read, number), number),
    )
    if not order:
        return ()
    best, *others = order
    found = [best]
    least = _score(read, best) - _BEHIND
    for other in others:
        known = {(read[number].document, read[number].revision) for number in found}
        passage = read[other]
        if (
            (passage.document, passage.revision) not in known
            and _score(read, other) >= least
            and _contradicts(read[best].quote, passage.quote, asked)
        ):
            found.append(other)
    return tuple(_shown(read, number, asked) for number in found)


def _score(passages: Sequence[Passage], number: int) -> float:
    """How well the quote of the passage ``number`` answers, compared with those of the others."""
    passage = passages[number]
    most = max(each.score for each in passages)
    rank = math.log(max(passage.score, _LEAST) / most) if most > _LEAST else 0.0
    return (
        passage.quote_score
        + QUOTE_PASSAGE["rank"] * rank
        + QUOTE_PASSAGE["first"] * (number == 0)
        + QUOTE_PASSAGE["aside"] * bool(passage.kind)
    )


def _shown(passages: Sequence[Passage], number: int, asked: Asked) -> Quote:
    passage = passages[number]
    text = passage.quote
    # Other rows of a table tell the names of its columns; some may be in another passage.
    table = " ".join(each.text for each in passages if each.document == passage.document)
    return Quote(
        text=text,
        passage=number + 1,
        marked=marked(text, asked),
        row=row_of(text, table, whole=bool(asked.codes)),
        converted=_converted(text, asked),
    )


def _converted(text: str, asked: Asked) -> str:
    """The value of ``text`` in the unit that the question wants, as it is shown; "" for none."""
    from fieldkit.library.claims.conversion import converted  # late: only where there is a quote

    return converted(asked.question, text)


def _contradicts(one: str, other: str, asked: Asked) -> bool:
    """Whether both say the same of the value that is asked for, and give different values."""
    if not asked.value:
        return False
    here, there = values_in(one, asked), values_in(other, asked)
    if not (here and there) or here & there:
        return False
    mine, others = _without_figures(one), _without_figures(other)
    question = _without_figures(asked.question)
    if mine & question != others & question or one.find(":") != other.find(":"):
        return False
    return len(mine & others) >= _ALIKE * max(len(mine), len(others), 1)


def _without_figures(text: str) -> set[str]:
    found = words(fold(normal(text)))
    return {word for word in found if len(word) > 1 and not any(map(str.isdigit, word))}
