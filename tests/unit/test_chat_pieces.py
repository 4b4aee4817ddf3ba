"""The assistant's small parts: page layout, the status line, the table of actions, the driver."""

from __future__ import annotations

import queue
from dataclasses import replace

import pytest

from fieldkit.chat import wording
from fieldkit.chat.actions import ACTIONS
from fieldkit.chat.answer_markdown import parser
from fieldkit.chat.app import AssistantApp
from fieldkit.chat.driver import Asked, Driver, Dropped, Failed, Notice, Ready, Settled
from fieldkit.chat.pagetext import page_text
from fieldkit.chat.reading import PromptReading
from fieldkit.chat.screens.chat import ChatScreen
from fieldkit.chat.session import Ended, Found, Session
from fieldkit.chat.widgets.composer import Composer
from fieldkit.chat.widgets.sources import SourcesPane
from fieldkit.chat.widgets.statusline import Status, layout
from fieldkit.core.generation import Loading, Prefill, Token
from fieldkit.core.quote import Quote
from fieldkit.errors import EngineFailure
from tests.fakes import ANSWER, TORQUE, FakeEvidence, ScriptedEngine, script

PAGE = """\
# Technical data
## Liner sizes
Each liner has its own limit.

| Liner size | Part |
|---|---|
| 140 mm | P-231 |
| 160 mm | P-232 |

1. Stop the pump.
2. Open breaker Q4.

## Other
| Liner size | Part |
|---|---|
| 140 mm | P-231 |
"""


class TestPromptReading:
    def test_the_rate_of_what_was_read_tells_how_long_the_rest_takes(self) -> None:
        times = iter([10.0, 12.0, 16.0])
        reading = PromptReading(clock=lambda: next(times))
        reading.begin()
        assert reading.left_s(Prefill(done=500, total=1000)) is None, "500 may be reused"
        assert reading.left_s(Prefill(done=600, total=1000)) == pytest.approx(8.0)  # 50 tokens/s
        assert reading.left_s(Prefill(done=800, total=1000)) == pytest.approx(4.0)

    def test_the_prompt_before_tells_until_two_pieces_are_read(self) -> None:
        times = iter([0.0, 2.0, 100.0])
        reading = PromptReading(clock=lambda: next(times))
        for done in (128, 256):
            reading.left_s(Prefill(done=done, total=256))
        reading.begin()
        assert reading.left_s(Prefill(done=128, total=768)) == pytest.approx(10.0)

    def test_it_is_said_in_words(self) -> None:
        some = Prefill(done=128, total=768)
        assert wording.reading(some, None) == "Reading the manuals, 128 of 768 tokens"
        assert wording.reading(some, 0.4) == "Reading the manuals, 128 of 768 tokens"
        assert wording.reading(some, 9.6).endswith("128 of 768 tokens, about 10 s left")


def marked(page: str, passage: str, heading: str = "") -> list[str]:
    laid_out = page_text(page, passage, heading)
    return [laid_out.text[start:end] for start, end in laid_out.marks]


def test_a_page_is_laid_out_without_markdown() -> None:
    page = page_text(PAGE, "")
    assert "Liner size  Part\n140 mm      P-231\n160 mm      P-232\n" in page.text
    assert "#" not in page.text
    assert "*" not in page.text
    titles = [page.text[start:end] for start, end in page.headings]
    assert titles == ["Technical data", "Liner sizes", "Other"]
    assert page.marks == ()


def test_a_passage_is_marked_where_its_words_stand() -> None:
    assert marked(PAGE, "Each liner has its own limit.") == ["Each liner has its own limit."]


def test_a_linearised_passage_marks_the_lines_it_came_from() -> None:
    passage = "140 mm: Part P-231. 160 mm: Part P-232. Stop the pump. Open breaker Q4."
    assert marked(PAGE, passage, "Liner sizes") == [
        "140 mm      P-231",
        "160 mm      P-232",
        "1. Stop the pump.",
        "2. Open breaker Q4.",
    ]


