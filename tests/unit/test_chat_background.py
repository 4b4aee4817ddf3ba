"""What goes on while nobody asks: reading ahead, tuning, restarts, and the choice about it."""

from __future__ import annotations

import queue
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from fieldkit.chat import preferences
from fieldkit.chat.driver import Driver, Failed, Notice, Ready, Settled, Tuning
from fieldkit.chat.idle import IDLE_S, RETRY_S, Idle
from fieldkit.chat.preferences import Preferences
from fieldkit.chat.recovery import WITHIN_S, Restarts
from fieldkit.chat.session import Session
from fieldkit.chat.widgets.statusline import Status, layout
from fieldkit.core.prompt import Message
from fieldkit.errors import EngineFailure
from fieldkit.library.ahead import PAUSE_S
from tests.fakes import ANSWER, FakeEvidence, ScriptedEngine, script


class Clock:
    """Stands still until the test moves it."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class FakeTuner:
    """Records when it was started and stopped."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.tell: Callable[[str], None] = lambda _text: None

    def start(self, tell: Callable[[str], None]) -> None:
        self.calls.append("start")
        self.tell = tell
        tell("finding the fastest settings")

    def stop(self) -> None:
        self.calls.append("stop")


class Bench:
    """An idle driver's parts, on a clock of the test's own."""

    def __init__(self, tuner: FakeTuner | None = None, *, may_read: bool = True) -> None:
        self.clock = Clock()
        self.engine = ScriptedEngine()
        self.session = Session(evidence=FakeEvidence(self.engine), engine=self.engine, store=None)
        self.told: list[str] = []
        self.idle = Idle(
            self.session,
            self.engine,
            may_read=lambda: may_read,
            tuner=tuner,
            tell=self.told.append,
            clock=self.clock,
        )

    def prepared(self) -> list[str]:
        """The last message of each prompt that was prepared."""
        return [
            messages[-1].content.rpartition("Question: ")[2] for messages in self.engine.prepared
        ]

    def pass_time(self) -> None:
        """Let the time go by until something is due."""
        wait = self.idle.wait()
        assert wait is not None
        self.clock.now += wait
        self.idle.wake()


def test_the_base_is_read_first_and_a_pause_ends_a_word() -> None:
    bench = Bench()
    bench.idle.begin()
    assert bench.prepared() == [""]
    bench.idle.typed("torque", False)
    assert bench.prepared() == [""]
    assert bench.idle.wait() == pytest.approx(PAUSE_S)
    bench.pass_time()
    assert bench.prepared() == ["", "torque"]
    assert bench.idle.wait() is None


def test_what_is_typed_before_the_base_is_read_counts_from_the_start() -> None:
    bench = Bench()
    bench.idle.typed("which torque do ", False)
    bench.pass_time()
    assert bench.prepared() == ["", "which torque do"]


def test_an_asked_question_is_not_read_ahead_once_more() -> None:
    bench = Bench()
    bench.idle.begin()
    bench.idle.typed("torque", False)
    bench.idle.typed("", False)  # the input is emptied when it is sent
    bench.idle.stop()
    assert bench.idle.wait() is None
    bench.idle.begin()
    assert bench.prepared() == ["", ""]


def test_a_question_that_replaces_the_last_is_read_without_it_and_only_once() -> None:
    bench = Bench()
    list(bench.session.ask("first"))
    bench.idle.begin()
    bench.idle.typed("which torque do ", True)
    assert [len(messages) for messages in bench.engine.prepared] == [3, 1, 1]
    bench.idle.typed("", False)
    assert len(bench.engine.prepared) == 3, "sending it does not bring the last one back"
    bench.idle.stop()
    bench.idle.begin()
    assert len(bench.engine.prepared[-1]) == 3


def test_a_machine_that_saves_power_does_not_read_ahead() -> None:
    bench = Bench(may_read=False)
    bench.idle.begin()
    bench.idle.typed("which torque do they need ", False)
    assert bench.idle.wait() is None
    assert bench.engine.prepared == []


