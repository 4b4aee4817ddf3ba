"""Commands, search over conversations, files, clipboard, model and licences."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from textual import events
from textual.widgets import Input, OptionList

from fieldkit.chat.context import Background
from fieldkit.chat.store import Store
from fieldkit.chat.widgets.composer import Composer
from fieldkit.chat.widgets.welcome import Welcome
from tests.fakes import ANSWER, ScriptedEngine, script
from tests.ui.conftest import MakeApp, ask, ready, shown, until

SIZE = (80, 24)
QUESTION = "What torque do the fluid end studs need?"


def told(app: object) -> list[str]:
    return [note.message for note in app._notifications]  # type: ignore[attr-defined]


async def obeyed(pilot: object, command: str) -> None:
    composer = pilot.app.screen.query_one(Composer)  # type: ignore[attr-defined]
    composer.focus()
    composer.put(command)
    await pilot.press("enter")  # type: ignore[attr-defined]


async def test_commands_do_what_keys_do(make_app: MakeApp, store: Store) -> None:
    engine = ScriptedEngine(script("A [1]."), script("B [1]."), script("C [1]."))
    app = make_app(engine)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await ask(pilot, QUESTION)
        await obeyed(pilot, "/again")
        await until(pilot, lambda: [t.answer for t in app.screen.turns] == ["B [1]."], "again")
        await obeyed(pilot, "/edit Another?")
        await until(pilot, lambda: [t.answer for t in app.screen.turns] == ["C [1]."], "changed")
        assert app.screen.turns[0].question == "Another?"
        await obeyed(pilot, "/sources")
        await until(pilot, lambda: not app.screen.query_one("#sources").display, "put away")
        await obeyed(pilot, "/rename Night shift")
        await until(pilot, lambda: "Night shift" in shown(app), "the title")
        assert store.conversations()[0].title == "Night shift"
        await obeyed(pilot, "/branch 1")
        await until(pilot, lambda: len(store.conversations()) == 2, "the branch")
        await obeyed(pilot, "/new")
        await until(pilot, lambda: app.screen.query(Welcome), "an empty conversation")
        await obeyed(pilot, "/help")
        await until(pilot, lambda: len(app.screen_stack) == 2, "the help")
        await pilot.press("escape")
        await obeyed(pilot, "/dev/tty is gone?")
        await until(pilot, lambda: app.screen.turns, "a question")
        assert len(engine.requests) >= 3


async def test_a_command_that_cannot_be_obeyed_is_given_back(make_app: MakeApp) -> None:
    engine = ScriptedEngine()
    app = make_app(engine)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await obeyed(pilot, "/exprt")
        await until(pilot, lambda: any("Did you mean /export?" in t for t in told(app)), "told")
        assert app.screen.query_one(Composer).text == "/exprt"
        await obeyed(pilot, "/find")
        await until(pilot, lambda: any("/find WORDS" in text for text in told(app)), "told")
        assert not app.screen.turns
        assert engine.requests == []


async def test_commands_are_completed_and_not_read_ahead(make_app: MakeApp) -> None:
    engine = ScriptedEngine()
    app = make_app(engine)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await until(pilot, lambda: engine.prepared, "what is certain")
        await pilot.press(*"/exp")
        composer = app.screen.query_one(Composer)
        await until(pilot, lambda: composer.suggestion == "ort ", "the offer")
        await pilot.press("tab")
        await until(pilot, lambda: composer.text == "/export ", "by Tab")
        await pilot.press(*["backspace"] * 8, *"/ag", "right")
        await until(pilot, lambda: composer.text == "/again", "by Right")
        await pilot.press("left", "left", "right")
        assert composer.text == "/again"
        read = [message.content for messages in engine.prepared for message in messages]
        assert not [text for text in read if "/" in text]


async def test_the_answer_can_be_stopped_by_command(make_app: MakeApp) -> None:
    app = make_app(ScriptedEngine(script(ANSWER, hold_after=3)))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await ask(pilot, QUESTION, wait=False)
        await until(pilot, lambda: app.screen.turns[0].answer, "first words")
        await obeyed(pilot, "/stop")
        await until(pilot, lambda: app.screen.turns[0].done, "the stop")


async def test_search_shows_pages_without_an_answer(make_app: MakeApp, store: Store) -> None:
    engine = ScriptedEngine()
    app = make_app(engine)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await obeyed(pilot, "/search hose clamps")
        await until(pilot, lambda: app.screen.turns and app.screen.turns[0].done, "the pages")
        assert "This is what the manuals hold" in shown(app)
        assert engine.requests == []
        assert store.load(store.conversations()[0].id)[0].finish == "search"


async def test_what_was_said_is_found_and_resumed(make_app: MakeApp, store: Store) -> None:
    for question, answer in (("pump?", "Open valve V-12."), ("radio?", "Channel 16.")):
        store.update(store.append(store.create(question), question), answer, finish="stop")
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await obeyed(pilot, "/find V-12")
        await until(pilot, lambda: "Open valve V-12." in shown(app), "the excerpt")
        assert "radio?" not in shown(app)
        await pilot.press("slash", *["backspace"] * 4, *"chan")
        await until(pilot, lambda: "Channel 16." in shown(app), "while it is typed")
        await pilot.press("enter", "enter")
        await until(pilot, lambda: len(app.screen_stack) == 1, "back")
        await until(pilot, lambda: [t.question for t in app.screen.turns] == ["radio?"], "resumed")


async def test_the_list_stays_at_its_entry_and_other_words_begin_at_the_best(
    make_app: MakeApp, store: Store
) -> None:
    for title in ("pump one", "pump two", "radio"):
        store.append(store.create(title), title)
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+o")
        await until(pilot, lambda: "pump one" in shown(app), "the list")
        options = app.screen.query_one(OptionList)
        await pilot.press("down")
        assert app.screen._highlighted().title == "pump two"
        store.append(store.create("of another window"), "hello")
        await pilot.press("r", "x", "enter")
        await until(pilot, lambda: "of another window" in shown(app), "the new one")
        assert app.screen._highlighted().title == "x"
        await pilot.press("end")
        assert options.highlighted == 3
        await pilot.press("slash", *"pump")
        await until(pilot, lambda: "radio" not in shown(app), "what was found")
        assert options.highlighted == 0


async def test_find_from_the_palette_asks_for_words(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        app.screen.action_find()
        await until(pilot, lambda: isinstance(app.focused, Input), "the line")


async def test_deleting_asks_first(make_app: MakeApp, store: Store) -> None:
    app = make_app(
        ScriptedEngine(script(ANSWER), script(ANSWER, hold_after=3), script("Again [1]."))
    )
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await obeyed(pilot, "/delete")
        await until(pilot, lambda: "There is nothing to delete." in told(app), "told")
        await ask(pilot, QUESTION)
        for keys in (["enter"], ["escape"], ["n"]):
            await obeyed(pilot, "/delete")
            await until(pilot, lambda: "for good?" in shown(app), "the question")
            await pilot.press(*keys)
            await until(pilot, lambda: len(app.screen_stack) == 1, "back")
        assert len(store.conversations()) == 1
        await ask(pilot, "during an answer", wait=False)
        await until(pilot, lambda: app.screen.turns[-1].answer, "first words")
        await obeyed(pilot, "/delete")
        await until(pilot, lambda: "for good?" in shown(app), "the question")
        await pilot.press("y")
        await until(pilot, lambda: app.screen_stack[0].query(Welcome), "an empty conversation")
        assert store.conversations() == ()
        await ask(pilot, "kept again")
        assert [entry.title for entry in store.conversations()] == ["kept again"]


async def test_deleting_in_the_list_during_an_answer(make_app: MakeApp, store: Store) -> None:
    app = make_app(ScriptedEngine(script(ANSWER, hold_after=3), script(ANSWER)))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await ask(pilot, QUESTION, wait=False)
        await until(pilot, lambda: app.screen.turns[0].answer, "first words")
        await pilot.press("ctrl+o")
        await until(pilot, lambda: "Earlier conversations" in shown(app), "the list")
        await pilot.press("d", "d")
        await until(pilot, lambda: store.conversations() == (), "the deletion")
        await pilot.press("escape")
        await ask(pilot, "next")
        assert [entry.title for entry in store.conversations()] == ["next"], "still kept"


async def test_export_and_handover(make_app: MakeApp, tmp_path: Path) -> None:
    app = make_app(background=Background(documents=tmp_path / "documents"))
    app.paperwork._clock = lambda: datetime(2026, 3, 1, 9, 0, tzinfo=UTC)  # an hour after the store
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press("f8")
        await until(pilot, lambda: any("Nothing was asked yet." in t for t in told(app)), "told")
        await ask(pilot, QUESTION)
        await pilot.press("f8", "f9")
        documents = tmp_path / "documents"
        await until(pilot, lambda: len(list(documents.glob("*.md"))) == 2, "both files")
        assert any(text.startswith("Written: ") for text in told(app))
        path = tmp_path / "mine.md"
        path.write_text("mine")
        for keys, replaced in ((["n"], False), (["down", "enter"], True)):
            await obeyed(pilot, f"/export {path}")
            await until(pilot, lambda: "Replace it?" in shown(app), "the question")
            assert path.read_text() == "mine"
            await pilot.press(*keys)
            await until(pilot, lambda: len(app.screen_stack) == 1, "back")
            assert (path.read_text(encoding="utf-8") != "mine") == replaced


async def test_copying(make_app: MakeApp) -> None:
    app = make_app(ScriptedEngine(script("Do:\n\n```\nA\x1b[2J 1\n```\n\nSo [1].")))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await obeyed(pilot, "/code")
        await until(pilot, lambda: any("no code block" in text for text in told(app)), "told")
        await ask(pilot, QUESTION)
        await pilot.press("alt+c")
        await until(pilot, lambda: app.clipboard == "A[2J 1", "the code block")
        await obeyed(pilot, "/copy")
        await until(pilot, lambda: "\nDo:\n" in app.clipboard, "the answer")
        app.screen.action_copy_selection()
        await until(pilot, lambda: any("Nothing is marked" in t for t in told(app)), "told")
        app.copy_to_clipboard("a\x1b]0;x\x07\x9b")
        assert app.clipboard == "a]0;x"


class FakeClipboard:
    """A system's clipboard; without ``works`` nothing can be copied to it."""

    def __init__(self, held: str | None = None, *, works: bool = True) -> None:
        self.held = held
        self.works = works

    def copy(self, text: str) -> bool:
        self.held = text if self.works else self.held
        return self.works

    def paste(self) -> str | None:
        return self.held


