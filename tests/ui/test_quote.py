"""The quote above the answer, what the check marks in it, and answers that are withdrawn."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from textual.pilot import Pilot

from fieldkit.chat.screens.chat import ChatScreen
from fieldkit.chat.session import Judged
from fieldkit.chat.store import Store
from fieldkit.chat.widgets.markdown import AnswerMarkdown
from fieldkit.chat.widgets.quoted import QuoteView
from fieldkit.chat.widgets.sources import SourcesPane
from fieldkit.chat.widgets.turn import TurnView
from fieldkit.core.citation import Passage, State
from fieldkit.core.claims import Checked, Claim, Kind, Remark
from fieldkit.core.quote import Quote
from fieldkit.errors import EngineFailure
from tests.fakes import SAFETY, TORQUE, ScriptedEngine, script
from tests.ui.conftest import Compare, MakeApp, Size, ask, ready, shown, status, until
from tests.ui.scripted import (
    BOLTS,
    E17,
    FAULTS,
    RIGHT,
    STUDS,
    TABLE,
    WRONG,
    right,
    scripted,
    withdrawn,
    wrong,
)
from tests.ui.test_hostile_text import ALL, assert_inert

QUESTION = "What torque do the valve cover bolts need?"
PAGES = (TABLE, SAFETY)
SIZES = pytest.mark.parametrize("size", [(80, 24), (40, 12)], ids=["usual", "narrow"])
REASON = "The manual gives 510 Nm for the valve cover bolts; 320 Nm belongs to the fluid end studs."


def styles(app: Any, text: str) -> set[str]:
    """The effects that ``text`` is drawn with, where it is on the screen."""
    found: set[str] = set()
    for strip in app.screen._compositor.render_strips():
        for segment in strip:
            if text in segment.text and segment.style:
                found |= {
                    name
                    for name in ("bold", "underline", "reverse", "italic")
                    if getattr(segment.style, name)
                }
    return found


def joined(app: Any) -> str:
    """What is on the screen as one line, without what tables and borders are drawn with."""
    signs = str.maketrans(dict.fromkeys("│─╭╮╰╯▌▎█┼▁▂▃▄▅▆▇", " "))
    return " ".join(shown(app).translate(signs).split())


async def test_the_quote_is_there_before_a_word_of_the_model(make_app: MakeApp) -> None:
    engine = ScriptedEngine(script(RIGHT, hold_after=0))
    app = make_app(engine, passages=PAGES)
    scripted(app, quote=BOLTS, check=right)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await ask(pilot, QUESTION, wait=False)
        await until(pilot, lambda: "M33x3.5" in shown(app), "the quote")
        assert "Manual [1] PX-204 rev C, p. 8, Torque table" in joined(app)
        assert "Assistant" not in joined(app).replace("field assistant", "")
        assert {"bold", "underline"} <= styles(app, "510 Nm")
        engine.go.set()
        await until(pilot, lambda: app.screen.turns[0].done, "the answer")
        quote, answer = app.screen.query_one(QuoteView), app.screen.query_one(AnswerMarkdown)
        assert quote.region.bottom <= answer.region.y
        assert "Assistant The valve cover bolts are tightened to 510 Nm [1]." in joined(app)


async def test_the_quote_comes_while_the_model_loads(make_app: MakeApp) -> None:
    engine = ScriptedEngine(script(RIGHT), hold_load=True)
    app = make_app(engine, passages=PAGES)
    scripted(app, quote=BOLTS, check=right)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "loading" in status(app), "loading")
        await ask(pilot, QUESTION, wait=False)
        await until(pilot, lambda: "M33x3.5" in shown(app), "the quote")
        assert "Waiting for the model to load" in shown(app)
        engine.loading.set()
        await until(pilot, lambda: app.screen.turns[0].done, "the answer")


async def test_the_quote_comes_without_a_model(make_app: MakeApp) -> None:
    engine = ScriptedEngine(load_error=EngineFailure("no memory"))
    app = make_app(engine, passages=(FAULTS, SAFETY))
    scripted(app, quote=E17)
    async with app.run_test(size=(60, 20)) as pilot:
        await until(pilot, lambda: "search only" in status(app) or "stopped" in status(app))
        await ask(pilot, "The panel shows E 17")
        await until(pilot, lambda: "No answer was written" in shown(app), "the end")
        lines = shown(app).splitlines()
        head = next(n for n, line in enumerate(lines) if "Code" in line and "Remedy" in line)
        assert "E 17" in lines[head + 2]
        assert "Clean the" in "".join(lines[head + 2 : head + 8]), "the whole row"
        assert {"bold", "underline"} <= styles(app, "E 17")


async def test_without_colours_the_value_and_the_fault_still_differ(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = make_app(ScriptedEngine(script(WRONG)), passages=PAGES)
    scripted(app, quote=BOLTS, check=wrong)
    async with app.run_test(size=(80, 40)) as pilot:
        await ready(pilot)
        await ask(pilot, QUESTION)
        await until(pilot, lambda: "not from the manuals" in shown(app), "the check")
        assert {"bold", "underline"} <= styles(app, " 510 Nm") | styles(app, "510 Nm")
        assert "reverse" in styles(app, "320 Nm")
        assert f"! {REASON}" in joined(app)


@SIZES
async def test_words_are_marked_when_their_sentence_ends(make_app: MakeApp, size: Size) -> None:
    engine = ScriptedEngine(script(WRONG, hold_after=10))
    app = make_app(engine, passages=PAGES)
    scripted(app, quote=BOLTS, check=wrong)
    async with app.run_test(size=size) as pilot:
        await ready(pilot)
        await ask(pilot, QUESTION, wait=False)
        await until(pilot, lambda: "fluid end studs." in joined(app).split("Assistant")[-1])
        assert not app.screen.turns[0].done, "the answer is still written"
        if size[0] == 80:
            assert "reverse" in styles(app, "320 Nm")
        engine.go.set()
        await until(pilot, lambda: app.screen.turns[0].done, "the end")
        (answer,) = app.screen.query(AnswerMarkdown)
        said = " ".join(" ".join(answer.lines).split())
        assert said.startswith("The valve cover bolts are tightened to 320 Nm. Use a")
        assert "Paint the bolts green afterwards (not from the manuals)." in said
        assert "Use a calibrated wrench [1]." in said, "the citation is by alignment"
        assert REASON in said


async def test_a_claim_with_a_mark_gets_no_second_one(make_app: MakeApp) -> None:
    answer = "The valve cover bolts need 510 Nm [1]. Use a wrench."
    app = make_app(ScriptedEngine(script(answer)), passages=PAGES)
    scripted(app, quote=BOLTS, check=right)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await ask(pilot, QUESTION)
        await until(pilot, lambda: "need 510 Nm [1]. Use a wrench [1]." in joined(app))


async def test_a_conversion_is_a_note_and_no_fault(make_app: MakeApp) -> None:
    answer = "Tighten the fluid end studs to 236 lb-ft."
    at = answer.index("236")
    note = Remark(
        kind=Kind.CONVERTED, start=at, end=at + 9, said="236 lb-ft", manual="320 Nm", passage=1
    )

    def converted(text: str) -> Checked:
        claim = Claim(start=0, end=len(text), text=text, passage=1, remarks=(note,))
        return Checked(text=text, claims=(claim,))

    app = make_app(ScriptedEngine(script(answer)))
    scripted(app, quote=STUDS, check=converted)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await ask(pilot, "What torque in lb-ft do the fluid end studs need?")
        await until(pilot, lambda: "= 320 Nm = 236 lb-ft, converted." in joined(app), "the note")
        assert "studs: 320 Nm. 320 Nm = 236 lb-ft, converted Assistant" in joined(app)
        assert "reverse" not in styles(app, "236 lb-ft")


@SIZES
async def test_a_wrong_answer_gives_way_to_the_quote(make_app: MakeApp, size: Size) -> None:
    app = make_app(ScriptedEngine(script(WRONG)), passages=PAGES)
    scripted(app, quote=BOLTS, check=withdrawn)
    async with app.run_test(size=size) as pilot:
        await ready(pilot)
        await ask(pilot, QUESTION)
        await until(pilot, lambda: app.screen.turns[0].has_class("-withdrawn"), "the note")
        await pilot.pause()
        assert not app.screen.query(AnswerMarkdown)
        assert "calibrated" not in shown(app)
        (turn,) = app.screen.turns
        assert app.screen.query_one(QuoteView).region.y >= turn.parent.region.y - 1
        note = str(turn.query_one(".note").render())
        assert "The answer was withdrawn: it differs from the manual." in note
        assert REASON in note

        await pilot.press("ctrl+y")
        await until(pilot, lambda: app.clipboard, "the copy")
        assert "510 Nm" in app.clipboard
        assert "calibrated" not in app.clipboard
        await pilot.press("alt+a")
        await until(pilot, lambda: app.screen.query(AnswerMarkdown), "the model's words")
        (answer,) = app.screen.query(AnswerMarkdown)
        assert "320 Nm" in " ".join(answer.lines)
        assert "Assistant, withdrawn" in str(turn.query_one(".speaker").render())
        await pilot.press("ctrl+y")
        await until(pilot, lambda: "calibrated" in app.clipboard, "what is shown is copied")
        assert app.clipboard.index("withdrawn:") < app.clipboard.index("calibrated")
        await pilot.press("alt+a")
        await until(pilot, lambda: not app.screen.query(AnswerMarkdown), "withdrawn again")


async def test_only_a_withdrawn_answer_can_be_shown_again(make_app: MakeApp) -> None:
    app = make_app(ScriptedEngine(script(RIGHT)), passages=PAGES)
    scripted(app, quote=BOLTS, check=right)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await ask(pilot, QUESTION)
        await pilot.press("alt+a")
        await until(pilot, lambda: app._notifications, "the reason")
        assert [n.message for n in app._notifications] == ["This answer was not withdrawn."]


@SIZES
async def test_quote_and_check_come_back_from_the_history(
    make_app: MakeApp, store: Store, size: Size
) -> None:
    number = store.create(QUESTION)
    for answer, check in ((WRONG, wrong), (WRONG, withdrawn)):
        turn = store.append(number, QUESTION, PAGES, State.ANSWERED, (), BOLTS)
        store.update(turn, answer, finish="stop", checked=check(answer))
    app = make_app(passages=PAGES)
    async with app.run_test(size=size) as pilot:
        await ready(pilot)
        app.driver.resume(number)
        await until(pilot, lambda: len(app.screen.turns) == 2, "the conversation")
        await until(pilot, lambda: app.screen.turns[1].done, "the turns")
        await pilot.pause()
        first, second = app.screen.turns
        assert [view.quote for view in app.screen.query(QuoteView)] == [BOLTS, BOLTS]
        said = " ".join(" ".join(first.query_one(AnswerMarkdown).lines).split())
        assert REASON in said
        assert "(not from the manuals)" in said
        assert second.has_class("-withdrawn")
        assert not second.query(AnswerMarkdown)


async def test_perhaps_shows_the_pages_and_says_that_the_answer_is_not_sure(
    make_app: MakeApp,
) -> None:
    app = make_app(ScriptedEngine(script("They need 320 Nm.")))
    scripted(app, quote=STUDS, check=right, state=State.PERHAPS)
    async with app.run_test(size=(80, 30)) as pilot:
        await ready(pilot)
        await ask(pilot, "How tight are they?")
        await until(pilot, lambda: "They need 320 Nm [1]." in joined(app), "the answer")
        text = joined(app)
        assert "The manuals may answer this on these pages. Manual [1] PX-204" in text
        assert "Assistant, not sure: check the page They need" in text
        assert text.count("Not sure") == 0


async def test_none_shows_the_nearest_pages_and_what_to_try(make_app: MakeApp) -> None:
    app = make_app(passages=())
    async with app.run_test(size=(80, 30)) as pilot:
        await ready(pilot)
        await ask(pilot, "Who won the cup?")
        await until(pilot, lambda: "I found nothing" in shown(app), "the refusal")
        assert "PX-204 rev C, p. 7, Torque table" in shown(app)
        assert "Try the words of the manual, a fault code or a part number." in joined(app)
        assert app.screen.query_one(QuoteView).region.height == 0


async def test_a_number_printed_in_a_manual_is_no_citation(make_app: MakeApp) -> None:
    quote = Quote(text="Remove the screws [2] and the cover [3].", passage=1)
    app = make_app(passages=(TORQUE, TABLE))
    scripted(app, quote=quote)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await ask(pilot, "How is the cover removed?")
        view, pane = app.screen.query_one(QuoteView), app.screen.query_one(SourcesPane)
        line = view.render_line(1).text
        assert "[2]" in line
        x = view.region.x + line.index("[2]") + 1
        await pilot.click(offset=(x, view.region.y + 1))
        await pilot.pause()
        assert pane.highlighted == 0


async def test_in_a_low_window_the_sources_come_with_the_focus(make_app: MakeApp) -> None:
    app = make_app(ScriptedEngine(script(RIGHT)), passages=PAGES)
    scripted(app, quote=BOLTS, check=right)
    async with app.run_test(size=(60, 20)) as pilot:
        await ready(pilot)
        await ask(pilot, QUESTION)
        pane = app.screen.query_one(SourcesPane)
        await until(pilot, lambda: pane.has_class("-put-away"), "put away")
        assert pane.region.height == 0
        assert "M33x3.5" in shown(app)
        await pilot.press("tab")
        await until(pilot, lambda: pane.region.height > 3, "the sources")
        await pilot.press("escape")
        await until(pilot, lambda: pane.region.height == 0, "put away again")
        await pilot.press("f2")
        await until(pilot, lambda: pane.region.height > 3, "called")


async def test_hostile_text_in_quotes_and_claims_is_inert(make_app: MakeApp) -> None:
    text = f"Torque {ALL} 320 Nm"
    passage = replace(TORQUE, document=f"PX{ALL}", heading=f"H{ALL}", text=text)
    at = text.index("320")
    quote = Quote(
        text=text,
        passage=1,
        marked=((at, at + 6), (0, 9999)),
        row=((f"Part{ALL}", text), (f"x{ALL}", f"320{ALL}")),
        converted=f"320 Nm{ALL} = 236 lb-ft, converted",
    )
    answer = f"Said {ALL} 5 Nm. And {ALL}."

    def judged(said: str) -> Checked:
        end = said.index(".") + 1 if "." in said else len(said)
        remark = Remark(
            kind=Kind.BELONGS,
            start=max(0, end - 6),
            end=end - 1,
            said=f"5{ALL}",
            manual=f"320{ALL}",
            subject=ALL,
            owner=ALL,
            passage=1,
        )
        claims = (
            Claim(start=0, end=end, text=said[:end], passage=1, remarks=(remark,)),
            Claim(
                start=end, end=len(said), text=said[end:], remarks=(Remark(kind=Kind.NO_SUPPORT),)
            ),
        )
        return Checked(text=said, claims=claims)

    for row in (quote.row, ()):
        for check in (judged, lambda said: replace(judged(said), replaced=True)):
            app = make_app(ScriptedEngine(script(answer)), passages=(passage,), history=False)
            scripted(app, quote=replace(quote, row=row), check=check)
            async with app.run_test(size=(120, 60)) as pilot:
                await ready(pilot)
                await ask(pilot, "q")
                assert_inert(app)
                await pilot.press("alt+a")
                await pilot.pause()
                assert_inert(app)
                await pilot.press("ctrl+y")
                await until(pilot, lambda app=app: app.clipboard, "the copy")
                assert "\x1b" not in app.clipboard


@pytest.mark.parametrize(
    "passages",
    [(), (TORQUE,)],
    ids=["no passage", "a number too high"],
)
async def test_a_quote_of_no_passage_is_not_shown(
    make_app: MakeApp, passages: tuple[Passage, ...]
) -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        view = QuoteView()
        await app.screen.mount(view)
        view.show(Quote(text="x", passage=2), passages)
        await pilot.pause()
        assert view.region.height == 0


async def test_a_check_of_another_text_still_gives_its_reasons(make_app: MakeApp) -> None:
    app = make_app(ScriptedEngine(script("Something else. ", hold_after=2)), passages=PAGES)
    scripted(app, quote=BOLTS)
    async with app.run_test(size=(80, 30)) as pilot:
        await ready(pilot)
        await ask(pilot, QUESTION, wait=False)
        await until(pilot, lambda: "Something else." in shown(app), "the words")
        screen = app.screen
        assert isinstance(screen, ChatScreen)
        screen.post_message(screen.Told(Judged(wrong(WRONG))))
        await until(pilot, lambda: REASON in joined(app), "the reason")
        turn = app.screen.query_one(TurnView)
        assert "reverse" not in styles(app, "Something")
        assert not turn.done


def test_quote(snap_compare: Compare, make_app: MakeApp, size: Size) -> None:
    async def quoted(pilot: Pilot[Any]) -> None:
        await ready(pilot)
        await ask(pilot, "The panel shows E 17, what is wrong?")
        await until(pilot, lambda: "tok/s" in status(pilot.app), "the figures")

    answer = "E 17 is low oil pressure. Stop the pump and top up the oil."
    app = make_app(ScriptedEngine(script(answer)), passages=(FAULTS, SAFETY))
    scripted(app, quote=E17, check=right)
    assert snap_compare(app, terminal_size=size, run_before=quoted)


def test_marked(snap_compare: Compare, make_app: MakeApp, size: Size) -> None:
    async def marked(pilot: Pilot[Any]) -> None:
        await ready(pilot)
        await ask(pilot, QUESTION)
        await until(pilot, lambda: "tok/s" in status(pilot.app), "the figures")

    app = make_app(ScriptedEngine(script(WRONG)), passages=PAGES)
    scripted(app, quote=BOLTS, check=wrong)
    assert snap_compare(app, terminal_size=size, run_before=marked)


def test_withdrawn(snap_compare: Compare, make_app: MakeApp, size: Size) -> None:
    async def replaced(pilot: Pilot[Any]) -> None:
        await ready(pilot)
        await ask(pilot, QUESTION)
        await until(pilot, lambda: "tok/s" in status(pilot.app), "the figures")

    app = make_app(ScriptedEngine(script(WRONG)), passages=PAGES)
    scripted(app, quote=BOLTS, check=withdrawn)
    assert snap_compare(app, terminal_size=size, run_before=replaced)


def test_perhaps(snap_compare: Compare, make_app: MakeApp, size: Size) -> None:
    async def unsure(pilot: Pilot[Any]) -> None:
        await ready(pilot)
        await ask(pilot, "How tight are they, in lb-ft?")
        await until(pilot, lambda: "tok/s" in status(pilot.app), "the figures")

    app = make_app(ScriptedEngine(script("They are tightened to 320 Nm.")))
    scripted(app, quote=STUDS, check=right, state=State.PERHAPS)
    assert snap_compare(app, terminal_size=size, run_before=unsure)
