"""Tokens a second as the technician sees them: streamed to the assistant's screen, 512 of them."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from tests.bench import engine_steps, tui
from tests.bench.bench import Bench
from tests.bench.deployment import Deployment, asked, deploy
from tests.bench.figures import Figure, compared
from tests.bench.stats import Sample, column

TITLE = "Chat"
NAME = "decode_tps"
TOKENS = 512
_QUESTION = "What do you think about it?"  # nothing to search for: a short prompt


def run(bench: Bench) -> list[Figure]:
    """Compare an answer on the screen with decoding alone in the middle of the same depths.

    A token takes longer by the same amount for every token before it, so the middle is the mean.
    """
    tokens, alone_tokens = (48, 16) if bench.quick else (TOKENS, TOKENS // 4)
    with tempfile.TemporaryDirectory() as name, bench.engine(context=2048) as engine:
        folder = Path(name)
        deployment = deploy(folder, bench.model, max_tokens=tokens)
        with deployment.answering(engine) as answering:
            prompt = engine.count(asked(answering, _QUESTION))
        depth = prompt + (tokens - alone_tokens) // 2
        engine_steps.warm_up(engine)
        engine_steps.fill(engine, depth)
        rounds = bench.compare(
            {
                "screen": lambda count: [
                    streamed(deployment, folder / "data") for _ in range(count)
                ],
                "decode alone": lambda count: engine_steps.decode(
                    engine, alone_tokens, count, depth=depth
                ),
            }
        )
    ours, alone = (column(samples, NAME) for samples in rounds.values())
    return [
        compared(
            f"chat, streamed to the screen, {tokens} tokens",
            against="decode alone",
            ours=ours,
            peer=alone,
            unit="tok/s",
            at_least=0.985,
            facts={"prompt_tokens": prompt, "samples": rounds["screen"]},
        )
    ]


def streamed(deployment: Deployment, data: Path) -> Sample:
    """Ask on a fresh screen: the rate at which the answer's tokens came to it."""
    sample: Sample = {}

    async def script(screen: tui.Screen) -> None:
        busy = time.process_time()
        await screen.send(_QUESTION)
        stats = await screen.ended()
        busy = time.process_time() - busy
        stamps = screen.tokens()
        sample[NAME] = (stats.completion_tokens - 1) / (stamps[-1] - stamps[0])
        sample["tokens"] = stats.completion_tokens
        sample["screen_cpu"] = busy / (stamps[-1] - screen.sent)  # cores the screen kept busy
        sample["drafted"] = stats.drafted_tokens
        sample["accepted"] = stats.accepted_tokens

    tui.run(deployment, data, script)
    return sample
