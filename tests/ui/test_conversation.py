"""What a technician does with the assistant, by messages and state."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from textual import events
from textual.color import Color
from textual.filter import Monochrome

from fieldkit.chat import preferences
from fieldkit.chat.actions import ACTIONS
from fieldkit.chat.context import Background
from fieldkit.chat.store import HistoryUnusable, Store
from fieldkit.chat.widgets.composer import Composer
from fieldkit.chat.widgets.markdown import AnswerMarkdown
from fieldkit.chat.widgets.sources import SourcesPane
from fieldkit.chat.widgets.turn import TurnView
from fieldkit.chat.widgets.welcome import Welcome
from fieldkit.core.battery import Battery
from fieldkit.core.citation import NOTHING_FOUND, REFUSAL
from fieldkit.errors import EngineFailure
from fieldkit.library.search import Manual
from tests.fakes import ANSWER, CLAMPS, TORQUE, ScriptedEngine, script, words
from tests.ui.conftest import (
    FakeLibrary,
    MakeApp,
    ask,
    marked,
    notices,
    ready,
    shown,
    status,
    until,
)

SIZE = (80, 24)
QUESTION = "What torque do the fluid end studs need?"
DEAD = EngineFailure("the model file is damaged", hint="Install the release again.")


async def test_paints_while_the_model_loads_and_answers_what_was_asked_meanwhile(
    make_app: MakeApp,
) -> None:
    engine = ScriptedEngine(hold_load=True)
    app = make_app(engine)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "loading 40%" in status(app), "progress")
        assert "Try one of these" in shown(app)
        await ask(pilot, QUESTION, wait=False)
        await until(pilot, lambda: "Waiting for the model to load" in shown(app), "the wait")
        assert engine.requests == []
        engine.loading.set()
        (turn,) = app.screen.turns
        await until(pilot, lambda: turn.done, "the answer")
        assert turn.answer == ANSWER
        assert "ready" in status(app)


async def test_an_answer_streams_and_names_its_page(make_app: MakeApp) -> None:
    engine = ScriptedEngine(script(ANSWER, hold_after=5))
    app = make_app(engine)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await ask(pilot, QUESTION, wait=False)
        (turn,) = app.screen.turns
        await until(pilot, lambda: turn.answer.strip() == "The fluid end studs are", "first words")
        assert "answering" in status(app)
        assert "The fluid end studs are" in shown(app)
        assert app.screen.query_one(SourcesPane).display, "evidence is shown before the answer"
        engine.go.set()
        await until(pilot, lambda: turn.done, "the end")
        assert turn.cited == (TORQUE,)
        assert "[1] PX-204 rev C, p. 7, Torque table" in shown(app)
        assert "38.5 tok/s" in status(app)
        assert "/2048" in status(app)
        assert "offline" in status(app)


async def test_the_engine_gets_the_conversation(make_app: MakeApp) -> None:
    engine = ScriptedEngine()
    app = make_app(engine)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await ask(pilot, "first")
        await ask(pilot, "second")
    contents = [message.content for message in engine.requests[1].messages]
    assert contents[0].endswith("Question: first")
    assert contents[1] == ANSWER
    assert contents[2].endswith("Question: second")


async def test_escape_stops_and_keeps_what_was_said(make_app: MakeApp, store: Store) -> None:
    engine = ScriptedEngine(script(ANSWER, hold_after=5))
    app = make_app(engine)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await ask(pilot, QUESTION, wait=False)
        (turn,) = app.screen.turns
        await until(pilot, lambda: turn.answer.strip(), "first words")
        await pilot.press("escape")
        await until(pilot, lambda: turn.done, "the stop")
        assert "stopped" in shown(app)
        assert "The fluid end studs are" in shown(app)
        assert "ready" in status(app)
        (kept,) = store.load(store.conversations()[0].id)
        assert kept.answer == "The fluid end studs are "
        assert kept.finish == "aborted"


async def test_escape_while_the_model_loads_keeps_the_pages_that_were_found(
    make_app: MakeApp, store: Store
) -> None:
    engine = ScriptedEngine(hold_load=True)
    app = make_app(engine)
    async with app.run_test(size=SIZE) as pilot:
        await ask(pilot, QUESTION, wait=False)
        (turn,) = app.screen.turns
        await until(pilot, lambda: turn.passages, "the pages")
        await pilot.press("escape")
        await until(pilot, lambda: turn.done, "the wait is over")
        engine.loading.set()
        assert engine.requests == []
        (kept,) = store.load(store.conversations()[0].id)
        assert (kept.finish, kept.passages) == ("aborted", turn.passages)


async def test_escape_gives_back_a_question_that_waits_for_another(
    make_app: MakeApp, store: Store
) -> None:
    engine = ScriptedEngine(hold_load=True)
    app = make_app(engine)
    async with app.run_test(size=SIZE) as pilot:
        await ask(pilot, QUESTION, wait=False)
        await ask(pilot, "And then?", wait=False)
        await pilot.press("escape")
        engine.loading.set()
        await until(pilot, lambda: len(app.screen.turns) == 1, "the second question is gone")
        assert app.screen.query_one(Composer).text == "And then?"
        assert engine.requests == []


async def test_three_pasted_lines_are_one_question(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        composer = app.screen.query_one(Composer)
        for line in ("Pump stopped", "Display shows E 17", "What is wrong?"):
            for sign in line:
                composer.post_message(events.Key(sign, sign))
            composer.post_message(events.Key("enter", "\r"))
        await until(pilot, lambda: bool(app.said), "the answer")
        assert [turn.question for turn in app.said] == [
            "Pump stopped\nDisplay shows E 17\nWhat is wrong?"
        ]
        assert composer.text == ""


async def test_a_pasted_line_with_enter_is_sent(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        composer = app.screen.query_one(Composer)
        for sign in "What torque?":
            composer.post_message(events.Key(sign, sign))
        composer.post_message(events.Key("enter", "\r"))
        await until(pilot, lambda: bool(app.said), "the answer")
        assert [turn.question for turn in app.said] == ["What torque?"]


async def test_a_text_that_is_too_long_is_not_pasted_in_part(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        composer = app.screen.query_one(Composer)
        composer.post_message(events.Paste("lorem " * 170_000))
        await until(pilot, lambda: bool(app._notifications), "why")
        (shown,) = app._notifications
        assert "1020000 characters" in shown.message
        assert "/add FILE" in shown.message
        assert composer.text == ""


async def test_newline_recall_and_paste(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press("a", "ctrl+j", "b")
        composer = app.screen.query_one(Composer)
        assert composer.text == "a\nb"
        assert composer.cursor_blink is False
        await pilot.press("enter")
        await until(pilot, lambda: app.screen.turns, "the question")
        assert app.screen.turns[0].question == "a\nb"
        assert composer.text == ""
        await pilot.press("up")
        await until(pilot, lambda: composer.text == "a\nb", "the last question again")


async def test_keys_are_obeyed_in_the_order_they_were_pressed(make_app: MakeApp) -> None:
    engine = ScriptedEngine()
    app = make_app(engine)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        for key in ("x", "ctrl+u", "b", "d", "left", "c", "home", "q", "backspace", "a", "enter"):
            app.post_message(events.Key(key, key if len(key) == 1 else None))
        await until(pilot, lambda: app.screen.turns, "the question")
        assert app.screen.turns[0].question == "abcd"


async def test_up_and_down_go_through_earlier_questions(make_app: MakeApp, store: Store) -> None:
    store.append(store.create("other"), "of another conversation")
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        composer = app.screen.query_one(Composer)
        await ask(pilot, "first")
        await ask(pilot, "second")
        for key, text in (
            ("up", "second"),
            ("up", "first"),
            ("up", "of another conversation"),
            ("up", "of another conversation"),
            ("down", "first"),
            ("down", "second"),
            ("down", ""),
            ("up", "second"),
        ):
            await pilot.press(key)
            await until(pilot, lambda t=text: composer.text == t, f"{key}: {text}")
        await pilot.press("x", "up")
        assert composer.text == "secondx", "what was changed is not thrown away"


async def test_a_blank_question_is_not_sent(make_app: MakeApp) -> None:
    engine = ScriptedEngine()
    app = make_app(engine)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press("space", "ctrl+j", "enter")
        await pilot.pause()
        assert not app.screen.turns


async def test_an_example_is_one_tab_and_enter_away(make_app: MakeApp) -> None:
    engine = ScriptedEngine()
    app = make_app(engine)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press("tab", "down", "enter")
        await until(pilot, lambda: app.screen.turns, "the example")
        assert app.screen.turns[0].question == "The driller panel shows E 17, what is wrong?"
        assert isinstance(app.focused, Composer)


class ManyManuals(FakeLibrary):
    """More manuals than a window has lines."""

    def documents(self) -> tuple[Manual, ...]:
        (pump, _) = super().documents()
        return tuple(replace(pump, document=f"N-{number}", title="Note") for number in range(60))


async def test_the_welcome_begins_at_its_top_however_many_manuals_there_are(
    make_app: MakeApp,
) -> None:
    app = make_app(ScriptedEngine(script(ANSWER)), library=ManyManuals())
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        assert "Answers from 60 manuals" in shown(app)
        assert "Try one of these" in shown(app)
        await ask(pilot, "What torque do the studs need?")
        app.driver.new()
        await until(pilot, lambda: "Answers from 60 manuals" in shown(app), "the welcome again")
        await pilot.press("pagedown")
        await until(pilot, lambda: "Answers from 60" not in shown(app), "the manuals below")


async def test_a_refusal_is_plain_and_offers_the_nearest_pages(make_app: MakeApp) -> None:
    engine = ScriptedEngine()
    app = make_app(engine, passages=())
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await ask(pilot, "Who won the cup?")
        text = shown(app)
        assert NOTHING_FOUND in text
        assert "PX-204 rev C, p. 7, Torque table" in text
        assert app.screen.query_one(SourcesPane).border_title == "Nearest pages"
        assert engine.requests == [], "nothing is generated without evidence"


async def test_a_refusal_by_the_model_is_told_the_same_way(make_app: MakeApp) -> None:
    app = make_app(ScriptedEngine(script(REFUSAL + " It is about pumps [1].")))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await ask(pilot, "Who won the cup?")
        (turn,) = app.screen.turns
        assert turn.has_class("-refused")
        assert turn.cited == ()
        assert "I found no sure answer. Look first at [1]. It is about pumps" in shown(app)
        assert "Nearest pages" in shown(app)
        await pilot.press("f2")
        await until(pilot, lambda: "These pages come nearest" in shown(app), "the pages' names")


async def test_sources_open_the_whole_page_with_the_passage_marked(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await ask(pilot, QUESTION)
        await pilot.press("tab")
        assert isinstance(app.focused, SourcesPane)
        await pilot.press("escape")
        assert isinstance(app.focused, Composer)
        await pilot.press("tab", "down", "space")
        await until(pilot, lambda: "page 7 of 12" in shown(app), "the page")
        assert marked(app) == [CLAMPS.text]
        await pilot.press("right")
        await until(pilot, lambda: "page 8 of 12" in shown(app), "the next page")
        assert marked(app) == []
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.screen_stack[0], "the conversation")


async def test_a_page_the_manuals_lost_still_shows_the_passage(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await ask(pilot, QUESTION)
        app.screen.query_one(SourcesPane).focus()
        await pilot.press("3")
        await until(pilot, lambda: marked(app), "the passage")
        assert "not in the installed manuals any more" in shown(app)
        assert "Fit a red lock" in shown(app)


@pytest.mark.parametrize("key", ["f2", "ctrl+s"])
async def test_sources_can_be_put_away(make_app: MakeApp, key: str) -> None:
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await ask(pilot, QUESTION)
        pane = app.screen.query_one(SourcesPane)
        assert pane.display
        await pilot.press(key)
        await until(pilot, lambda: not pane.display, "hidden")
        await pilot.press(key)
        await until(pilot, lambda: pane.display, "shown")


async def test_earlier_answers_show_their_own_sources(make_app: MakeApp) -> None:
    app = make_app(ScriptedEngine(script(ANSWER), script("Fit a lock [3].")))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await ask(pilot, "first")
        await ask(pilot, "second")
        await until(
            pilot,
            lambda: [item.number for item in app.screen.query("SourceItem.-cited")] == [3],
            "the second answer's",
        )
        await pilot.press("alt+up")
        await until(pilot, lambda: app.screen.turns[0].has_class("-selected"), "the first")
        assert [item.number for item in app.screen.query("SourceItem.-cited")] == [1]


async def test_copy_takes_the_answer_and_its_sources(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await ask(pilot, QUESTION)
        await pilot.press("ctrl+y")
        await until(pilot, lambda: app.clipboard, "the clipboard")
        assert ANSWER in app.clipboard
        assert "[1] PX-204 rev C, p. 7, Torque table" in app.clipboard


async def test_the_conversation_scrolls_from_the_input(make_app: MakeApp) -> None:
    app = make_app(ScriptedEngine(script(words(600))))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await ask(pilot, QUESTION)
        transcript = app.screen.query_one("#transcript")
        await until(pilot, lambda: transcript.scroll_y == transcript.max_scroll_y > 0, "the end")
        assert isinstance(app.focused, Composer)
        await pilot.press("pageup")
        await until(pilot, lambda: transcript.scroll_y < transcript.max_scroll_y, "scrolled up")
        await pilot.press("pagedown")
        await until(pilot, lambda: transcript.scroll_y == transcript.max_scroll_y, "at the end")


async def test_new_resume_rename_delete(make_app: MakeApp, store: Store) -> None:
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await ask(pilot, "first question")
        await pilot.press("ctrl+n")
        await until(pilot, lambda: app.screen.query(Welcome), "an empty conversation")
        assert not app.screen.turns
        await ask(pilot, "second question")
        assert [entry.title for entry in store.conversations()] == [
            "second question",
            "first question",
        ]

        await pilot.press("ctrl+o")
        await until(pilot, lambda: "Earlier conversations" in shown(app), "the list")
        await pilot.press("down", "r")
        await pilot.press(*["backspace"] * 20, *"renamed", "enter")
        await until(pilot, lambda: "renamed" in shown(app), "the new title")
        await pilot.press("enter")
        await until(pilot, lambda: len(app.screen_stack) == 1, "back")
        await until(
            pilot,
            lambda: [turn.question for turn in app.screen.turns] == ["first question"],
            "the first conversation",
        )
        (turn,) = app.screen.turns
        await until(pilot, lambda: turn.cited == (TORQUE,), "its sources")
        assert "renamed" in shown(app)

        await pilot.press("ctrl+o")
        await until(pilot, lambda: len(app.screen_stack) == 2, "the list")
        await pilot.press("down", "d")
        assert len(store.conversations()) == 2, "asked once is not enough"
        await pilot.press("d")
        await until(pilot, lambda: len(store.conversations()) == 1, "the deletion")
        await pilot.press("escape")
        await until(pilot, lambda: app.screen.query(Welcome), "the deleted one is left")


async def test_finding_a_conversation(make_app: MakeApp, store: Store) -> None:
    for title in ("pump torque", "radio channel", "gas alarm"):
        store.create(title)
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+o")
        await until(pilot, lambda: "pump torque" in shown(app), "the list")
        await pilot.press("slash", *"radio")
        await until(pilot, lambda: "pump torque" not in shown(app), "fewer")
        assert "radio channel" in shown(app)
        await pilot.press("escape")
        await pilot.press("escape")
        await until(pilot, lambda: len(app.screen_stack) == 1, "back")


async def test_new_conversation_during_an_answer_keeps_it_in_its_own(
    make_app: MakeApp, store: Store
) -> None:
    app = make_app(ScriptedEngine(script(ANSWER, hold_after=3), script("Second [1].")))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await ask(pilot, "first", wait=False)
        await until(pilot, lambda: app.screen.turns[0].answer, "first words")
        await pilot.press("ctrl+n")
        await until(pilot, lambda: app.screen.query(Welcome), "an empty conversation")
        await ask(pilot, "second")
        assert [turn.question for turn in app.screen.turns] == ["second"]
        second, first = store.conversations()
        assert store.load(first.id)[0].answer.strip() == "The fluid end"
        assert store.load(second.id)[0].answer == "Second [1]."


async def test_an_engine_that_does_not_load_leaves_search(make_app: MakeApp, store: Store) -> None:
    engine = ScriptedEngine(load_error=DEAD)
    app = make_app(engine)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "engine stopped" in status(app), "the failure")
        assert "The model file is damaged." in notices(app)
        await ask(pilot, QUESTION)
        assert "[1] PX-204 rev C, p. 7, Torque table" in shown(app)
        assert app.screen.query_one(SourcesPane).display
        assert store.load(store.conversations()[0].id)[0].finish == "search"

        engine.load_error = None
        await pilot.press("ctrl+r")
        await ready(pilot)
        await ask(pilot, QUESTION)
        assert app.screen.turns[-1].answer == ANSWER


async def test_an_engine_that_dies_mid_answer_keeps_what_was_said_and_starts_again(
    make_app: MakeApp, store: Store
) -> None:
    engine = ScriptedEngine(script(ANSWER, die_after=4), script(ANSWER))
    app = make_app(engine)
    async with app.run_test(size=(80, 30)) as pilot:
        await ready(pilot)
        await ask(pilot, QUESTION)
        await until(pilot, lambda: "killed by signal 9" in notices(app), "the failure")
        await ready(pilot)
        assert engine.started == 2
        assert "the engine is being started again" in notices(app)
        assert "The fluid end studs" in shown(app)
        assert "cut off: the engine failed" in shown(app)
        (kept,) = store.load(store.conversations()[0].id)
        assert kept.answer == "The fluid end studs "
        assert kept.finish == "failed"
        await pilot.press("f5")
        await until(pilot, lambda: [turn.answer for turn in app.screen.turns] == [ANSWER], "again")
        (kept,) = store.load(store.conversations()[0].id)
        assert kept.answer == ANSWER


async def test_an_engine_that_dies_again_and_again_is_left_to_the_technician(
    make_app: MakeApp,
) -> None:
    engine = ScriptedEngine(script(ANSWER, die_after=2))
    app = make_app(engine)
    async with app.run_test(size=SIZE) as pilot:
        for asked in (1, 2):
            await ready(pilot)
            await ask(pilot, QUESTION)
            await until(
                pilot, lambda n=asked: notices(app).count("started again") == n, "the failure"
            )
        await ready(pilot)
        await ask(pilot, QUESTION)
        await until(pilot, lambda: "engine stopped" in status(app), "it stays down")
        assert "Ctrl+R starts the engine" in notices(app)
        assert engine.started == 3
        await pilot.press("ctrl+r")
        await ready(pilot)
        assert engine.started == 4


async def test_what_was_asked_during_a_restart_is_answered(make_app: MakeApp) -> None:
    engine = ScriptedEngine(script(ANSWER, die_after=3, hold_after=2), script("Second [1]."))
    app = make_app(engine)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await ask(pilot, "first", wait=False)
        await until(pilot, lambda: app.screen.turns[0].answer, "first word")
        await ask(pilot, "second", wait=False)
        engine.go.set()
        await until(pilot, lambda: app.screen.turns[-1].answer == "Second [1].", "its answer")


async def test_answer_again_replaces_the_last_answer(make_app: MakeApp, store: Store) -> None:
    engine = ScriptedEngine(script("First [1]."), script("Other [2]."))
    app = make_app(engine)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("f5")
        await ready(pilot)
        await pilot.press("f5")
        await pilot.pause()
        assert not engine.requests, "nothing was asked yet"
        await ask(pilot, QUESTION)
        await pilot.press("f5")
        await until(pilot, lambda: [turn.answer for turn in app.screen.turns] == ["Other [2]."])
        assert app.screen.turns[0].cited == (CLAMPS,)
        first, second = engine.requests
        assert first.messages == second.messages, "all of it is in the cache"
        assert (first.temperature, first.seed) != (second.temperature, second.seed)
        (kept,) = store.load(store.conversations()[0].id)
        assert kept.answer == "Other [2]."


async def test_answer_again_stopped_before_a_word_keeps_the_answer(
    make_app: MakeApp, store: Store
) -> None:
    engine = ScriptedEngine(script(ANSWER), script("Other", hold_after=0))
    app = make_app(engine)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await ask(pilot, QUESTION)
        await pilot.press("f5")
        await until(pilot, lambda: len(engine.requests) == 2, "the second request")
        await pilot.press("escape")
        await until(pilot, lambda: [t.answer for t in app.screen.turns if t.done] == [ANSWER])
        await until(pilot, lambda: ANSWER.split("**")[0].strip() in shown(app), "the first answer")
        (kept,) = store.load(store.conversations()[0].id)
        assert (kept.answer, kept.finish) == (ANSWER, "stop")


async def test_the_last_question_can_be_changed(make_app: MakeApp, store: Store) -> None:
    engine = ScriptedEngine(script("A [1]."), script("B [1]."), script("C [1]."))
    app = make_app(engine)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await ask(pilot, "first")
        await ask(pilot, "second")
        composer = app.screen.query_one(Composer)
        await pilot.press("f4")
        assert composer.text == "second"
        assert "Changing the last question" in shown(app)
        await pilot.press(*" try", "enter")
        await until(
            pilot, lambda: [turn.answer for turn in app.screen.turns] == ["A [1].", "C [1]."]
        )
        assert "Changing the last question" not in shown(app)
        assert [turn.question for turn in app.screen.turns] == ["first", "second try"]
        kept = store.load(store.conversations()[0].id)
        assert [turn.question for turn in kept] == ["first", "second try"]
        contents = [message.content for message in engine.requests[2].messages]
        assert [text.rpartition(": ")[2] for text in contents] == ["first", "A [1].", "second try"]


async def test_a_conversation_can_branch_off_at_an_earlier_answer(
    make_app: MakeApp, store: Store
) -> None:
    engine = ScriptedEngine(script("A [1]."), script("B [1]."), script("C [1]."))
    app = make_app(engine)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press("f7")
        await pilot.pause()
        assert store.conversations() == (), "there is nothing to go on from yet"
        await ask(pilot, "first")
        await ask(pilot, "second")
        await pilot.press("alt+up", "f7")
        await until(
            pilot, lambda: [t.question for t in app.screen.turns] == ["first"], "the branch"
        )
        await ask(pilot, "third")
        new, old = store.conversations()
        assert [turn.question for turn in store.load(old.id)] == ["first", "second"]
        assert [turn.answer for turn in store.load(new.id)] == ["A [1].", "C [1]."]
        contents = [message.content for message in engine.requests[2].messages]
        assert contents[:2] == [message.content for message in engine.requests[1].messages][:2]


async def test_a_conversation_that_is_not_kept_can_branch_off_too(make_app: MakeApp) -> None:
    app = make_app(history=False)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await ask(pilot, "first")
        await ask(pilot, "second")
        await pilot.press("alt+up", "f7")
        await until(
            pilot, lambda: [t.question for t in app.screen.turns] == ["first"], "the branch"
        )


async def test_a_change_can_be_left(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await ask(pilot, "first")
        composer = app.screen.query_one(Composer)
        await pilot.press("x", "f4")
        assert composer.text == "x", "what is typed is not thrown away"
        await pilot.press("backspace", "f4", "escape")
        assert composer.text == ""
        await ask(pilot, "second")
        assert [turn.question for turn in app.screen.turns] == ["first", "second"]


async def test_what_is_typed_is_read_ahead(make_app: MakeApp) -> None:
    engine = ScriptedEngine()
    app = make_app(engine)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await until(pilot, lambda: engine.prepared, "what is certain from the start")
        assert engine.prepared[0][-1].content == ""
        await pilot.press(*"what torque do ")
        await until(
            pilot,
            lambda: engine.prepared[-1][-1].content.endswith("Question: what torque do"),
            "passages and words",
        )
        ahead = engine.prepared[-1]
        await pilot.press(*"they need?", "enter")
        await until(pilot, lambda: engine.requests, "the request")
        assert engine.requests[0].messages[-1].content.startswith(ahead[-1].content)
        await until(pilot, lambda: app.screen.turns[0].done, "the answer")
        await until(pilot, lambda: len(engine.prepared[-1]) == 3, "the conversation so far")


async def test_a_changed_question_is_read_ahead_in_its_place(make_app: MakeApp) -> None:
    engine = ScriptedEngine()
    app = make_app(engine)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await ask(pilot, "which torque")
        await pilot.press("f4", *" now ")
        await until(
            pilot,
            lambda: (
                [m.content.rpartition(": ")[2] for m in engine.prepared[-1]] == ["which torque now"]
            ),
            "the changed question without the one it replaces",
        )


async def test_reading_ahead_can_be_turned_off_for_good(make_app: MakeApp, tmp_path: Path) -> None:
    background = Background(preferences=tmp_path / "preferences.json")
    engine = ScriptedEngine()
    app = make_app(engine, background=background)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await until(pilot, lambda: engine.prepared, "on by itself")
        await pilot.press("f6")
        await until(pilot, lambda: not app.read_ahead, "off")
        assert "Reading while you type is off." in [note.message for note in app._notifications]
    app.close()
    engine = ScriptedEngine()
    app = make_app(engine, background=background)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press(*"what torque do they ")
        await pilot.press("enter")
        await until(pilot, lambda: app.screen.turns and app.screen.turns[0].done, "the answer")
        assert engine.prepared == []


async def test_nothing_is_read_ahead_on_battery_saver(make_app: MakeApp) -> None:
    engine = ScriptedEngine()
    app = make_app(engine, background=Background(read_ahead=lambda: False))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await ask(pilot, QUESTION)
        assert engine.prepared == []


async def test_a_low_battery_is_saved_and_said(make_app: MakeApp, tmp_path: Path) -> None:
    low = Battery(percent=18.0, on_mains=False)
    path = tmp_path / "preferences.json"
    background = Background(battery=lambda: low, preferences=path)
    engine = ScriptedEngine(script("Half of it", finish="length"), script(ANSWER))
    app = make_app(engine, background=background)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await until(pilot, lambda: "saving battery 18 %" in status(app), "the status line")
        assert "The battery is saved, it is at 18 %." in notices(app)
        await until(pilot, lambda: engine.settings.decode_threads == 2, "fewer threads")
        engine.prepared.clear()  # what was read before the battery was known
        await ask(pilot, QUESTION)
        assert "kept short to save the battery; F5 writes all of it" in shown(app)
        assert engine.prepared == [], "nothing is read ahead"
        await pilot.press("f5")
        await until(pilot, lambda: app.screen.turns[0].answer == ANSWER, "all of it")
        assert [request.max_tokens for request in engine.requests] == [128, 256]
        composer = app.screen.query_one(Composer)
        composer.put("/battery off")
        await pilot.press("enter")
        await until(pilot, lambda: "battery 18 % · offline" in status(app), "by hand")
        assert "saving" not in status(app)
        assert "The battery is not saved any more" in notices(app)
        await until(pilot, lambda: engine.settings.decode_threads == 4, "all threads")
        assert preferences.load(path).battery == "off"
        composer.put("/battery sometimes")
        await pilot.press("enter")
        await until(
            pilot, lambda: any("/battery auto|on|off" in n.message for n in app._notifications)
        )


async def test_the_battery_is_saved_by_hand_without_knowing_of_one(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        assert "battery" not in status(app)
        app.screen.action_battery()
        await until(pilot, lambda: "saving battery" in status(app), "said")
        assert notices(app).startswith("Low-battery mode is on.")


async def test_what_no_longer_fits_is_told(make_app: MakeApp) -> None:
    app = make_app(
        ScriptedEngine(script(f"{words(100)} [1]")),
        budget=320,
    )
    async with app.run_test(size=(80, 60)) as pilot:
        await ready(pilot)
        for number in range(5):
            await ask(pilot, f"question {number}")
        assert "This conversation is long" in notices(app)


async def test_typing_goes_into_the_input_wherever_the_focus_is(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press("tab", *"hello")
        composer = app.screen.query_one(Composer)
        await until(pilot, lambda: composer.text == "hello", "from the examples")
        await pilot.press("enter")
        await until(pilot, lambda: app.screen.turns and app.screen.turns[0].done, "the answer")
        app.screen.query_one(SourcesPane).focus()
        await pilot.press(*"just so")
        await until(pilot, lambda: composer.text == "just so", "from the sources")
        assert isinstance(app.focused, Composer)


async def test_works_without_a_history(make_app: MakeApp) -> None:
    problem = HistoryUnusable("the history cannot be used", hint="Check free space.")
    app = make_app(history=False, history_problem=problem)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        assert "This conversation is not kept" in notices(app)
        await ask(pilot, QUESTION)
        assert app.screen.turns[0].answer == ANSWER


async def test_a_history_that_breaks_is_told_once_and_left(make_app: MakeApp, store: Store) -> None:
    app = make_app(ScriptedEngine(script(ANSWER), script("Again [1].")))
    async with app.run_test(size=(80, 40)) as pilot:
        await ready(pilot)
        await ask(pilot, "first")
        store.delete(store.conversations()[0].id)
        await ask(pilot, "second")
        await until(pilot, lambda: "deleted in another window" in notices(app), "the notice")
        assert app.screen.turns[-1].answer == "Again [1]."
        assert len(app.screen.query(".notice")) == 1


async def test_themes_follow_each_other_and_are_kept(make_app: MakeApp, tmp_path: Path) -> None:
    background = Background(preferences=tmp_path / "preferences.json")
    app = make_app(background=background)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        for theme in ("light", "contrast", "mono", "dark", "light", "contrast"):
            await pilot.press("f3")
            await until(pilot, lambda t=theme: app.theme == f"fieldkit-{t}", theme)
    app.close()
    assert make_app(background=background).theme == "fieldkit-contrast"


def test_without_colours_the_theme_has_none(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert make_app().theme == "fieldkit-mono"


async def test_quitting_during_an_answer_keeps_what_was_said(
    make_app: MakeApp, store: Store
) -> None:
    app = make_app(ScriptedEngine(script(ANSWER, hold_after=4)))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await ask(pilot, QUESTION, wait=False)
        await until(pilot, lambda: app.screen.turns[0].answer.strip(), "first words")
        await pilot.press("ctrl+q")
    app.close()
    (kept,) = store.load(store.conversations()[0].id)
    assert kept.answer.strip() == "The fluid end studs"
    assert kept.finish == "aborted"


async def test_streamed_markdown_is_markdown(make_app: MakeApp) -> None:
    answer = (
        "Do this:\n\n1. Stop.\n2. Lock.\n\n```\nQ4  red lock\n```\n\n"
        "| A | B |\n|---|---|\n| studs | 320 Nm |"
    )
    app = make_app(ScriptedEngine(script(answer)))
    async with app.run_test(size=(80, 40)) as pilot:
        await ready(pilot)
        await ask(pilot, QUESTION)
        turn: TurnView = app.screen.turns[0]
        await until(pilot, lambda: "A     │ B" in shown(app), "the table")
        added = re.compile(r" \[1\]| \(not from the manuals\)")  # by the check
        lines = [added.sub("", line.strip()) for line in turn.query_one(AnswerMarkdown).lines]
        assert lines[:7] == ["Do this:", "", "1. Stop.", "2. Lock.", "", "Q4  red lock", ""]
        assert "```" not in shown(app)


async def test_ctrl_c_stops_the_answer_and_does_not_quit(make_app: MakeApp) -> None:
    app = make_app(ScriptedEngine(script(ANSWER, hold_after=3)))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await ask(pilot, QUESTION, wait=False)
        await until(pilot, lambda: app.screen.turns[0].answer, "first words")
        await pilot.press("ctrl+c")
        await until(pilot, lambda: app.screen.turns[0].done, "the stop")
        assert app.is_running
        assert "stopped" in shown(app)


async def test_the_palette_knows_every_action_and_runs_it(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await ask(pilot, QUESTION)
        titles = {command.title for command in app.get_system_commands(app.screen)}
        assert titles == {action.title for action in ACTIONS} - {"All actions"}
        await pilot.press("ctrl+p", *"new conv")
        await until(pilot, lambda: "New conversation" in shown(app), "the entry")
        await pilot.press("enter")
        await until(pilot, lambda: len(app.screen_stack) == 1, "the palette is gone")
        await until(pilot, lambda: app.screen.query(Welcome), "an empty conversation")


async def test_the_help_names_every_action(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=(100, 100)) as pilot:
        await ready(pilot)
        await pilot.press("f1")
        await until(pilot, lambda: "Esc closes" in shown(app), "the help")
        text = shown(app)
        for action in ACTIONS:
            assert action.shown in text
            assert not action.shown or action.help in text
            assert action.usage in text
            assert action.title in text or not action.command
        await pilot.press("escape")
        await until(pilot, lambda: len(app.screen_stack) == 1, "back")


async def test_the_layout_follows_the_terminal(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await ask(pilot, QUESTION)
        pane = app.screen.query_one(SourcesPane)
        assert pane.region.x > 60, "beside the conversation"
        await pilot.resize_terminal(60, 24)
        await until(pilot, lambda: pane.region.x < 5, "below the conversation")
        assert pane.region.height >= 3
        assert app.screen.query_one("#transcript").region.height >= 6


@pytest.mark.parametrize(
    "theme", ["fieldkit-dark", "fieldkit-light", "fieldkit-contrast", "fieldkit-mono"]
)
async def test_text_is_legible_without_colours(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch, theme: str
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = make_app()
    app.theme = theme
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await ask(pilot, QUESTION)
        checked = 0
        for strip in app.screen._compositor.render_strips():
            for segment in strip.apply_filter(Monochrome(), Color.parse("black")):
                style = segment.style
                is_text = any(char.isalnum() for char in segment.text)
                if not is_text or style is None or not (style.color and style.bgcolor):
                    continue
                ink, paper = (sum(c.triplet) for c in (style.color, style.bgcolor) if c.triplet)
                assert abs(ink - paper) > 100, segment
                checked += 1
        assert checked >= 12
