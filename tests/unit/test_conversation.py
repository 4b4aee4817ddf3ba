"""What of a conversation is sent: all of it, then without old passages, then without old turns."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from fieldkit.core.citation import Passage
from fieldkit.core.conversation import Turn, asked, messages
from fieldkit.core.prompt import Message

PASSAGE = Passage(
    document="PX-204", title="Pump", revision="C", page=7, heading="Torque", text="x " * 20
)


def size(message: Message) -> int:
    return len(message.content.split())


def count(sent: Sequence[Message]) -> int:
    return sum(map(size, sent))


def room(turn: Turn) -> int:
    return size(asked(turn))


def turns(number: int) -> list[Turn]:
    held = [
        Turn(question=f"q{n}", passages=(PASSAGE,), answer=f"a{n} a a a") for n in range(number)
    ]
    return [*held[:-1], Turn(question=held[-1].question, passages=(PASSAGE,))]


def send(turns: Sequence[Turn], budget: int, system: str = "S") -> tuple[Message, ...]:
    return messages(system, turns, budget=budget, size=size, room=room)


def test_everything_fits() -> None:
    sent = send(turns(3), 1000)
    assert [m.role for m in sent] == ["system"] + ["user", "assistant"] * 2 + ["user"]
    assert all("[1] PX-204" in m.content for m in sent if m.role == "user")
    assert sent[2].content == "a0 a a a"


@pytest.mark.parametrize("budget", range(30, 110, 5))
def test_the_budget_holds_and_the_newest_stays(budget: int) -> None:
    sent = send(turns(4), budget)
    assert count(sent) <= budget
    assert sent[0] == Message(role="system", content="S")
    assert "[1] PX-204" in sent[-1].content
    assert sent[-1].content.endswith("Question: q3")
    assert [m.role for m in sent[1:]] == ["user", "assistant"] * ((len(sent) - 2) // 2) + ["user"]


def test_old_passages_go_before_old_turns() -> None:
    full = count(send(turns(3), 1000))
    sent = send(turns(3), full - 1)
    assert len(sent) == 6
    assert ["[1]" in m.content for m in sent if m.role == "user"] == [False, False, True]


def test_the_last_turn_is_never_shortened() -> None:
    sent = send(turns(3), 1)
    assert [m.role for m in sent] == ["system", "user"]
    assert "[1]" in sent[-1].content


def test_no_system_prompt_no_system_message() -> None:
    sent = send([Turn(question="q")], 10, system="")
    assert sent == (Message(role="user", content="Question: q"),)


def common(one: Sequence[Message], other: Sequence[Message]) -> int:
    """Tokens that both begin with, by whole messages."""
    same = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        same += size(a)
    return same


def test_a_long_conversation_is_seldom_read_again() -> None:
    asked = turns(60)
    said = [replace(turn, answer="a a a a") for turn in asked]
    before: tuple[Message, ...] = ()
    again = []
    for n in range(1, 60):
        sent = send([*said[: n - 1], asked[n - 1]], 300)
        assert count(sent) <= 300
        if common(before, sent) < count(before):  # all that was sent before should be reused
            again.append(count(sent))
        before = sent
    assert len(again) <= 60 // 4
    assert max(again) <= 300 // 2 + room(asked[0]), "what is read again is short"


def test_what_was_cut_stays_cut_and_follows_from_the_turns_alone() -> None:
    said = [replace(turn, answer="a a a a") for turn in turns(30)]
    first = send([*said[:25], Turn(question="one", passages=(PASSAGE,))], 300)
    other = send([*said[:25], Turn(question="another one")], 300)
    assert first[:-1] == other[:-1], "the last question edited"
    assert first == send([*said[:25], Turn(question="one", passages=(PASSAGE,))], 300)


def test_a_question_that_needs_much_room_costs_turns() -> None:
    said = [replace(turn, answer="a a a a") for turn in turns(4)]
    long = Turn(question="word " * 270)
    assert count(send([*said, long], 300)) <= 300
    assert len(send([*said, long], 300)) < len(send([*said, Turn(question="short")], 300))
