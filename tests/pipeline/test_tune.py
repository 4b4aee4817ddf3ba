"""Tuning with the real engine, on models of a few hundred kilobytes."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from fieldkit import cli, resources, tuning
from fieldkit.core.gguf_types import Shape
from fieldkit.core.settings import Settings
from fieldkit.core.trial import Trial
from fieldkit.engine.client import EngineClient
from fieldkit.engine.defaults import default_settings
from fieldkit.engine.slice import write_slice
from fieldkit.errors import EngineFailure
from fieldkit.probe.background import RUNNING, BackgroundTuner
from fieldkit.probe.subject import Subject, from_shape
from fieldkit.probe.tune import Tuning, key_for
from fieldkit.probe.tuned import Store
from fieldkit.probe.workbench import Stopped

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("engine")]

SHAPE = Shape(
    architecture="llama",
    layers=2,
    embedding=256,
    heads=4,
    kv_heads=2,
    head_dim=64,
    feed_forward=512,
    vocabulary=512,
    context=512,
)


@pytest.fixture
def subject() -> Subject:
    return from_shape(SHAPE, name="tiny", quantization="Q4_0", context=512)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "tuning.json")


def eventually(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def workers() -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if child.is_running()]


def test_settings_are_compared_and_the_result_is_kept(subject: Subject, store: Store) -> None:
    before = set(workers())
    told: list[Trial] = []
    outcome = Tuning(subject=subject, store=store, budget_s=5, tell=told.append).run()
    assert outcome.defaults == default_settings()
    assert list(outcome.trials) == told
    assert all(run.wait_s > 0 for trial in told for run in trial.champion_runs)
    assert outcome.settings == outcome.defaults or (outcome.final and outcome.final.wins())
    entry = store.find(key_for(subject), default_settings())
    assert entry is not None
    assert entry.settings == outcome.settings
    assert entry.finished == bool(told or not outcome.exhausted)
    assert set(workers()) <= before
    assert not list(resources.cache_dir().glob("slice-*"))


def test_a_stop_ends_the_workers_at_once_and_keeps_what_was_compared(
    subject: Subject, store: Store
) -> None:
    told: list[Trial] = []
    ended: list[BaseException] = []
    before = set(workers())
    running = Tuning(subject=subject, store=store, budget_s=1e6, tell=told.append)

    def run() -> None:
        try:
            running.run()
        except Stopped as stopped:
            ended.append(stopped)

    thread = threading.Thread(target=run)
    thread.start()
    eventually(lambda: bool(told) or not thread.is_alive())
    running.stop()
    thread.join(60)
    assert len(ended) == 1
    assert set(workers()) <= before
    entry = store.find(key_for(subject), default_settings())
    assert entry is not None
    assert not entry.finished
    assert entry.trials[: len(told)] == tuple(told)

    resumed: list[Trial] = []
    Tuning(subject=subject, store=store, budget_s=4, tell=resumed.append).run()
    known = {(trial.champion, trial.challenger) for trial in entry.trials}
    assert not known & {(trial.champion, trial.challenger) for trial in resumed}


def test_the_background_tuner_finishes_and_is_then_content(subject: Subject, store: Store) -> None:
    made: list[Tuning] = []

    def find() -> Tuning | None:
        tuning = Tuning(subject=subject, store=store, budget_s=6)
        if tuning.finished():
            return None
        made.append(tuning)
        return tuning

    told: list[str] = []
    tuner = BackgroundTuner(find)
    tuner.start(told.append)
    eventually(lambda: bool(workers()))
    tuner.stop()
    tuner.start(told.append)
    eventually(lambda: told.count(RUNNING) == 2 and told[-1] != RUNNING)
    assert len(made) == 2
    tuner.start(told.append)
    assert len(made) == 2


def test_threads_change_without_another_load_and_loads_need_another_worker(tmp_path: Path) -> None:
    path = tmp_path / "slice.gguf"
    write_slice(path, SHAPE, "Q4_0", layers=[0, 1])
    settings = Settings(decode_threads=2, prefill_threads=1)
    client = EngineClient(path, template="phi3", context=256, settings=settings)
    try:
        for _ in client.start():
            pass
        pid = client.pid
        for changed in (
            settings,
            replace(settings, decode_threads=1, prefill_threads=2),
            replace(settings, ubatch=32, flash_attention=True),
        ):
            figures = client.trial(changed, prompt=64, decode=2)
            assert set(figures) == {"prefill_s", "decode_s"}
            assert min(figures.values()) > 0
        assert client.pid == pid
        with pytest.raises(EngineFailure, match="loaded again"):
            client.trial(replace(settings, repack=True), prompt=64, decode=2)
        assert client.trial(settings, prompt=64, decode=2)["decode_s"] > 0
    finally:
        client.close()


def test_probe_tunes_one_model_and_the_engine_then_runs_tuned(
    tmp_path: Path,
    demo_model: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("FIELDKIT_DATA_DIR", str(tmp_path / "user"))
    monkeypatch.delenv("FIELDKIT_NO_TUNE")
    words = ["probe", "--tune", "--tune-seconds", "4", "--model", str(demo_model)]
    assert cli.main_inner([*words, "--json"]) == 0
    captured = capsys.readouterr()
    tuned = json.loads(captured.out)["tuned"]
    assert "Tuning" in captured.err
    assert tuned["settings"].keys() == tuned["defaults"].keys()
    assert tuned["gain"] >= 0
    for trial in tuned["trials"]:
        assert trial["changed"]
        assert trial["champion"]["wait_s"] > 0
    if tuned["trials"] or not tuned["exhausted"]:
        found = tuning.settings_for(demo_model, context=1024)
        assert found == Settings.from_dict(tuned["settings"])
