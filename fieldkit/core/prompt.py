"""Prompts: chat templates as segments, passages as evidence, and the context budget.

A prompt is a sequence of segments. A *special* segment is one control token of the model by its
exact name; every other segment is text and is tokenized without looking for control tokens, so a
``<|end|>`` typed by a user or printed in a manual stays text.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from fieldkit.core.citation import Passage


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of a conversation; ``role`` is ``system``, ``user`` or ``assistant``."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a rendered prompt: one control token by name, or plain text."""

    text: str
    special: bool = False


End = Literal["answer", "closed", "open"]
"""How a prompt ends: with the start of an answer, after a whole message, or within one."""


def _phi3(messages: Sequence[Message], end: End) -> tuple[Segment, ...]:
    """Phi-3's template, as published in the tokenizer config of Phi-3-mini-4k-instruct.

    The template writes a newline after each control token and the tokenizer strips it again
    (``rstrip`` on its added tokens), so none is rendered here.
    """
    segments: list[Segment] = []
    for message in messages:
        segments.append(Segment(f"<|{message.role}|>", special=True))
        if text := message.content.strip():
            segments.append(Segment(text))
        segments.append(Segment("<|end|>", special=True))
    if end == "answer":
        segments.append(Segment("<|assistant|>", special=True))
    elif end == "open" and segments:
        segments.pop()
    return tuple(segments)


TEMPLATES: dict[str, Callable[[Sequence[Message], End], tuple[Segment, ...]]] = {"phi3": _phi3}


def render(template: str, messages: Sequence[Message]) -> tuple[Segment, ...]:
    """Render ``messages`` for generation in the family ``template`` (a key of ``TEMPLATES``).

    The first token (BOS) is the engine's business. Raises KeyError for an unknown family; profiles
    and candidates are validated long before.
    """
    return TEMPLATES[template](messages, "answer")


def render_closed(template: str, messages: Sequence[Message]) -> tuple[Segment, ...]:
    """Render whole ``messages`` and nothing after them, so that any other may follow.

    Otherwise as ``render``.
    """
    return TEMPLATES[template](messages, "closed")


def render_open(template: str, messages: Sequence[Message]) -> tuple[Segment, ...]:
    """Render ``messages`` of which the last is still being written, as far as that is certain.

    All but the last are closed; the last has no end tag, and its last word is left out unless white
    space follows it, because it may still grow and then has other tokens. So whatever is added to
    the last message, the tokens of this are very likely the first ones of the whole prompt. Only
    likely: who uses them compares. Otherwise as ``render``.
    """
    *before, last = messages
    whole = Message(role=last.role, content=_whole_words(last.content))
    return TEMPLATES[template]([*before, whole], "open")


def _whole_words(text: str) -> str:
    """``text`` without a last word that no white space follows yet."""
    if not text or text[-1].isspace():
        return text
    words = text.rsplit(maxsplit=1)
    return text[: len(text) - len(words[-1])]


def question_content(question: str, passages: Sequence[Passage]) -> str:
    """What a user message holds: numbered passages first, then the question.

    The passages come first so that they can be read by the model while the question is typed.
    """
    if not passages:
        return f"Question: {question.strip()}"
    lines = []
    for number, passage in enumerate(passages, 1):
        page = f" p. {passage.page}" if passage.page else ""
        lines.append(f"[{number}] {passage.document}{page}, {passage.heading}: {passage.text}")
    return "\n".join(lines) + f"\n\nQuestion: {question.strip()}"
