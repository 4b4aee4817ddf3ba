"""Prefill of 512 tokens: ours as tuned, llama-bench's defaults, and a native llama-bench."""

from __future__ import annotations

from tests.bench import engine_steps
from tests.bench.bench import Bench
from tests.bench.figures import Figure, compared
from tests.bench.stats import column
from tests.bench.tuned import tuned_settings

TITLE = "Prefill"
NAME = "prefill_tps"
_UNIT = "tok/s"


def run(bench: Bench) -> list[Figure]:
    """Tune first, then compare pp512."""
    tokens = 64 if bench.quick else 512
    settings, tried = tuned_settings(bench)
    portable, native = bench.portable(), bench.native()
    with bench.engine(context=2 * tokens, settings=settings) as engine:
        engine_steps.warm_up(engine)
        rounds = bench.compare(
            {
                "fieldkit": lambda count: engine_steps.prefill(engine, tokens, count),
                "llama-bench": lambda count: portable.prefill(tokens, count),
                "native": lambda count: native.prefill(tokens, count),
            }
        )
    ours, theirs, built = (column(samples, NAME) for samples in rounds.values())
    facts = {"settings": settings.to_dict(), "tried": tried}
    return [
        compared(
            f"prefill pp{tokens}, tuned",
            against="llama-bench, its defaults",
            ours=ours,
            peer=theirs,
            unit=_UNIT,
            at_least=1.05,
            remark="where no setting allows it, 0.98x is the floor",
            facts=facts,
        ),
        compared(
            f"portable engine, prefill pp{tokens}",
            against="GGML_NATIVE build (llama-bench both)",
            ours=theirs,
            peer=built,
            unit=_UNIT,
            at_least=0.97,
        ),
    ]
