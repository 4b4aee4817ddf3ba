"""Saving the battery: when it begins and ends, and what it changes."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldkit.chat.battery import (
    BatteryWatch,
    Power,
    begun,
    chosen,
    low_now,
    mode_of,
    told,
)
from fieldkit.chat.driver import Driver, Notice, Ready, Settled
from fieldkit.chat.idle import IDLE_S, Idle
from fieldkit.chat.session import LEAST_TOKENS, Ended, Session
from fieldkit.chat.widgets.statusline import Status, layout
from fieldkit.core.battery import MARGIN, Battery, LowBattery
from fieldkit.core.generation import Request
from fieldkit.core.settings import Settings
from fieldkit.errors import UsageProblem
from fieldkit.machine.recent import Recent
from tests.fakes import ANSWER, FakeEvidence, ScriptedEngine, script

DEADLINE_S = 30.0


def reading(percent: float, *, on_mains: bool | None = False, saver: bool = False) -> Battery:
    return Battery(percent=percent, on_mains=on_mains, saver=saver)


def seen(percent: float, *readings: Battery | None) -> list[bool]:
    gauge = LowBattery(percent)
    return [gauge.see(battery) for battery in readings]


def test_it_is_low_from_the_threshold_down_and_not_again_just_above() -> None:
    charges = [21.0, 20.0, 20.4, 24.9, 25.1, 20.1]
    assert seen(20, *map(reading, charges)) == [False, True, True, True, False, False]


def test_a_loose_plug_does_not_switch_to_and_fro() -> None:
    plugged, not_plugged = reading(15, on_mains=True), reading(15)
    assert seen(20, not_plugged, plugged, not_plugged, plugged) == [True] * 4
    assert seen(20, not_plugged, plugged, plugged, not_plugged) == [True, True, False, True]


def test_the_system_s_saver_counts_on_battery_alone() -> None:
    assert seen(20, reading(80, saver=True)) == [True]
    assert seen(20, reading(80, saver=True), reading(80)) == [True, False]
    assert seen(20, reading(80, on_mains=True, saver=True)) == [False]
    assert seen(0, reading(1), reading(80, saver=True)) == [False, True]


def test_what_is_not_known_saves_nothing() -> None:
    assert seen(20, None, reading(5, on_mains=None)) == [False, False]
    assert seen(20, reading(5), None) == [True, False], "a battery that was taken out"


@given(st.lists(st.floats(-MARGIN / 2, MARGIN / 2), max_size=40))
def test_no_wavering_within_the_margin_switches_twice(noise: list[float]) -> None:
    answers = seen(20, *(reading(20 + shift) for shift in noise))
    assert sum(a != b for a, b in zip([False, *answers], answers, strict=False)) <= 1


def test_half_of_the_decode_threads_at_least_one() -> None:
    settings = Settings(decode_threads=6, prefill_threads=12, ubatch=64)
    assert settings.spared == replace(settings, decode_threads=3)
    assert replace(settings, decode_threads=1).spared.decode_threads == 1


def test_a_fact_is_found_out_once_in_a_while() -> None:
    now, found = 0.0, []
    recent = Recent(lambda: found.append(now) or len(found), 30.0, clock=lambda: now)
    assert (recent(), recent()) == (1, 1)
    now = 29.9
    assert recent() == 1
    now = 30.0
    assert recent() == 2


def watch(*readings: Battery | None, **options: object) -> tuple[BatteryWatch, list[Power]]:
    left, heard = list(readings), []
    made = BatteryWatch(lambda: left.pop(0), heard.append, percent=20, **options)  # type: ignore[arg-type]
    return made, heard


def test_the_watch_tells_what_changed_and_only_that() -> None:
    made, heard = watch(reading(63), reading(63), reading(19), reading(19))
    for _ in range(4):
        made.look()
    assert [(p.battery.percent, p.low) for p in heard if p.battery] == [(63, False), (19, True)]
    made.mode = "off"
    made.mode = "on"
    assert [(p.low, p.mode) for p in heard[2:]] == [(False, "off"), (True, "on")]
    assert made.power is heard[-1]


def test_a_battery_that_cannot_be_read_is_none() -> None:
    def broken() -> Battery:
        raise OSError("sysfs went away")

    heard: list[Power] = []
    made = BatteryWatch(broken, heard.append)
    made.look()
    assert heard == []
    assert made.power == Power()


def test_by_hand_it_needs_no_battery() -> None:
    heard: list[Power] = []
    made = BatteryWatch(None, heard.append, mode="on")
    made.begin()
    assert heard == [Power(low=True, mode="on")]
    assert begun(heard[0]).startswith("Low-battery mode is on. Fewer processor cores")


def test_it_reads_in_a_thread_of_its_own() -> None:
    readers: list[str] = []
    done = threading.Event()

    def read() -> Battery:
        readers.append(threading.current_thread().name)
        return reading(50)

    made = BatteryWatch(read, lambda _power: done.set())
    made.begin()
    assert done.wait(DEADLINE_S)
    made.close()
    assert readers == ["battery"]


def test_firmware_that_never_answers_keeps_one_question_waiting_a_second_at_most(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("fieldkit.chat.battery.FIRST_S", 0.05)
    hangs = threading.Event()
    assert low_now(lambda: hangs.wait(DEADLINE_S) and None, 20, "auto") == Power()
    hangs.set()
    assert low_now(lambda: reading(5), 20, "auto").low
    assert not low_now(None, 20, "auto").low


def test_the_mode_is_named_or_the_next_one() -> None:
    assert [chosen("", mode) for mode in ("auto", "on", "off")] == ["on", "off", "auto"]  # type: ignore[arg-type]
    assert chosen("OFF", "auto") == "off"
    with pytest.raises(UsageProblem):
        chosen("always", "auto")
    assert (mode_of("on"), mode_of("what")) == ("on", "auto")
    plugged = Power(battery=reading(80.4, on_mains=True))
    assert told(plugged) == (
        "Low-battery mode is automatic, and off now. Battery: 80 %, plugged in."
    )


class Chat:
    """A driver over a scripted engine, and what it tells."""

    def __init__(self, engine: ScriptedEngine) -> None:
        self.engine = engine
        self.session = Session(evidence=FakeEvidence(engine), engine=engine, store=None)
        self._notices: queue.SimpleQueue[Notice] = queue.SimpleQueue()
        self.driver = Driver(session=self.session, engine=engine, tell=self._notices.put)

    def until(self, kind: type) -> list[Notice]:
        heard: list[Notice] = []
        while not heard or not isinstance(heard[-1], kind):
            heard.append(self._notices.get(timeout=DEADLINE_S))
        return heard

    def ask(self, *, again: bool = False) -> Ended:
        self.driver.ask("What torque?", again=again)
        return next(notice for notice in self.until(Settled) if isinstance(notice, Ended))


@pytest.fixture
def chat() -> Callable[..., Chat]:
    chats: list[Chat] = []

    def make(*scripts: object) -> Chat:
        made = Chat(ScriptedEngine(*scripts))  # type: ignore[arg-type]
        chats.append(made)
        return made

    yield make  # type: ignore[misc]
    for made in chats:
        made.driver.close()


def test_saving_holds_from_the_next_answer_on_and_until_it_ends(chat: Callable[..., Chat]) -> None:
    made = chat()
    usual = made.engine.settings
    made.driver.save_battery(True)
    made.driver.begin()
    made.until(Ready)
    assert made.engine.settings == usual.spared, "also what began before the model was loaded"
    made.ask()
    made.driver.save_battery(False)
    made.until(Ready)
    assert made.engine.settings == usual
    made.ask()
    assert [request.max_tokens for request in made.engine.requests] == [128, 256]


def test_an_answer_that_was_kept_short_is_written_to_its_end_when_asked_again(
    chat: Callable[..., Chat],
) -> None:
    made = chat(
        script("Half of", finish="length"), script("Half of it", finish="length"), script(ANSWER)
    )
    made.driver.begin()
    made.driver.save_battery(True)
    made.until(Ready)
    short = made.ask()
    assert short.kept.finish == "saving"
    whole = made.ask(again=True)
    assert whole.kept.finish == "length", "the usual limit, and so it is said"
    assert made.ask(again=True).kept.finish == "stop"
    assert [request.max_tokens for request in made.engine.requests] == [128, 256, 128]
    assert all(request.temperature == 0 for request in made.engine.requests[:2])


def test_an_answer_keeps_room_for_a_sentence() -> None:
    session = Session(evidence=FakeEvidence(ScriptedEngine()), engine=ScriptedEngine(), store=None)
    session.shorter = True
    request = Request(messages=(), max_tokens=1)
    for most, left in ((100, LEAST_TOKENS), (20, 20), (512, 256)):
        shortened = session._shortened(replace(request, max_tokens=most), "q")
        assert shortened.max_tokens == left


class FakeTuner:
    def __init__(self) -> None:
        self.calls: list[str] = []

    def start(self, tell: Callable[[str], None]) -> None:
        self.calls.append("start")

    def stop(self) -> None:
        self.calls.append("stop")


def test_nothing_goes_on_meanwhile() -> None:
    engine, tuner, now = ScriptedEngine(), FakeTuner(), 0.0
    session = Session(evidence=FakeEvidence(engine), engine=engine, store=None)
    idle = Idle(
        session,
        engine,
        may_read=lambda: True,
        tuner=tuner,
        tell=lambda _text: None,
        clock=lambda: now,
    )
    idle.begin()
    assert engine.prepared
    now = IDLE_S
    idle.wake()
    assert tuner.calls == ["start"]
    idle.saving = True
    assert tuner.calls == ["start", "stop"]
    engine.prepared.clear()
    idle.begin()
    idle.typed("What torque do ", again=False)
    assert (engine.prepared, idle.wait()) == ([], None)
    idle.saving = False
    idle.begin()
    assert engine.prepared
    now += IDLE_S
    idle.wake()
    assert tuner.calls[-1] == "start"


FULL = Status(
    state="ready", model="Phi", tps=12.3, used=340, total=4096,
    battery=reading(63, on_mains=True),
)  # fmt: skip


@pytest.mark.parametrize(
    ("width", "right"),
    [
        (120, "Phi · 12.3 tok/s · context ━─────── 340/4096 · battery 63 %, plugged in · offline"),
        (86, "Phi · 12.3 tok/s · context 340/4096 · battery 63 %, plugged in · offline"),
        (80, "12.3 tok/s · context 340/4096 · battery 63 %, plugged in · offline"),
        (64, "12.3 tok/s · context 340/4096 · battery 63 % · offline"),
        (60, "context 340/4096 · battery 63 % · offline"),
        (40, "context 340/4096 · offline"),
        (20, "offline"),
    ],
)  # fmt: skip
def test_the_battery_goes_before_context_and_offline(width: int, right: str) -> None:
    line = layout(FULL, width).plain
    assert line.startswith("● ready ")
    assert line.endswith(f"  {right}")


@pytest.mark.parametrize("width", range(10, 130, 3))
def test_saving_is_said_as_long_as_there_is_room(width: int) -> None:
    saving = replace(FULL, battery=reading(18), saving=True)
    line = layout(saving, width)
    assert line.cell_length <= width
    assert ("saving battery 18 %" in line.plain) == (width >= 39)
    by_hand = layout(replace(FULL, battery=None, saving=True), width).plain
    assert ("saving battery" in by_hand) == (width >= 34)


def test_no_battery_no_word_of_it() -> None:
    assert "battery" not in layout(replace(FULL, battery=None), 200).plain
