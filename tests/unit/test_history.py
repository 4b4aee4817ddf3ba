"""Predicted against measured: what is kept, what is passed over, and what it corrects."""

from __future__ import annotations

import json
import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldkit.core.correction import (
    FIGURES,
    Entry,
    Factor,
    MachineClass,
    correct,
    factors,
    reason,
)
from fieldkit.core.measurement import Measurement, Memory
from fieldkit.core.prediction import Figure, Speed
from fieldkit.core.settings import Settings
from fieldkit.machine.cpu import cpu
from fieldkit.probe import history
from fieldkit.probe.subject import Prediction, Subject

LAPTOP = MachineClass(
    cpu="Some CPU", physical_cores=4, usable_cores=8, engine="0123", variant="haswell"
)
PREDICTED = Speed(
    decode_tps=Figure(value=20.0, band=0.1),
    deep_decode_tps=None,
    prefill_tps=Figure(value=80.0, band=0.1),
    ttft_s=Figure(value=10.0, band=0.1),
)
MEASURED = Measurement(
    decode_tps=22.0,
    deep_decode_tps=18.0,
    prefill_tps=72.0,
    ttft_s=11.0,
    load_s=1.0,
    memory=Memory(),
    repetitions=3,
    prompt_tokens=512,
    decode_tokens=128,
    question_tokens=800,
    depth=1024,
    context=4096,
    settings=Settings(decode_threads=4, prefill_threads=4),
    variant="haswell",
    engine="0.3.36",
    model_sha256="",
    model_bytes=1,
    machine={},
)


def entry(ratio: float = 1.1, machine: MachineClass = LAPTOP) -> Entry:
    return Entry(
        machine=machine,
        model="Phi-3",
        quantization="Q4_K_M",
        predicted={"decode_tps": 20.0},
        measured={"decode_tps": 20.0 * ratio},
    )


def subject(name: str = "Phi-3", *, weights: int | None = 2 << 30) -> Subject:
    return Subject(
        name=name, quantization="Q4_K_M", shape=None, weights=weights, context=4096, download=0
    )


def keep(folder: Path) -> bool:
    """Predict, measure and learn once, as a probe of a file does."""
    experience = history.Experience(folder, LAPTOP)
    experience.corrected([subject()], [Prediction(speed=PREDICTED)])
    return experience.learn(subject(), MEASURED)


def learnt(folder: Path) -> dict[str, Factor]:
    return history.Experience(folder, LAPTOP).factors


def test_what_is_kept_corrects_the_next_prediction(tmp_path: Path) -> None:
    assert learnt(tmp_path) == {}
    assert keep(tmp_path)
    assert learnt(tmp_path) == {}, "one could be the exception"
    assert keep(tmp_path)
    found = {
        "decode_tps": Factor(pytest.approx(1.1), 2),
        "prefill_tps": Factor(pytest.approx(0.9), 2),
        "ttft_s": Factor(pytest.approx(1.1), 2),
    }
    assert learnt(tmp_path) == found
    experience = history.Experience(tmp_path, LAPTOP)
    (corrected,) = experience.corrected([subject()], [Prediction(speed=PREDICTED)])
    assert corrected.speed is not None
    assert corrected.speed.decode_tps == Figure(value=pytest.approx(22.0), band=0.1)
    assert corrected.speed.deep_decode_tps is None
    assert corrected.note == (
        "corrected by 2 measurements on this class of machine: "
        "decode +10%, prefill -10%, first token +10%"
    )


def test_corrections_do_not_build_on_each_other(tmp_path: Path) -> None:
    """What is kept is the prediction before correction, or it would be corrected twice."""
    for _ in range(6):
        keep(tmp_path)
    assert learnt(tmp_path)["decode_tps"] == Factor(pytest.approx(1.1), 6)


def test_a_prediction_that_is_missing_or_doubtful_teaches_nothing(tmp_path: Path) -> None:
    experience = history.Experience(tmp_path, LAPTOP)
    nothing = Prediction(note="speed is not predicted: no engine")
    doubtful = Prediction(speed=PREDICTED, note="other programs kept 60 % of the processor busy")
    subjects = [subject("no engine"), subject()]
    assert experience.corrected(subjects, [nothing, doubtful]) == [nothing, doubtful]
    assert experience.learn(subjects[0], MEASURED) is False
    assert experience.learn(subject(), MEASURED) is False
    assert not (tmp_path / history.FILE).exists()


