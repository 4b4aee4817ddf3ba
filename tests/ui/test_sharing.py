"""Flagging answers and changing seats on the full screen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pyrage import decrypt, x25519
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from fieldkit.chat import app as chat_app
from fieldkit.chat.context import Background
from fieldkit.chat.feedback_box import FeedbackBox
from fieldkit.chat.people import People
from fieldkit.chat.reports import Reports
from fieldkit.chat.seat import Change, Seat, seat_for
from fieldkit.errors import DiskFull
from tests.fakes import ANSWER, ScriptedEngine, script
from tests.feedback import NOW, ORIGIN
from tests.ui.conftest import Compare, MakeApp, Size, ask, ready, shown, until
from tests.ui.test_tools import obeyed, told

SIZE = (80, 24)
QUESTION = "What torque do the fluid end studs need?"


@pytest.fixture
def key() -> x25519.Identity:
    return x25519.Identity.generate()


@pytest.fixture
def background(tmp_path: Path, key: x25519.Identity) -> Background:
    box = FeedbackBox(tmp_path / "feedback", [str(key.to_public())])
    reports = Reports(box, lambda: ORIGIN, tmp_path / "documents", clock=lambda: NOW)
    people = People(tmp_path / "data")
    return Background(
        documents=tmp_path / "documents",
        reports=lambda: reports,
        seat=Seat(people=people, person=people.first),
    )


def kept(tmp_path: Path, key: x25519.Identity) -> list[dict[str, Any]]:
    paths = sorted((tmp_path / "feedback").glob("*.age"))
    return [json.loads(decrypt(path.read_bytes(), [key])) for path in paths]


def record(app: Any) -> str:
    """What the form says will be kept."""
    return str(app.screen.query_one("#wrong-record").render())


async def form(pilot: Pilot[Any]) -> None:
    await until(pilot, lambda: len(pilot.app.screen_stack) == 2, "the form")
    await until(pilot, lambda: "What is wrong:" in record(pilot.app), "what is kept")


async def test_an_answer_is_flagged_by_key(
    make_app: MakeApp, background: Background, tmp_path: Path, key: x25519.Identity
) -> None:
    app = make_app(ScriptedEngine(script(ANSWER), script("Other [1].")), background=background)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press("alt+w")
        await until(pilot, lambda: "There is no answer to flag." in told(app), "told")
        await ask(pilot, QUESTION)
        await pilot.press("alt+w")
        await form(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: len(app.screen_stack) == 1, "closed")
        assert kept(tmp_path, key) == []
        await pilot.press("alt+w")
        await form(pilot)
        await pilot.press("down", "tab", *"320", "enter")
        await until(pilot, lambda: len(app.screen_stack) == 1, "kept")
        (report,) = kept(tmp_path, key)
        assert (report["kind"], report["comment"]) == ("wrong_fact", "320")
        assert (report["question"], report["answer"]) == (QUESTION, ANSWER)
        assert report["conversation"] == []
        assert any("1 report waits for IT." in text for text in told(app))


async def test_the_selected_answer_with_the_rest_of_the_conversation(
    make_app: MakeApp, background: Background, tmp_path: Path, key: x25519.Identity
) -> None:
    app = make_app(ScriptedEngine(script(ANSWER), script("Other [1].")), background=background)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await ask(pilot, QUESTION)
        await ask(pilot, "Second?")
        await pilot.press("alt+up")
        await obeyed(pilot, "/wrong dangerous it bursts")
        await form(pilot)
        assert "it bursts" in record(app)
        assert "Second?" not in record(app)
        await pilot.press("ctrl+t", "pagedown", "pageup")
        await until(
            pilot, lambda: "Second?" in str(app.screen.query_one("#wrong-record").render()), "added"
        )
        await pilot.press("enter")
        await until(pilot, lambda: len(app.screen_stack) == 1, "kept")
        (report,) = kept(tmp_path, key)
        assert (report["kind"], report["question"]) == ("dangerous", QUESTION)
        assert report["conversation"] == [{"question": "Second?", "answer": "Other [1]."}]


async def test_a_full_disk_keeps_the_form_open(
    make_app: MakeApp,
    background: Background,
    tmp_path: Path,
    key: x25519.Identity,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*_arguments: object) -> None:
        raise DiskFull("the disk is full")

    app = make_app(background=background)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await ask(pilot, QUESTION)
        await obeyed(pilot, "/wrong fact 320 Nm")
        await form(pilot)
        monkeypatch.setattr(FeedbackBox, "put", full)
        await pilot.press("enter")
        await until(pilot, lambda: any("The disk is full." in t for t in told(app)), "told")
        assert app.screen.query_one(Input).value == "320 Nm"
        monkeypatch.undo()
        await pilot.press("enter")
        await until(pilot, lambda: len(app.screen_stack) == 1, "kept")
        assert len(kept(tmp_path, key)) == 1


async def test_reports_are_counted_handed_over_and_deleted(
    make_app: MakeApp, background: Background, tmp_path: Path
) -> None:
    app = make_app(background=background)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await ask(pilot, QUESTION)
        await obeyed(pilot, "/feedback")
        await until(pilot, lambda: "0 reports wait for IT." in told(app), "the count")
        await obeyed(pilot, "/feedback exprot")
        await until(pilot, lambda: any("no such thing" in t for t in told(app)), "told")
        await obeyed(pilot, "/wrong page 12")
        await form(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: len(app.screen_stack) == 1, "kept")
        target = tmp_path / "out.age"
        target.write_text("mine")
        await obeyed(pilot, f"/feedback export {target}")
        await until(pilot, lambda: "Replace it?" in shown(app), "the question")
        await pilot.press("y")
        await until(pilot, lambda: target.read_text().startswith("-----BEGIN AGE"), "written")
        await obeyed(pilot, "/feedback delete")
        await until(pilot, lambda: "handed over?" in shown(app), "the question")
        await pilot.press("y")
        await until(pilot, lambda: "1 report deleted." in told(app), "deleted")


async def test_without_reports_and_seat_it_is_said(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await ask(pilot, QUESTION)
        for command, text in (
            ("/wrong", "There is no answer to flag."),
            ("/feedback", "There are no reports here."),
            ("/who", "Nobody else can be here."),
            ("/name Anna", "Nobody else can be here."),
        ):
            await obeyed(pilot, command)
            await until(pilot, lambda text=text: text in told(app), text)


async def test_the_header_says_who_it_is_when_there_are_several(
    make_app: MakeApp, background: Background
) -> None:
    assert background.seat is not None
    people = background.seat.people
    app = make_app(background=background)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await obeyed(pilot, "/name Anna")
        await until(pilot, lambda: "You are Anna now." in told(app), "told")
        assert "Anna" not in shown(app).splitlines()[0]
        people.add("Ben")
        await obeyed(pilot, "/name Anne")
        await until(pilot, lambda: "assistant · Anne" in shown(app).splitlines()[0], "the header")
        await obeyed(pilot, "/name ben")
        await until(pilot, lambda: any("is here already" in t for t in told(app)), "told")
        await obeyed(pilot, "/who Ben")
        await until(pilot, lambda: app.change is not None, "the change")
    assert app.change == Change(person=people.everybody()[1])


async def test_people_are_added_renamed_and_deleted_in_the_list(
    make_app: MakeApp, background: Background
) -> None:
    assert background.seat is not None
    people = background.seat.people
    people.rename(people.first, "Anna")
    people.add("Ben")
    app = make_app(background=background)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await obeyed(pilot, "/who")
        await until(pilot, lambda: "There are no passwords." in shown(app), "the list")
        await pilot.press("r", *["backspace"] * 4, *"Ben", "enter")
        await until(pilot, lambda: any("is here already" in t for t in told(app)), "told")
        await pilot.press("ny"[0], "enter")
        await until(pilot, lambda: people.first.name == "Benn", "renamed")
        await pilot.press("down", "d")
        await until(pilot, lambda: "D again deletes everything of Ben" in shown(app), "asked")
        await pilot.press("up", "down", "d")
        assert len(people.everybody()) == 2, "asked anew"
        await pilot.press("d")
        await until(pilot, lambda: len(people.everybody()) == 1, "deleted")
        await pilot.press("n", *"Carl", "enter")
        await until(pilot, lambda: app.change is not None, "the change")
    assert app.change is not None
    assert app.change.person.name == "Carl"


async def test_whoever_is_here_is_deleted_once_nothing_of_theirs_is_open(
    make_app: MakeApp, background: Background
) -> None:
    assert background.seat is not None
    people = background.seat.people
    ben = people.add("Ben")
    app = make_app(background=background)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await obeyed(pilot, "/forget Nobody")
        await until(pilot, lambda: "There is nobody called Nobody." in told(app), "told")
        await obeyed(pilot, "/forget")
        await until(pilot, lambda: "Delete (no name) with all" in shown(app), "the question")
        await pilot.press("y")
        await until(pilot, lambda: app.change is not None, "the change")
    assert app.change == Change(person=ben, forget=background.seat.person)


async def test_at_the_start_it_asks_who_is_there(make_app: MakeApp, background: Background) -> None:
    assert background.seat is not None
    people = background.seat.people
    people.rename(people.first, "Anna")
    people.remember(people.add("Ben"))
    background = Background(seat=seat_for(people, None, ask=True))
    app = make_app(background=background)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "Who is working?" in shown(app), "the question")
        assert app.screen.query_one(OptionList).highlighted == 1, "who was here last"
        await pilot.press("enter")
        await until(pilot, lambda: len(app.screen_stack) == 1, "the conversation")
        await ready(pilot)
        assert app.change is None


def test_the_application_begins_anew_for_whoever_is_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fieldkit.chat.context import ChatContext
    from tests.fakes import ASSISTANT

    people = People(tmp_path)
    ben = people.add("Ben")
    begun: list[tuple[str, Path]] = []

    def converse(context: ChatContext) -> tuple[int, Change | None]:
        begun.append((context.seated.person.name, context.data_dir))
        return 0, Change(person=ben) if len(begun) == 1 else None

    monkeypatch.setattr(chat_app, "_converse", converse)
    context = ChatContext(
        assistant=ASSISTANT,
        release_dir=tmp_path,
        engine_factory=ScriptedEngine,
        data_dir=tmp_path,
    )
    assert chat_app.run(context) == 0
    assert begun == [("", tmp_path), ("Ben", ben.home)]
    assert people.last() == ben


def test_flagging_looks_like_this(
    snap_compare: Compare, make_app: MakeApp, background: Background, size: Size
) -> None:
    async def flagged(pilot: Pilot[Any]) -> None:
        await ready(pilot)
        await ask(pilot, QUESTION)
        await ask(pilot, "Second?")
        pilot.app.reports.draft = _fixed(pilot.app.reports.draft)  # type: ignore[attr-defined]
        await pilot.press("alt+w")
        await form(pilot)

    app = make_app(ScriptedEngine(script(ANSWER)), background=background)
    assert snap_compare(app, terminal_size=size, run_before=flagged)


def _fixed(way: Any) -> Any:
    from dataclasses import replace

    return lambda *arguments: replace(way(*arguments), id="0" * 32)


def test_people_look_like_this(
    snap_compare: Compare, make_app: MakeApp, background: Background, size: Size
) -> None:
    assert background.seat is not None
    people = background.seat.people
    people.rename(people.first, "Anna")
    people.add("Øyvind")

    async def asked(pilot: Pilot[Any]) -> None:
        await ready(pilot)
        await obeyed(pilot, "/who")
        await until(pilot, lambda: "Øyvind" in shown(pilot.app), "the list")

    app = make_app(background=background)
    assert snap_compare(app, terminal_size=size, run_before=asked)
