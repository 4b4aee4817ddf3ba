"""Templates that put each message between tags that name its role."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from fieldkit.core.message import End, Message, Segment, joined

# What Unicode calls white space: what a tokenizer strips beside a token with ``rstrip``. Python's
# str.strip() takes four control characters more.
_WHITE_SPACE = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagged:
    """``start``, the text, ``end``; in ``start``, ``{role}`` stands for the message's role.

    ``blanks`` tells what becomes of white space around a text: ``kept``, ``trimmed``, or ``eaten``
    by the control token before it (those tokens have ``rstrip``, so that no newline that a template
    writes after one is rendered here either). ``names`` are roles with another name.

    Where a conversation has no system message, ``default`` is it, unless None; ``preface`` stands
    before its text. ``merges`` tells that there is none: it begins the first question. ``drops``
    tells that an empty one is left out.
    """

    start: tuple[Segment, ...]
    end: tuple[Segment, ...]
    closing: tuple[str, ...]
    bos: bool | None = None
    blanks: Literal["kept", "trimmed", "eaten"] = "kept"
    names: Mapping[str, str] = field(default_factory=dict)
    default: str | None = None
    preface: str = ""
    merges: bool = False
    drops: bool = False
    appends: bool = True

    @property
    def markers(self) -> frozenset[str]:
        """As ``Template.markers``."""
        tags = (
            replace(piece, text=piece.text.format(role=role))
            for role in ("system", "user", "assistant")
            for piece in (*self.start, *self.end)
        )
        return frozenset(tag.text for tag in tags if tag.special)

    def given(self, messages: Sequence[Message]) -> Sequence[Message]:
        """As ``Template.given``."""
        if not self.merges or not messages or messages[0].role != "system":
            return messages
        system, *rest = messages
        content = system.content.strip()
        if not content:
            return rest
        if rest and rest[0].role == "user":
            content = f"{content}\n\n{rest.pop(0).content.strip()}".rstrip()
        return [Message(role="user", content=content), *rest]

    def seen(self, text: str) -> str:
        """As ``Template.seen``."""
        if self.blanks != "eaten":
            return text
        names = "|".join(re.escape(marker) for marker in self.markers)
        return re.sub(f"({names})[{_WHITE_SPACE}]+", r"\1", text)

    def render(self, messages: Sequence[Message], end: End) -> tuple[Segment, ...]:
        """As ``Template.render``."""
        if self.merges and end == "closed" and [message.role for message in messages] == ["system"]:
            end = "open"  # a question follows in the same message
        messages = self._completed(self.given(messages))
        pieces: list[Segment] = []
        for index, message in enumerate(messages):
            pieces += self._started(message.role)
            if index == 0 and message.role == "system":
                pieces.append(Segment(self.preface))
            pieces.append(Segment(self._text(message)))
            if end != "open" or index < len(messages) - 1:
                pieces += self.end
        if end == "answer":
            pieces += self._started("assistant")
        return joined(pieces)

    def _completed(self, messages: Sequence[Message]) -> Sequence[Message]:
        """``messages`` with the system message that the family adds, without one it leaves out."""
        if not messages:
            return messages
        if messages[0].role != "system":
            if self.default is None:
                return messages
            return [Message(role="system", content=self.default), *messages]
        return messages[1:] if self.drops and not messages[0].content else messages

    def _started(self, role: str) -> list[Segment]:
        name = self.names.get(role, role)
        return [replace(piece, text=piece.text.format(role=name)) for piece in self.start]

    def _text(self, message: Message) -> str:
        match self.blanks:
            case "trimmed":
                return message.content.strip()
            case "eaten":
                return message.content.lstrip(_WHITE_SPACE)
            case _:
                return message.content
