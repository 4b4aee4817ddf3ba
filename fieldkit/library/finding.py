"""From a question, and what was asked before it, to the passages it is about.

Needs neither a model nor an engine: ``fieldkit search`` stands on this alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from fieldkit.core.citation import Passage
from fieldkit.core.conversation import Turn
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

    def find(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        limit: int,
        floor: float | None = None,
    ) -> tuple[Passage, ...]:
        """Return at most ``limit`` passages with evidence of ``floor``, best first.

        Without ``floor`` that of the library.

        The question before it is taken along where it says too little alone.
        """
        alone = self._library.search(question, limit, floor=floor)
        if self.is_long(question):
            return alone or self._parts(question, limit, floor)
        if not history or self._stands_alone(question):
            return alone
        together = f"{history[-1].question} {question}"
        return self._library.search(together, limit, floor=floor) or alone

    def is_long(self, question: str) -> bool:
        """Whether ``question`` tells more than a passage can cover."""
        asked = sum(0.5 if term.pair else 1.0 for term in self._terms(question))
        return len(question) > _LONG_CHARACTERS or asked > _LONG_TERMS

    def _parts(self, question: str, limit: int, floor: float | None) -> tuple[Passage, ...]:
        """The best of what the sentences of a long question find."""
        best: dict[tuple[str, str, int, str], Passage] = {}
        sentences = list(dict.fromkeys(_SENTENCE.split(question)))
        for sentence in {*sentences[:_SENTENCES], *sentences[-_SENTENCES:]}:
            for passage in self._library.search(sentence, limit, floor=floor):
                place = (passage.document, passage.revision, passage.page, passage.text)
                if place not in best or best[place].score < passage.score:
                    best[place] = passage
        ranked = sorted(best.values(), key=lambda p: (bool(p.superseded_by), -p.score, p.text))
        return tuple(ranked[:limit])

    def _stands_alone(self, question: str) -> bool:
        if points_back(question, self._library.spoken(question)):
            return False
        return len(self._terms(question)) > FEW or bool(
            self._library.search(question, 1, floor=_STANDS_ALONE)
        )

    def _terms(self, question: str) -> tuple[Term, ...]:
        return terms(question, self._library.spoken(question))
