"""What the assistant looks like, at the sizes technicians have."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from fieldkit.chat.context import Background
from fieldkit.chat.driver import Tuning
from fieldkit.chat.store import Store
from fieldkit.chat.widgets.sources import SourcesPane
from fieldkit.chat.widgets.statusline import StatusLine
from fieldkit.core.battery import Battery
from fieldkit.errors import EngineFailure
from tests.fakes import CLAMPS, PAGE, SAFETY, TORQUE, ScriptedEngine, script, words
from tests.ui.conftest import (
    Compare,
    FakeLibrary,
    MakeApp,
    Size,
    ask,
    marked,
    notices,
    ready,
    shown,
    status,
    until,
)
from tests.ui.test_documents import FakeShelving, background

QUESTION = "What torque do the fluid end studs need?"
ANSWER = """\
The fluid end studs are tightened to **320 Nm**, crosswise in two rounds [1].

1. Isolate the pump and clean the threads.
2. Tighten to `160 Nm`, then to `320 Nm`.

The clamps of the suction hose need 18 Nm [2]."""


def manual() -> FakeLibrary:
    """The torque page as it might be in a real manual, with a table."""
    table = "| Part | Thread | Torque |\n|---|---|---|\n| Fluid end studs | M30x3.5 | 320 Nm |\n"
    table += "| Damper flange bolts, lower row | M27x3 | 740 Nm |\n"
    before = "# Torque values\n\nUse a calibrated torque wrench on the mud pump.\n\n"
    return FakeLibrary(page=f"{before}{table}\n{PAGE}")


async def answered(pilot: Pilot[Any]) -> None:
    await ready(pilot)
    await ask(pilot, QUESTION)
    await until(pilot, lambda: "tok/s" in status(pilot.app), "the figures")


def test_empty(snap_compare: Compare, make_app: MakeApp, size: Size) -> None:
    assert snap_compare(make_app(), terminal_size=size, run_before=ready)


def test_answer(snap_compare: Compare, make_app: MakeApp, size: Size) -> None:
    app = make_app(ScriptedEngine(script(ANSWER)))
    assert snap_compare(app, terminal_size=size, run_before=answered)


def test_streaming(snap_compare: Compare, make_app: MakeApp, size: Size) -> None:
    async def streaming(pilot: Pilot[Any]) -> None:
        await ready(pilot)
        await ask(pilot, QUESTION, wait=False)
        await until(pilot, lambda: "2. Tighten to" in shown(pilot.app), "the first lines")

    app = make_app(ScriptedEngine(script(ANSWER, hold_after=25)))
    assert snap_compare(app, terminal_size=size, run_before=streaming)


def test_sources(snap_compare: Compare, make_app: MakeApp, size: Size) -> None:
    async def chosen(pilot: Pilot[Any]) -> None:
        await answered(pilot)
        await pilot.press("tab", "down")
        await until(pilot, lambda: "! superseded by rev D" in shown(pilot.app), "the sources")

    passages = (TORQUE, replace(CLAMPS, superseded_by="rev D"), SAFETY)
    app = make_app(ScriptedEngine(script(ANSWER)), passages=passages, library=manual())
    assert snap_compare(app, terminal_size=size, run_before=chosen)


def test_page(snap_compare: Compare, make_app: MakeApp, size: Size) -> None:
    async def opened(pilot: Pilot[Any]) -> None:
        await answered(pilot)
        pilot.app.screen.query_one(SourcesPane).focus()
        await pilot.press("enter")
        await until(pilot, lambda: marked(pilot.app), "the page")

    app = make_app(ScriptedEngine(script(ANSWER)), library=manual())
    assert snap_compare(app, terminal_size=size, run_before=opened)


def test_refusal(snap_compare: Compare, make_app: MakeApp, size: Size) -> None:
    async def refused(pilot: Pilot[Any]) -> None:
        await ready(pilot)
        await ask(pilot, "Who won the cup in 1998?")

    assert snap_compare(make_app(passages=()), terminal_size=size, run_before=refused)


def test_loading(snap_compare: Compare, make_app: MakeApp, size: Size) -> None:
    async def loading(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: "loading 40%" in status(pilot.app), "progress")
        await ask(pilot, QUESTION, wait=False)

    app = make_app(ScriptedEngine(hold_load=True))
    assert snap_compare(app, terminal_size=size, run_before=loading)


def test_engine_failure(snap_compare: Compare, make_app: MakeApp, size: Size) -> None:
    async def failed(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: "engine stopped" in status(pilot.app), "the failure")
        await ask(pilot, QUESTION)

    error = EngineFailure(
        "the engine was killed by the system, most likely for want of memory",
        hint="Close other programs, then start the engine again.",
    )
    app = make_app(ScriptedEngine(load_error=error))
    assert snap_compare(app, terminal_size=size, run_before=failed)


def test_help(
    snap_compare: Compare,
    make_app: MakeApp,
    size: Size,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def helped(pilot: Pilot[Any]) -> None:
        await ready(pilot)
        await pilot.press("f1")
        await until(pilot, lambda: "Esc closes" in shown(pilot.app), "the help")

    app = make_app()
    facts = tuple(fact for fact in app.facts() if fact[0] != "History")
    monkeypatch.setattr(app, "facts", lambda: facts)  # the history's path differs every time
    assert snap_compare(app, terminal_size=size, run_before=helped)


def test_conversations(snap_compare: Compare, make_app: MakeApp, store: Store, size: Size) -> None:
    for title in (
        "How do I isolate the mud pump?",
        "The driller panel shows E 17, what is wrong?",
        "Which gear oil goes into the power end, and how much of it for a full change?",
    ):
        store.append(store.create(title), title)

    async def listed(pilot: Pilot[Any]) -> None:
        await ready(pilot)
        await pilot.press("ctrl+o")
        await until(pilot, lambda: "isolate" in shown(pilot.app), "the list")

    assert snap_compare(make_app(), terminal_size=size, run_before=listed)


def test_documents(snap_compare: Compare, make_app: MakeApp, size: Size) -> None:
    async def listed(pilot: Pilot[Any]) -> None:
        await ready(pilot)
        pilot.app.screen.action_documents()  # type: ignore[attr-defined]  # as the palette does
        await until(pilot, lambda: "gate.md" in shown(pilot.app), "the list")

    app = make_app(background=background(FakeShelving(["rig-7-notes.md", "gate.md"])))
    assert snap_compare(app, terminal_size=size, run_before=listed)


def test_restart(snap_compare: Compare, make_app: MakeApp, size: Size) -> None:
    engine = ScriptedEngine(script(ANSWER, die_after=14))

    async def restarted(pilot: Pilot[Any]) -> None:
        await ready(pilot)
        await ask(pilot, QUESTION)
        await until(pilot, lambda: "started again" in notices(pilot.app), "the failure")
        await ready(pilot)

    assert snap_compare(make_app(engine), terminal_size=size, run_before=restarted)


def test_changing(snap_compare: Compare, make_app: MakeApp, size: Size) -> None:
    async def changing(pilot: Pilot[Any]) -> None:
        await answered(pilot)
        await pilot.press("f4")
        await until(pilot, lambda: "Changing the last" in shown(pilot.app), "the input")

    app = make_app(ScriptedEngine(script(ANSWER)))
    assert snap_compare(app, terminal_size=size, run_before=changing)


def test_tuning(snap_compare: Compare, make_app: MakeApp, size: Size) -> None:
    async def tuning(pilot: Pilot[Any]) -> None:
        await answered(pilot)
        note = "Tuning the engine for this machine while you are idle"
        pilot.app.screen.post_message(pilot.app.screen.Told(Tuning(note)))
        await until(pilot, lambda: pilot.app.screen.query_one(StatusLine).status.note, "the note")

    app = make_app(ScriptedEngine(script(ANSWER)))
    assert snap_compare(app, terminal_size=size, run_before=tuning)


def test_battery(snap_compare: Compare, make_app: MakeApp, size: Size) -> None:
    async def saved(pilot: Pilot[Any]) -> None:
        await ready(pilot)
        await ask(pilot, QUESTION)
        await until(pilot, lambda: "saving battery" in status(pilot.app), "the battery")

    low = Battery(percent=18.0, on_mains=False)
    app = make_app(
        ScriptedEngine(script(ANSWER, finish="length")),
        background=Background(battery=lambda: low),
    )
    assert snap_compare(app, terminal_size=size, run_before=saved)


def test_shortened(snap_compare: Compare, make_app: MakeApp, size: Size) -> None:
    async def shortened(pilot: Pilot[Any]) -> None:
        await ready(pilot)
        for number in range(1, 4):
            await ask(pilot, f"Question {number}?")
        await until(pilot, lambda: "This conversation is long" in notices(pilot.app), "the note")

    app = make_app(ScriptedEngine(script(f"{words(90)} [1].")), budget=300)
    assert snap_compare(app, terminal_size=size, run_before=shortened)


def test_palette(snap_compare: Compare, make_app: MakeApp, size: Size) -> None:
    async def opened(pilot: Pilot[Any]) -> None:
        await ready(pilot)
        await pilot.press("ctrl+p")
        await until(pilot, lambda: "Answer again" in shown(pilot.app), "the palette")
        pilot.app.screen.query_one("#--input Input").cursor_blink = False

    assert snap_compare(make_app(), terminal_size=size, run_before=opened)


def test_found(snap_compare: Compare, make_app: MakeApp, store: Store, size: Size) -> None:
    for question, answer in (
        ("How do I isolate the mud pump?", "Fit a red lock and a tag to breaker Q4 [1]."),
        ("What is the lock for?", "The red lock keeps breaker Q4 from being closed [1]."),
        ("Which radio channel is ours?", "Channel 16 [1]."),
    ):
        store.update(store.append(store.create(question), question), answer, finish="stop")

    async def found(pilot: Pilot[Any]) -> None:
        await ready(pilot)
        await pilot.press("ctrl+o")
        await until(pilot, lambda: "isolate" in shown(pilot.app), "the list")
        await pilot.press("slash", *"red lock")
        await until(pilot, lambda: "radio" not in shown(pilot.app), "what was found")

    assert snap_compare(make_app(), terminal_size=size, run_before=found)


def test_confirm(snap_compare: Compare, make_app: MakeApp, size: Size) -> None:
    async def asked(pilot: Pilot[Any]) -> None:
        await answered(pilot)
        pilot.app.screen.action_delete()
        await until(pilot, lambda: "for good?" in shown(pilot.app), "the question")

    app = make_app(ScriptedEngine(script(ANSWER)))
    assert snap_compare(app, terminal_size=size, run_before=asked)


def test_model(snap_compare: Compare, make_app: MakeApp, tmp_path: Path, size: Size) -> None:
    (tmp_path / "licences").mkdir()
    for name in ("MODEL-LICENCE.txt", "llama.cpp.txt", "textual.txt"):
        (tmp_path / "licences" / name).write_text("MIT License\n")

    async def shown_model(pilot: Pilot[Any]) -> None:
        await answered(pilot)
        await pilot.press("f12")
        await until(pilot, lambda: "Q4_K_M" in shown(pilot.app), "the model")

    app = make_app(ScriptedEngine(script(ANSWER)), background=Background(release=tmp_path))
    assert snap_compare(app, terminal_size=size, run_before=shown_model)


def test_completion(snap_compare: Compare, make_app: MakeApp, size: Size) -> None:
    async def offered(pilot: Pilot[Any]) -> None:
        await ready(pilot)
        await pilot.press(*"/exp")
        await until(pilot, lambda: "/export" in shown(pilot.app), "the offer")

    assert snap_compare(make_app(), terminal_size=size, run_before=offered)