@pytest.mark.parametrize(
    ("clipboard", "said"),
    [
        (FakeClipboard(), "Answer and sources copied."),
        (FakeClipboard(works=False), "Answer and sources sent to the terminal. If nothing"),
        (None, "Answer and sources sent to the terminal. If nothing"),
    ],
)
async def test_a_copy_says_what_came_of_it(
    make_app: MakeApp, clipboard: FakeClipboard | None, said: str
) -> None:
    app = make_app(
        ScriptedEngine(script("Do\x1b[2J [1].")), background=Background(clipboard=clipboard)
    )
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await ask(pilot, QUESTION)
        await pilot.press("ctrl+y")
        await until(pilot, lambda: any(text.startswith(said) for text in told(app)), "told")
        assert "\nDo[2J [1].\n" in app.clipboard
        if clipboard is not None and clipboard.works:
            assert clipboard.held == app.clipboard


async def test_pasting_by_key_where_the_terminal_cannot(make_app: MakeApp) -> None:
    clipboard = FakeClipboard("pump\x1b[2J P-204\r\n leaks\x9b?")
    app = make_app(background=Background(clipboard=clipboard))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        composer = app.screen.query_one(Composer)
        await pilot.press(*"The ", "ctrl+v")
        await until(pilot, lambda: composer.text == "The pump[2J P-204\n leaks?", "pasted")
        clipboard.held, app._clipboard = None, ""
        await pilot.press("ctrl+v")
        await until(pilot, lambda: any("nothing to paste" in t for t in told(app)), "told")
        app.copy_to_clipboard("copied here")
        clipboard.held = None
        composer.clear()
        await pilot.press("ctrl+v")
        await until(pilot, lambda: composer.text == "copied here", "what was copied here last")


