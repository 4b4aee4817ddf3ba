"""The assistant over a scripted engine, away from the real home folder and the real clock."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from textual.pilot import Pilot

from fieldkit.chat.app import AssistantApp
from fieldkit.chat.store import Store
from fieldkit.core.citation import Passage
from fieldkit.library.search import Manual
from tests.fakes import ASSISTANT, PAGE, PASSAGES, FakeEvidence, ScriptedEngine
from tests.ui.dump import dump

DEADLINE_S = 30.0

MakeApp = Callable[..., AssistantApp]
Size = tuple[int, int]
Compare = Callable[..., bool]


class FakeLibrary:
    """Two manuals; every page of the pump's has the same text with its number."""

    def __init__(self, title: str = "PX-204 mud pump, field manual", page: str = PAGE) -> None:
        self._title = title
        self._page = page

    def documents(self) -> tuple[Manual, ...]:
        pump = Manual(
            document="PX-204",
            title=self._title,
            revision="C",
            date="2026-03-01",
            pages=tuple(range(1, 13)),
        )
        safety = Manual(
            document="SH-1", title="SH-1 site safety", revision="A", date="", pages=(1, 2)
        )
        return (pump, safety)

    def left_out(self) -> tuple[tuple[str, str], ...]:
        return ()

    def page(self, document: str, number: int, revision: str | None = None) -> str:
        if document != "PX-204":
            raise KeyError(document)
        return self._page if number == 7 else f"# Page {number}\n\nNothing about torque."


class Clock:
    """Tells a fixed time, a minute later each time it is asked."""

    def __init__(self) -> None:
        self._now = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self._now += timedelta(minutes=1)
        return self._now


@pytest.fixture(autouse=True)
def _isolated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "XDG_DATA_HOME", "LOCALAPPDATA", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path))
    for name in ("NO_COLOR", "TEXTUAL_ANIMATIONS", "TEXTUAL_THEME", "FIELDKIT_DATA_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TZ", "UTC")
    if hasattr(time, "tzset"):
        time.tzset()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "history" / "c.sqlite3", clock=Clock())
    yield store
    store.close()


@pytest.fixture
def make_app(store: Store) -> Iterator[MakeApp]:
    """Make an assistant; its engine is closed after the test."""
    apps: list[AssistantApp] = []

    def make(
        engine: ScriptedEngine | None = None,
        *,
        passages: Sequence[Passage] = PASSAGES,
        library: FakeLibrary | None = None,
        history: bool = True,
        budget: int = 1500,
        **changes: object,
    ) -> AssistantApp:
        engine = engine or ScriptedEngine()
        evidence = FakeEvidence(engine, passages)
        evidence.budget = budget
        app = AssistantApp(
            assistant=ASSISTANT,
            library=library or FakeLibrary(),
            evidence=evidence,
            engine=engine,
            store=store if history else None,
            **changes,  # type: ignore[arg-type]  # test convenience
        )
        apps.append(app)
        return app

    yield make
    for app in apps:
        app.close()


async def until(pilot: Pilot[int], condition: Callable[[], object], what: str = "") -> None:
    """Let the app work until ``condition`` holds."""
    deadline = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < deadline, f"never: {what or condition}"
        await pilot.pause(0.01)
    await pilot.pause()


def status(app: AssistantApp) -> str:
    """The status line as it reads."""
    from fieldkit.chat.widgets.statusline import StatusLine

    return app.screen_stack[0].query_one(StatusLine).render().plain


def shown(app: AssistantApp) -> str:
    """Everything on the screen, line by line."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)


def marked(app: AssistantApp) -> list[str]:
    """The rows of the page on the screen on which the passage stands."""
    from fieldkit.chat.widgets.pageview import PageBody

    return [row for body in app.screen.query(PageBody) for row in body.marked]


def notices(app: AssistantApp) -> str:
    """What the conversation tells besides questions and answers."""
    return "\n".join(note.render().plain for note in app.screen_stack[0].query(".notice"))


async def ready(pilot: Pilot[int]) -> None:
    """Wait until the model is loaded."""
    await until(pilot, lambda: "ready" in status(pilot.app), "ready")


async def ask(pilot: Pilot[int], question: str, *, wait: bool = True) -> None:
    """Type a question and send it; wait for the end of its answer."""
    from fieldkit.chat.widgets.composer import Composer

    composer = pilot.app.screen_stack[0].query_one(Composer)
    composer.focus()
    composer.put(question)
    before = pilot.app.screen_stack[0].turns[-1:]
    await pilot.press("enter")
    await until(
        pilot,
        lambda: pilot.app.screen_stack[0].turns[-1:] not in ([], before),
        "the question",
    )
    if wait:
        turn = pilot.app.screen_stack[0].turns[-1]
        await until(pilot, lambda: turn.done, "the end of the answer")


@pytest.fixture(
    params=[(80, 24), *(pytest.param(s, marks=pytest.mark.slow) for s in [(60, 20), (120, 40)])],
    ids=lambda size: f"{size[0]}x{size[1]}",
)
def size(request: pytest.FixtureRequest) -> Size:
    """Every screen is kept at every size; the fast lane looks at the usual one."""
    found: Size = request.param
    return found


class ScreenFile(SingleFileSnapshotExtension):
    """Keeps each screen in a text file of its own."""

    _file_extension = "txt"
    _write_mode = WriteMode.TEXT

    def serialize(self, data: str, **_options: object) -> str:
        return data


@pytest.fixture
def snap_compare(snapshot: SnapshotAssertion) -> Compare:
    """Compare a screen with the kept one: text, and styles in every theme.

    A changed screen is kept by ``pytest tests/ui --snapshot-update``, and looked at in its
    difference.
    """

    def compare(
        app: AssistantApp,
        *,
        terminal_size: tuple[int, int],
        run_before: Callable[[Pilot[int]], Awaitable[None]],
    ) -> bool:
        async def dumped() -> str:
            async with app.run_test(size=terminal_size) as pilot:
                await run_before(pilot)
                await pilot.pause()
                return await dump(pilot)

        assert asyncio.run(dumped()) == snapshot(extension_class=ScreenFile)
        return True

    return compare
