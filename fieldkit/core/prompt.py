"""Prompts: chat templates as segments.

A prompt is a sequence of segments. A *special* segment is one control token of the model by its
exact name; every other segment is text and is tokenized without looking for control tokens, so a
``<|end|>`` typed by a user or printed in a manual stays text.
"""

from __future__ import annotations

from collections.abc import Sequence

from fieldkit.core.message import Message, Segment
from fieldkit.core.templates import MARKERS, TEMPLATES

__all__ = [
    "MARKERS",
    "TEMPLATES",
    "Message",
    "Segment",
    "render",
    "render_closed",
    "render_open",
]


def render(template: str, messages: Sequence[Message]) -> tuple[Segment, ...]:
    """Render ``messages`` for generation in the family ``template`` (a key of ``TEMPLATES``).

    The first token (BOS) is the engine's business; ``Template.bos`` tells whether there is one.
    Raises KeyError for an unknown family; profiles and candidates are validated long before.
    """
    return TEMPLATES[template].render(messages, "answer")


def render_closed(template: str, messages: Sequence[Message]) -> tuple[Segment, ...]:
    """Render whole ``messages`` and nothing after them, so that any other may follow.

    Of what a family moves when others follow (``Template.appends``), only what stays. Otherwise as
    ``render``.
    """
    return TEMPLATES[template].render(messages, "closed")


def render_open(template: str, messages: Sequence[Message]) -> tuple[Segment, ...]:
    """Render ``messages`` of which the last is still being written, as far as that is certain.

    All but the last are closed; the last has no end tag, and its last word is left out unless white
    space follows it, because it may still grow and then has other tokens. So whatever is added to
    the last message, the tokens of this are very likely the first ones of the whole prompt. Only
    likely: who uses them compares. Otherwise as ``render``.
    """
    *before, last = messages
    whole = Message(role=last.role, content=_whole_words(last.content).rstrip())
    return TEMPLATES[template].render([*before, whole], "open")


def _whole_words(text: str) -> str:
    """``text`` without a last word that no white space follows yet."""
    if not text or text[-1].isspace():
        return text
    words = text.rsplit(maxsplit=1)
    return text[: len(text) - len(words[-1])]
