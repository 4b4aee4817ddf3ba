"""Where tuned settings are kept, and who gets them."""

from __future__ import annotations

import json
import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from fieldkit import tuning
from fieldkit.core.settings import Settings
from fieldkit.core.trial import Run, Trial
from fieldkit.engine.defaults import default_settings
from fieldkit.probe import tune, tuned
from fieldkit.probe.subject import Subject, from_header
from fieldkit.probe.tuned import MAX_ENTRIES, Entry, Key, Store, model_key
from fieldkit.probe.workbench import Stopped
from tests.gguf_files import parse, small_phi3

DEFAULTS = Settings(decode_threads=4, prefill_threads=4, ubatch=512, repack=True)
BETTER = replace(DEFAULTS, repack=False, decode_threads=3)
MAINS = Key(machine="m1", model="phi", power="mains")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "tuning.json"


@pytest.fixture
def store(path: Path) -> Store:
    return Store(path)


def entry(key: Key = MAINS, settings: Settings = BETTER, **more: object) -> Entry:
    given = {"gain": 0.3, "seconds": 50.0, "finished": True} | more
    return Entry(key=key, defaults=DEFAULTS, settings=settings, **given)


def test_a_result_is_found_again(store: Store, path: Path) -> None:
    assert store.find(MAINS, DEFAULTS) is None
    assert store.settings(MAINS, DEFAULTS) is None
    store.put(entry())
    assert Store(path).find(MAINS, DEFAULTS) == entry()
    assert Store(path).settings(MAINS, DEFAULTS) == BETTER
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_the_file_is_this_users_own(store: Store, path: Path) -> None:
    store.put(entry())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_result_holds_for_its_machine_model_and_defaults_only(store: Store) -> None:
    store.put(entry())
    assert store.settings(replace(MAINS, machine="m2"), DEFAULTS) is None
    assert store.settings(replace(MAINS, model="llama"), DEFAULTS) is None
    assert store.settings(MAINS, replace(DEFAULTS, decode_threads=2)) is None


def test_another_power_state_lends_its_result_until_there_is_one(store: Store) -> None:
    battery = replace(MAINS, power="battery")
    store.put(entry())
    assert store.find(battery, DEFAULTS) is None
    assert store.settings(battery, DEFAULTS) == BETTER
    store.put(entry(battery, DEFAULTS))
    assert store.settings(battery, DEFAULTS) == DEFAULTS
    assert store.settings(MAINS, DEFAULTS) == BETTER
    assert store.settings(replace(MAINS, power="saver"), DEFAULTS) == DEFAULTS  # the latest one


def test_an_unfinished_result_keeps_its_comparisons_and_gives_no_settings(store: Store) -> None:
    run = Run(1.5, 2.5)
    trial = Trial(
        champion=DEFAULTS, challenger=BETTER, champion_runs=(run,), challenger_runs=(run,)
    )
    unfinished = entry(settings=DEFAULTS, finished=False, trials=(trial,))
    store.put(unfinished)
    assert store.find(MAINS, DEFAULTS) == unfinished
    assert store.settings(MAINS, DEFAULTS) is None


def test_a_new_result_takes_the_place_of_the_old_one(store: Store, path: Path) -> None:
    store.put(entry())
    store.put(entry(settings=DEFAULTS))
    assert store.settings(MAINS, DEFAULTS) == DEFAULTS
    assert len(json.loads(path.read_text())["entries"]) == 1


