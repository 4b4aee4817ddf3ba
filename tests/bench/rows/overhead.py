"""What a streamed token costs besides decoding it: our loop and pipe, and the stock class."""

from __future__ import annotations

import itertools
import statistics
import time

from fieldkit.core.generation import Done, Request, Token
from fieldkit.core.prompt import Message
from fieldkit.core.settings import Settings
from fieldkit.engine.client import EngineClient
from tests.bench import engine_steps
from tests.bench.bench import Bench
from tests.bench.figures import Figure, compared
from tests.bench.peers import stock
from tests.bench.stats import Sample, Spread, column, flat

TITLE = "Overhead of a token"
NAME = "overhead_ms"
TOKENS = 512
_CONTEXT = 1024


def run(bench: Bench) -> list[Figure]:
    """Compare 512 streamed tokens with decoding alone, in both.

    On a tiny model and one thread: what surrounds the decoding is the same as on a large one, and
    neither its noise nor threads that wait for each other cover it. Of the tokens of an answer the
    median counts, so that a moment in which the machine did something else does not.
    """
    tiny = bench.tiny()
    settings = Settings(decode_threads=1, prefill_threads=1)
    tokens = 128 if bench.quick else TOKENS
    with bench.engine(context=_CONTEXT, model=tiny, settings=settings) as engine:
        engine_steps.warm_up(engine)
        rounds = bench.compare(
            {
                "fieldkit": lambda count: [_ours(engine, tokens) for _ in range(count)],
                "create_chat_completion": lambda count: [
                    stock.run("overhead", tiny, threads=1, tokens=tokens, context=_CONTEXT)
                    for _ in range(count)
                ],
            }
        )
    ours, theirs = (column(samples, NAME) for samples in rounds.values())
    facts = {"model": tiny.name, "threads": 1, "tokens": tokens, "samples": rounds}
    return [
        Figure(
            name=f"overhead of a streamed token, {tokens} tokens",
            against="decode alone",
            unit="ms",
            value=Spread.of(flat(ours)).median,
            values=tuple(flat(ours)),
            limit=0.15,
            at_least=False,
            ours=tuple(flat(ours)),
            sample_unit="ms",
            remark="through the worker's pipe, on a tiny model with Phi-3's vocabulary",
            facts=facts,
        ),
        compared(
            "the same",
            against="create_chat_completion",
            ours=ours,
            peer=theirs,
            unit="ms",
            at_most=0.3,
            remark="the stock class over the same libraries",
        ),
    ]


def _ours(engine: EngineClient, tokens: int) -> Sample:
    """Milliseconds per token: streamed to the caller, decoded alone, and the difference."""
    question = Message(role="user", content=stock.QUESTION)
    stamps: list[float] = []
    done = None
    for event in engine.generate(Request(messages=(question,), max_tokens=tokens)):
        if isinstance(event, Token):
            stamps.append(time.perf_counter())
        elif isinstance(event, Done):
            done = event
    assert done is not None
    produced = done.stats.completion_tokens
    assert produced > tokens // 2, f"the model ended after {produced} tokens"
    streamed = statistics.median(after - before for before, after in itertools.pairwise(stamps))
    (_, times) = engine_steps.seconds(engine, [("keep", 0), ("decode", produced)])
    alone = statistics.median(times)
    return {
        "streamed_ms": streamed * 1e3,
        "alone_ms": alone * 1e3,
        NAME: (streamed - alone) * 1e3,
        "tokens": float(produced),
    }
