"""Predicts the speed of models that are not here, by measuring slices of them on this machine.

For each model two slices (``fieldkit.engine.slice``) are loaded into worker processes of their own
and measured in turn, small, large, large, small, so that what else the machine does meanwhile hits
both; ``fieldkit.core.prediction`` does the arithmetic. Time is bounded: what does not fit the time
is measured shorter or less often, and the error band says so.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import psutil

from fieldkit.core.fit import MIB, footprint
from fieldkit.core.gguf_types import Shape
from fieldkit.core.prediction import DEEP, Measured, Read, heights, imitated
from fieldkit.core.prediction import predict as compute
from fieldkit.core.settings import Settings
from fieldkit.engine.client import EngineClient
from fieldkit.engine.slice import slice_bytes, slice_folder, write_slice
from fieldkit.errors import EngineFailure, FieldkitError
from fieldkit.machine.cache import last_level_cache
from fieldkit.probe.subject import Prediction, Subject

BUDGET_S = 105.0  # for all models; starting, writing and loading included
QUICK_S = 11.0  # for one

_LOOK_S = 0.5  # how long to look at what else the machine does
_BUSY = 20.0  # per cent of the processor

_LEAST_S = 6.0  # below this nothing can be said about a model
_MOST_S = 24.0
_DECODE, _MOST_DECODE = 6, 64  # tokens a round, at least and at most
_ROUND_S = 0.25  # and between these, what takes so long
_ROUNDS = 5
_WARM = 32  # tokens read before anything counts; they tell how much there is time for
CONTEXT = DEEP + 128  # tokens that slices are loaded with
_CACHE = 32 * MIB  # the last-level cache, where the machine does not tell
# The prompts read one after the other, from the most informative plan to the shortest.
_PLANS = ((512, 512), (512, 256), (384, 128), (256, 128), (192,), (128,), (64,))

Say = Callable[[str], None]
Clock = Callable[[], float]


def predict(
    subjects: Sequence[Subject],
    *,
    budget_s: float = BUDGET_S,
    available: int | None = None,
    settings: Callable[[Subject], Settings | None] = lambda _subject: None,
    say: Say = lambda _line: None,
) -> list[Prediction]:
    """The predicted speed of each of ``subjects``, or in words why it has none.

    ``available`` is the free memory in bytes that the slices may take, ``settings`` tells
    how the engine is to run a subject (None: its defaults). ``say`` gets a line for each model.
    Raises nothing that only concerns one model.
    """
    began = time.monotonic()
    note = _busy()
    kept: dict[object, Prediction] = {}
    outcomes: list[Prediction] = []
    for number, subject in enumerate(subjects, 1):
        cost = alike(subject)
        if cost not in kept:
            waiting = {alike(other) for other in subjects[number - 1 :]} - kept.keys()
            left = budget_s - (time.monotonic() - began)
            share = min(_MOST_S, left / len(waiting))
            say(f"Measuring slices of {subject.name} ({number} of {len(subjects)}) ...")
            kept[cost] = _predicted(subject, share, available, settings(subject))
        outcomes.append(kept[cost])
    return [replace(outcome, note=note) if outcome.speed else outcome for outcome in outcomes]


def alike(subject: Subject) -> object:
    """What decides the speed of ``subject``: models in which it is equal are measured once.

    Versions of one family often differ only in what they were taught and in how far positions
    reach. Slices have a short context, the engine looks back over all of it, and a table of factors
    for positions costs a multiplication.
    """
    shape = subject.shape
    if shape is None:
        return subject.name
    short = min(shape.context, CONTEXT + 1)
    shape = replace(shape, context=short, sliding_window=0, rope="plain")
    return shape, subject.quantization, subject.question


def _busy() -> str:
    """A warning when other programs keep the processor at work, else nothing."""
    used = psutil.cpu_percent(_LOOK_S)
    if used < _BUSY:
        return ""
    return (
        f"other programs kept {used:.0f} % of the processor busy: these are the figures of a "
        "machine at work, an idle one is faster"
    )


def _predicted(
    subject: Subject, box_s: float, available: int | None, settings: Settings | None
) -> Prediction:
    if subject.shape is None:
        return Prediction(note="speed is not predicted: the model's shape is not known here")
    if box_s < _LEAST_S:
        return Prediction(note="speed is not predicted: the time for measuring was used up")
    try:
        small, large = _measure(subject, subject.shape, box_s, available, settings)
        speed = compute(
            subject.shape, subject.quantization, small, large, question=subject.question
        )
    except (FieldkitError, ValueError) as problem:
        return Prediction(note=f"speed is not predicted: {getattr(problem, 'message', problem)}")
    return Prediction(speed=speed)


@dataclass(slots=True)
class Slice:
    """One slice in its worker, and what was measured of it so far."""

    engine: EngineClient
    layers: tuple[int, ...]
    decode: list[float] = field(default_factory=list)
    deep: list[float] = field(default_factory=list)
    reads: list[Read] = field(default_factory=list)
    held: int = 0
    tokens: int = _DECODE

    def steps(self, *steps: tuple[str, int]) -> list[list[float]]:
        """Run ``steps`` of ``fieldkit.engine.bench`` and return their seconds."""
        figures: dict[str, Any] = self.engine.bench({"steps": steps})
        result: list[list[float]] = figures["seconds"]
        return result

    def warm(self) -> float:
        """Run everything once; returns the seconds a token of a short prompt takes."""
        read, decode, _ = self.steps(("read", _WARM), ("decode", 2), ("keep", 0))
        self.tokens = min(_MOST_DECODE, max(_DECODE, int(_ROUND_S / decode[-1])))
        return read[0] / _WARM

    def read(self, tokens: int) -> None:
        """Read ``tokens`` more than the cache holds."""
        ((seconds,),) = self.steps(("read", tokens))
        self.reads.append(Read(start=self.held, tokens=tokens, seconds=seconds))
        self.held += tokens

    def decode_flat(self) -> None:
        """Decode from an empty cache."""
        _, times = self.steps(("keep", 0), ("decode", self.tokens))
        self.decode.append(sum(times) / len(times))
        self.held = self.tokens

    def decode_deep(self) -> None:
        """Decode after what was read; the cache then holds that again."""
        times, _ = self.steps(("decode", self.tokens), ("keep", self.held))
        self.deep.append(sum(times) / len(times))

    def empty(self) -> None:
        """Empty the cache."""
        self.steps(("keep", 0))
        self.held = 0

    def measured(self) -> Measured:
        """What was measured, for the arithmetic."""
        return Measured(
            layers=self.layers,
            decode=tuple(self.decode),
            deep=tuple(self.deep),
            reads=tuple(self.reads),
        )


def _measure(
    subject: Subject,
    shape: Shape,
    box_s: float,
    available: int | None,
    settings: Settings | None,
) -> tuple[Measured, Measured | None]:
    deadline = time.monotonic() + box_s
    cache = last_level_cache() or _CACHE
    counts = heights(shape, subject.quantization, cache_bytes=cache)
    chosen = [imitated(shape, subject.quantization, count) for count in counts]
    _check_memory(shape, subject.quantization, chosen, available)
    with contextlib.ExitStack() as stack:
        slices = [stack.enter_context(loaded(subject, shape, one, settings)) for one in chosen]
        measure_in_turn(slices, deadline, deep=shape.context > CONTEXT)
    measured = [one.measured() for one in slices]
    return measured[0], measured[1] if len(measured) > 1 else None


def _check_memory(
    shape: Shape, quantization: str, chosen: Sequence[tuple[int, ...]], available: int | None
) -> None:
    """Raise EngineFailure when the slices would need more memory than is free."""
    need = sum(
        footprint(
            shape,
            weights=slice_bytes(shape, quantization, layers=layers),
            context=min(CONTEXT, shape.context),
        ).total
        for layers in chosen
    )
    if available is not None and need > available:
        raise EngineFailure(
            f"its slices need {need // MIB} MiB, {available // MIB} MiB are available"
        )


@contextlib.contextmanager
def loaded(
    subject: Subject, shape: Shape, layers: tuple[int, ...], settings: Settings | None
) -> Iterator[Slice]:
    """A slice of ``layers`` of the model in a worker of its own.

    Its file is gone as soon as it is read, and the worker afterwards.
    """
    with slice_folder() as folder:
        path = folder / "slice.gguf"
        write_slice(path, shape, subject.quantization, layers=layers)
        engine = EngineClient(
            path, template="", context=min(CONTEXT, shape.context), settings=settings
        )
        try:
            for _ in engine.start():
                pass
            _forget_file(path, settings)
            yield Slice(engine, layers)
        finally:
            engine.close()


def _forget_file(path: Path, settings: Settings | None) -> None:
    """Give the file's pages back, unless the engine mapped them."""
    if settings is None or not settings.mapped:
        with contextlib.suppress(OSError):
            path.unlink()


