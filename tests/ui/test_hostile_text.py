"""Nothing that a model, a manual or the history says can reach the terminal as a command."""

from __future__ import annotations

import unicodedata

import pytest
from textual.app import App

from fieldkit.chat.store import Store
from fieldkit.chat.widgets.composer import Composer
from fieldkit.chat.widgets.markdown import AnswerMarkdown
from fieldkit.chat.widgets.sources import SourcesPane
from fieldkit.core.citation import Passage
from fieldkit.library.search import Manual
from tests.fakes import Script, ScriptedEngine
from tests.ui.conftest import FakeLibrary, MakeApp, ask, ready, shown, until

ESC = "\x1b"
HOSTILE = {
    "clipboard": f"{ESC}]52;c;cm0gLXJm\x07",
    "hyperlink": f"{ESC}]8;;http://evil.example{ESC}\\here{ESC}]8;;{ESC}\\",
    "erase": f"{ESC}[2J{ESC}[H",
    "title": f"{ESC}]0;owned\x07",
    "eight-bit": "\x9b2J\x9d52;c;eA==\x9c\x90q\x9c",
    "backspace": "safe\x08\x08\x08\x08evil\rgone\x0b\x0c\x7f",
    "bidi": "\u202egnorw\u2066\u200f",
    "markup": "[red]not red[/red] [@click=app.quit]quit[/] [link=http://evil.example]l[/link]",
}
ALL = " ".join(HOSTILE.values())
# Character references that would decode to what was taken out.
REFERENCES = "&#27;[2J &#x9b;2J &#x202e; &rlm; &lt;b&gt;"
MARKDOWN = (
    "[click](http://evil.example) ![img](http://evil.example/i.png) <http://evil.example>"
    " <b onclick='x'>bold</b> https://evil.example"
)


def segments(app: App[int]) -> list[str]:
    """The text of everything that would be written to the terminal."""
    return [segment.text for strip in app.screen._compositor.render_strips() for segment in strip]


def assert_inert(app: App[int]) -> None:
    """No control characters and no links in what is rendered."""
    for text in segments(app):
        for char in text:
            category = unicodedata.category(char)
            assert category not in {"Cc", "Cs"}, f"{char!r} in {text!r}"
            assert char not in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f"
    for strip in app.screen._compositor.render_strips():
        for segment in strip:
            style = segment.style
            assert style is None or style.link is None
            clicks = (style.meta or {}).get("@click", "") if style else ""
            assert "link" not in str(clicks)
            assert "quit" not in str(clicks)
    picture = app.export_screenshot()
    assert not any(unicodedata.category(char) == "Cc" and char not in "\n\t" for char in picture)


def one_by_one(text: str) -> tuple[str, ...]:
    """``text`` as a stream of single characters: every sequence is cut everywhere."""
    return tuple(text)


@pytest.mark.parametrize("name", [*HOSTILE, "references", "markdown"])
async def test_in_answers_cut_between_any_two_characters(make_app: MakeApp, name: str) -> None:
    text = {**HOSTILE, "references": REFERENCES, "markdown": MARKDOWN}[name]
    answer = f"Before. {text} after [1]."
    app = make_app(ScriptedEngine(Script(pieces=one_by_one(answer))))
    async with app.run_test(size=(160, 40)) as pilot:
        await ready(pilot)
        await ask(pilot, "q")
        said = app.screen.query_one(AnswerMarkdown)
        await until(pilot, lambda: "after [1]" in " ".join(" ".join(said.lines).split()), "the end")
        assert_inert(app)
        if name == "markup":
            assert "[red]not red[/red]" in shown(app)
        if name == "references":
            assert "&#27;[2J" in shown(app)
        if name == "markdown":
            assert "[click](http://evil.example)" in shown(app)


async def test_in_code_tables_lists_and_headings(make_app: MakeApp) -> None:
    answer = (
        f"# {ALL}\n\n```{ALL}\n{ALL}\n```\n\n- {ALL}\n\n1. {ALL}\n\n> {ALL}\n\n"
        f"| {ALL} | b |\n|---|---|\n| `{ALL}` | {ALL} |\n"
    )
    app = make_app(ScriptedEngine(Script(pieces=one_by_one(answer))))
    async with app.run_test(size=(120, 60)) as pilot:
        await ready(pilot)
        await ask(pilot, "q")
        assert_inert(app)


async def test_in_passages_titles_and_pages(make_app: MakeApp) -> None:
    passage = Passage(
        document=f"PX-204{ALL}",
        title=f"T{ALL}",
        revision=f"C{ALL}",
        page=7,
        heading=f"H{ALL}",
        text=f"Torque {ALL}",
    )

    class HostileLibrary(FakeLibrary):
        def documents(self) -> tuple[Manual, ...]:
            return (
                Manual(
                    document=passage.document,
                    title=passage.title,
                    revision=passage.revision,
                    date=ALL,
                    pages=(7,),
                ),
            )

        def page(self, document: str, number: int, revision: str | None = None) -> str:
            return f"# {ALL}\n\n{passage.text}\n\n| {ALL} | x |\n|---|---|\n| {ALL} | y |\n"

    app = make_app(passages=(passage,), library=HostileLibrary())
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        assert_inert(app)  # the welcome lists the manuals
        await ask(pilot, "q")
        assert_inert(app)
        app.screen.query_one(SourcesPane).focus()
        await pilot.press("enter")
        await until(pilot, lambda: app.screen.query("#page PageBody"), "the page")
        assert_inert(app)
        assert "[red]not red[/red]" in shown(app)


async def test_in_questions_and_what_is_pasted(make_app: MakeApp) -> None:
    from textual import events

    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        composer = app.screen.query_one(Composer)
        composer.post_message(events.Paste(f"paste {ALL}"))
        await until(pilot, lambda: composer.text.startswith("paste"), "the pasted text")
        assert ESC not in composer.text
        assert_inert(app)
        await pilot.press("enter")
        await until(pilot, lambda: app.screen.turns and app.screen.turns[0].done, "the answer")
        assert_inert(app)


async def test_in_the_history(make_app: MakeApp, store: Store) -> None:
    conversation = store.create("harmless")
    turn = store.append(conversation, f"question {ALL}")
    store.update(turn, f"answer {ALL}", finish="stop")
    with store._writing() as db:
        db.execute("UPDATE conversations SET title = ?", (f"title {ALL}",))
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+o")
        await until(pilot, lambda: "title" in shown(app), "the list")
        assert_inert(app)
        await pilot.press("r")
        await pilot.pause()
        assert_inert(app)
        await pilot.press("escape", "enter")
        await until(pilot, lambda: app.screen_stack[0].turns, "the conversation")
        await until(pilot, lambda: "answer" in shown(app), "the answer")
        assert_inert(app)


async def test_in_refusals_and_engine_errors(make_app: MakeApp) -> None:
    from fieldkit.errors import EngineFailure

    engine = ScriptedEngine(load_error=EngineFailure(f"died {ALL}", hint=f"hint {ALL}"))
    app = make_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "Died" in shown(app), "the message")
        assert_inert(app)


async def test_what_is_copied_is_clean(make_app: MakeApp) -> None:
    app = make_app(ScriptedEngine(Script(pieces=one_by_one(f"answer {ALL}"))))
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await ask(pilot, "q")
        await pilot.press("ctrl+y")
        await until(pilot, lambda: app.clipboard, "the clipboard")
        assert ESC not in app.clipboard
        assert "\x9b" not in app.clipboard