async def test_what_is_marked_with_the_mouse_is_copied(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await ask(pilot, QUESTION)
        question = app.screen.turns[0].query_one(".question")
        await pilot.mouse_down(question, offset=(2, 0))
        await pilot.hover(question, offset=(12, 0))
        await pilot.mouse_up(question, offset=(12, 0))
        await until(pilot, lambda: app.screen.get_selected_text(), "the mark")
        marked = app.screen.get_selected_text()
        await pilot.press("ctrl+c")
        await until(pilot, lambda: app.clipboard == marked, "the clipboard")
        assert marked
        assert marked in QUESTION


@pytest.mark.parametrize("size", [(80, 24), (60, 20)], ids=["80x24", "60x20"])
async def test_the_model_and_its_licences(
    make_app: MakeApp, tmp_path: Path, size: tuple[int, int]
) -> None:
    folder = tmp_path / "licences"
    folder.mkdir()
    (folder / "MODEL-LICENCE.txt").write_text("Permission\x1b[2J is granted\n" + "line\n" * 99)
    (folder / "textual.txt").write_text("MIT")
    app = make_app(background=Background(release=tmp_path))
    async with app.run_test(size=size) as pilot:
        await ready(pilot)
        await ask(pilot, QUESTION)
        await pilot.press("f12")
        await until(pilot, lambda: "Q4_K_M" in shown(app), "the facts")
        await pilot.press("right")
        await until(pilot, lambda: "Permission[2J is granted" in shown(app), "the text")
        view = app.screen.query_one("#model")
        await pilot.press("pagedown")
        await until(pilot, lambda: view.scroll_y > 0, "further down")
        await pilot.press("right", "right")
        await until(pilot, lambda: "MIT" in shown(app), "the last text")
        await pilot.press("escape")
        await obeyed(pilot, "/model 1")
        await until(pilot, lambda: "is granted" in shown(app), "the text by number")
        await pilot.press("escape")
        await obeyed(pilot, "/model 9")
        await until(pilot, lambda: "There is no such licence text." in told(app), "told")


@pytest.mark.parametrize("command", ["/conversations", "/delete", "/help", "/model"])
async def test_a_dialog_is_left_once_however_often_a_key_is_pressed(
    make_app: MakeApp, store: Store, command: str
) -> None:
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await ask(pilot, QUESTION)
        await obeyed(pilot, command)
        await until(pilot, lambda: len(app.screen_stack) == 2, "the dialog")
        for key in ("enter", "escape", "enter", "escape"):
            app.post_message(events.Key(key, None))
        await until(pilot, lambda: len(app.screen_stack) == 1, "the conversation")
        await pilot.pause()
        assert app.screen is app.screen_stack[0]
        assert len(store.conversations()) == 1
