"""From a question, and what was asked before it, to the passages it is about.

Needs neither a model nor an engine: ``fieldkit search`` stands on this alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from fieldkit.core.citation import Finding, Passage, State
from fieldkit.core.conversation import Turn
from fieldkit.library.judging import missing_codes
from fieldkit.library.searchable import Searchable
from fieldkit.library.terms import FEW, Term, points_back, terms

# A short question that some passage covers this well stands alone, whatever was asked before it.
_STANDS_ALONE = 0.9
# Few passages cover so many terms or characters; such a question is searched by its sentences, of
# which the first and the last ones count: there people say what they want.
_LONG_TERMS = 24
_LONG_CHARACTERS = 400
_SENTENCES = 20
_SENTENCE = re.compile(r"(?<=[.?!])\s+|(?<=[\u3002\uff1f\uff01])|\n+")


class Finder:
    """Finds passages in one library; keeps nothing between questions."""

    def __init__(self, library: Searchable) -> None:
        self._library = library

    def find(self, question: str, history: Sequence[Turn] = (), *, limit: int) -> Finding:
        """Return the ``limit`` nearest passages, best first, and whether they answer.

        The question before it is taken along where it says too little alone.
        """
        alone = self._library.find(question, limit)
        if self.is_long(question):
            if alone.state is State.ANSWERED:
                return alone
            return max(alone, self._parts(question, limit), key=_sureness)
        if not history or self._stands_alone(question, alone):
            return alone
        together = self._library.find(f"{history[-1].question} {question}", limit)
        return alone if together.state is State.NONE else together

    def is_long(self, question: str) -> bool:
        """Whether ``question`` tells more than a passage can cover."""
        asked = sum(0.5 if term.pair else 1.0 for term in self._terms(question))
        return len(question) > _LONG_CHARACTERS or asked > _LONG_TERMS

    def _parts(self, question: str, limit: int) -> Finding:
        """The best of what the sentences of a long question find, of those that find the most."""
        sentences = list(dict.fromkeys(_SENTENCE.split(question)))
        found = [
            self._library.find(sentence, limit)
            for sentence in dict.fromkeys([*sentences[:_SENTENCES], *sentences[-_SENTENCES:]])
        ]
        state = max(found, key=_sureness).state
        best: dict[tuple[str, str, int, str], tuple[Passage, float]] = {}
        for each in found:
            for passage, value in zip(each.passages, each.evidence, strict=True):
                place = (passage.document, passage.revision, passage.page, passage.text)
                known = best.get(place)
                if each.state is state and (known is None or known[0].score < passage.score):
                    best[place] = (passage, value)
        ranked = sorted(
            best.values(), key=lambda e: (bool(e[0].superseded_by), -e[0].score, e[0].text)
        )[:limit]
        passages = tuple(passage for passage, _ in ranked)
        evidence = tuple(evidence for _, evidence in ranked)
        missing = missing_codes(question, passages)
        return Finding(state, passages, evidence, tuple(missing.values()), found[0].languages)

    def _stands_alone(self, question: str, alone: Finding) -> bool:
        if points_back(question, self._library.spoken(question)):
            return False
        return len(self._terms(question)) > FEW or max(alone.evidence, default=0) >= _STANDS_ALONE

    def _terms(self, question: str) -> tuple[Term, ...]:
        return terms(question, self._library.spoken(question))


def _sureness(finding: Finding) -> int:
    """How sure ``finding`` is, the surest most."""
    return -list(State).index(finding.state)
