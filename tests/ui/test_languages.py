"""Every screen in every language: nothing English is left, and what must fit fits at 60x20."""

from __future__ import annotations

import gettext
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from pyrage import x25519
from textual.content import Content
from textual.pilot import Pilot
from textual.widgets import Static

from fieldkit.chat import i18n, keymap, preferences
from fieldkit.chat.actions import ACTIONS
from fieldkit.chat.context import Background
from fieldkit.chat.feedback_box import FeedbackBox
from fieldkit.chat.people import People
from fieldkit.chat.reports import Reports
from fieldkit.chat.seat import Seat
from fieldkit.chat.store import Store
from fieldkit.chat.widgets.composer import Composer
from fieldkit.chat.widgets.sources import SourcesPane
from fieldkit.chat.widgets.statusline import Status, StatusLine, layout
from fieldkit.core.text import clean_line
from fieldkit.errors import EngineFailure
from tests.fakes import ASSISTANT, PAGE, PASSAGES, ScriptedEngine, script
from tests.feedback import NOW, ORIGIN
from tests.ui.conftest import MakeApp, ask, marked, notices, shown, status, until
from tests.ui.test_documents import FakeShelving, entry
from tests.ui.test_hostile_text import ALL, assert_inert

SMALL = (60, 20)
QUESTION = "What torque do the fluid end studs need?"
ANSWER = "The fluid end studs are tightened to 320 Nm [1], not to 999 Nm."
# Every letter becomes this one in the language of the tests, as wide as a letter.
_SIGN = "ж"
_LETTER = re.compile(r"(\{\w*\}|(?<!\w)/[a-z]+)|[a-zA-Z]")  # but not in placeholders and commands
_WORD = re.compile(r"[A-Za-z]{3,}")
# Names of keys, formats and units, and the languages' own names.
_SAME = """
    Alt Ctrl Enter Esc PageDown PageUp Shift Space Tab Down tok Markdown English espa norsk bokm
    conversations sqlite txt MODEL LICENCE phi haswell
"""

Open = Callable[[Pilot[Any]], Awaitable[None]]


class Disguised(gettext.NullTranslations):
    """A language in which every text is there but no word of it is English."""

    def gettext(self, message: str) -> str:
        return _LETTER.sub(lambda match: match[1] or _SIGN, message)

    def ngettext(self, one: str, many: str, count: int) -> str:
        return self.gettext(one if count == 1 else many)


async def loaded(pilot: Pilot[Any]) -> None:
    line = pilot.app.screen_stack[0].query_one(StatusLine)
    await until(pilot, lambda: line.status.tone == "ready", "ready")


async def answered(pilot: Pilot[Any]) -> None:
    await loaded(pilot)
    await ask(pilot, QUESTION)


async def page(pilot: Pilot[Any]) -> None:
    await answered(pilot)
    pilot.app.screen.query_one(SourcesPane).focus()
    await pilot.press("enter")
    await until(pilot, lambda: marked(pilot.app), "the page")


def pressing(key: str, what: str) -> Open:
    async def opened(pilot: Pilot[Any]) -> None:
        await answered(pilot)
        await pilot.press(key)
        await until(pilot, lambda: pilot.app.screen.query(what), what)

    return opened


def doing(action: str, what: str) -> Open:
    async def opened(pilot: Pilot[Any]) -> None:
        await answered(pilot)
        getattr(pilot.app.screen, f"action_{action}")()
        await until(pilot, lambda: pilot.app.screen.query(what), what)

    return opened


async def confirm(pilot: Pilot[Any]) -> None:
    await answered(pilot)
    pilot.app.screen.action_delete()
    await until(pilot, lambda: pilot.app.screen.query("#confirm"), "the question")


async def changing(pilot: Pilot[Any]) -> None:
    await answered(pilot)
    await pilot.press("f4")
    await until(pilot, lambda: pilot.app.screen.query_one(Composer).editing, "the change")


