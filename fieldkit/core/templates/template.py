"""What every chat template can do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from fieldkit.core.message import End, Message, Segment


class Template(Protocol):
    """One family's way to write a conversation. The first token (BOS) is never rendered.

    Conversations begin with at most one system message; then user and assistant take turns.
    Families whose own template refuses anything else are not as strict here: what cannot be asked
    of a model would not help a technician.
    """

    @property
    def bos(self) -> bool | None:
        """Whether a prompt begins with BOS; None where the vocabulary itself decides.

        True where the publisher's template writes it. Whoever tokenizes adds exactly one.
        """
        ...

    @property
    def markers(self) -> frozenset[str]:
        """The control tokens that are written, by their exact names."""
        ...

    @property
    def closing(self) -> tuple[str, ...]:
        """The tokens by which a model of this family ends its answer."""
        ...

    @property
    def appends(self) -> bool:
        """Whether a longer conversation begins as a shorter one with its answer ended.

        Where it does not, a conversation begins as the one before its last question did, and the
        engine has to read that question and its answer again.
        """
        ...

    def given(self, messages: Sequence[Message]) -> Sequence[Message]:
        """``messages`` as the publisher's template has to be given them.

        The same, except for families without a system message: there it is part of the first
        question.
        """
        ...

    def seen(self, text: str) -> str:
        """What tokenizers of this family leave of ``text``, rendered by the publisher's template.

        The same, except where control tokens take the white space after them away.
        """
        ...

    def render(self, messages: Sequence[Message], end: End) -> tuple[Segment, ...]:
        """``messages`` as segments, neighbouring texts joined."""
        ...
