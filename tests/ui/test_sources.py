"""The sources of an answer: the list, the page beside it, and the page on the whole screen."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.widget import Widget

from fieldkit.chat.pages import Sources
from fieldkit.chat.screens.page import PageScreen
from fieldkit.chat.widgets.composer import Composer
from fieldkit.chat.widgets.pageview import PageView
from fieldkit.chat.widgets.sources import SourcesPane
from tests.fakes import CLAMPS, PAGE, SAFETY, TORQUE, ScriptedEngine, script
from tests.ui.conftest import FakeLibrary, MakeApp, ask, marked, ready, shown, until

WIDE, NARROW = (120, 40), (60, 24)
QUESTION = "What torque do the fluid end studs need?"
ANSWER = "Tighten the studs to **320 Nm** [1].\n\n- The clamps need 18 Nm [2]."


def joined(rows: list[str]) -> str:
    return " ".join(" ".join(rows).split())


def place_of(widget: Widget, text: str) -> tuple[int, int]:
    """Where on the screen ``text`` stands, in ``widget``."""
    for y in range(widget.region.height):
        line = widget.render_line(y).text
        if text in line:
            return widget.region.x + line.index(text) + 1, widget.region.y + y
    raise AssertionError(f"{text!r} is not shown")


async def test_where_there_is_room_the_page_stands_beside_the_answer(make_app: MakeApp) -> None:
    app = make_app(ScriptedEngine(script(ANSWER)))
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot)
        await ask(pilot, QUESTION)
        await until(pilot, lambda: joined(marked(app)) == TORQUE.text, "the cited passage")
        assert "Check every joint again" in shown(app), "and the text around it"
        assert "\u258c Fluid end studs: 320 Nm." in shown(app), "told apart without colours"
        await pilot.press("tab", "down")
        await until(pilot, lambda: joined(marked(app)) == CLAMPS.text, "the next passage")
        await pilot.press("right")
        await until(pilot, lambda: "page 8 of 12" in shown(app), "the page after")
        assert marked(app) == []
        await pilot.press("1")
        await until(pilot, lambda: app.screen_stack[1:], "the whole screen")


async def test_the_page_goes_when_there_is_no_room(make_app: MakeApp) -> None:
    app = make_app(ScriptedEngine(script(ANSWER)))
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot)
        await ask(pilot, QUESTION)
        view = app.screen.query_one("#source-page", PageView)
        await until(pilot, lambda: marked(app), "the page")
        await pilot.resize_terminal(*NARROW)
        await until(pilot, lambda: not view.display, "the list alone")
        assert "crosswise in two" in shown(app), "the passages themselves"
        await pilot.resize_terminal(*WIDE)
        await until(pilot, lambda: view.display and marked(app), "the page again")


async def test_the_passage_is_in_view_on_a_long_page(make_app: MakeApp) -> None:
    filler = "\n\n".join(f"Paragraph {number} about something else." for number in range(200))
    library = FakeLibrary(page=f"{filler}\n\n{PAGE}\n\n{filler}")
    app = make_app(ScriptedEngine(script(ANSWER)), library=library)
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot)
        await ask(pilot, QUESTION)
        await until(pilot, lambda: "\u258c Fluid end studs: 320 Nm." in shown(app), "in the pane")
        await pilot.press("tab", "pageup")
        await until(pilot, lambda: "\u258c Fluid" not in shown(app), "scrolled away")
        await pilot.press("enter")
        await until(pilot, lambda: app.screen_stack[1:], "the whole screen")
        await until(pilot, lambda: "\u258c Fluid end studs: 320 Nm." in shown(app), "there, too")


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("way", ["key", "command", "click"])
async def test_a_citation_leads_to_its_passage(
    make_app: MakeApp, size: tuple[int, int], way: str
) -> None:
    app = make_app(ScriptedEngine(script(ANSWER)))
    async with app.run_test(size=size) as pilot:
        await ready(pilot)
        await ask(pilot, QUESTION)
        if way == "key":
            await pilot.press("alt+2")
        elif way == "command":
            app.screen.query_one(Composer).put("/page 2")
            await pilot.press("enter")
        else:
            await until(pilot, lambda: "18 Nm [2]" in shown(app), "the citation")
            rows = shown(app).split("\n")
            (y,) = (y for y, row in enumerate(rows) if "18 Nm [2]" in row)
            assert await pilot.click(offset=(rows[y].index("18 Nm [2]") + len("18 Nm ["), y))
        await until(pilot, lambda: joined(marked(app)) == CLAMPS.text, "the passage")
        assert isinstance(app.screen, PageScreen) is (size == NARROW)


async def test_digits_are_typed_into_a_question(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=NARROW) as pilot:
        await ready(pilot)
        await ask(pilot, QUESTION)
        await pilot.press(*"2 inch valve")
        assert app.screen.query_one(Composer).text == "2 inch valve"
        assert len(app.screen_stack) == 1


async def test_what_is_no_source_is_told(make_app: MakeApp) -> None:
    app = make_app(passages=(TORQUE,))
    async with app.run_test(size=NARROW) as pilot:
        await ready(pilot)
        await pilot.press("alt+1")
        await ask(pilot, QUESTION)
        await pilot.press("alt+2")
        told = [note.message for note in app._notifications]
        assert told == ["This answer has no such source."] * 2
        assert len(app.screen_stack) == 1


async def test_on_the_whole_screen_the_other_passages_are_a_key_away(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=NARROW) as pilot:
        await ready(pilot)
        await ask(pilot, QUESTION)
        await pilot.press("alt+1")
        await until(pilot, lambda: joined(marked(app)) == TORQUE.text, "the first")
        await pilot.press("n")
        await until(pilot, lambda: joined(marked(app)) == CLAMPS.text, "the second")
        await pilot.press("n", "n")
        await until(pilot, lambda: joined(marked(app)) == SAFETY.text, "the last")
        await pilot.press("b", "left", "left", "2")
        await until(pilot, lambda: joined(marked(app)) == CLAMPS.text, "the second, by number")
        assert "page 7 of 12" in shown(app)


async def test_words_of_the_question_are_underlined(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot)
        await ask(pilot, QUESTION)
        await until(pilot, lambda: marked(app), "the page")
        underlined = {
            segment.text
            for strip in app.screen._compositor.render_strips()
            for segment in strip
            if segment.style and segment.style.underline
        }
        assert {"Fluid", "end", "studs"} <= underlined


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
async def test_a_superseded_revision_is_warned_of(make_app: MakeApp, size: tuple[int, int]) -> None:
    app = make_app(passages=(replace(TORQUE, superseded_by="rev D"),))
    async with app.run_test(size=size) as pilot:
        await ready(pilot)
        await ask(pilot, QUESTION)
        pane = app.screen.query_one(SourcesPane)
        assert "! superseded by rev D" in pane.items[0].render().plain
        await pilot.press("tab", "enter")
        await until(pilot, lambda: "page 7 of 12" in shown(app), "the page")
        assert "! superseded by rev D" in shown(app)


async def test_text_of_a_page_can_be_marked_and_copied(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot)
        await ask(pilot, QUESTION)
        body = app.screen.query_one("#source-page PageBody")
        await until(pilot, lambda: marked(app), "the page")
        x, y = place_of(body, "320 Nm")
        await pilot.mouse_down(offset=(x - 1, y))
        await pilot.hover(offset=(x + 4, y))
        await pilot.mouse_up(offset=(x + 4, y))
        assert app.screen.get_selected_text() == "320 Nm"


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
async def test_a_passage_in_the_list_is_a_click_away(
    make_app: MakeApp, size: tuple[int, int]
) -> None:
    app = make_app(ScriptedEngine(script(ANSWER)))
    async with app.run_test(size=size) as pilot:
        await ready(pilot)
        await ask(pilot, QUESTION)
        pane = app.screen.query_one(SourcesPane)
        pane.items[1].scroll_visible(animate=False)
        await pilot.pause()
        assert await pilot.click(offset=place_of(pane.items[1], "[2]"))
        await until(pilot, lambda: joined(marked(app)) == CLAMPS.text, "the passage")


def test_a_terminal_s_alt_and_a_digit_are_that_key() -> None:
    from textual import _xterm_parser

    for digit in "19":
        parser = _xterm_parser.XTermParser()
        events_then = [*parser.feed(f"\x1b{digit}"), *parser.feed("")]
        assert [event.key for event in events_then] == [f"alt+{digit}"]


async def test_a_pane_that_is_taken_off_the_screen_meanwhile_shows_nothing(
    make_app: MakeApp,
) -> None:
    app = make_app(ScriptedEngine(script(ANSWER)))
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot)
        await ask(pilot, QUESTION)
        pane = app.screen.query_one(SourcesPane)
        await until(pilot, lambda: marked(app), "the page")
        await pane.remove()
        await pane.show(Sources(), title="Sources")  # raises nothing
        assert not pane.is_attached
