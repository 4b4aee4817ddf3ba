"""Reads the best candidates of a search, and orders them by what their statements say."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace

from fieldkit.core.citation import Passage
from fieldkit.library.asked_values import asked_value
from fieldkit.library.blending import Candidate
from fieldkit.library.identities import Identities
from fieldkit.library.query import Rows, Wanted
from fieldkit.library.quotable import Quotable, ReadPassage
from fieldkit.library.ranking import Features, best_statement, features
from fieldkit.library.statements import Reader, Statement, spellings

MOST_READ = 12
"""So many candidates are read; those behind them stay behind."""

_LANGUAGES = "SELECT id, language FROM passage WHERE id IN (SELECT value FROM json_each(?))"

Load = Callable[[Sequence[int]], Mapping[int, Passage]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A candidate that was read: its ``relevance`` is now the score of the whole ranking.

    ``written`` are the codes of the question as the passage writes them, "" for everything that is
    no code or not there. ``quotable`` is what ``quoted`` chooses a quote from.
    """

    candidate: Candidate
    passage: Passage
    features: Features
    written: tuple[str, ...]
    quotable: ReadPassage


def read(
    rows: Rows,
    load: Load,
    identities: Identities,
    wanted: Sequence[Wanted],
    candidates: Sequence[Candidate],
    question: str,
    language: str,
) -> list[Read]:
    """Read all ``candidates``, in their order, for what is ``wanted`` by ``question``."""
    if not candidates:
        return []
    words = spellings(rows, wanted)
    reader = Reader(wanted, words)
    value = asked_value(question, language)
    named = identities.named(wanted, words)
    passages = load([candidate.key for candidate in candidates])
    languages = dict(rows(_LANGUAGES, (json.dumps([c.key for c in candidates]),)))
    contexts: dict[str, list[bool]] = {}
    found = []
    for candidate in candidates:
        passage = passages[candidate.key]
        context = f"{passage.document} {passage.title}\n{passage.above}\n{passage.heading}"
        headed = contexts.get(context)
        if headed is None:
            headed = contexts[context] = reader.mentioned(context)
        title = f"{passage.document} {passage.title}"
        statements = reader.read(passage.text, passage.heading, title)
        checked = _without_wrong_numbers(candidate, wanted, statements)
        best = best_statement(wanted, statements, checked.holds, headed, value)
        each = features(
            checked.relevance / checked.covered if checked.covered else 0.0,
            checked.covered,
            best,
            product=named.get(passage.document, 0.0),
            language=languages[candidate.key] == language,
            kind=passage.kind,
            words=sum(each.words for each in statements),
        )
        found.append(
            Read(
                candidate=replace(checked, relevance=each.score() if checked.relevance else 0.0),
                passage=passage,
                features=each,
                written=tuple(
                    reader.written(n, passage.text) if term.reduced and checked.holds[n] else ""
                    for n, term in enumerate(wanted)
                ),
                quotable=ReadPassage(
                    text=passage.text,
                    statements=statements,
                    held=checked.holds,
                    headed=headed,
                    best=best.text,
                ),
            )
        )
    return found


def quoted(
    found: Sequence[Read], wanted: Sequence[Wanted], question: str, language: str
) -> list[Passage]:
    """Return the passages of what was ``found`` for ``question``, each with its quote."""
    quotable = Quotable(wanted, question, asked_value(question, language))
    parts = quotable.best([each.quotable for each in found])
    return [
        replace(each.passage, quote=part.text, quote_score=part.signs.score)
        if part
        else each.passage
        for each, part in zip(found, parts, strict=True)
    ]


def _without_wrong_numbers(
    candidate: Candidate, wanted: Sequence[Wanted], statements: Sequence[Statement]
) -> Candidate:
    """``candidate`` without the numbers that name nothing in it.

    The index finds row 21 of a list of errors whose passage mentions an alarm: no alarm 21.
    """
    holds = tuple(
        has and (not term.number or any(n in each.places for each in statements))
        for n, (term, has) in enumerate(zip(wanted, candidate.holds, strict=True))
    )
    return candidate if holds == candidate.holds else candidate.with_holds(wanted, holds)


def page_of(passage: Passage) -> Hashable:
    """What passages of one page have in common; where there are no pages, each stands alone."""
    place = passage.page or passage.text
    return passage.document, passage.revision, place