SCREENS: dict[str, Open] = {
    "empty": loaded,
    "answer": answered,
    "changing": changing,
    "page": page,
    "help": pressing("f1", "#help"),
    "palette": pressing("ctrl+p", "CommandPalette > *"),
    "conversations": pressing("ctrl+o", "#conversations"),
    "model": pressing("f12", "#model"),
    "confirm": confirm,
    "keys": doing("keys", "#keys-dialog"),
    "documents": doing("documents", "#documents-dialog"),
    "people": doing("who", "#people-dialog"),
    "wrong": doing("wrong", "#wrong-dialog"),
}
screens = pytest.mark.parametrize("name", SCREENS)
OWN = "rig-notes.md"


def app_with(make_app: MakeApp, folder: Path, *, passages: Any = PASSAGES) -> Any:
    (folder / "licences").mkdir(exist_ok=True)
    (folder / "licences" / "MODEL-LICENCE.txt").write_text("MIT")
    people = People(folder / "data")
    box = FeedbackBox(folder / "feedback", [str(x25519.Identity.generate().to_public())])
    background = Background(
        release=folder,
        reports=lambda: Reports(box, lambda: ORIGIN, folder, clock=lambda: NOW),
        seat=Seat(people=people, person=people.first),
        shelving=FakeShelving([OWN]),  # type: ignore[arg-type]  # a fake at the port
    )
    return make_app(ScriptedEngine(script(ANSWER)), passages=passages, background=background)


def said_by_data(folder: Path) -> str:
    """What no translator can do anything about; a dialog may cut its words."""
    texts = [QUESTION, ANSWER, PAGE, ASSISTANT.to_json(), _SAME, str(folder)]
    texts += [f"{p.title} {p.heading} {p.text}" for p in PASSAGES]
    texts += [action.command for action in ACTIONS]
    texts += [OWN, entry(OWN).title, repr(ORIGIN), *keymap.DEFAULTS]
    return " ".join(texts)


