"""The sizes of messages: counted once, and none has what another one brings."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from fieldkit.core.prompt import TEMPLATES, Message, render
from fieldkit.library.sizes import Sizes

CONVERSATION = (
    Message(role="system", content="Be brief."),
    Message(role="user", content="Which oil?"),
    Message(role="assistant", content="VG 220."),
    Message(role="user", content="Why?"),
    Message(role="assistant", content="The table says so."),
    Message(role="user", content="Where?"),
)


class Counter:
    """Counts control tokens and words in the prompts of ``family``."""

    def __init__(self, family: str) -> None:
        self._family = family
        self.asked = 0

    def __call__(self, messages: Sequence[Message]) -> int:
        self.asked += 1
        segments = render(self._family, messages)
        return sum(1 if one.special else len(one.text.split()) for one in segments)


@pytest.mark.parametrize("family", sorted(TEMPLATES))
@pytest.mark.parametrize("turns", [2, 4, 6])
def test_they_add_up_to_the_conversation(family: str, turns: int) -> None:
    count = Counter(family)
    size = Sizes(count)
    together = count([]) + sum(map(size, CONVERSATION[:turns]))
    assert 0 <= together - count(CONVERSATION[:turns]) <= 3


@pytest.mark.parametrize("family", ["qwen2", "llama3.1", "smollm2"])
def test_a_family_s_own_system_message_counts_only_once(family: str) -> None:
    words = len(CONVERSATION[1].content.split())
    assert Sizes(Counter(family))(CONVERSATION[1]) <= words + 6


def test_each_is_counted_once() -> None:
    count = Counter("phi3")
    size = Sizes(count)
    for _ in range(3):
        for message in CONVERSATION:
            size(message)
    assert count.asked == len(CONVERSATION) + 3  # and once for what stands before each role
