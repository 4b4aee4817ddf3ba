"""Conversations of hundreds of questions: all of them can be reached, few of them are widgets."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from fieldkit.chat.store import Store
from fieldkit.chat.widgets.composer import Composer
from fieldkit.chat.widgets.sources import SourcesPane
from fieldkit.chat.widgets.transcript import Transcript
from tests import long_history
from tests.fakes import ANSWER, ScriptedEngine, script
from tests.ui.conftest import MakeApp, ask, ready, shown, status, until

SIZE = (80, 24)
COUNT = 500
MOST_WIDGETS = 40


@pytest.fixture
def conversation(store: Store) -> int:
    """The id of a conversation of ``COUNT`` questions, all of them answered."""
    return long_history.add(store, COUNT)


async def resumed(pilot: Pilot[int], conversation: int, *, found: int = 0) -> None:
    """Open it and wait until it is there."""
    await ready(pilot)
    pilot.app.driver.resume(conversation, found=found)
    await until(pilot, lambda: pilot.app.screen.turns, "the conversation")
    await settled(pilot)


async def settled(pilot: Pilot[int]) -> None:
    """Wait until no turn is made a widget any more."""
    transcript = pilot.app.screen_stack[0]._transcript
    await until(pilot, lambda: at_rest(transcript), "rest")


def at_rest(transcript: Transcript) -> bool:
    busy = transcript._moving or transcript._placing
    return not busy and transcript._wanted() is None


def questions(pilot: Pilot[int]) -> list[str]:
    return [turn.question for turn in pilot.app.screen_stack[0].turns]


async def test_it_opens_at_its_end(make_app: MakeApp, conversation: int) -> None:
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await resumed(pilot, conversation)
        assert "Answer 500.2" in shown(app)
        assert questions(pilot)[-1] == long_history.question(COUNT)
        assert len(app.screen.turns) < MOST_WIDGETS


async def test_home_reaches_the_first_question_and_end_the_last_answer(
    make_app: MakeApp, conversation: int
) -> None:
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await resumed(pilot, conversation)
        for key, wanted in (
            ("home", "Question 1:"),
            ("end", "Answer 500.2"),
            ("ctrl+home", "Question 1:"),
            ("ctrl+end", "Answer 500.2"),
        ):
            await pilot.press(key)
            await until(pilot, lambda wanted=wanted: wanted in shown(app), f"{key}: {wanted}")
            await settled(pilot)
            assert wanted in shown(app), "it stays there while more turns become widgets"
            assert len(app.screen.turns) < MOST_WIDGETS


async def test_in_what_is_typed_home_and_end_move_the_cursor(
    make_app: MakeApp, conversation: int
) -> None:
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await resumed(pilot, conversation)
        await pilot.press("b", "home", "a", "end", "c")
        assert app.screen.query_one(Composer).text == "abc"
        assert "Answer 500.2" in shown(app)


async def test_paging_up_shows_every_line_once_and_paging_down_the_same(
    make_app: MakeApp, store: Store
) -> None:
    conversation = long_history.add(store, 12)
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await resumed(pilot, conversation)
        for key, ordered in (("pageup", range(12, 0, -1)), ("pagedown", range(1, 13))):
            seen: list[int] = []
            for _ in range(30):
                text = shown(app)
                seen += [n for n in ordered if f"Question {n}:" in text and n not in seen]
                if len(seen) == 12:
                    break
                await pilot.press(key)
                await settled(pilot)
                assert len(app.screen.turns) < MOST_WIDGETS
            assert seen == list(ordered), key


async def test_an_answer_is_selected_beyond_what_is_a_widget(
    make_app: MakeApp, conversation: int
) -> None:
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await resumed(pilot, conversation)
        for _ in range(25):
            await pilot.press("alt+up")
            await settled(pilot)
        await until(pilot, lambda: app.screen._selected.question == long_history.question(475))
        (marked,) = app.screen.query("TurnView.-selected")
        assert marked.question == long_history.question(475)
        assert app.screen.query_one(SourcesPane).display
        await pilot.press("home")
        await until(pilot, lambda: "Question 1:" in shown(app), "the start")
        await pilot.press("alt+down")
        await until(pilot, lambda: "Question 476:" in shown(app), "the answer after the selected")
        await settled(pilot)
        (marked,) = app.screen.query("TurnView.-selected")
        assert marked.question == long_history.question(476)


async def test_a_new_question_goes_to_the_end(
    make_app: MakeApp, conversation: int, store: Store
) -> None:
    app = make_app(budget=100_000)
    async with app.run_test(size=SIZE) as pilot:
        await resumed(pilot, conversation)
        await pilot.press("home")
        await until(pilot, lambda: "Question 1:" in shown(app), "the start")
        await ask(pilot, "And now?")
        await until(pilot, lambda: "320 Nm, crosswise" in shown(app), "the answer")
        assert questions(pilot)[-2:] == [long_history.question(COUNT), "And now?"]
        assert store.load(conversation)[-1].answer == ANSWER


async def test_an_answer_goes_on_while_the_start_is_read(
    make_app: MakeApp, conversation: int, store: Store
) -> None:
    engine = ScriptedEngine(script(ANSWER, hold_after=3))
    app = make_app(engine, budget=100_000)
    async with app.run_test(size=SIZE) as pilot:
        await resumed(pilot, conversation)
        await ask(pilot, "And now?", wait=False)
        await until(pilot, lambda: app.screen.turns[-1].answer, "first words")
        await pilot.press("home")
        await until(pilot, lambda: "Question 1:" in shown(app), "the start")
        await settled(pilot)
        assert "And now?" not in shown(app)
        engine.go.set()
        await until(pilot, lambda: "ready" in status(app), "the end of the answer")
        assert "Question 1:" in shown(app), "what is read stays where it is"
        await pilot.press("end")
        await until(pilot, lambda: "crosswise in two" in shown(app), "the answer")
        await settled(pilot)
        assert questions(pilot)[-2:] == [long_history.question(COUNT), "And now?"]


async def test_the_last_answer_is_given_again_from_anywhere(
    make_app: MakeApp, conversation: int, store: Store
) -> None:
    app = make_app(budget=100_000)
    async with app.run_test(size=SIZE) as pilot:
        await resumed(pilot, conversation)
        await pilot.press("home")
        await until(pilot, lambda: "Question 1:" in shown(app), "the start")
        await pilot.press("f5")
        await until(pilot, lambda: store.load(conversation)[-1].answer == ANSWER, "the answer")
        await until(pilot, lambda: "ready" in status(app), "the end")
        await settled(pilot)
        assert questions(pilot).count(long_history.question(COUNT)) == 1
        assert len(store.load(conversation)) == COUNT


async def test_it_opens_at_a_turn_that_was_found(
    make_app: MakeApp, conversation: int, store: Store
) -> None:
    found = store.load(conversation)[249].id
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await resumed(pilot, conversation, found=found)
        lines = shown(app).splitlines()
        assert "Question 250:" in "".join(lines[1:4]), "at the top of the view"
        (marked,) = app.screen.query("TurnView.-found")
        assert marked.question == long_history.question(250)
        assert app.screen._selected is marked
        await pilot.press("end")
        await until(pilot, lambda: long_history.question(COUNT) in questions(pilot), "the end")
        await settled(pilot)
        assert shown(app).count("first word after") == 1
