"""From a question, and what was asked before it, to the passages it is about.

Needs neither a model nor an engine: ``fieldkit search`` stands on this alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from fieldkit.core.citation import Passage
from fieldkit.core.conversation import Turn
from fieldkit.library.following import Subjects, followed, goes_on
from fieldkit.library.searchable import Searchable
from fieldkit.library.terms import FEW, Term, points_back, terms

# A short question that some passage covers this well stands alone, whatever was asked before it.
_STANDS_ALONE = 0.9
# Few passages cover so many terms or characters; such a question is searched by its sentences, of
# which the first and the last ones count: there people say what they want.
_LONG_TERMS = 24
_LONG_CHARACTERS = 400
_SENTENCES = 20
_TURNS = 6  # of the conversation that a subject is looked for in
_REMEMBERED = 200
_SENTENCE = re.compile(r"(?<=[.?!])\s+|(?<=[\u3002\uff1f\uff01])|\n+")


class Finder:
    """Finds passages in one library; remembers which questions stand alone."""

    def __init__(self, library: Searchable) -> None:
        self._library = library
        self._subjects: Subjects | None = None
        self._alone: dict[str, bool] = {}

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
        meant = self.meant(question, history)
        if meant != question and (found := self._library.search(meant, limit, floor=floor)):
            return found
        alone = self._library.search(question, limit, floor=floor)
        if self.is_long(question):
            return alone or self._parts(question, limit, floor)
        return alone

    def meant(self, question: str, history: Sequence[Turn]) -> str:
        """Return the question that ``question`` means after ``history``, itself if it stands alone.

        The subject stays through several questions that go on about it.
        """
        subject = ""
        for turn in history[-_TURNS:]:
            subject = self._going_on(subject, turn.question)
        return self._going_on(subject, question)

    def _going_on(self, subject: str, question: str) -> str:
        if not subject or self.is_long(question) or self._stands_alone(question):
            return question
        if self._subjects is None:
            documents = self._library.documents()
            self._subjects = Subjects.of((each.document, each.title) for each in documents)

        def answered_by() -> str:
            best = self._library.search(subject, 1, floor=0.0)
            return best[0].document if best else ""

        return followed(subject, question, self._subjects, self._library.language, answered_by)

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
        if question not in self._alone:
            if len(self._alone) >= _REMEMBERED:
                self._alone.clear()
            self._alone[question] = self._says_enough(question)
        return self._alone[question]

    def _says_enough(self, question: str) -> bool:
        if points_back(question, self._library.language) or goes_on(question):
            return False
        return len(self._terms(question)) > FEW or bool(
            self._library.search(question, 1, floor=_STANDS_ALONE)
        )

    def _terms(self, question: str) -> tuple[Term, ...]:
        return terms(question, self._library.language)
