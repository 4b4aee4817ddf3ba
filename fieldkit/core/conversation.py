"""A conversation, and how much of it fits into the model's context.

Turns are kept as they were sent, so that the engine's KV cache still matches them. When they do not
fit any more they are cut in one large step rather than a little before each question, because
every cut makes the engine read what is left once more: all passages of earlier turns go, then the
oldest turns until half of the room is free again. What was cut stays cut, and follows from the
turns alone: the same conversation is always sent the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from fieldkit.core.citation import Passage, shown_page
from fieldkit.core.message import Message
from fieldkit.core.thoughts import without_thoughts


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One question, the passages it was asked with, and the answer (empty while it is pending)."""

    question: str
    passages: tuple[Passage, ...] = field(default=())
    answer: str = ""


def messages(
    system_prompt: str,
    turns: Sequence[Turn],
    *,
    budget: int,
    size: Callable[[Message], int],
    room: Callable[[Turn], int],
) -> tuple[Message, ...]:
    """The messages to send for the last turn of ``turns``.

    ``budget`` is in tokens (context length less the tokens to generate). ``size`` tells how many
    tokens a message adds to a prompt, ``room`` how many a turn needs while it is asked; where that
    is the same for many questions, what is sent before the question does not depend on it. The last
    turn is never shortened here: if it alone exceeds the budget the result exceeds it too, and the
    caller sends fewer passages.
    """
    opening = [Message(role="system", content=system_prompt)] if system_prompt else []
    free = budget - sum(size(message) for message in opening)
    first, bare = _cut(turns, free, size, room)
    result = opening
    for index, turn in enumerate(turns[first:-1], first):
        result += _exchange(turn, bare=index < bare)
    return (*result, asked(turns[-1]))


def asked(turn: Turn, *, bare: bool = False) -> Message:
    """The user's message of ``turn``; ``bare`` leaves out its passages."""
    passages = () if bare else turn.passages
    return Message(role="user", content=question_content(turn.question, passages))


def _exchange(turn: Turn, *, bare: bool) -> list[Message]:
    answer = Message(role="assistant", content=without_thoughts(turn.answer))
    return [asked(turn, bare=bare), answer]


def _cut(
    turns: Sequence[Turn],
    free: int,
    size: Callable[[Message], int],
    room: Callable[[Turn], int],
) -> tuple[int, int]:
    """What of the history is sent: the first turn, and the first turn with its passages.

    Goes through the conversation as it was held, from question to question.
    """
    history = turns[:-1]
    full, thin = (
        [0, *accumulate(sum(map(size, _exchange(turn, bare=bare))) for turn in history)]
        for bare in (False, True)
    )
    first = bare = 0

    def held(asking: int) -> int:
        """Tokens of the turns before ``asking`` that are still sent."""
        return thin[bare] - thin[first] + full[asking] - full[bare]

    for asking in range(1, len(turns)):
        left = free - room(turns[asking])
        if held(asking) <= left:
            continue
        bare = asking
        while first < asking and held(asking) > left // 2:
            first += 1
    return first, bare


def question_content(question: str, passages: Sequence[Passage]) -> str:
    """What a user message holds: numbered passages first, then the question.

    The passages come first so that they can be read by the model while the question is typed.
    """
    if not passages:
        return f"Question: {question.strip()}"
    lines = []
    for number, passage in enumerate(passages, 1):
        printed = shown_page(passage.page, passage.page_label)
        page = f" p. {printed}" if printed else ""
        lines.append(f"[{number}] {passage.document}{page}, {passage.heading}: {passage.text}")
    return "\n".join(lines) + f"\n\nQuestion: {question.strip()}"
