"""What of a conversation is sent: all of it, then without old passages, then without old turns."""

from collections.abc import Sequence

import pytest

from fieldkit.core.citation import Passage
from fieldkit.core.conversation import Turn, messages
from fieldkit.core.prompt import Message

PASSAGE = Passage(
    document="PX-204", title="Pump", revision="C", page=7, heading="Torque", text="x " * 20
)


def count(sent: Sequence[Message]) -> int:
    return sum(len(message.content.split()) for message in sent)


def turns(number: int) -> list[Turn]:
    asked = [
        Turn(question=f"q{n}", passages=(PASSAGE,), answer=f"a{n} a a a") for n in range(number)
    ]
    return [*asked[:-1], Turn(question=asked[-1].question, passages=(PASSAGE,))]


def test_everything_fits() -> None:
    sent = messages("Be brief.", turns(3), budget=1000, count=count)
    assert [m.role for m in sent] == ["system"] + ["user", "assistant"] * 2 + ["user"]
    assert all("[1] PX-204" in m.content for m in sent if m.role == "user")
    assert sent[2].content == "a0 a a a"


@pytest.mark.parametrize("budget", range(30, 110, 5))
def test_the_budget_holds_and_the_newest_stays(budget: int) -> None:
    sent = messages("S", turns(4), budget=budget, count=count)
    assert count(sent) <= budget
    assert sent[0] == Message(role="system", content="S")
    assert "[1] PX-204" in sent[-1].content
    assert sent[-1].content.endswith("Question: q3")
    assert [m.role for m in sent[1:]] == ["user", "assistant"] * ((len(sent) - 2) // 2) + ["user"]


def test_old_passages_go_before_old_turns() -> None:
    full = count(messages("S", turns(3), budget=1000, count=count))
    sent = messages("S", turns(3), budget=full - 1, count=count)
    assert len(sent) == 6
    assert ["[1]" in m.content for m in sent if m.role == "user"] == [False, True, True]


def test_the_last_turn_is_never_shortened() -> None:
    sent = messages("S", turns(3), budget=1, count=count)
    assert [m.role for m in sent] == ["system", "user"]
    assert "[1]" in sent[-1].content


def test_no_system_prompt_no_system_message() -> None:
    sent = messages("", [Turn(question="q")], budget=10, count=count)
    assert sent == (Message(role="user", content="Question: q"),)
