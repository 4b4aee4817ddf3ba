"""A conversation without a user interface: the quote, the check meanwhile, what is kept."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from fieldkit.chat.session import Ended, Found, Judged, Session, Step
from fieldkit.chat.store import Store
from fieldkit.chat.stored import dumped, loaded
from fieldkit.chat.writing import Writing
from fieldkit.core.citation import State
from fieldkit.core.claims import Checked, Claim, Kind, Remark
from fieldkit.core.generation import Token
from fieldkit.core.quote import Quote
from fieldkit.errors import EngineFailure
from tests.fakes import CLAMPS, PASSAGES, TORQUE, FakeEvidence, Script, ScriptedEngine, script

QUOTED = replace(TORQUE, quote="Fluid end studs: 320 Nm.")
TWO = "Tighten the studs to 320 Nm. The clamps get 18 Nm."


def checked(text: str) -> Checked:
    return Checked(text=text, claims=(Claim(start=0, end=len(text), text=text, passage=2),))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "history.sqlite3")
    yield store
    store.close()


def a_session(*scripts: Script, store: Store | None = None) -> tuple[Session, FakeEvidence]:
    engine = ScriptedEngine(*scripts)
    evidence = FakeEvidence(engine, [QUOTED, CLAMPS])
    evidence.judge = checked
    return Session(evidence=evidence, engine=engine, store=store), evidence


def test_the_quote_comes_before_anything_is_asked_of_the_engine() -> None:
    session, _ = a_session(script(TWO))
    order: list[str] = []
    for step in session.ask("q", ready=lambda: order.append("ready")):
        order.append(type(step).__name__)
        if isinstance(step, Found):
            assert step.quote == Quote(text="Fluid end studs: 320 Nm.", passage=1)
    assert order[:3] == ["Found", "ready", "Prefill"]


def test_each_sentence_that_ends_is_checked() -> None:
    session, _ = a_session(script(TWO))
    steps = list(session.ask("q"))
    judged = [step.checked.text for step in steps if isinstance(step, Judged)]
    assert judged == ["Tighten the studs to 320 Nm. "]
    at = next(n for n, step in enumerate(steps) if isinstance(step, Judged))
    said = "".join(step.text for step in steps[:at] if isinstance(step, Token))
    assert said == "Tighten the studs to 320 Nm. ", "at once, not later"


def test_the_check_of_the_whole_is_kept_and_gives_the_citations(store: Store) -> None:
    session, _ = a_session(script(TWO), store=store)
    ended = _end(session.ask("q"))
    assert ended.kept.checked == checked(TWO)
    assert ended.cited == (CLAMPS,), "by alignment; the answer has no mark"
    (kept,) = store.load(session.conversation or 0)
    assert (kept.checked, kept.quote) == (ended.kept.checked, ended.kept.quote)
    assert kept.cited == (CLAMPS,)
    copied = store.load(store.branch(kept.id))
    assert copied[0].checked == kept.checked


def test_marks_count_where_no_claim_was_found() -> None:
    session, evidence = a_session(script("Tighten them [2]."))
    evidence.judge = lambda text: Checked(text=text)
    assert _end(session.ask("q")).cited == (CLAMPS,)


def test_the_model_gets_what_fits_and_the_page_stays_on_the_list(store: Store) -> None:
    session, evidence = a_session(script(TWO), store=store)
    evidence.most_given = 1
    ended = _end(session.ask("q"))
    engine = session._engine
    assert isinstance(engine, ScriptedEngine)
    assert CLAMPS.text not in engine.requests[0].messages[-1].content
    assert ended.kept.passages == (QUOTED, CLAMPS)
    assert ended.kept.turn.passages == (QUOTED,), "and the next prompt begins as this one did"
    assert store.load(session.conversation or 0)[0].turn == ended.kept.turn


def test_what_was_said_before_the_engine_died_is_checked(store: Store) -> None:
    session, _ = a_session(script(TWO, die_after=7), store=store)
    steps: list[Step] = []
    with pytest.raises(EngineFailure):
        steps += session.ask("q")
    (kept,) = store.load(session.conversation or 0)
    assert kept.finish == "failed"
    assert kept.checked == checked(kept.answer)


def test_the_manual_is_quoted_without_a_model() -> None:
    session, _ = a_session()
    found, ended = session.search("q")
    assert isinstance(found, Found)
    assert isinstance(ended, Ended)
    assert found.quote == ended.kept.quote == Quote(text="Fluid end studs: 320 Nm.", passage=1)
    assert (ended.kept.finish, ended.kept.state) == ("search", State.ANSWERED)


def test_pages_that_are_only_near_are_not_quoted() -> None:
    session, evidence = a_session()
    evidence._passages = ()
    ended = _end(session.ask("q"))
    assert ended.refused
    assert ended.kept.passages
    assert ended.kept.quote is None


def test_an_ending_in_two_pieces_is_seen_once() -> None:
    session, _ = a_session(Script(pieces=("A b.", " C d", "? E", "\n\n", "F.")))
    judged = [step.checked.text for step in session.ask("q") if isinstance(step, Judged)]
    assert judged == ["A b. ", "A b. C d? ", "A b. C d? E\n\n"]


def test_a_long_answer_without_a_full_stop_is_not_checked_while_it_is_written() -> None:
    class Never:
        def check(self, text: str, *, complete: bool = True) -> Checked:
            raise AssertionError(text)

    session, _ = a_session()
    writing = Writing(_end(session.search("q")).kept)
    writing.begin(Never(), 1)
    for _ in range(4_000):
        assert writing.add("word ") is None
    assert len(writing.text) == 20_000


def _end(steps: Iterator[Step] | Iterator[Found | Ended]) -> Ended:
    *_, ended = steps
    assert isinstance(ended, Ended)
    return ended


FULL = Checked(
    text="320 lb-ft \ud800 \u2028",
    claims=(
        Claim(
            start=0,
            end=9,
            text="320 lb-ft",
            passage=1,
            statement="Fluid end studs: 320 Nm.",
            remarks=(Remark(kind=Kind.UNIT, start=0, end=9, said="320 lb-ft", manual="320 Nm"),),
        ),
    ),
    replaced=True,
)
ROW = Quote(
    text="a | 1",
    passage=1,
    marked=((4, 5),),
    row=(("A", "a"), ("B", "1")),
    converted="x",
    others=(Quote(text="b", passage=2),),
)


def test_check_and_quote_come_back_as_they_were() -> None:
    assert loaded(Checked, dumped(FULL)) == FULL
    assert loaded(Quote, dumped(ROW)) == ROW
    assert dumped(None) == ""
    assert loaded(Quote, "") is None


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        "null",
        "3",
        '{"passage": 1}',
        '{"text": 3, "passage": 1}',
        '{"text": "a", "passage": 1, "row": [["a"]]}',
        '{"text": "a", "passage": 1, "marked": {"0": 1}}',
        "[" * 100_000,
    ],
)
def test_a_quote_of_another_kind_is_left_out(text: str) -> None:
    assert loaded(Quote, text) is None


def test_a_newer_or_older_release_may_know_other_fields() -> None:
    assert loaded(Quote, '{"text": "a", "passage": 1, "sound": "beep"}') == Quote(
        text="a", passage=1
    )
    odd = dumped(FULL).replace('"unit"', '"colour"')
    assert loaded(Checked, odd) is None, "a kind of remark that this release does not know"


def test_a_history_of_an_older_release_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    store = Store(path)
    conversation = store.create("old")
    turn = store.append(conversation, "q", PASSAGES, State.PERHAPS, ("de",))
    store.update(turn, "320 Nm [1].", finish="stop")
    before = store.load(conversation)
    store.close()
    with sqlite3.connect(path) as db:
        for column in ("quote", "checked", "given"):
            db.execute(f"ALTER TABLE turns DROP COLUMN {column}")
    db.close()
    store = Store(path)
    assert store.load(conversation) == before
    assert before[0].quote is None
    assert before[0].checked is None
    store.close()
