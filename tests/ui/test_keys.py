"""Keys of a person's own on the screen: they work, and every hint names them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from fieldkit.chat.context import Background
from fieldkit.chat.screens.conversations import ConversationsScreen
from fieldkit.chat.screens.help import HelpScreen
from fieldkit.chat.screens.keys import KeysScreen
from fieldkit.chat.screens.model import ModelScreen
from fieldkit.chat.store import Store
from fieldkit.chat.widgets.composer import Composer
from fieldkit.chat.widgets.welcome import Welcome
from tests.fakes import ASSISTANT, ScriptedEngine, script
from tests.ui.conftest import MakeApp, ask, notices, ready, shown, until

SIZE = (100, 30)
QUESTION = "What torque do the fluid end studs need?"
MINE = """\
send = "ctrl+j"
newline = "enter"
help = "f10"
new = "alt+n"
paste = "f11"
recall = "alt+p"
regenerate = ""
model = "ctrl+k"
focus_sources = "f2"
palette = "ctrl+o"
leave = "ctrl+x"
scroll_up = "ctrl+u"
[conversations_screen]
close = "x"
resume = "o"
[model_screen]
close = "x"
"""


@pytest.fixture
def mine(tmp_path: Path) -> Background:
    path = tmp_path / "keys.toml"
    path.write_text(MINE, encoding="utf-8")
    return Background(keys=path)


async def test_other_keys_work_and_the_old_ones_do_not(
    make_app: MakeApp, store: Store, mine: Background
) -> None:
    app = make_app(ScriptedEngine(script("A [1].")), background=mine)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        assert app.keymap.problems == ()
        composer = app.screen.query_one(Composer)
        await pilot.press(*"one", "enter", *"two")
        await until(pilot, lambda: composer.text == "one\ntwo", "Enter breaks the line")
        await pilot.press("ctrl+j")
        await until(pilot, lambda: app.screen.turns and app.screen.turns[0].done, "Ctrl+J sends")
        app.copy_to_clipboard("from here")
        await pilot.press("f11")
        await until(pilot, lambda: composer.text == "from here", "pasted")
        composer.clear()
        await pilot.press("up")
        assert composer.text == ""
        await pilot.press("alt+p")
        await until(pilot, lambda: composer.text == "one\ntwo", "recalled")
        composer.clear()
        await pilot.press("f2")
        await until(pilot, lambda: app.focused is app.screen.query_one("#sources"), "the sources")
        await pilot.press("ctrl+n")
        assert app.screen.turns
        await pilot.press("alt+n")
        await until(pilot, lambda: app.screen.query(Welcome), "a new conversation")
        await pilot.press("ctrl+k")
        await until(pilot, lambda: isinstance(app.screen, ModelScreen), "though the input has it")
        await pilot.press("escape", "q")
        assert isinstance(app.screen, ModelScreen)
        await pilot.press("x")
        await until(pilot, lambda: not isinstance(app.screen, ModelScreen), "closed")
        await pilot.press("ctrl+o")
        await until(pilot, lambda: len(app.screen_stack) == 2, "the palette")
        await pilot.press("escape")
        await until(pilot, lambda: len(app.screen_stack) == 1, "the palette is closed")
        await pilot.press("ctrl+q")
        assert app.is_running
        await pilot.press("ctrl+x")
        await until(pilot, lambda: not app.is_running, "left")


async def test_every_hint_names_them(make_app: MakeApp, store: Store, mine: Background) -> None:
    app = make_app(ScriptedEngine(script("A [1].")), background=mine)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        assert "Ctrl+J sends, Enter: new line" in app.screen.query_one(Composer).placeholder
        assert "F10 Help" in shown(app)
        await until(pilot, lambda: app.screen.query_one(Composer).has_focus, "the input")
        app.screen.query_one(Composer).put(QUESTION)
        await pilot.press("ctrl+j")
        await until(pilot, lambda: app.screen.turns and app.screen.turns[0].done, "an answer")
        await until(pilot, lambda: "F2, Enter: the page" in shown(app), "the sources' hint")
        await pilot.press("ctrl+c")
        quits = "Ctrl+X quits, Esc stops an answer."
        await until(pilot, lambda: any(quits == note.message for note in app._notifications))
        titles = {command.title: command.help for command in app.get_system_commands(app.screen)}
        assert titles["New conversation"] == "Alt+N"
        assert titles["Answer again"].endswith("(/again)")
        await pilot.press("f10")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen), "the help")
        text = "\n".join(line.render().plain for line in app.screen.query("#help Static"))
        assert "Ctrl+X" in text
        assert "Alt+P" in text
        assert "Ctrl+Q" not in text
        await pilot.press("escape")
        app.screen.action_conversations()
        await until(pilot, lambda: isinstance(app.screen, ConversationsScreen), "the list")
        assert "O resumes   R renames   D deletes   / finds   X closes" in shown(app)
        await pilot.press("o")
        await until(pilot, lambda: len(app.screen_stack) == 1, "resumed by its key")


async def test_what_is_wrong_is_told_once_and_the_rest_holds(
    make_app: MakeApp, store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "keys.toml"
    path.write_text('exprt = "f5"\nnew = "x"\nbranch = "f10"\n')
    app = make_app(background=Background(keys=path))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        assert notices(app) == (
            "keys.toml line 1: there is no action exprt. Did you mean export?"
            " keys.toml line 2: X is needed for typing; take it with Ctrl or Alt."
        )
        await ask(pilot, QUESTION)
        await pilot.press("f10")
        await until(pilot, lambda: len(store.conversations()) == 2, "branched")


async def test_all_keys_are_shown_with_their_names_and_the_file_is_written(
    make_app: MakeApp, tmp_path: Path
) -> None:
    path = tmp_path / "data" / "keys.toml"
    app = make_app(background=Background(keys=path))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        composer = app.screen.query_one(Composer)
        composer.put("/keys")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, KeysScreen), "the keys")
        text = "\n".join(line.render().plain for line in app.screen.query("#keys Static"))
        for key_id in ("toggle_sources", "previous_answer", "rename"):
            assert key_id in text
        assert "[conversations_screen]" in text
        assert f"from the next start on: {path}" in text
        assert path.is_file()
        await pilot.press("q")
        composer.put("/keys")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, KeysScreen), "again")
        text = app.screen.query("#keys Static").first().render().plain
        assert text.startswith(f"Keys are changed in {path}")


async def test_a_release_ships_keys(make_app: MakeApp, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = replace(ASSISTANT, keys={"help": "f10", "page_screen.close": "x"})
    monkeypatch.setattr("tests.ui.conftest.ASSISTANT", shipped)
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        assert "F10 Help" in shown(app)
        assert app.keymap.keys("page_screen.close") == ("x",)