@pytest.mark.parametrize("weights", [None, 10 << 20])
def test_a_model_that_fits_the_caches_neither_teaches_nor_learns(
    tmp_path: Path, weights: int | None
) -> None:
    keep(tmp_path)
    keep(tmp_path)
    small = subject("Demo", weights=weights)
    experience = history.Experience(tmp_path, LAPTOP)
    assert experience.corrected([small], [Prediction(speed=PREDICTED)]) == [
        Prediction(speed=PREDICTED)
    ]
    assert experience.learn(small, MEASURED) is False


@pytest.mark.parametrize(
    "other",
    [
        {"cpu": "Another CPU"},
        {"cpu": None},
        {"usable_cores": 4},
        {"physical_cores": 2},
        {"engine": "4567"},
        {"variant": "zen4"},
    ],
)
def test_another_class_of_machine_teaches_nothing(other: dict[str, object]) -> None:
    elsewhere = replace(LAPTOP, **other)
    assert factors([entry(machine=elsewhere)] * 5, LAPTOP) == {}


def test_nothing_known_changes_nothing() -> None:
    assert correct(PREDICTED, {}) == PREDICTED
    assert reason({}) == ""


def test_one_wild_measurement_does_not_decide() -> None:
    found = factors([entry(1.05), entry(40.0), entry(1.0)], LAPTOP)
    assert found["decode_tps"].value == pytest.approx(1.05)


@given(st.lists(st.floats(1e-3, 1e3), min_size=2, max_size=60))
def test_a_factor_stays_within_its_limits(ratios: list[float]) -> None:
    (factor,) = factors([entry(ratio) for ratio in ratios], LAPTOP).values()
    assert 0.5 <= factor.value <= 2.0
    assert factor.entries == min(len(ratios), 50)


def test_only_the_latest_count() -> None:
    entries = [entry(0.6)] * 60 + [entry(1.2)] * 50
    assert factors(entries, LAPTOP)["decode_tps"] == Factor(pytest.approx(1.2), 50)


def test_damaged_lines_are_passed_over(tmp_path: Path) -> None:
    keep(tmp_path)
    path = tmp_path / history.FILE
    whole = path.read_text(encoding="utf-8")
    data = json.loads(whole)
    odd = [
        "",
        "not JSON",
        "[]",
        "null",
        "{}",
        "[" * 5000,
        whole[: len(whole) // 2],
        json.dumps({**data, "schema": 99}),
        json.dumps({**data, "predicted": {"decode_tps": -1}}),
        json.dumps({**data, "predicted": {"decode_tps": "NaN"}}),
        json.dumps({**data, "predicted": {"decode_tps": 0}}),
        json.dumps({**data, "predicted": 7}),
        json.dumps({**data, "machine": {"cpu": "x"}}),
        "\x00\xff",
    ]
    path.write_bytes("\n".join([*odd, whole]).encode("utf-8", "surrogateescape"))
    assert len(history.read(path)) == 1
    keep(tmp_path)
    assert len(path.read_text(encoding="utf-8").splitlines()) == 2


def test_a_newer_figure_is_passed_over(tmp_path: Path) -> None:
    keep(tmp_path)
    path = tmp_path / history.FILE
    data = json.loads(path.read_text(encoding="utf-8"))
    data["predicted"]["embeddings_tps"] = 5.0
    path.write_text(json.dumps(data), encoding="utf-8")
    (read,) = history.read(path)
    assert set(read.predicted) < set(FIGURES)


def test_the_file_is_bounded_and_private(tmp_path: Path) -> None:
    path = tmp_path / history.FILE
    history.write(path, [entry(1 + number / 1000) for number in range(history.LIMIT + 20)])
    entries = history.read(path)
    assert len(entries) == history.LIMIT
    assert entries[-1] == entry(1 + (history.LIMIT + 19) / 1000), "the latest stay"
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) & 0o077 == 0


def test_a_write_that_fails_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(tmp_path)
    path = tmp_path / history.FILE
    before = path.read_bytes()

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert keep(tmp_path) is False
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_folder_that_cannot_be_made_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "probe").write_text("a file in the way")
    assert keep(tmp_path) is False
    assert learnt(tmp_path) == {}


def test_this_machine_has_a_class() -> None:
    found = history.machine_class(cpu(), "haswell")
    assert found.variant == "haswell"
    assert found == history.machine_class(cpu(), "haswell")
