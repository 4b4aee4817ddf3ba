"""From a question, and what was asked before it, to the passages it is about.

Needs neither a model nor an engine: ``fieldkit search`` stands on this alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from fieldkit.core.citation import Finding, Passage, State
from fieldkit.core.conversation import Turn
from fieldkit.library.following import Subjects, followed, goes_on
from fieldkit.library.judging import missing_codes
from fieldkit.library.searchable import Searchable
from fieldkit.library.terms import FEW, Term, points_back, terms

# A short question that some passage covers this well stands alone, whatever was asked before it.
_STANDS_ALONE = 0.9
# Few passages cover so many terms or characters; such a question is searched by its sentences, of
# which the first and the last ones count: there people say what they want.
_LONG_TERMS = 24
_LONG_CHARACTERS = 400
_MOST_CHARACTERS = 20_000  # of the beginning and of the end; longer is what was pasted
_SENTENCES = 20
_CHANCE = 8  # of more sentences some may be answered by chance
_TURNS = 6  # of the conversation that a subject is looked for in
_REMEMBERED = 200
_SENTENCE = re.compile(r"(?<=[.?!])\s+|(?<=[\u3002\uff1f\uff01])|\n+")


class Finder:
    """Finds passages in one library; remembers which questions stand alone."""

    def __init__(self, library: Searchable) -> None:
        self._library = library
        self._subjects: Subjects | None = None
        self._alone: dict[str, bool] = {}

    def find(self, question: str, history: Sequence[Turn] = (), *, limit: int) -> Finding:
        """Return the ``limit`` nearest passages, best first, and whether they answer.

        The question before it is taken along where it says too little alone.
        """
        question = _bounded(question)
        meant = self.meant(question, history)
        if meant != question:
            found = self._library.find(meant, limit)
            if found.state is not State.NONE:
                return found
            alone = self._library.find(question, limit)
            return found if alone.state is State.NONE else alone
        alone = self._library.find(question, limit)
        if alone.state is not State.ANSWERED and self.is_long(question):
            parts = self._parts(question, limit)
            return max(alone, parts, key=_sureness)
        return alone

    def meant(self, question: str, history: Sequence[Turn]) -> str:
        """Return the question that ``question`` means after ``history``, itself if it stands alone.

        The subject stays through several questions that go on about it.
        """
        subject = ""
        for turn in history[-_TURNS:]:
            subject = self._going_on(subject, _bounded(turn.question))
        return self._going_on(subject, question)

    def _going_on(self, subject: str, question: str) -> str:
        if not subject or self.is_long(question) or self._stands_alone(question):
            return question
        if self._subjects is None:
            documents = self._library.documents()
            self._subjects = Subjects.of((each.document, each.title) for each in documents)

        def answered_by() -> str:
            best = self._library.find(subject, 1).passages
            return best[0].document if best else ""

        spoken = self._library.spoken(question)
        return followed(subject, question, self._subjects, spoken, answered_by)

    def is_long(self, question: str) -> bool:
        """Whether ``question`` tells more than a passage can cover."""
        asked = sum(0.5 if term.pair else 1.0 for term in self._terms(question))
        return len(question) > _LONG_CHARACTERS or asked > _LONG_TERMS

    def _parts(self, question: str, limit: int) -> Finding:
        """The best of what the sentences of a long question find, of those that find the most."""
        sentences = _sentences(question)
        found = [
            self._library.find(sentence, limit)
            for sentence in dict.fromkeys([*sentences[:_SENTENCES], *sentences[-_SENTENCES:]])
        ]
        state = max(found, key=_sureness).state
        best: dict[tuple[str, str, int, str], tuple[Passage, float]] = {}
        for each in found:
            for passage, its in zip(each.passages, each.evidence, strict=True):
                place = (passage.document, passage.revision, passage.page, passage.text)
                known = best.get(place)
                if each.state is state and (known is None or known[0].score < passage.score):
                    best[place] = (passage, its)
        ranked = sorted(
            best.values(), key=lambda e: (bool(e[0].superseded_by), -e[0].score, e[0].text)
        )[:limit]
        passages = tuple(passage for passage, _ in ranked)
        evidence = tuple(evidence for _, evidence in ranked)
        missing = missing_codes(question, passages)
        lacking = dict.fromkeys(code for each in found for code in each.lacking)
        if state is State.ANSWERED and len(found) > _CHANCE:
            state = State.PERHAPS
        whole = Finding(state, passages, evidence, tuple(missing.values()), found[0].languages)
        return whole.with_lacking(tuple(lacking))

    def _stands_alone(self, question: str) -> bool:
        if question not in self._alone:
            if len(self._alone) >= _REMEMBERED:
                self._alone.clear()
            self._alone[question] = self._says_enough(question)
        return self._alone[question]

    def _says_enough(self, question: str) -> bool:
        if points_back(question, self._library.spoken(question)) or goes_on(question):
            return False
        if len(self._terms(question)) > FEW:
            return True
        return max(self._library.find(question, 1).evidence, default=0.0) >= _STANDS_ALONE

    def _terms(self, question: str) -> tuple[Term, ...]:
        return terms(question, self._library.spoken(question))


def _bounded(question: str) -> str:
    """The beginning and the end of a question that is longer than anybody types."""
    if len(question) <= 2 * _MOST_CHARACTERS:
        return question
    return f"{question[:_MOST_CHARACTERS]}\n{question[-_MOST_CHARACTERS:]}"


def _sureness(finding: Finding) -> int:
    """How sure ``finding`` is, the surest most."""
    return -list(State).index(finding.state)


def _sentences(text: str) -> list[str]:
    """The sentences of ``text``, each once; what has no full stop is cut after some words."""
    found: dict[str, None] = {}
    for sentence in _SENTENCE.split(text):
        words = sentence.split()
        for start in range(0, len(words), _LONG_TERMS):
            found[" ".join(words[start : start + _LONG_TERMS])] = None
    return list(found)
