"""Our engine's bare rates: what the worker measures step by step, without text or sampling."""

from __future__ import annotations

from collections.abc import Sequence

from fieldkit.engine.client import EngineClient
from tests.bench.stats import Sample

WARM_UP = 8


def seconds(engine: EngineClient, steps: Sequence[tuple[str, int]]) -> list[list[float]]:
    """The seconds of each of ``steps`` (see ``fieldkit.engine.bench.timings``)."""
    figures = engine.bench({"steps": list(steps)})  # type: ignore[dict-item]  # a list of steps
    result: list[list[float]] = figures["seconds"]
    return result


def decode(engine: EngineClient, tokens: int, count: int, *, depth: int = 0) -> list[Sample]:
    """``count`` times ``tokens`` tokens one by one, ``depth`` in the cache already: token/s.

    The cache must hold at least ``depth`` tokens.
    """
    steps = [("keep", depth), ("decode", tokens)] * count
    return [{"decode_tps": tokens / sum(times)} for times in seconds(engine, steps)[1::2]]


def prefill(engine: EngineClient, tokens: int, count: int) -> list[Sample]:
    """``count`` times a prompt of ``tokens`` tokens into an empty cache: token/s."""
    steps = [("keep", 0), ("read", tokens)] * count
    return [{"prefill_tps": tokens / sum(times)} for times in seconds(engine, steps)[1::2]]


def fill(engine: EngineClient, depth: int) -> None:
    """Leave exactly ``depth`` tokens in the cache."""
    seconds(engine, [("keep", 0), ("read", depth)])


def warm_up(engine: EngineClient) -> None:
    """Touch everything once; the cache is empty afterwards."""
    seconds(engine, [("keep", 0), ("read", 64), ("decode", WARM_UP), ("keep", 0)])
