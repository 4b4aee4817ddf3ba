"""Decode, one token at a time, at depth 0 and 1024: ours, llama-bench, and a native llama-bench."""

from __future__ import annotations

from tests.bench import engine_steps
from tests.bench.bench import Bench
from tests.bench.figures import Figure, compared
from tests.bench.stats import column

TITLE = "Decode"
NAME = "decode_tps"
_UNIT = "tok/s"


def run(bench: Bench) -> list[Figure]:
    """Compare tg128 at both depths; the native build is compared at depth 0."""
    tokens, depth = (32, 128) if bench.quick else (128, 1024)
    portable, native = bench.portable(), bench.native()
    with bench.engine(context=depth + 2 * tokens) as engine:
        variant = engine.info.variant
        engine_steps.warm_up(engine)
        shallow = bench.compare(
            {
                "fieldkit": lambda count: engine_steps.decode(engine, tokens, count),
                "llama-bench": lambda count: portable.decode(tokens, count),
                "native": lambda count: native.decode(tokens, count),
            }
        )
        engine_steps.fill(engine, depth)
        deep = bench.compare(
            {
                "fieldkit": lambda count: engine_steps.decode(engine, tokens, count, depth=depth),
                "llama-bench": lambda count: portable.decode(tokens, count, depth=depth),
            }
        )
    ours, theirs, built = (column(rounds, NAME) for rounds in shallow.values())
    ours_deep, theirs_deep = (column(rounds, NAME) for rounds in deep.values())
    facts = {"variant": variant, "threads": bench.threads}
    return [
        compared(
            f"decode tg{tokens} at depth 0",
            against="llama-bench",
            ours=ours,
            peer=theirs,
            unit=_UNIT,
            at_least=0.98,
            facts=facts,
        ),
        compared(
            f"decode tg{tokens} at depth {depth}",
            against="llama-bench",
            ours=ours_deep,
            peer=theirs_deep,
            unit=_UNIT,
            at_least=0.98,
            facts=facts,
        ),
        compared(
            f"portable engine, decode tg{tokens}",
            against="GGML_NATIVE build (llama-bench both)",
            ours=theirs,
            peer=built,
            unit=_UNIT,
            at_least=0.97,
            facts=facts,
        ),
    ]
