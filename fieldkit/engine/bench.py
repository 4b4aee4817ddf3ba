"""Figures of a loaded model, measured the way llama-bench does.

Prefill is a prompt of random tokens into an empty cache; decode is one token at a time from a given
depth. Each is repeated after one warm-up, and every repetition is reported.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from typing import Any

from fieldkit.core.generation import Done
from fieldkit.engine.session import Sampling, Session


def run(
    session: Session,
    *,
    prompt: int,
    decode: int,
    repetitions: int,
    question: int,
    seed: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, Any]:
    """Measure ``session``; its cache is empty afterwards.

    ``prompt``, ``decode`` and ``question`` are token counts, cut to what the context holds:
    ``question`` is the prompt of a typical manual-backed question, read cold, whose first token
    gives the TTFT. ``progress`` gets runs done and runs in all. Returns rates in tokens per second
    and times in seconds, a list a figure.
    """
    limit = session.context - 1
    prompt, question = min(prompt, limit), min(question, limit)
    decode = min(decode, limit)
    generator = random.Random(seed)  # noqa: S311 - any tokens will do
    ids = [generator.randrange(1, session.model.vocabulary) for _ in range(max(prompt, question))]
    _prefill(session, ids[: min(prompt, 64)])
    figures: dict[str, Any] = {
        "prompt": prompt,
        "decode": decode,
        "question": question,
        "prefill_tps": [],
        "decode_tps": [],
        "ttft_s": [],
    }
    tests: dict[str, Callable[[], float]] = {
        "prefill_tps": lambda: prompt / _prefill(session, ids[:prompt]),
        "decode_tps": lambda: decode / _decode(session, ids[:decode]),
        "ttft_s": lambda: _first_token(session, ids[:question]),
    }
    for number in range(repetitions):
        for index, (name, test) in enumerate(tests.items(), 1):
            figures[name].append(test())
            if progress is not None:
                progress(number * len(tests) + index, repetitions * len(tests))
    session.forget()
    return figures


def _prefill(session: Session, ids: Sequence[int]) -> float:
    session.forget()
    began = time.perf_counter()
    session.read(ids)
    return time.perf_counter() - began


def _decode(session: Session, ids: Sequence[int]) -> float:
    session.forget()
    began = time.perf_counter()
    for token in ids:
        session.read([token])
    return time.perf_counter() - began


def _first_token(session: Session, ids: Sequence[int]) -> float:
    session.forget()
    for event in session.generate(ids, max_tokens=1, sampling=Sampling()):
        if isinstance(event, Done):
            return event.stats.ttft_s
    raise AssertionError("a generation ends with Done")
