"""A conversation, and how much of it fits into the model's context.

Turns are kept as they were sent, so that the engine's KV cache still matches them. Only when the
budget is exceeded are older turns shortened: first their passages go, then whole turns, oldest
first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from fieldkit.core.citation import Passage
from fieldkit.core.prompt import Message, question_content


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
    count: Callable[[Sequence[Message]], int],
) -> tuple[Message, ...]:
    """The messages to send for the last turn of ``turns``.

    ``budget`` is in tokens (context length less the tokens to generate); ``count`` tells how many
    tokens a rendering has. The last turn is never shortened here: if it alone exceeds the budget
    the result exceeds it too, and the caller sends fewer passages.
    """
    *history, last = turns
    bare = 0
    while True:
        candidate = _messages(system_prompt, history, bare, last)
        if count(candidate) <= budget or not history:
            return candidate
        if bare < len(history):
            bare += 1
        else:
            history, bare = history[1:], bare - 1


def _messages(
    system_prompt: str, history: Sequence[Turn], bare: int, last: Turn
) -> tuple[Message, ...]:
    result = [Message(role="system", content=system_prompt)] if system_prompt else []
    for index, turn in enumerate(history):
        passages = () if index < bare else turn.passages
        result.append(Message(role="user", content=question_content(turn.question, passages)))
        result.append(Message(role="assistant", content=turn.answer))
    result.append(Message(role="user", content=question_content(last.question, last.passages)))
    return tuple(result)