def measure_in_turn(
    slices: Sequence[Slice], deadline: float, *, deep: bool, clock: Clock = time.monotonic
) -> None:
    """Measure ``slices`` (two, or one whole model) in turn until ``deadline``.

    Every slice is measured at least once in each way that the plan has; ``deep`` says whether the
    context holds ``DEEP`` tokens.
    """
    rate = sum(one.warm() for one in slices)
    for one in slices:
        one.decode_flat()
    turn = list(reversed(slices))
    plan = _plan(rate, deadline - clock(), deep=deep)
    for one in turn:
        one.empty()
    for tokens in plan:
        for one in turn:
            one.read(tokens)
        turn.reverse()
    if sum(plan) == DEEP:
        for one in [*turn, *reversed(turn)]:
            one.decode_deep()
    took = clock()
    for one in turn:
        one.decode_flat()
    took = clock() - took
    while clock() + took < deadline and len(slices[0].decode) < _ROUNDS:
        turn.reverse()
        for one in turn:
            one.decode_flat()
    _read_again(slices, plan[0], rate, deadline, clock)


def _plan(rate: float, left_s: float, *, deep: bool) -> tuple[int, ...]:
    """What to read in ``left_s`` seconds, when all slices together take ``rate`` s a token.

    A third of the time is kept for decoding and for a second look.
    """
    for plan in _PLANS:
        if rate * sum(plan) < left_s * 2 / 3 and (deep or sum(plan) <= 256):
            return plan
    return _PLANS[-1]


def _read_again(
    slices: Sequence[Slice], tokens: int, rate: float, deadline: float, clock: Clock
) -> None:
    """Repeat the first read while there is time, up to three times in all."""
    for order in (slices, list(reversed(slices))):
        if clock() + rate * tokens > deadline:
            return
        for one in order:
            one.empty()
            one.read(tokens)
