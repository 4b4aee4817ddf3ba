"""Running settings in workers, and tuning in the background, with workers made up."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest

from fieldkit.core.gguf_types import Shape
from fieldkit.core.quantization import weight_bytes
from fieldkit.core.settings import Settings
from fieldkit.core.trial import ANSWER_TOKENS, PROMPT_TOKENS, Run, Trial
from fieldkit.core.tuning import Cores, Outcome, Search, Space
from fieldkit.engine.header import read_header
from fieldkit.errors import EngineFailure, InvalidInput, Unfit
from fieldkit.probe import tune
from fieldkit.probe.background import RUNNING, BackgroundTuner
from fieldkit.probe.subject import from_shape
from fieldkit.probe.tuning_report import describe, format_report, report
from fieldkit.probe.workbench import FAILED, Piece, Stopped, Workbench, make_piece

DEFAULTS = Settings(decode_threads=4, prefill_threads=4, ubatch=512, repack=True)
SHAPE = Shape(
    architecture="phi3",
    layers=32,
    embedding=256,
    heads=4,
    kv_heads=4,
    head_dim=64,
    feed_forward=512,
    vocabulary=512,
    context=4096,
)


class FakeClient:
    """Takes a second for a prompt and half of one for an answer, whatever the settings."""

    made: ClassVar[list[FakeClient]] = []

    def __init__(self, model: Path, *, template: str, context: int, settings: Settings) -> None:
        self.settings, self.context = settings, context
        self.trials: list[tuple[Settings, int, int]] = []
        self.open = False
        FakeClient.made.append(self)

    def start(self) -> Iterator[float]:
        self.open = True
        yield 1.0

    def trial(self, settings: Settings, *, prompt: int, decode: int) -> dict[str, float]:
        if not self.open:
            raise EngineFailure("closed")
        if settings.ubatch == 13:
            raise EngineFailure("this cannot be")
        self.trials.append((settings, prompt, decode))
        return {"prefill_s": 1.0, "decode_s": 0.5}

    def close(self) -> None:
        self.open = False

    kill = close


@pytest.fixture(autouse=True)
def _no_clients() -> None:
    FakeClient.made = []


@pytest.fixture
def bench() -> Iterator[Workbench]:
    piece = Piece(Path("slice.gguf"), prefill_factor=16.0, decode_factor=10.0)
    bench = Workbench(piece, defaults=DEFAULTS, context=4096, run_s=60, client=FakeClient)  # type: ignore[arg-type]
    yield bench
    bench.close()
    assert not any(client.open for client in FakeClient.made)


def test_a_run_tells_what_the_whole_model_would_take(bench: Workbench) -> None:
    run = bench(DEFAULTS)
    (client,) = FakeClient.made
    _, prompt, decode = client.trials[-1]
    assert run == Run(16.0 * PROMPT_TOKENS / prompt, 10.0 * 0.5 * ANSWER_TOKENS / decode)
    assert client.trials[0][2] == 1  # warmed up
    assert client.context >= prompt + decode


def test_a_slow_machine_runs_fewer_tokens() -> None:
    for run_s, tokens in ((60.0, 512), (8.0, 256), (0.1, 128)):
        piece = Piece(Path("slice.gguf"))
        bench = Workbench(piece, defaults=DEFAULTS, context=4096, run_s=run_s, client=FakeClient)  # type: ignore[arg-type]
        assert bench(DEFAULTS).prefill_s == PROMPT_TOKENS / tokens
        bench(replace(DEFAULTS, repack=False))
        assert {client.trials[-1][1] for client in FakeClient.made} == {tokens}
        assert FakeClient.made[-1].trials[-1][2] >= 1
        bench.close()
        FakeClient.made = []


def test_settings_of_one_load_share_a_worker_and_two_loads_are_kept(bench: Workbench) -> None:
    bench(DEFAULTS)
    bench(replace(DEFAULTS, decode_threads=2, ubatch=128, flash_attention=True))
    assert len(FakeClient.made) == 1
    unrepacked = replace(DEFAULTS, repack=False)
    for settings in (unrepacked, DEFAULTS, unrepacked, DEFAULTS):
        bench(settings)
    assert len(FakeClient.made) == 2
    bench(replace(unrepacked, mapped=True))
    assert [client.open for client in FakeClient.made] == [True, False, True]


def test_settings_that_the_engine_refuses_lose_but_refused_defaults_are_an_error(
    bench: Workbench,
) -> None:
    assert bench(replace(DEFAULTS, ubatch=13)) == FAILED
    assert bench(DEFAULTS).wait_s < FAILED.wait_s
    wrong = replace(DEFAULTS, ubatch=13)
    with pytest.raises(EngineFailure, match="cannot be"):
        Workbench(Piece(Path("x")), defaults=wrong, context=64, client=FakeClient)(wrong)  # type: ignore[arg-type]


def test_a_stopped_bench_has_no_workers_and_starts_none(bench: Workbench) -> None:
    bench(DEFAULTS)
    bench.stop()
    assert not FakeClient.made[0].open
    with pytest.raises(Stopped):
        bench(DEFAULTS)
    with pytest.raises(Stopped):
        bench(replace(DEFAULTS, repack=False))
    assert sum(client.open for client in FakeClient.made) == 0


def test_a_piece_is_a_slice_with_the_factors_of_its_bytes(tmp_path: Path) -> None:
    large = replace(SHAPE, embedding=2048, heads=16, kv_heads=16, head_dim=128, feed_forward=8192)
    large = replace(large, layers=64)
    piece = make_piece(tmp_path, large, "Q4_K_M", model=None)
    header = read_header(piece.path)
    assert 2 <= header.shape.layers < 8
    assert header.tensor_bytes < weight_bytes(large, "Q4_K_M") / 8
    assert piece.prefill_factor == pytest.approx(64 / header.shape.layers, rel=0.1)
    assert 1 < piece.decode_factor < piece.prefill_factor


def test_a_small_model_is_run_whole(tmp_path: Path) -> None:
    piece = make_piece(tmp_path, SHAPE, "Q4_0", model=None)
    assert read_header(piece.path).shape.layers == SHAPE.layers
    assert (piece.prefill_factor, piece.decode_factor) == (1.0, 1.0)


def test_of_an_unknown_family_only_a_small_file_can_be_run(tmp_path: Path) -> None:
    unknown = replace(SHAPE, architecture="gemma9")
    model = tmp_path / "model.gguf"
    model.write_bytes(b"GGUF")
    assert make_piece(tmp_path, unknown, "Q4_0", model=model) == Piece(model)
    with pytest.raises(InvalidInput, match="gemma9"):
        make_piece(tmp_path, unknown, "Q4_0", model=None)


def test_memory_counts_mapped_and_repacked_weights_twice() -> None:
    subject = from_shape(SHAPE, name="tiny", quantization="Q4_0", context=4096)
    where = tune.space(subject, DEFAULTS)
    need = where.memory
    assert subject.weights is not None
    assert need(replace(DEFAULTS, mapped=True)) - need(DEFAULTS) == subject.weights
    assert need(replace(DEFAULTS, mapped=True, repack=False)) == need(DEFAULTS)
    assert need(replace(DEFAULTS, ubatch=128)) < need(DEFAULTS)
    assert need(replace(DEFAULTS, flash_attention=True)) < need(DEFAULTS)


class FakeTuning:
    """Runs until it is told what to do: ``finish`` or ``stop``."""

    def __init__(self, error: Exception | None = None) -> None:
        self.started, self.ended, self.error = threading.Event(), threading.Event(), error
        self.stopped = False

    def run(self) -> Outcome:
        self.started.set()
        assert self.ended.wait(60)
        if self.stopped:
            raise Stopped
        if self.error is not None:
            raise self.error
        return OUTCOME

    def finish(self) -> None:
        self.ended.set()

    def stop(self) -> None:
        self.stopped = True
        self.ended.set()


OUTCOME = Outcome(
    settings=DEFAULTS,
    defaults=DEFAULTS,
    trials=(Trial(champion=DEFAULTS, challenger=replace(DEFAULTS, repack=False)),),
    final=None,
    exhausted=False,
    seconds=1.0,
)


def eventually(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_the_background_tuner_stops_at_once_goes_on_later_and_tells_the_result() -> None:
    tunings = [FakeTuning(), FakeTuning()]
    told: list[str] = []
    given = iter(tunings)
    tuner = BackgroundTuner(lambda: next(given))  # type: ignore[arg-type,return-value]
    tuner.stop()  # nothing runs
    tuner.start(told.append)
    tuner.start(told.append)  # runs already
    assert tunings[0].started.wait(60)
    assert told == [RUNNING]
    tuner.stop()
    assert tunings[0].stopped
    assert told == [RUNNING]
    tuner.start(told.append)
    assert tunings[1].started.wait(60)
    tunings[1].finish()
    eventually(lambda: len(told) == 3)
    assert told[1:] == [RUNNING, "Tuned: the usual settings are the best ones here"]
    tuner.stop()
    tuner.start(told.append)  # finished: nothing more is asked of ``given``
    assert len(told) == 3


@pytest.mark.parametrize("error", [Unfit("no memory"), OSError("read-only")])
def test_what_goes_wrong_in_the_background_is_not_told(error: Exception) -> None:
    told: list[str] = []
    tuning = FakeTuning(error)
    tuner = BackgroundTuner(lambda: tuning)  # type: ignore[arg-type,return-value]
    tuner.start(told.append)
    tuning.finish()
    eventually(lambda: len(told) == 2)
    assert told == [RUNNING, ""]


def test_with_nothing_to_tune_nothing_is_told() -> None:
    told: list[str] = []
    asked = threading.Event()
    tuner = BackgroundTuner(lambda: asked.set())
    tuner.start(told.append)
    assert asked.wait(60)
    tuner.stop()
    assert told == []


def test_when_it_is_not_the_time_it_is_tried_again_later() -> None:
    told: list[str] = []
    asked: list[int] = []

    def find() -> None:
        asked.append(1)
        raise Stopped

    tuner = BackgroundTuner(find)
    for count in (1, 2):
        tuner.start(told.append)
        eventually(lambda count=count: len(asked) == count)  # type: ignore[misc]
        tuner.stop()
    assert told == []


def test_the_table_says_what_was_tried_and_what_is_kept() -> None:
    def cost(settings: Settings) -> Run:
        if settings.ubatch == 128:
            return FAILED
        return Run(10.0 if settings.repack else 5.0, 6.0 - settings.decode_threads / 4)

    ticks = iter(range(10_000))
    space = Space(
        defaults=DEFAULTS,
        cores=Cores(usable=8, physical=4),
        memory=lambda _settings: 1,
        available=None,
    )
    outcome = Search(
        space=space, measure=cost, budget_s=5000, clock=lambda: float(next(ticks))
    ).run()
    tuned = report(outcome, name="Phi-3 mini", power="battery")
    assert tuned["settings"] == {**DEFAULTS.to_dict(), "repack": False, "decode_threads": 8}
    assert tuned["gain"] == round(outcome.gain, 4) > 0.3
    assert tuned["final"]["better"]
    text = format_report(tuned)
    assert max(len(line) for line in text.splitlines()) <= 80
    for part in (
        "Phi-3 mini",
        "power: battery",
        "flash attention",
        "the engine cannot run with it",
        "Kept: decode with 8 threads, weights not repacked",
    ):
        assert part in text
    nothing = report(replace(OUTCOME, trials=()), name="x", power="mains")
    assert "there was no time" in format_report(nothing)
    assert nothing["final"] is None


def test_settings_in_words() -> None:
    everything = {
        "decode_threads": 3, "prefill_threads": 4, "ubatch": 256, "repack": False,
        "mapped": True, "flash_attention": True,
    }  # fmt: skip
    assert describe(everything) == (
        "decode with 3 threads, prefill with 4 threads, batches of 256, flash attention, "
        "weights not repacked, file mapped"
    )
    assert describe({"decode_threads": 2, "prefill_threads": 2}) == "2 threads"
    assert describe({}) == "nothing"
