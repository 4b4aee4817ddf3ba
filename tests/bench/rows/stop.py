"""How long an answer that is stopped while its prompt is read goes on."""

from __future__ import annotations

import random
import threading
import time

from fieldkit.core.generation import Done, Request
from fieldkit.core.prompt import Message
from fieldkit.engine.client import EngineClient
from tests.bench.bench import Bench
from tests.bench.figures import Figure
from tests.bench.stats import percentile

TITLE = "Stop"
_ABORTS = 100
_WORDS = (
    "pump",
    "valve",
    "torque",
    "pressure",
    "liner",
    "piston",
    "stud",
    "flange",
    "gauge",
    "oil",
)


def run(bench: Bench) -> list[Figure]:
    """Stop at random moments of a prefill; the time until the caller is told it ended."""
    chooser = random.Random(1)
    aborts = 10 if bench.quick else _ABORTS
    with bench.engine(context=2048) as engine:
        latencies = [_stopped(engine, chooser) * 1e3 for _ in range(aborts)]
    value = percentile(latencies, 0.99)
    bench.say(f"  {aborts} aborts, p99 {value:.1f} ms")
    return [
        Figure(
            name=f"abort during prefill, p99 of {aborts}",
            against="",
            unit="ms",
            value=value,
            values=tuple(latencies),
            limit=50.0,
            at_least=False,
            ours=tuple(latencies),
            sample_unit="ms",
        )
    ]


def _stopped(engine: EngineClient, chooser: random.Random) -> float:
    """Seconds from an abort in the middle of a new prompt to its end; others are tried again."""
    while True:
        text = " ".join(chooser.choices(_WORDS, k=700))
        request = Request(messages=(Message(role="user", content=text),), max_tokens=1)
        asked = 0.0

        def stop() -> None:
            nonlocal asked
            asked = time.perf_counter()
            engine.abort()

        timer = threading.Timer(chooser.uniform(0.1, 1.0), stop)
        timer.start()
        *_, last = engine.generate(request)
        ended = time.perf_counter()
        timer.cancel()
        timer.join()
        if isinstance(last, Done) and last.finish == "aborted" and asked:
            return ended - asked
