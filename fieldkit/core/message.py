"""What a conversation is made of, and what a rendered prompt is made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of a conversation; ``role`` is ``system``, ``user`` or ``assistant``."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a rendered prompt: one control token by name, or plain text.

    The first character of a ``spaced`` text is the space that some tokenizers put before a text
    themselves; whoever tokenizes makes sure that there is one, not two.
    """

    text: str
    special: bool = False
    spaced: bool = False


End = Literal["answer", "closed", "open"]
"""How a prompt ends: with the start of an answer, after a whole message, or within one."""


def joined(pieces: Iterable[Segment]) -> tuple[Segment, ...]:
    """``pieces`` without empty texts, and texts that follow each other as one.

    A tokenizer has to see neighbouring texts as one: a word may end in the next.
    """
    segments: list[Segment] = []
    for piece in pieces:
        if not piece.text:
            continue
        if piece.special or not segments or segments[-1].special:
            segments.append(piece)
        else:
            segments[-1] = replace(segments[-1], text=segments[-1].text + piece.text)
    return tuple(segments)
