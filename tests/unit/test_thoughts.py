"""What a model thinks before it answers is never shown."""

from __future__ import annotations

import pytest

from fieldkit.core.conversation import Turn, messages
from fieldkit.core.thoughts import Thoughts, without_thoughts

ANSWERS = {
    "Qwen": ("<think>\nThe page says 320.\n</think>\n\n320 Nm [1].", "320 Nm [1]."),
    "upper case": ("<THINK>x</Think>320 Nm", "320 Nm"),
    "twice": ("<think>a</think>320 <think>b</think>Nm", "320 Nm"),
    "never ends": ("<think>The page says 320, or perhaps 510. Wait,", ""),
    "ends without a beginning": ("The page says 320.\n</think>\n320 Nm", "320 Nm"),
    "gpt-oss": (
        "<|channel|>analysis<|message|>Up<|start|>assistant<|channel|>final<|message|>320 Nm",
        "320 Nm",
    ),
    "Magistral": ("[THINK]x[/THINK]320 Nm", "320 Nm"),
    "empty": ("<think>\n\n</think>\n\n320 Nm", "320 Nm"),
    "no thought": (
        "If p < 3 bar or p <= 2 bar [1], stop.",
        "If p < 3 bar or p <= 2 bar [1], stop.",
    ),
    "half a mark at the end": ("Press <thi", "Press <thi"),
    "white space stays": ("  - 320 Nm\n", "  - 320 Nm\n"),
}


@pytest.mark.parametrize("step", [1, 2, 5, 1000])
@pytest.mark.parametrize("name", ANSWERS)
def test_only_the_answer_is_let_through_however_it_arrives(name: str, step: int) -> None:
    text, expected = ANSWERS[name]
    thoughts, said = Thoughts(), ""
    for place in range(0, len(text), step):
        more = thoughts.feed(text[place : place + step])
        said = more if thoughts.all_thought else said + more
    assert said + thoughts.flush() == expected
    assert without_thoughts(text) == expected


def test_no_part_of_a_thought_is_let_through_before_its_end() -> None:
    thoughts = Thoughts()
    assert [thoughts.feed(piece) for piece in ("<th", "ink>sec", "ret</th", "ink>", "Yes")] == [
        "", "", "", "", "Yes",
    ]  # fmt: skip


def test_thoughts_of_earlier_answers_are_not_sent_back() -> None:
    turns = [
        Turn(question="Why?", answer="<think>hm</think>Because."),
        Turn(question="And then?"),
    ]
    sent = messages("", turns, budget=1000, size=lambda message: 1, room=lambda turn: 1)
    assert [message.content for message in sent][1] == "Because."
