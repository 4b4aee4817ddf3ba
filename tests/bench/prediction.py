"""Compare what ``fieldkit probe`` predicts from slices with full-size models of the same shapes.

    python -m tests.bench.prediction --output dist/prediction.json [NAME ...]

For every candidate a GGUF of its full size with random weights is written (up to 5 GB, one at a
time, removed afterwards), and prediction and full model are measured in turn: slices, full, slices.
The middle is compared with the mean of both ends, so that a machine which is slower for a while is
slower for both. Names are files of ``build/candidates`` without ``.toml``.

On a machine that is never quiet, ``--together`` loads slices and full model at the same time and
lets them take turns every few seconds, so that all three meet the same disturbances. That tests the
arithmetic; it is not what ``fieldkit probe`` does, which has no full model to take turns with.

The output is one JSON object:

    {"schema": 1, "machine": {...}, "models": [{
        "name", "quantization", "context", "question_tokens",
        "predicted": [{"decode_tps", "deep_decode_tps", "prefill_tps", "ttft_s",
                       "memory_bytes"}, ...],                      one a round of slices
        "error_band": [{... the same keys ...}, ...],
        "measured": {... the same keys ...},
        "ratio": {... predicted (mean) / measured ...},
        "seconds": {"predict": [...], "full": ...}}]}

With ``--together`` there is one prediction, and ``seconds`` has only ``full``. Rates are in tokens
per second, times in seconds, sizes in bytes. ``memory_bytes`` is the engine's process alone, on
both sides.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from fieldkit.console import console
from fieldkit.core.fit import INTERFACE_BYTES, MIB, footprint
from fieldkit.core.gguf_types import Shape
from fieldkit.core.prediction import DECODE, DEEP, PROMPT, Speed, heights, imitated
from fieldkit.core.prediction import predict as compute
from fieldkit.engine.client import EngineClient
from fieldkit.engine.slice import slice_folder, write_slice
from fieldkit.machine.cache import last_level_cache
from fieldkit.machine.facts import machine
from fieldkit.machine.process import process_memory
from fieldkit.packager.subjects import subjects
from fieldkit.probe.predict import CONTEXT, loaded, predict
from fieldkit.probe.report import SPEEDS
from fieldkit.probe.subject import Subject

NAMES = ("qwen2.5-1.5b", "llama-3.2-3b", "phi-3-mini-4k", "mistral-7b")
FIGURES = (*SPEEDS, "memory_bytes")
BOX_S = 24.0
PIECE = 128  # tokens read at a time when all take turns


def whole_context(shape: Shape) -> int:
    """The context that slices, and whatever takes turns with them, are loaded with."""
    return min(CONTEXT, shape.context)


def engine_bytes(subject: Subject) -> int:
    """The predicted memory of the engine's process alone."""
    assert subject.shape is not None
    assert subject.weights is not None
    need = footprint(subject.shape, weights=subject.weights, context=subject.context)
    return need.total - INTERFACE_BYTES


def predicted(subject: Subject, box_s: float) -> tuple[Speed, float]:
    """One prediction, and how many seconds it took."""
    began = time.monotonic()
    (outcome,) = predict([subject], budget_s=box_s)
    if outcome.speed is None:
        raise SystemExit(f"{subject.name}: {outcome.note}")
    return outcome.speed, time.monotonic() - began


