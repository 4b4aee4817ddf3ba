"""What chat, serve and the evaluation read of an engine."""

from __future__ import annotations

import pytest

from fieldkit.chat.session import Session
from fieldkit.core.citation import REFUSAL
from fieldkit.core.generation import REPEATED, Done, Prefill, Request, Rewritten, Token
from fieldkit.core.message import Message
from fieldkit.core.written import written
from tests.fakes import FakeEvidence, Script, ScriptedEngine, script

ASK = Request(messages=(Message(role="user", content="Which oil?"),), max_tokens=64)


def shown(engine: ScriptedEngine, request: Request = ASK) -> tuple[str, str, list[str]]:
    """What is left on the screen, how it ended, and what was ever shown."""
    for _ in engine.start():
        pass
    text = finish = ""
    said = []
    for event in written(engine, request):
        match event:
            case Token(more):
                text += more
                said.append(more)
            case Rewritten(rest):
                text = rest
            case Done(finish=finish):
                pass
            case Prefill():
                pass
    return text, finish, said


def test_an_answer_comes_as_it_is_written() -> None:
    text, finish, said = shown(ScriptedEngine(script("Use ISO VG 150 [1].")))
    assert (text, finish) == ("Use ISO VG 150 [1].", "stop")
    assert len(said) == 5


def test_a_loop_is_stopped_and_hardly_any_of_it_is_shown() -> None:
    loop = "The oil of the gear is ISO VG 150. "
    engine = ScriptedEngine(script(loop * 30))
    text, finish, said = shown(engine)
    assert (text, finish) == (loop.strip(), REPEATED)
    assert engine.aborts == 1
    assert "".join(said).count("The oil") <= 2


def test_a_sentence_that_is_said_twice_is_shown_in_the_end() -> None:
    twice = "The oil of the gear is ISO VG 150. The oil of the gear is ISO VG 150. Fill it in."
    assert shown(ScriptedEngine(script(twice)))[:2] == (twice, "stop")


def test_a_loop_at_the_limit_is_left_out() -> None:
    loop = "The oil of the gear is ISO VG 150. The oil of the gear is ISO VG 150. The oil"
    text, finish, _ = shown(ScriptedEngine(script(loop, finish="length")))
    assert (text, finish) == ("The oil of the gear is ISO VG 150.", REPEATED)


def test_thoughts_are_not_shown_and_an_answer_of_nothing_else_is_empty() -> None:
    text, finish, said = shown(ScriptedEngine(script("<think> 320 or 510? </think> 320 Nm [1].")))
    assert (text, finish, "".join(said)) == ("320 Nm [1].", "stop", "320 Nm [1].")
    endless = ScriptedEngine(script("<think> 320 or 510? Wait, " * 9, finish="length"))
    assert shown(endless) == ("", "length", [])


def test_what_turns_out_to_be_a_thought_is_taken_back() -> None:
    text, _, said = shown(ScriptedEngine(script("The page says 320. </think> 320 Nm [1].")))
    assert said[0] == "The "
    assert text == "320 Nm [1]."


def test_leaving_early_leaves_the_engine_early() -> None:
    engine = ScriptedEngine(script("One two three four."))
    for _ in engine.start():
        pass
    events = written(engine, ASK)
    while not isinstance(next(events), Token):
        pass
    events.close()  # type: ignore[attr-defined]  # it is a generator
    assert shown(engine)[1] == "stop"


CHOICES = ("Use ISO VG 150. [1]", "Fill it to the mark. [1]", "Wear gloves. [2]")


@pytest.mark.parametrize(
    ("pieces", "finish", "expected"),
    [
        (("1",), "stop", "Use ISO VG 150. [1]"),
        (("3", ",", "1"), "stop", "Wear gloves. [2]\n\nUse ISO VG 150. [1]"),
        (("2", ",2", ",2"), "stop", "Fill it to the mark. [1]"),
        (("0",), "stop", REFUSAL),
        (("3", ",1"), "length", "Wear gloves. [2]"),
        (("3",), "aborted", ""),
        (("77",), "stop", REFUSAL),
    ],
)
def test_of_choices_the_texts_are_shown_and_never_a_part_of_a_number(
    pieces: tuple[str, ...], finish: str, expected: str
) -> None:
    engine = ScriptedEngine(Script(pieces=pieces, finish=finish))
    asked = Request(messages=ASK.messages, max_tokens=16, choices=CHOICES)
    assert shown(engine, asked)[0] == expected


def answered(engine: ScriptedEngine, *questions: str) -> Session:
    """A conversation in which ``questions`` were asked."""
    session = Session(evidence=FakeEvidence(engine), engine=engine, store=None)
    for _ in engine.start():
        pass
    for question in questions:
        for _ in session.ask(question):
            pass
    return session


def test_a_loop_is_neither_kept_nor_sent_with_the_next_question() -> None:
    loop = "The oil of the gear is ISO VG 150 [1]. "
    engine = ScriptedEngine(script(loop * 20), script("Ten litres [1]."))
    session = answered(engine, "Which oil?", "How much?")
    first, second = session.turns
    assert (first.answer.strip(), first.finish) == (loop.strip(), REPEATED)
    assert (second.answer, second.finish) == ("Ten litres [1].", "stop")
    sent = engine.requests[-1].messages
    assert [m.content.strip() for m in sent if m.role == "assistant"] == [loop.strip()]


def test_a_loop_that_is_asked_for_again_is_drawn_anew() -> None:
    loop = "The oil of the gear is ISO VG 150 [1]. "
    engine = ScriptedEngine(script(loop * 20), script("ISO VG 150 [1]."))
    session = answered(engine, "Which oil?")
    for _ in session.ask("Which oil?", again=True):
        pass
    assert [request.temperature > 0 for request in engine.requests] == [False, True]
    assert [turn.answer for turn in session.turns] == ["ISO VG 150 [1]."]


def test_thoughts_are_in_no_history() -> None:
    engine = ScriptedEngine(script("<think> 320? 510? </think> 320 Nm [1]."), script("Yes [1]."))
    session = answered(engine, "What torque?", "Sure?")
    assert session.turns[0].answer == "320 Nm [1]."
    assert not any("510?" in message.content for message in engine.requests[-1].messages)
