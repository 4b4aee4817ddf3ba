"""The wait for the first token of a question that was typed, with what is read meanwhile."""

from __future__ import annotations

import itertools
import statistics
import tempfile
from pathlib import Path

from fieldkit.core.generation import Token
from fieldkit.core.settings import Settings
from tests.bench import tui
from tests.bench.bench import Bench
from tests.bench.deployment import QUESTIONS, Deployment, asked, deploy, rendered
from tests.bench.figures import Figure, compared
from tests.bench.peers.llama_server import LlamaServer, serving
from tests.bench.stats import Rounds, Sample, column

TITLE = "A typed question"
NAME = "ttft_s"
_CONTEXT = 4096


def run(bench: Bench) -> list[Figure]:
    """Type manual-backed questions on the screen; send the same prompts to a cold llama-server.

    Each side takes the questions in turn. Every sample of ours is a fresh start of the assistant
    with nothing on disk from before.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        deployment = deploy(folder, bench.model, context=_CONTEXT, max_tokens=8)
        ours = itertools.cycle(enumerate(QUESTIONS))
        theirs = itertools.cycle(enumerate(_prompts(bench, deployment)))
        data = (folder / f"data-{number}" for number in itertools.count())
        with serving(
            bench.server(), bench.model, context=_CONTEXT, threads=bench.threads
        ) as server:
            rounds = bench.compare(
                {
                    "fieldkit": lambda count: [
                        _typed(deployment, next(data), *next(ours)) for _ in range(count)
                    ],
                    "llama-server": lambda count: [
                        _cold(server, *next(theirs)) for _ in range(count)
                    ],
                }
            )
    apart = ", ".join(f"{ratio:.2f}x" for ratio in by_question(rounds))
    return [
        compared(
            "first token of a typed question of ~800 tokens",
            against="llama-server, cold",
            ours=column(rounds["fieldkit"], NAME),
            peer=column(rounds["llama-server"], NAME),
            unit="s",
            at_most=0.25,
            remark=f"at {tui.CHARACTERS_A_SECOND:g} characters/s; the questions apart: {apart}",
            facts={"questions": QUESTIONS, "samples": rounds},
        )
    ]


def by_question(rounds: Rounds) -> list[float]:
    """Ours by theirs for each question that both sides had, by the medians of its samples."""
    times = [
        {
            int(number): statistics.median(
                sample[NAME] for sample in samples if sample["question"] == number
            )
            for number in sorted({sample["question"] for sample in samples})
        }
        for samples in (flat_samples(side) for side in rounds.values())
    ]
    ours, theirs = times
    return [ours[number] / theirs[number] for number in ours if number in theirs]


def flat_samples(rounds: list[list[Sample]]) -> list[Sample]:
    """All samples of a side, whatever their round."""
    return [sample for samples in rounds for sample in samples]


def _prompts(bench: Bench, deployment: Deployment) -> list[str]:
    """The questions as they are sent, rendered; any model with this vocabulary can count them."""
    one = Settings(decode_threads=1, prefill_threads=1)
    with (
        bench.engine(context=_CONTEXT, model=bench.tiny(), settings=one) as engine,
        deployment.answering(engine) as answering,
    ):
        return [rendered(asked(answering, question)) for question in QUESTIONS]


def _typed(deployment: Deployment, data: Path, number: int, question: str) -> Sample:
    sample: Sample = {"question": number}

    async def script(screen: tui.Screen) -> None:
        await screen.type(question)
        await screen.send()
        await screen.until(Token)
        stats = await screen.ended()
        sample[NAME] = screen.tokens()[0] - screen.sent
        sample["prompt_tokens"] = stats.prefill_tokens + stats.reused_tokens
        sample["read_after_enter"] = stats.prefill_tokens

    tui.run(deployment, data, script)
    return sample


def _cold(server: LlamaServer, number: int, prompt: str) -> Sample:
    answer = server.complete(prompt, tokens=1, cache=False)
    return {
        "question": number,
        NAME: answer.ttft_s,
        "prompt_tokens": answer.prompt_tokens,
        "read_after_enter": answer.prompt_tokens - answer.cached_tokens,
    }
