"""From a question to evidence, to a request for the engine, to an answer with its sources.

Chat, ``ask`` and the packager's evaluation share this, so what is measured is what is installed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from fieldkit.core.citation import REFUSAL, Passage, cited, refused
from fieldkit.core.conversation import Turn, messages
from fieldkit.core.generation import Engine, Request
from fieldkit.core.prompt import Message, question_content
from fieldkit.core.release import Assistant
from fieldkit.errors import UsageProblem
from fieldkit.library.search import FLOOR, Library
from fieldkit.library.terms import FEW, points_back, terms

NEAREST = 3
# A short question that some passage covers this well stands alone, whatever was asked before it.
_STANDS_ALONE = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is shown: ``citations`` in order of mention, or on a refusal the ``nearest`` pages."""

    text: str
    citations: tuple[Passage, ...]
    refused: bool
    nearest: tuple[Passage, ...] = ()


class Answering:
    """The flow of one assistant over one library; holds no conversation of its own."""

    def __init__(self, assistant: Assistant, library: Library, engine: Engine) -> None:
        self._assistant = assistant
        self._library = library
        self._engine = engine

    def passages(self, question: str, history: Sequence[Turn] = ()) -> tuple[Passage, ...]:
        """Return the evidence for ``question``, best first, within the assistant's budgets.

        The best passage is kept even when it alone exceeds ``passage_tokens``. Raises
        EngineFailure when the engine cannot count tokens.
        """
        found = self._search(question, history, self._assistant.passages, FLOOR)
        while len(found) > 1 and self._tokens(found) > self._assistant.passage_tokens:
            found = found[:-1]
        return found

    def answerable(self, passages: Sequence[Passage]) -> bool:
        """Whether to ask the model; if not, ``refusal`` is the answer."""
        return bool(passages) or not self._assistant.evidence_only

    def request(self, turns: Sequence[Turn]) -> Request:
        """Return the request that answers the last of ``turns``, within the model's context.

        Older turns are shortened first; if the last alone is too long it loses passages, last
        first. Raises UsageProblem when the bare question does not fit.
        """
        budget = self._assistant.context - self._assistant.max_tokens
        *history, last = turns
        while True:
            prompt = messages(
                self._assistant.system_prompt,
                [*history, last],
                budget=budget,
                count=self._engine.count,
            )
            if self._engine.count(prompt) <= budget:
                return Request(messages=prompt, max_tokens=self._assistant.max_tokens)
            if not last.passages:
                raise UsageProblem(
                    f"The question is too long: it has to fit into {budget} tokens.",
                    hint="Ask it in fewer words.",
                )
            last = replace(last, passages=last.passages[:-1])

    def finish(self, text: str, passages: Sequence[Passage]) -> Answer:
        """Return the answer that the model gave as ``text`` to a question with ``passages``."""
        if refused(text):
            return Answer(text=text, citations=(), refused=True, nearest=tuple(passages))
        return Answer(text=text, citations=cited(text, passages), refused=False)

    def refusal(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """Return the answer to a question for which there is no evidence; nothing is generated."""
        nearest = self._search(question, history, NEAREST, 0.0)
        return Answer(text=REFUSAL, citations=(), refused=True, nearest=nearest)

    def _search(
        self, question: str, history: Sequence[Turn], limit: int, floor: float
    ) -> tuple[Passage, ...]:
        """Search for ``question``, with the question before it where it says too little alone."""
        alone = self._library.search(question, limit, floor=floor)
        if not history or self._stands_alone(question):
            return alone
        together = f"{history[-1].question} {question}"
        return self._library.search(together, limit, floor=floor) or alone

    def _stands_alone(self, question: str) -> bool:
        if points_back(question):
            return False
        return len(terms(question)) > FEW or bool(
            self._library.search(question, 1, floor=_STANDS_ALONE)
        )

    def _tokens(self, passages: Sequence[Passage]) -> int:
        content = question_content("", passages)
        return self._engine.count([Message(role="user", content=content)])
