"""What of the next prompt is certain while its question is still being typed.

The system prompt and the conversation are certain at once. Passages are taken as certain when two
successive words found the same ones in the same order, or when the typing pauses. The question so
far comes after them in the prompt, so it can be read, too. Whoever drives this passes the messages
to ``Engine.prepare``; no thread and no clock is in here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from fieldkit.core.citation import Passage
from fieldkit.core.conversation import Turn
from fieldkit.core.generation import Request
from fieldkit.core.prompt import Message, question_content
from fieldkit.errors import UsageProblem

PAUSE_S = 0.4


class Reading(Protocol):
    """The part of ``library.answering.Answering`` that looks ahead."""

    def passages(self, question: str, history: Sequence[Turn] = ()) -> tuple[Passage, ...]:
        """The evidence for a question, best first."""
        ...

    def answerable(self, passages: Sequence[Passage]) -> bool:
        """Whether the model would be asked."""
        ...

    def request(self, turns: Sequence[Turn]) -> Request:
        """The request that answers the last of ``turns``; raises UsageProblem if it is too long."""
        ...


class Ahead:
    """Follows one question from its first letter on; ``begin`` starts over for the next.

    ``due`` is when ``typed`` is to be called once more although nothing was typed, on the clock of
    its ``now`` (seconds), or None.
    """

    def __init__(self, reading: Reading, *, pause_s: float = PAUSE_S) -> None:
        self._reading = reading
        self._pause_s = pause_s
        self._history: list[Turn] = []
        self._text = ""
        self._words = ""
        self._given = ""  # the question that was returned last
        self._evidence: str | None = None
        self.due: float | None = None

    def begin(self, history: Sequence[Turn]) -> tuple[Message, ...]:
        """Start over after ``history``; returns what is certain before anything is typed."""
        self._history = list(history)
        self._text = self._words = self._given = ""
        self._evidence = self.due = None
        *before, question = self._reading.request([*self._history, Turn(question="")]).messages
        return (*before, replace(question, content=""))

    def typed(self, text: str, now: float) -> tuple[Message, ...] | None:
        """What is certain now that ``text`` is typed; None: nothing new.

        Raises what searching the manuals raises.
        """
        question = self._settled(text, now)
        if question in {"", self._given}:
            return None
        found = self._reading.passages(question, self._history)
        evidence = question_content("", found)
        stable = self.due is None or evidence == self._evidence
        self._evidence = evidence
        if not stable or not self._reading.answerable(found):
            return None
        self._given = question
        return self._prompt(Turn(question=question, passages=found))

    def _settled(self, text: str, now: float) -> str:
        """What of ``text`` is worth a search now: up to a new word, or all after a pause."""
        if text != self._text:
            self._text, self.due = text, now + self._pause_s
            before, self._words = self._words, _words(text)
            return self._words if self._words != before else ""
        if self.due is None or now < self.due:
            return ""
        self.due = None
        return text.strip()

    def _prompt(self, turn: Turn) -> tuple[Message, ...] | None:
        try:
            return self._reading.request([*self._history, turn]).messages
        except UsageProblem:  # told when it is asked
            return None


def _words(text: str) -> str:
    """``text`` without the word that may still grow; a code like P-204 is one word."""
    end = len(text)
    while end and not text[end - 1].isspace():
        end -= 1
    return text[:end].strip()