def test_the_oldest_results_go(store: Store, path: Path) -> None:
    for number in range(MAX_ENTRIES + 3):
        store.put(entry(replace(MAINS, machine=f"m{number}")))
    assert len(json.loads(path.read_text())["entries"]) == MAX_ENTRIES
    assert store.find(replace(MAINS, machine="m2"), DEFAULTS) is None
    assert store.find(replace(MAINS, machine="m3"), DEFAULTS) is not None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '{"schema": 2, "entries": []}',
        '{"schema": 1}',
        '{"schema": 1, "entries": [{}]}',
        '{"schema": 1, "entries": 3}',
        "[" * 100_000,
        "\xff\x00",
    ],
)
def test_a_damaged_file_is_ignored_and_rebuilt(text: str, store: Store, path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(text.encode("latin-1"))
    assert store.find(MAINS, DEFAULTS) is None
    store.put(entry())
    assert store.settings(MAINS, DEFAULTS) == BETTER


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("settings", {"decode_threads": 0, "prefill_threads": 1}),
        ("settings", {"decode_threads": 4}),
        ("settings", {**BETTER.to_dict(), "repack": 1}),
        ("settings", {**BETTER.to_dict(), "library": "/tmp/evil.so"}),
        ("trials", [1]),
        ("gain", "much"),
    ],
)
def test_a_result_with_one_wrong_field_is_ignored(
    name: str, value: object, store: Store, path: Path
) -> None:
    store.put(entry())
    data = json.loads(path.read_text())
    data["entries"][0][name] = value
    path.write_text(json.dumps(data))
    assert store.settings(MAINS, DEFAULTS) is None


def subject() -> Subject:
    return from_header(parse(small_phi3().build()), name="tiny")


@pytest.fixture
def _tuning_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("FIELDKIT_NO_TUNE")
    monkeypatch.setenv("FIELDKIT_DATA_DIR", str(tmp_path / "user"))


def keep(settings: Settings) -> None:
    key = tune.key_for(subject())
    found = Entry(key=key, defaults=default_settings(), settings=settings, finished=True)
    tuning.store().put(found)


@pytest.mark.usefixtures("_tuning_on")
def test_tuned_settings_are_used_unless_turned_off(monkeypatch: pytest.MonkeyPatch) -> None:
    better = replace(default_settings(), repack=False)
    assert tuning.settings_of(subject()) is None
    keep(better)
    assert tuning.settings_of(subject()) == better
    monkeypatch.setenv("FIELDKIT_NO_TUNE", "1")
    assert tuning.settings_of(subject()) is None


@pytest.mark.usefixtures("_tuning_on")
def test_settings_for_which_memory_no_longer_suffices_are_not_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    doubled = replace(default_settings(), mapped=True, repack=True)
    keep(doubled)
    assert tuning.settings_of(subject()) == doubled
    short = replace(tune.memory(), available=1)
    monkeypatch.setattr(tune, "memory", lambda: short)
    assert tuning.settings_of(subject()) is None


@pytest.mark.usefixtures("_tuning_on")
def test_a_model_that_cannot_be_read_has_no_tuned_settings(tmp_path: Path) -> None:
    keep(default_settings())
    assert tuning.settings_for(tmp_path / "missing.gguf", context=512) is None
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF")
    assert tuning.settings_for(broken, context=512) is None


def test_nothing_is_tuned_in_the_background_when_it_is_turned_off(tmp_path: Path) -> None:
    assert tuning.background(tmp_path / "model.gguf", context=512) is None


@pytest.mark.usefixtures("_tuning_on")
def test_the_background_waits_for_a_processor_that_others_do_not_use(
    demo_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for share, waits in ((0.9, True), (0.1, False), (None, False)):
        monkeypatch.setattr(tuning, "busy_share", lambda share=share: share)
        if waits:
            with pytest.raises(Stopped):
                tuning._pending(demo_model, 512)
        else:
            assert tuning._pending(demo_model, 512) is not None
    monkeypatch.setattr(tuning, "power_state", lambda: "saver")
    assert tuning._pending(demo_model, 512) is None


def test_another_engine_or_processor_is_another_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    first = tuned.machine_key()
    assert tuned.machine_key() == first
    other = replace(tuned.cpu(), name="another one")
    monkeypatch.setattr(tuned, "cpu", lambda: other)
    assert tuned.machine_key() != first


def test_a_models_key_is_its_shape_and_types() -> None:
    shape = subject().shape
    assert shape is not None
    assert model_key(shape, "Q4_0") == model_key(replace(shape, context=99), "Q4_0")
    assert model_key(shape, "Q4_0") != model_key(shape, "Q4_K_M")
    assert model_key(shape, "Q4_0") != model_key(replace(shape, layers=3), "Q4_0")
