"""Figures of a loaded model, measured the way llama-bench does.

Prefill is a prompt of random tokens into an empty cache; decode is one token at a time from a given
depth. Each is repeated after one warm-up, and every repetition is reported. ``timings`` runs single
steps, for callers who decide from one to the next what is worth its time.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from fieldkit.core.generation import Done
from fieldkit.engine.session import Sampling, Session
from fieldkit.errors import InvalidInput

NO_VOCABULARY = "no_vocab"  # such a model has no text: it can be read and decoded by ids alone

STEPS = ("keep", "read", "decode", "reserve")

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What ``run`` measures, in tokens, and how often.

    ``question`` is the prompt of a typical manual-backed question, read cold, whose first token
    gives the TTFT; with a ``depth``, decoding is measured after that many tokens too.
    """

    prompt: int
    decode: int
    repetitions: int
    question: int
    depth: int = 0

    def within(self, context: int) -> Plan:
        """Return what of this plan a context of ``context`` tokens can hold."""
        limit = context - 1
        decode = min(self.decode, limit)
        return replace(
            self,
            prompt=min(self.prompt, limit),
            decode=decode,
            question=min(self.question, limit),
            depth=min(self.depth, limit - decode),
        )


def answer(
    session: Session, options: Mapping[str, Any], progress: Progress | None = None
) -> dict[str, Any]:
    """What the worker's operation ``bench`` returns: ``{"seconds": ...}`` for steps, or ``run``.

    With ``options["steps"]`` the result of ``timings`` is under ``seconds``; otherwise the options
    are the fields of a ``Plan``.
    """
    if "steps" in options:
        return {"seconds": timings(session, options["steps"])}
    return run(session, Plan(**options), progress=progress)


def timings(
    session: Session, steps: Sequence[tuple[str, int]], *, seed: int = 1
) -> list[list[float]]:
    """Run ``steps`` one after the other on ``session`` and return the seconds of each.

    ``("keep", n)`` drops all but the first n tokens of the cache (no figure), ``("read", n)`` reads
    n random tokens after what the cache holds (one figure), ``("decode", n)`` decodes n tokens one
    at a time (n figures), ``("reserve", n)`` makes room for n tokens (none). The cache stays as
    it is then. Raises InvalidInput for another step, and for one that goes beyond the context,
    before any of them is run.
    """
    _check(session, steps)
    generator = random.Random(seed)  # noqa: S311 - any tokens will do
    result: list[list[float]] = []
    for name, count in steps:
        if name in {"keep", "reserve"}:
            (session.truncate if name == "keep" else session.reserve)(count)
            result.append([])
            continue
        ids = _tokens(session, generator, count)
        if name == "read":
            result.append([_timed(session, ids)])
        else:
            result.append([_timed(session, [token]) for token in ids])
    return result


def _check(session: Session, steps: Sequence[tuple[str, int]]) -> None:
    held = len(session.tokens)
    for name, count in steps:
        if name not in STEPS or count < 0:
            raise InvalidInput(f"({name!r}, {count}) is no step of a benchmark")
        if name == "keep":
            held = min(held, count)
        elif name != "reserve":
            held += count
        if held > session.context:
            raise InvalidInput(f"{held} tokens do not fit a context of {session.context}")


def run(
    session: Session, plan: Plan, *, seed: int = 1, progress: Progress | None = None
) -> dict[str, Any]:
    """Measure ``session``; its cache is empty afterwards.

    ``plan`` is cut to what the context holds. ``progress`` gets runs done and runs in all. Returns
    the plan's token counts, and of each figure a list: ``prefill_tps``, ``decode_tps``, ``ttft_s``
    and, with a depth, ``deep_decode_tps`` (tokens per second, seconds).
    """
    plan = plan.within(session.context)
    prompt, decode, question, depth = plan.prompt, plan.decode, plan.question, plan.depth
    generator = random.Random(seed)  # noqa: S311 - any tokens will do
    ids = _tokens(session, generator, max(prompt, question, depth, decode))
    session.forget()
    session.reserve(session.context)  # the peak of memory is then that of a full conversation
    _timed(session, ids[: min(prompt, 64)])
    figures: dict[str, Any] = {
        "prompt": prompt,
        "decode": decode,
        "question": question,
        "depth": depth,
        "prefill_tps": [],
        "decode_tps": [],
        "ttft_s": [],
    }
    tests: dict[str, Callable[[], float]] = {
        "prefill_tps": lambda: prompt / _timed(session, ids[:prompt]),
        "decode_tps": lambda: decode / _decode(session, ids[:decode]),
        "ttft_s": lambda: _first_token(session, ids[:question]),
    }
    if depth:
        tests["deep_decode_tps"] = lambda: _deep(session, ids[:depth], ids[:decode])
        figures["deep_decode_tps"] = []
    for number in range(plan.repetitions):
        for index, (name, test) in enumerate(tests.items(), 1):
            session.forget()
            figures[name].append(test())
            if progress is not None:
                progress(number * len(tests) + index, plan.repetitions * len(tests))
    session.forget()
    return figures


def _tokens(session: Session, generator: random.Random, count: int) -> list[int]:
    """``count`` random tokens of the vocabulary."""
    return [generator.randrange(1, session.model.vocabulary) for _ in range(count)]


def _timed(session: Session, ids: Sequence[int]) -> float:
    """Seconds that reading ``ids`` after what the cache holds takes."""
    began = time.perf_counter()
    session.read(ids)
    return time.perf_counter() - began


def _decode(session: Session, ids: Sequence[int]) -> float:
    began = time.perf_counter()
    for token in ids:
        session.read([token])
    return time.perf_counter() - began


def _deep(session: Session, before: Sequence[int], ids: Sequence[int]) -> float:
    """Tokens per second of decoding ``ids`` after ``before`` was read."""
    session.read(before)
    return len(ids) / _decode(session, ids)


def _first_token(session: Session, ids: Sequence[int]) -> float:
    """Seconds from the question to its first token."""
    if session.model.header.metadata.get("tokenizer.ggml.model") == NO_VOCABULARY:
        return _timed(session, ids)
    for event in session.generate(ids, max_tokens=1, sampling=Sampling()):
        if isinstance(event, Done):
            return event.stats.ttft_s
    raise AssertionError("a generation ends with Done")
