"""Templates that put instructions between ``[INST]`` and ``[/INST]``, and answers bare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from fieldkit.core.message import End, Message, Segment, joined


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruct:
    """``asks[0]``, the question, ``asks[1]``; then ``answers[0]``, the answer, ``answers[1]``.

    ``again`` stands before each question but the first. The system message is part of a question,
    between the two strings ``system``: of the first or, as ``place`` tells, of the last one, which
    is where some publishers put it. ``trims_question`` and ``trims_answer`` strip white space.
    """

    asks: tuple[tuple[Segment, ...], tuple[Segment, ...]]
    answers: tuple[tuple[Segment, ...], tuple[Segment, ...]]
    closing: tuple[str, ...]
    system: tuple[str, str] = ("", "\n\n")
    again: tuple[Segment, ...] = ()
    place: Literal["first", "last"] = "first"
    bos: bool | None = True
    trims_question: bool = False
    trims_answer: bool = False

    @property
    def appends(self) -> bool:
        """As ``Template.appends``."""
        return self.place == "first"

    @property
    def markers(self) -> frozenset[str]:
        """As ``Template.markers``."""
        pieces = (*self.again, *self.asks[0], *self.asks[1], *self.answers[0], *self.answers[1])
        return frozenset(piece.text for piece in pieces if piece.special)

    def given(self, messages: Sequence[Message]) -> Sequence[Message]:
        """As ``Template.given``."""
        return messages

    def seen(self, text: str) -> str:
        """As ``Template.seen``."""
        return text

    def render(self, messages: Sequence[Message], end: End) -> tuple[Segment, ...]:
        """As ``Template.render``. An answer follows a question without more ado."""
        system = messages[0].content if messages and messages[0].role == "system" else None
        turns = messages if system is None else messages[1:]
        if system is not None and not turns:
            return joined(self._alone(system, end))
        at = self._system_at(turns, end)
        pieces: list[Segment] = []
        for index, message in enumerate(turns):
            closed = end != "open" or index < len(turns) - 1
            if message.role == "assistant":
                pieces += self._answer(message.content, closed=closed)
            else:
                pieces += self.again if index else ()
                begin = system if index == at else None
                pieces += self._question(message.content, begin, closed=closed)
        return joined(pieces)

    def _system_at(self, turns: Sequence[Message], end: End) -> int | None:
        """Which of ``turns`` the system message belongs to; None while that is not certain."""
        if self.place == "first":
            return 0
        return None if end == "closed" else len(turns) - 1

    def _alone(self, system: str, end: End) -> Sequence[Segment]:
        """A system message that no question follows yet, as far as it is certain."""
        if end == "answer":
            return self._question("", system, closed=True)
        if self.place == "last":
            return ()
        before, after = self.system
        return (*self.asks[0], Segment(before + system + after.rstrip()))

    def _question(self, content: str, system: str | None, *, closed: bool) -> list[Segment]:
        if system is not None:
            before, after = self.system
            content = before + system + after + content
        if self.trims_question:
            content = content.strip()
        return [*self.asks[0], Segment(content), *(self.asks[1] if closed else ())]

    def _answer(self, content: str, *, closed: bool) -> list[Segment]:
        if self.trims_answer:
            content = content.strip()
        return [*self.answers[0], Segment(content), *(self.answers[1] if closed else ())]


def spaced(segment: Segment) -> Segment:
    """``segment`` as one whose space the tokenizer may bring itself."""
    return replace(segment, spaced=True)
