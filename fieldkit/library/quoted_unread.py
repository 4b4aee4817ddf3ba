"""Quotes of passages that no search has read for the question: kept ones, or those of a file.

There is no index to ask then, so a word weighs as much as any other, but for everyday ones, and a
question is read in its own language alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fieldkit.core.citation import Passage
from fieldkit.library.asked_values import asked_value
from fieldkit.library.language import Language, fold, language, words
from fieldkit.library.language_votes import Languages
from fieldkit.library.normal import normal
from fieldkit.library.query import Wanted
from fieldkit.library.quotable import Quotable, ReadPassage
from fieldkit.library.ranking import best_statement
from fieldkit.library.statements import Reader
from fieldkit.library.terms import Term, terms

_CODE_WEIGHT = 3.0
_MOST_TERMS = 48
_MOST_CHARACTERS = 8000  # of a passage; one of the index has about 1000
_ANY = "any"  # stands for an expression of an index: the term is looked for


def read_again(passages: Sequence[Passage], question: str) -> Sequence[Passage]:
    """Return ``passages`` with their quotes for ``question``, as they are where one has a quote."""
    if not passages or any(passage.quote for passage in passages):
        return passages
    spoken = Languages(language("en"), {}).spoken(question)
    wanted = [_wanted(term, spoken) for term in terms(question, spoken)[:_MOST_TERMS]]
    if not wanted:
        return passages
    texts = [passage.text[:_MOST_CHARACTERS] for passage in passages]
    reader = Reader(wanted, _spellings(wanted, texts, spoken))
    value = asked_value(question, spoken.code)
    read = []
    for passage, text in zip(passages, texts, strict=True):
        headed = reader.mentioned(f"{passage.document} {passage.title}\n{passage.heading}")
        held = reader.mentioned(text)
        title = f"{passage.document} {passage.title}"
        statements = reader.read(text, passage.heading, title) if text else []
        best = best_statement(wanted, statements, held, headed, value)
        read.append(
            ReadPassage(text=text, statements=statements, held=held, headed=headed, best=best.text)
        )
    parts = Quotable(wanted, question, value).best(read)
    return [
        replace(passage, quote=part.text, quote_score=part.signs.score) if part else passage
        for passage, part in zip(passages, parts, strict=True)
    ]


def _wanted(term: Term, spoken: Language) -> Wanted:
    if term.code:
        weight = _CODE_WEIGHT if term.identity else 1.0
        codes = (term.text, *term.also)
        return Wanted(_ANY, 1, weight, code=term.identity, words=codes, reduced=True)
    if term.pair or term.begins:
        return Wanted(_ANY, 1, 1.0, words=(fold(term.text),))
    stem = spoken.stem(term.text)
    return Wanted(_ANY, 1, 1.0, everyday=stem in spoken.everyday, words=(stem,))


def _spellings(
    wanted: Sequence[Wanted], texts: Sequence[str], spoken: Language
) -> dict[str, list[str]]:
    """The words of ``texts``, without accents, for each stem of what is ``wanted``."""
    stems = {stem for term in wanted if not term.reduced for stem in term.words}
    found: dict[str, list[str]] = {}
    for word in dict.fromkeys(word for text in texts for word in words(normal(text).lower())):
        if (stem := spoken.stem(word)) in stems:
            found.setdefault(stem, []).append(fold(word))
    return found