@screens
async def test_nothing_english_is_left(
    make_app: MakeApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(i18n, "_current", Disguised())
    app = app_with(make_app, tmp_path)
    facts = app.facts
    monkeypatch.setattr(app, "facts", lambda: [(k, v) for k, v in facts() if "/" not in v])
    async with app.run_test(size=(140, 70)) as pilot:
        await SCREENS[name](pilot)
        for record in app.screen.query("#wrong-record"):
            record.display = False  # the file's own names of its fields, as IT will read them
        await pilot.pause()
        text = shown(app)
        assert _SIGN in text
        said = said_by_data(tmp_path)
        assert [word for word in _WORD.findall(text) if word not in said] == []


@pytest.mark.parametrize("language", ["es", "nb"])
@screens
async def test_everything_fits_in_a_small_terminal(
    make_app: MakeApp, tmp_path: Path, language: str, name: str
) -> None:
    i18n.use(language)
    app = app_with(make_app, tmp_path)
    async with app.run_test(size=SMALL) as pilot:
        await SCREENS[name](pilot)
        for line in [*app.screen.query(".keys"), *app.screen.query("#hint")]:
            assert isinstance(line, Static)
            text = line.render().plain
            lines = Content(text).get_height({}, line.content_size.width)
            assert line.content_size.height >= lines, text
        for composer in app.screen.query(Composer):
            placeholder = str(composer.placeholder)
            assert composer.content_size.width >= len(placeholder), placeholder
            assert composer.size.width - 4 >= len(str(composer.border_title or ""))
        for pane in app.screen.query(SourcesPane):
            for title in (pane.border_title, pane.border_subtitle) if pane.display else ():
                assert pane.outer_size.width - 4 >= len(clean_line(str(title or "")))


@pytest.mark.parametrize("language", ["en", "es", "nb"])
def test_the_status_line_keeps_the_state_and_that_it_is_offline(language: str) -> None:
    i18n.use(language)
    _ = i18n._
    states = [
        _("answering"),
        _("loading {percent}%").format(percent=100),
        _("reading prompt {done}/{total}").format(done=131072, total=131072),
        _("search only, Ctrl+R restarts"),
        _("engine stopped, Ctrl+R"),
        _("restarting"),
    ]
    for state in states:
        line = layout(Status(state=state, model="m" * 40, tps=1.5, used=9, total=4096), 60).plain
        assert state in line
        assert line.endswith(f"{_('context {figures}').format(figures='9/4096')} · {_('offline')}")


async def test_the_language_is_changed_and_kept(make_app: MakeApp, tmp_path: Path) -> None:
    background = Background(preferences=tmp_path / "preferences.json")
    app = make_app(ScriptedEngine(script(ANSWER)), background=background)
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        assert "No network is used" in shown(app)
        await ask_for(pilot, "/language es")
        await until(pilot, lambda: "Manuales" in shown(app), "Spanish")
        assert "listo" in status(app)
        await answered(pilot)
        assert "El manual indica 320 Nm, no 999 Nm." in shown(app)
        await ask_for(pilot, "/language no")
        await until(pilot, lambda: "Manualen oppgir 320 Nm, ikke 999 Nm." in shown(app), "nb")
        assert "F1 Hjelp" in shown(app)
        await ask_for(pilot, "/language fr")
        await until(pilot, lambda: "en English, es español" in told(app), "what there is")
        assert i18n.current() == "nb"
    assert preferences.load(tmp_path / "preferences.json").language == "nb"


def told(app: Any) -> str:
    return "\n".join(notification.message for notification in app._notifications)


async def ask_for(pilot: Pilot[Any], command: str) -> None:
    composer = pilot.app.screen.query_one(Composer)
    composer.put(command)
    await pilot.press("enter")
    await until(pilot, lambda: composer.text != command, "obeyed")


async def test_an_answer_is_not_interrupted_by_another_language(make_app: MakeApp) -> None:
    engine = ScriptedEngine(script(ANSWER, hold_after=2))
    app = make_app(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await ask(pilot, QUESTION, wait=False)
        await until(pilot, lambda: "answering" in status(app), "the answer")
        await app.screen.action_language("es")
        assert i18n.current() == "en"
        engine.go.set()
        await until(pilot, lambda: "ready" in status(app), "the end")


async def test_a_refusal_is_read_in_the_language_and_kept_in_the_models(
    make_app: MakeApp, store: Store
) -> None:
    i18n.use("nb")
    app = make_app(passages=())
    async with app.run_test(size=(80, 24)) as pilot:
        await answered(pilot)
        assert "Jeg fant ingenting om dette i manualene." in shown(app)
        assert "do not answer" not in shown(app)
        (turn,) = store.load(store.conversations()[0].id)
        assert turn.answer.startswith("The manuals do not answer this.")
        assert "Jeg fant ingenting" in app.screen.turns[-1].copied()


@pytest.mark.parametrize("language", ["es", "nb"])
async def test_a_letter_of_the_language_says_yes(make_app: MakeApp, language: str) -> None:
    i18n.use(language)
    app = make_app(ScriptedEngine(script(ANSWER)))
    async with app.run_test(size=(80, 24)) as pilot:
        await confirm(pilot)
        await pilot.press({"es": "s", "nb": "j"}[language])
        await until(pilot, lambda: not app.said, "the deletion")


@pytest.mark.parametrize("language", ["es", "nb"])
async def test_hostile_text_stays_inert_in_translated_texts(
    make_app: MakeApp, language: str
) -> None:
    i18n.use(language)
    failure = EngineFailure(f"the model {{0}} {ALL}", hint=f"Read {{path}} {ALL}")
    app = make_app(ScriptedEngine(load_error=failure))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: notices(app), "the failure")
        assert "{0}" in notices(app)
        await ask(pilot, f"q {{title}} {ALL}")
        assert_inert(app)
        app.screen.action_rename(f"{{title}} {ALL}")
        app.screen.action_delete()
        await until(pilot, lambda: app.screen.query("#confirm"), "the question")
        assert_inert(app)
        assert "{title}" in shown(app)
