"""Measures a model file on this machine: speed, first token, load time, memory, energy."""

from __future__ import annotations

import statistics
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Self

from fieldkit.core.measurement import Measurement, Memory
from fieldkit.core.settings import Settings
from fieldkit.engine.client import EngineClient
from fieldkit.engine.location import revision
from fieldkit.machine.energy import find_meter
from fieldkit.machine.facts import machine
from fieldkit.machine.process import process_memory
from fieldkit.probe.energy import energy_use

# llama-bench's figures: a prompt of 512 tokens, 128 tokens of text, repeated after a warm-up; and
# the text again in a conversation of 1024 tokens, since every token reads the whole KV cache.
_PROMPT = 512
_DECODE = 128
_DEPTH = 1024
_REPETITIONS = 3
_SAMPLE_S = 0.2
_RATES = ("decode_tps", "deep_decode_tps", "prefill_tps", "ttft_s")

Progress = Callable[[int, int], None]


def measure(
    model: Path,
    *,
    template: str = "phi3",
    context: int,
    question_tokens: int = 800,
    model_sha256: str = "",
    settings: Settings | None = None,
    progress: Progress | None = None,
) -> Measurement:
    """Load ``model`` in a worker of its own and measure it in a context of ``context`` tokens.

    ``question_tokens`` is the length of the prompt whose first token gives the TTFT, read with an
    empty cache. ``progress`` gets runs done and runs in all. Takes two or three minutes for a 4B
    model, and up to a minute more where energy can be read.
    Raises InvalidInput, Unfit or EngineFailure as the engine does.
    """
    engine = EngineClient(model, template=template, context=context, settings=settings)
    try:
        for _ in engine.start():
            pass
        with _Memory(engine.pid) as memory:
            figures = engine.bench(
                {
                    "prompt": _PROMPT,
                    "decode": _DECODE,
                    "repetitions": _REPETITIONS,
                    "question": question_tokens,
                    "depth": _DEPTH,
                },
                progress,
            )
        info = engine.info
        facts = machine(model.absolute().parent)
        energy = energy_use(
            engine, find_meter(), context=info.context, battery_j=facts.power.battery_capacity_j
        )
    finally:
        engine.close()
    rates = {name: figures[name] for name in _RATES if figures.get(name)}
    return Measurement(
        **{name: statistics.mean(values) for name, values in rates.items()},
        stddev={name: statistics.stdev(values) for name, values in rates.items()},
        load_s=info.load_s,
        memory=memory.peak,
        energy=energy,
        repetitions=_REPETITIONS,
        prompt_tokens=figures["prompt"],
        decode_tokens=figures["decode"],
        question_tokens=figures["question"],
        depth=figures["depth"],
        context=info.context,
        settings=info.settings,
        variant=info.variant,
        engine=revision(),
        model_sha256=model_sha256,
        model_bytes=info.model_bytes,
        machine=facts.lasting(),
    )


class _Memory:
    """Watches the memory of a process from a thread; ``peak`` holds the largest of each figure."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.peak = Memory()

    def __enter__(self) -> Self:
        self._sample()
        self._thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._sample()
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(_SAMPLE_S):
            self._sample()

    def _sample(self) -> None:
        now, peak = process_memory(self._pid), self.peak
        self.peak = Memory(
            anonymous=_larger(now.anonymous, peak.anonymous),
            file=_larger(now.file, peak.file),
            proportional=_larger(now.proportional, peak.proportional),
            high_water=_larger(now.high_water, peak.high_water),
        )


def _larger(one: int | None, other: int | None) -> int | None:
    known = [value for value in (one, other) if value is not None]
    return max(known, default=None)
