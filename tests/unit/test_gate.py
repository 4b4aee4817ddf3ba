"""Gates and measurements: thresholds, unknown values, and what is kept as JSON."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fieldkit.core.gate import Thresholds, evaluate, format_table
from fieldkit.core.measurement import EnergyUse, Measurement, Memory
from fieldkit.core.settings import Settings
from fieldkit.errors import InvalidInput


def measurement() -> Measurement:
    return Measurement(
        decode_tps=21.456,
        prefill_tps=84.2,
        ttft_s=1.23456,
        load_s=0.8,
        memory=Memory(anonymous=3, file=1, proportional=4, high_water=5),
        stddev={"decode_tps": 0.4},
        repetitions=3,
        prompt_tokens=512,
        decode_tokens=64,
        question_tokens=256,
        depth=0,
        context=4096,
        settings=Settings(decode_threads=4, prefill_threads=4),
        variant="haswell",
        engine="0.3.36",
        model_sha256="0" * 64,
        model_bytes=100,
        machine={"cpu": "a cpu"},
    )


def test_only_thresholds_that_are_set_are_checked() -> None:
    assert evaluate(Thresholds(), {"min_decode_tps": 1.0}) == ()


@pytest.mark.parametrize(
    ("thresholds", "values", "passed"),
    [
        (Thresholds(min_decode_tps=8), {"min_decode_tps": 8.0}, True),
        (Thresholds(min_decode_tps=8), {"min_decode_tps": 7.99}, False),
        (Thresholds(max_ttft_s=2), {"max_ttft_s": 2.0}, True),
        (Thresholds(max_ttft_s=2), {"max_ttft_s": 2.01}, False),
        (Thresholds(max_memory_gib=4), {"max_memory_gib": 3.9}, True),
        (Thresholds(max_kl_divergence=0.05), {"max_kl_divergence": 0.06}, False),
        (Thresholds(min_score=0.0), {"min_score": 0.0}, True),
        (Thresholds(min_score=0.9), {"min_score": 0.95}, True),
        (Thresholds(max_ttft_s=2), {"max_ttft_s": float("nan")}, False),
        (Thresholds(max_unread_pages=0), {"max_unread_pages": 0}, True),
        (Thresholds(max_unread_pages=0), {"max_unread_pages": 1}, False),
        (Thresholds(max_unread_pages=12), {"max_unread_pages": 12}, True),
    ],
)
def test_a_limit_itself_passes_and_beyond_it_fails(
    thresholds: Thresholds, values: dict[str, float | None], passed: bool
) -> None:
    (result,) = evaluate(thresholds, values)
    assert result.passed is passed


@pytest.mark.parametrize("values", [{}, {"max_kl_divergence": None}])
def test_an_unknown_value_does_not_pass_and_says_so(values: dict[str, float | None]) -> None:
    (result,) = evaluate(Thresholds(max_kl_divergence=0.05), values)
    assert not result.passed
    assert result.value is None
    assert "not known, and at most 0.05 nats is asked for" in result.reason


def test_results_are_data_and_a_table() -> None:
    results = evaluate(
        Thresholds(min_decode_tps=8, max_ttft_s=2, min_score=0.7),
        {"min_decode_tps": 21.456, "max_ttft_s": 3.2},
    )
    assert results[0].to_dict() == {
        "name": "min_decode_tps",
        "limit": 8,
        "value": 21.456,
        "passed": True,
    }
    assert results[1].reason == "time to first token: 3.2 s, at most 2 s is asked for"
    assert format_table(results) == [
        "gate            limit    value",
        "min_decode_tps      8    21.46  passed",
        "max_ttft_s          2      3.2  FAILED",
        "min_score         0.7  unknown  FAILED",
    ]


def test_a_measurement_survives_its_json() -> None:
    assert Measurement.from_json(measurement().to_json()) == measurement()


def test_an_older_measurement_is_refused() -> None:
    old = measurement().to_json().replace('"schema": 2', '"schema": 1')
    with pytest.raises(InvalidInput, match="unknown schema") as caught:
        Measurement.from_json(old)
    assert "Measure again" in caught.value.hint


@pytest.mark.parametrize(
    ("energy", "answers"),
    [
        (EnergyUse(decode_j_per_token=2.0, prefill_j_per_token=0.5, battery_j=180_000.0), 257),
        (EnergyUse(decode_j_per_token=2.0, prefill_j_per_token=0.5), None),
        (EnergyUse(decode_j_per_token=2.0, battery_j=180_000.0), None),
        (EnergyUse(prefill_j_per_token=0.5, battery_j=180_000.0), None),
        (EnergyUse(), None),
    ],
)
def test_answers_per_charge_need_every_figure(energy: EnergyUse, answers: int | None) -> None:
    """800 tokens read at 0.5 J and 150 written at 2 J are 700 J an answer."""
    assert energy.answers_per_charge == answers
    summary = replace(measurement(), energy=energy).summary()
    assert summary["answers_per_charge"] == answers
    assert summary["energy_j_per_token"] == energy.decode_j_per_token


def test_the_summary_has_the_fields_that_scripts_rely_on() -> None:
    assert measurement().summary() == {
        "decode_tps": 21.46,
        "prefill_tps": 84.2,
        "ttft_s": 1.235,
        "load_s": 0.8,
        "peak_memory_bytes": 5,
        "energy_j_per_token": None,
        "energy_j_per_prompt_token": None,
        "energy_source": None,
        "answers_per_charge": None,
        "deep_decode_tps": None,
        "depth": 0,
        "question_tokens": 256,
        "settings": Settings(decode_threads=4, prefill_threads=4).to_dict(),
    }


@pytest.mark.parametrize(
    ("memory", "peak"),
    [
        (Memory(anonymous=3, file=1, proportional=4), 4),
        (Memory(anonymous=3), 3),
        (Memory(), None),
    ],
)
def test_the_peak_is_the_best_figure_known(memory: Memory, peak: int | None) -> None:
    assert memory.peak == peak


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema": 9}', '{"schema": 2, "decode": 1}'])
def test_other_json_is_no_measurement(text: str) -> None:
    with pytest.raises(InvalidInput, match="not a measurement"):
        Measurement.from_json(text)