def measured(subject: Subject, tokens: int) -> dict[str, float]:
    """The figures of the model at full size, each read once, decoding over ``tokens`` tokens."""
    assert subject.shape is not None
    with slice_folder() as folder:
        path = folder / "full.gguf"
        write_slice(path, subject.shape, subject.quantization, layers=range(subject.shape.layers))
        engine = EngineClient(path, template="", context=subject.context)
        try:
            for _ in engine.start():
                pass
            path.unlink()
            question = subject.question
            reads = [PROMPT, question - PROMPT, DEEP - question]
            steps = [("read", 32), ("decode", 2), ("keep", 0), ("read", DECODE // 2)]
            steps += [("decode", tokens), ("keep", 0), *(("read", count) for count in reads)]
            steps += [("decode", tokens), ("reserve", subject.context)]
            seconds = engine.bench({"steps": steps})["seconds"]
            peak = process_memory(engine.pid).peak
        finally:
            engine.close()
    first, second = seconds[6][0], seconds[7][0]
    return {
        "decode_tps": 1 / statistics.fmean(seconds[4]),
        "deep_decode_tps": 1 / statistics.fmean(seconds[9]),
        "prefill_tps": PROMPT / first,
        "ttft_s": first + second,
        "memory_bytes": peak or 0,
    }


def together(subject: Subject, rounds: int) -> dict[str, Any]:
    """Slices and full model in turns of a few seconds: the entry of one model."""
    shape, kind = subject.shape, subject.quantization
    assert shape is not None
    counts = heights(shape, kind, cache_bytes=last_level_cache() or 32 * MIB)
    began = time.monotonic()
    with contextlib.ExitStack() as stack:
        *slices, whole = (
            stack.enter_context(loaded(subject, shape, imitated(shape, kind, count), None))
            for count in (*counts, shape.layers)
        )
        for one in (*slices, whole):
            one.warm()
        for number in range(rounds):
            for one in [*slices, whole][:: -1 if number % 2 else 1]:
                one.decode_flat()
                one.empty()
                one.read(PIECE)
                one.read(PIECE)
        whole.engine.bench({"steps": [("reserve", whole_context(shape))]})
        peak = process_memory(whole.engine.pid).peak
    small, large = (slices[0].measured(), slices[-1].measured())
    question = subject.question
    speed = compute(shape, kind, small, large if len(slices) > 1 else None, question=question)
    full = values(subject, compute(shape, kind, whole.measured(), None, question=question))
    full["memory_bytes"] = peak
    need = footprint(shape, weights=subject.weights or 0, context=whole_context(shape))
    guess = {**values(subject, speed), "memory_bytes": need.total - INTERFACE_BYTES}
    return entry(subject, [speed], [guess], full, {"full": time.monotonic() - began})


def compare(subject: Subject, box_s: float, tokens: int) -> dict[str, Any]:
    """Slices, full model, slices: the entry of one model."""
    before, first_s = predicted(subject, box_s)
    began = time.monotonic()
    full = measured(subject, tokens)
    full_s = time.monotonic() - began
    after, second_s = predicted(subject, box_s)
    speeds = [before, after]
    rounds = [values(subject, speed) for speed in speeds]
    return entry(subject, speeds, rounds, full, {"predict": [first_s, second_s], "full": full_s})


def entry(
    subject: Subject,
    speeds: Sequence[Speed],
    rounds: Sequence[Mapping[str, float | None]],
    full: Mapping[str, float | None],
    seconds: Mapping[str, Any],
) -> dict[str, Any]:
    """What the output holds of one model."""
    return {
        "name": subject.name,
        "quantization": subject.quantization,
        "context": subject.context,
        "question_tokens": subject.question,
        "predicted": rounds,
        "error_band": [
            {name: figure and figure.band for name, figure in figures(speed).items()}
            for speed in speeds
        ],
        "measured": full,
        "ratio": ratios(rounds, full),
        "seconds": dict(seconds),
    }


def figures(speed: Speed) -> dict[str, Any]:
    """The figures of ``speed`` by name."""
    return {name: getattr(speed, name) for name in SPEEDS}


def values(subject: Subject, speed: Speed) -> dict[str, float | None]:
    """The values of ``speed`` and the predicted memory."""
    known = {name: figure and figure.value for name, figure in figures(speed).items()}
    return {**known, "memory_bytes": engine_bytes(subject)}


def ratios(
    rounds: Sequence[Mapping[str, float | None]], full: Mapping[str, float | None]
) -> dict[str, float | None]:
    """Predicted over measured, of the mean of all rounds that have the figure."""
    result: dict[str, float | None] = {}
    for name in FIGURES:
        known = [value for entry in rounds if (value := entry[name]) is not None]
        real = full[name]
        result[name] = statistics.fmean(known) / real if known and real else None
    return result


def main() -> int:
    """Parse the command line, compare, and write after every model."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"default: {NAMES}")
    parser.add_argument("--output", type=Path, default=Path("dist/prediction.json"))
    parser.add_argument("--box", type=float, default=BOX_S, help="seconds for one prediction")
    parser.add_argument("--tokens", type=int, default=32, help="decoded by the full model")
    parser.add_argument("--together", type=int, metavar="ROUNDS", help="take turns, so many times")
    options = parser.parse_args()
    say = console().err
    models = []
    for subject in subjects(options.names or NAMES):
        if options.together:
            found = together(subject, options.together)
        else:
            found = compare(subject, options.box, options.tokens)
        models.append(found)
        say(f"{subject.name}: measured {short(found['measured'])}")
        say(f"{'':{len(subject.name)}}  predicted / measured {short(found['ratio'])}")
        data = {"schema": 1, "machine": machine(Path.cwd()).lasting(), "models": models}
        options.output.parent.mkdir(parents=True, exist_ok=True)
        options.output.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
    return 0


def short(entry: Mapping[str, float | None]) -> str:
    """The figures of ``entry`` on one line."""
    return ", ".join(
        f"{name} {value:.4g}" if value is not None else f"{name} -" for name, value in entry.items()
    )


if __name__ == "__main__":
    sys.exit(main())
