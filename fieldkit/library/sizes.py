"""How many tokens a message adds to a prompt."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from fieldkit.core.message import Message

# What stands before a message: families render a first message otherwise than a later one, and some
# add a system message where there is none. It is left out of the count.
_BEFORE = {
    "system": (),
    "user": tuple(Message(role=role, content="") for role in ("system", "user", "assistant")),
    "assistant": tuple(Message(role=role, content="") for role in ("system", "user")),
}
_REMEMBERED = 4096


class Sizes:
    """Sizes in tokens, counted by ``count`` once and then remembered.

    The sizes of a conversation's messages add up to its own, or to a few tokens more where the
    system message is part of a question.
    """

    def __init__(self, count: Callable[[Sequence[Message]], int]) -> None:
        self._count = count
        self._frames: dict[str, int] = {}
        self._sizes: dict[Message, int] = {}

    def __call__(self, message: Message) -> int:
        """How many tokens ``message`` adds to a prompt."""
        if len(self._sizes) > _REMEMBERED:
            self._sizes.clear()
        if message not in self._sizes:
            before = _BEFORE[message.role]
            if message.role not in self._frames:
                self._frames[message.role] = self._count(before)
            self._sizes[message] = self._count((*before, message)) - self._frames[message.role]
        return self._sizes[message]