def test_tuning_waits_for_quiet_and_ends_with_the_first_key() -> None:
    tuner = FakeTuner()
    bench = Bench(tuner)
    bench.idle.begin()
    bench.idle.typed("a", False)
    bench.pass_time()  # the pause of the typing
    assert tuner.calls == []
    bench.pass_time()
    assert bench.clock.now >= 100 + IDLE_S
    assert tuner.calls == ["start"]
    bench.pass_time()
    assert bench.clock.now >= 100 + IDLE_S + RETRY_S
    assert tuner.calls == ["start", "start"], "it may have found the processor busy"
    tuner.calls.pop()
    bench.idle.typed("ab", False)
    assert tuner.calls == ["start", "stop"]
    assert bench.told[-1] == ""
    tuner.tell("too late")
    assert bench.told[-1] == ""
    bench.idle.typed("abc", False)
    assert tuner.calls == ["start", "stop"], "stopped once"
    bench.pass_time()
    bench.pass_time()
    assert tuner.calls == ["start", "stop", "start"], "it goes on when it is quiet again"
    bench.idle.stop()
    assert tuner.calls[-1] == "stop"


def run(
    engine: ScriptedEngine, clock: Clock, *questions: str, after: type[Notice] = Ready
) -> tuple[Driver, list[Notice]]:
    """What comes of ``questions``, of which the first is asked ``after`` such a notice."""
    notices: queue.SimpleQueue[Notice] = queue.SimpleQueue()
    session = Session(evidence=FakeEvidence(engine), engine=engine, store=None)
    driver = Driver(session=session, engine=engine, tell=notices.put, clock=clock)
    driver.begin()
    seen: list[Notice] = []
    while not any(isinstance(notice, after) for notice in seen):
        seen.append(notices.get(timeout=30))
    for question in questions:
        driver.ask(question)
        clock.now += 1
        while not isinstance(seen[-1] if seen else None, Settled):
            seen.append(notices.get(timeout=30))
        seen.append(Tuning("next"))
    driver.close()
    while not notices.empty():
        seen.append(notices.get())
    return driver, seen


def test_an_engine_is_restarted_twice_and_then_left() -> None:
    engine = ScriptedEngine(script(ANSWER, die_after=1))
    _, seen = run(engine, Clock(), "one", "two", "three", "four")
    failures = [notice for notice in seen if isinstance(notice, Failed)]
    assert [(failed.running, failed.restarting) for failed in failures] == [
        (False, True),
        (False, True),
        (False, False),
    ]
    assert sum(isinstance(notice, Ready) for notice in seen) == 3
    assert len(engine.requests) == 3, "the fourth question is a search"


def test_restarts_are_allowed_again_after_a_while() -> None:
    restarts = Restarts()
    assert [restarts.allowed(now) for now in (0.0, 10.0, 20.0)] == [True, True, False]
    assert restarts.allowed(WITHIN_S + 1)
    assert not restarts.allowed(WITHIN_S + 2)
    assert restarts.allowed(WITHIN_S + 11)


def test_a_restart_that_fails_is_not_tried_again() -> None:
    class Once(ScriptedEngine):
        def generate(self, request):
            self.load_error = EngineFailure("no memory")
            yield from super().generate(request)

    engine = Once(script(ANSWER, die_after=1))
    _, seen = run(engine, Clock(), "one", "two")
    failures = [notice for notice in seen if isinstance(notice, Failed)]
    assert [failed.restarting for failed in failures] == [True, False]
    assert engine.started == 2


def test_a_death_while_reading_ahead_is_found_and_mended() -> None:
    class Dying(ScriptedEngine):
        def prepare(self, messages: Sequence[Message]) -> None:
            super().prepare(messages)
            if len(self.prepared) == 1:
                raise EngineFailure("the engine was killed")

    engine = Dying()
    _, seen = run(engine, Clock(), "one", after=Failed)
    assert [n.restarting for n in seen if isinstance(n, Failed)] == [True]
    assert engine.started == 2
    assert len(engine.requests) == 1


def test_preferences_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "new" / "preferences.json"
    assert preferences.load(path) == Preferences(read_ahead=True)
    preferences.save(path, Preferences(read_ahead=False))
    assert preferences.load(path) == Preferences(read_ahead=False)
    assert [entry.name for entry in path.parent.iterdir()] == ["preferences.json"]


@pytest.mark.parametrize("text", ["", "[]", "{", '{"read_ahead": "no"}', '{"other": 1}', "\0"])
def test_odd_preferences_are_the_usual_ones(tmp_path: Path, text: str) -> None:
    path = tmp_path / "preferences.json"
    path.write_text(text)
    assert preferences.load(path) == Preferences()


@pytest.mark.parametrize("width", range(10, 130, 7))
def test_the_status_line_with_a_note_fits(width: int) -> None:
    status = Status(
        state="ready", note="finding the fastest settings", model="Phi", tps=12.3, used=8, total=99
    )
    assert layout(status, width).cell_length <= width
    assert "offline" in layout(status, 80).plain
    assert "finding the fastest settings" in layout(status, 80).plain