def test_what_is_not_on_the_page_marks_nothing() -> None:
    assert marked(PAGE, "Entirely different words here") == []
    assert marked("", "anything") == []


FULL = Status(
    state="ready",
    tone="ready",
    model="Phi-3-mini-4k-instruct Q4_K_M",
    tps=12.34,
    used=812,
    total=4096,
)


@pytest.mark.parametrize("width", range(10, 130, 7))
def test_the_status_line_always_fits(width: int) -> None:
    assert layout(FULL, width).cell_length <= width


def test_the_status_line_keeps_what_matters_most() -> None:
    assert "Phi-3-mini" in layout(FULL, 120).plain
    narrow = layout(FULL, 60).plain
    assert "12.3 tok/s · context 812/4096 · offline" in narrow
    assert "Phi-3-mini" not in narrow
    assert layout(FULL, 20).plain.startswith("● ready")


def test_every_action_has_a_key_or_a_command_that_does_it() -> None:
    bound = {
        key
        for widget in (AssistantApp, ChatScreen, Composer, SourcesPane)
        for binding in widget.BINDINGS
        for key in binding.key.split(",")
    }
    # The input's own, or Textual's.
    elsewhere = {"enter", "ctrl+j", "up", "tab", "ctrl+v"}
    for action in ACTIONS:
        assert action.help
        assert action.title
        assert action.keys or action.command
        for key in filter(None, action.keys.split(",")):
            assert key in bound | elsewhere, action.title
        name = action.name.partition("(")[0]
        assert hasattr(ChatScreen, f"action_{name}"), action.name


def test_no_key_means_two_things() -> None:
    keys = [key for action in ACTIONS for key in action.keys.split(",") if key]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize(
    "text",
    [
        "[text](http://example.com)",
        "![alt](http://example.com/i.png)",
        "<http://example.com>",
        "[1]: http://example.com",
        "<script>x</script>",
        "&#27;[2J &rlm;",
    ],
)
def test_markdown_that_acts_stays_text(text: str) -> None:
    tokens = parser().parse(text)
    inline = [child for token in tokens for child in token.children or []]
    assert {token.type for token in inline} == {"text"}
    assert "".join(token.content for token in inline) == text


def run_driver(engine: ScriptedEngine, *questions: str) -> list[Notice]:
    notices: queue.SimpleQueue[Notice] = queue.SimpleQueue()
    session = Session(evidence=FakeEvidence(engine), engine=engine, store=None)
    driver = Driver(session=session, engine=engine, tell=notices.put)
    for question in questions:
        driver.ask(question)
    driver.begin()
    seen: list[Notice] = []
    while sum(isinstance(notice, Settled) for notice in seen) < len(questions):
        seen.append(notices.get(timeout=30))
    driver.close()
    return seen


def test_what_was_asked_before_the_start_waits_for_the_model() -> None:
    seen = run_driver(ScriptedEngine(), "q")
    kinds = [type(notice) for notice in seen]
    assert kinds.index(Loading) < kinds.index(Asked) < kinds.index(Found) < kinds.index(Ended)
    assert kinds.index(Ready) < kinds.index(Token)
    assert kinds[-1] is Settled


def test_the_quote_does_not_wait_for_the_model() -> None:
    quoted = replace(TORQUE, quote="Fluid end studs: 320 Nm.")
    engine = ScriptedEngine(hold_load=True)
    notices: queue.SimpleQueue[Notice] = queue.SimpleQueue()
    session = Session(evidence=FakeEvidence(engine, [quoted]), engine=engine, store=None)
    driver = Driver(session=session, engine=engine, tell=notices.put)
    driver.begin()
    driver.ask("q")
    seen: list[Notice] = []
    while not isinstance(seen[-1] if seen else None, Found):
        seen.append(notices.get(timeout=30))
    assert seen[-1].quote == Quote(text="Fluid end studs: 320 Nm.", passage=1)
    assert not engine.requests
    engine.loading.set()
    while not isinstance(seen[-1], Settled):
        seen.append(notices.get(timeout=30))
    driver.close()
    (ended,) = [notice for notice in seen if isinstance(notice, Ended)]
    assert ended.kept.answer == ANSWER
    assert ended.kept.quote == seen[[isinstance(n, Found) for n in seen].index(True)].quote


