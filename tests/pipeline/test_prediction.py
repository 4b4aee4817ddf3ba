"""Predictions from slices against the real engine, on a model small enough for any machine.

What else the machine does makes single figures jump, so slices and the whole model are measured in
turn, and a comparison that comes out wrong is repeated. The bounds are wide; they are still far
inside what a mistake in the arithmetic would do: the whole has four times the layers of the larger
slice.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from fieldkit.core.fit import INTERFACE_BYTES, MIB, footprint
from fieldkit.core.gguf_types import Shape
from fieldkit.core.prediction import PROMPT, Speed, imitated
from fieldkit.core.prediction import predict as compute
from fieldkit.errors import ExitCode
from fieldkit.machine.process import process_memory
from fieldkit.probe.predict import Slice, loaded
from fieldkit.probe.subject import Subject, from_shape

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("engine")]

SHAPE = Shape(
    architecture="llama",
    layers=24,
    embedding=1024,
    heads=16,
    kv_heads=4,
    head_dim=64,
    feed_forward=2816,
    vocabulary=4096,
    context=2048,
)
SUBJECT: Subject = from_shape(SHAPE, name="small", quantization="Q4_K_M")
FACTOR = 2.0  # how far off a prediction may be here, on a machine that does other things too
ATTEMPTS = 5


@pytest.fixture(scope="module")
def slices(engine: object) -> Iterator[list[Slice]]:
    """Slices of 2 and 6 layers, and the model with all 24, each in a worker."""
    with contextlib.ExitStack() as stack:
        yield [
            stack.enter_context(
                loaded(SUBJECT, SHAPE, imitated(SHAPE, SUBJECT.quantization, count), None)
            )
            for count in (2, 6, SHAPE.layers)
        ]


def measure(slices: list[Slice]) -> None:
    """One figure of each kind, of every slice in turn."""
    for one in slices:
        one.decode.clear()
        one.reads.clear()
        one.warm()
    for turn in (slices, slices[::-1]):
        for one in turn:
            one.decode_flat()
            one.empty()
            one.read(256)


def off(speed: Speed, whole: Slice) -> dict[str, float]:
    """Predicted over measured."""
    seconds = sum(read.seconds for read in whole.reads) / len(whole.reads)
    decode = sum(whole.decode) / len(whole.decode)
    predicted_read = PROMPT / speed.prefill_tps.value / 2  # of 256 tokens, nearly
    return {"decode": speed.decode_tps.value * decode, "prefill": seconds / predicted_read}


def test_the_speed_of_a_whole_model_is_predicted_from_its_slices(slices: list[Slice]) -> None:
    small, large, whole = slices
    seen: list[dict[str, float]] = []
    for _ in range(ATTEMPTS):
        measure(slices)
        speed = compute(SHAPE, SUBJECT.quantization, small.measured(), large.measured())
        ratios = off(speed, whole)
        if all(1 / FACTOR < ratio < FACTOR for ratio in ratios.values()):
            break
        seen.append(ratios)
    else:
        raise AssertionError(f"predicted over measured: {seen}")
    # More layers take longer, and the whole model longest: else nothing was extrapolated.
    seconds = [min(read.seconds for read in one.reads) for one in slices]
    assert seconds[0] < seconds[1] < seconds[2]
    assert min(small.decode) < min(whole.decode)


def test_the_memory_of_a_whole_model_is_predicted_from_its_shape(slices: list[Slice]) -> None:
    for one in slices:
        shape = SHAPE if len(one.layers) == SHAPE.layers else None
        if shape is None:
            continue
        assert SUBJECT.weights is not None
        need = footprint(shape, weights=SUBJECT.weights, context=1152).total - INTERFACE_BYTES
        peak = process_memory(one.engine.pid).peak
        assert peak is not None
        assert abs(need - peak) < 48 * MIB


def probe(*arguments: str) -> tuple[int, dict[str, Any], str]:
    done = subprocess.run(
        [sys.executable, "-m", "fieldkit", "probe", "--json", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout), done.stderr


def test_probe_predicts_a_candidate_without_its_model() -> None:
    status, report, narration = probe("--candidate", "demo", "--threads", "2")
    (entry,) = report["candidates"]
    figures, bands = entry["predicted"], entry["error_band"]
    for name in ("decode_tps", "prefill_tps", "ttft_s", "memory_bytes"):
        assert figures[name] > 0
        assert bands[name] > 0
    assert figures["ttft_s"] > 0.5 * entry["question_tokens"] / figures["prefill_tps"]
    assert report["measured"] is None
    assert status == (ExitCode.UNFIT if report["verdict"] == "unfit" else ExitCode.OK)
    assert "Measuring slices of fieldkit demo (1 of 1)" in narration


def test_probe_judges_a_profile_by_its_gates() -> None:
    _, report, _ = probe("--profile", "demo", "--quick")
    (entry,) = report["candidates"]
    assert entry["context"] == 1024
    assert entry["question_tokens"] == 616  # the passages and the system prompt
    for asked in ("at least 5 token/s", "at most 10 s", "at most 1 GiB"):
        assert any(asked in reason for reason in entry["reasons"]), asked


def test_what_the_simulated_memory_excludes_is_not_measured() -> None:
    status, report, narration = probe("--simulate-ram", "2", "--candidate", "mistral-7b")
    (entry,) = report["candidates"]
    assert (status, entry["verdict"]) == (ExitCode.UNFIT, "unfit")
    assert entry["predicted"]["decode_tps"] is None
    assert entry["reasons"][-1] == "speed is not predicted: what does not fit is not measured"
    assert "Measuring" not in narration


def test_without_an_engine_the_report_says_why_there_is_no_speed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setenv("FIELDKIT_ENGINE", str(tmp_path))
    _, report, _ = probe("--candidate", "demo")
    (entry,) = report["candidates"]
    assert entry["predicted"]["decode_tps"] is None
    assert entry["predicted"]["memory_bytes"] > 0
    assert "there is no engine here" in entry["reasons"][-1]
