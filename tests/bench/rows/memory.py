"""Peak memory of the process that holds the model: ours, and the stock class's."""

from __future__ import annotations

from fieldkit.engine.decoder import FIRST_CELLS
from fieldkit.machine.process import process_memory
from tests.bench import engine_steps
from tests.bench.bench import Bench
from tests.bench.figures import Figure, compared
from tests.bench.peers import stock
from tests.bench.stats import Sample, Spread, alternate, column, ratios

TITLE = "Memory"
NAME, GROWN = "peak_bytes", "grown_peak_bytes"
CONTEXT = 4096
_PROMPT, _TOKENS = 512, 8


def run(bench: Bench) -> list[Figure]:
    """Load the model with Phi-3's whole context, read a full batch, decode a little.

    Ours is read again with room for the whole context, as a conversation longer than
    ``FIRST_CELLS`` makes it; the stock class has it from the start. Memory does not depend on
    what else the machine does, so a round is one sample of each.
    """
    rounds = alternate(
        {
            "fieldkit": lambda count: [_ours(bench) for _ in range(count)],
            "Llama": lambda count: [
                stock.run(
                    "memory",
                    bench.model,
                    threads=bench.threads,
                    context=CONTEXT,
                    prompt_tokens=_PROMPT,
                    tokens=_TOKENS,
                )
                for _ in range(count)
            ],
        },
        bench.rounds,
        half=True,
        say=bench.say,
    )
    ours, grown = (column(rounds["fieldkit"], name) for name in (NAME, GROWN))
    peer = column(rounds["Llama"], NAME)
    longer = Spread.of(ratios(grown, peer)).median
    return [
        compared(
            f"peak memory, anonymous and file, context {CONTEXT}",
            against="stock Llama (mmap and repack)",
            ours=ours,
            peer=peer,
            unit="B",
            at_most=0.65,
            remark=f"{longer:.3g}x once a conversation is longer than {FIRST_CELLS} tokens",
            facts={"samples": rounds},
        )
    ]


def _ours(bench: Bench) -> Sample:
    with bench.engine(context=CONTEXT) as engine:
        engine_steps.seconds(engine, [("keep", 0), ("read", _PROMPT), ("decode", _TOKENS)])
        memory = process_memory(engine.pid)
        engine_steps.seconds(engine, [("reserve", CONTEXT)])
        grown = process_memory(engine.pid)
    return {
        GROWN: float(grown.high_water or 0),
        NAME: float(memory.high_water or 0),
        "anonymous_bytes": float(memory.anonymous or 0),
        "file_bytes": float(memory.file or 0),
    }