def test_a_stop_while_the_model_loads_ends_the_wait() -> None:
    engine = ScriptedEngine(hold_load=True)
    notices: queue.SimpleQueue[Notice] = queue.SimpleQueue()
    session = Session(evidence=FakeEvidence(engine), engine=engine, store=None)
    driver = Driver(session=session, engine=engine, tell=notices.put)
    driver.begin()
    driver.ask("q")
    seen: list[Notice] = []
    while not isinstance(seen[-1] if seen else None, Found):
        seen.append(notices.get(timeout=30))
    driver.stop()
    while not isinstance(seen[-1], Settled):
        seen.append(notices.get(timeout=30))
    assert not engine.requests, "it was not asked"
    engine.loading.set()
    driver.close()
    (ended,) = [notice for notice in seen if isinstance(notice, Ended)]
    assert (ended.kept.finish, ended.kept.answer) == ("aborted", "")


def test_a_model_that_does_not_load_leaves_the_pages_that_were_found() -> None:
    engine = ScriptedEngine(hold_load=True, load_error=EngineFailure("no memory"))
    notices: queue.SimpleQueue[Notice] = queue.SimpleQueue()
    session = Session(evidence=FakeEvidence(engine), engine=engine, store=None)
    driver = Driver(session=session, engine=engine, tell=notices.put)
    driver.begin()
    driver.ask("first")
    driver.ask("second")
    seen: list[Notice] = []
    while not isinstance(seen[-1] if seen else None, Found):
        seen.append(notices.get(timeout=30))
    engine.loading.set()
    while sum(isinstance(notice, Settled) for notice in seen) < 2:
        seen.append(notices.get(timeout=30))
    driver.close()
    first, second = [notice for notice in seen if isinstance(notice, Ended)]
    assert first.kept.finish == second.kept.finish == "search"
    assert first.kept.passages
    assert len([notice for notice in seen if isinstance(notice, Failed)]) == 1


def test_a_defect_is_told_and_the_next_question_is_answered() -> None:
    class Odd(ScriptedEngine):
        def generate(self, request):
            if not self.requests:
                self.requests.append(request)
                raise ZeroDivisionError("odd")
            return super().generate(request)

    seen = run_driver(Odd(script(ANSWER), script(ANSWER)), "first", "second")
    (failed,) = [notice for notice in seen if isinstance(notice, Failed)]
    assert "ZeroDivisionError" in failed.error.message
    assert failed.running
    (ended,) = [notice for notice in seen if isinstance(notice, Ended)]
    assert ended.kept.answer == ANSWER


def test_stopping_drops_what_waits() -> None:
    engine = ScriptedEngine(hold_load=True)
    notices: queue.SimpleQueue[Notice] = queue.SimpleQueue()
    session = Session(evidence=FakeEvidence(engine), engine=engine, store=None)
    driver = Driver(session=session, engine=engine, tell=notices.put)
    driver.ask("first")
    driver.stop()
    driver.ask("second")
    driver.begin()
    engine.loading.set()
    seen: list[Notice] = []
    while sum(isinstance(notice, Settled) for notice in seen) < 2:
        seen.append(notices.get(timeout=30))
    driver.close()
    assert [notice.question for notice in seen if isinstance(notice, Dropped)] == ["first"]
    assert [notice.question for notice in seen if isinstance(notice, Asked)] == ["second"]
