"""Speculation from the passages in the prompt: an answer that quotes them, and one that does not.

A model with random weights never quotes, so the answers are given: every token is decoded and drawn
as always, and what is drawn is replaced (``fieldkit.engine.replay``).
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from fieldkit.core.citation import Passage
from fieldkit.core.conversation import Turn
from fieldkit.core.prompt import Message, Segment, render
from fieldkit.core.settings import Settings
from fieldkit.engine.backend import load
from fieldkit.engine.model import Model
from fieldkit.engine.replay import ReplaySession
from tests.bench.bench import Bench
from tests.bench.deployment import QUESTIONS, TEMPLATE, deploy
from tests.bench.figures import Figure, compared
from tests.bench.stats import Sample, column

TITLE = "Speculation"
_CONTEXT = 2048
_TOKENS = 96
_QUOTED_WORDS = 18
_FREE = (
    "I am glad you ask, because most people here never think about that until something breaks. "
    "My own view is that you should first sit down with whoever worked the last shift and hear "
    "what they noticed, since small changes in sound or smell often tell more than any number on a "
    "display. After that I would write everything on paper, make a rough plan, and share it with "
    "your lead, so nobody is surprised later. Good coffee helps as well, and so does a calm voice "
    "on the phone when everyone else around you has begun to shout about lost hours."
)


def run(bench: Bench) -> list[Figure]:
    """Write both answers with and without speculation, in one process with one model."""
    question = QUESTIONS[0]
    passages, messages = _evidence(bench, question)
    os.environ.setdefault("GOMP_SPINCOUNT", "10000")  # as the worker runs
    load()
    model = Model(bench.model, settings=bench.settings)
    try:
        prompt = model.tokenize(render(TEMPLATE, messages))
        size = 24 if bench.quick else _TOKENS
        answers = {
            "quoting": _tokens(model, quoting(passages))[:size],
            "free": _tokens(model, _FREE)[:size],
        }
        sessions = {
            speculate: ReplaySession(
                model, context=_CONTEXT, settings=bench.settings, speculate=speculate
            )
            for speculate in (True, False)
        }
        rounds = bench.compare(
            {
                "speculating": lambda count: [
                    _write(sessions[True], prompt, answers) for _ in range(count)
                ],
                "one by one": lambda count: [
                    _write(sessions[False], prompt, answers) for _ in range(count)
                ],
            }
        )
        for session in sessions.values():
            session.close()
    finally:
        model.close()
    return [
        compared(
            f"speculation, {what}",
            against="own loop without it",
            ours=column(rounds["speculating"], f"{name}_tps"),
            peer=column(rounds["one by one"], f"{name}_tps"),
            unit="tok/s",
            at_least=limit,
            remark=f"{len(answers[name])} given tokens after a prompt of {len(prompt)}",
            facts={"samples": rounds},
        )
        for name, what, limit in (
            ("quoting", "an answer that quotes", 1.3),
            ("free", "an answer in its own words", 0.98),
        )
    ]


def quoting(passages: Sequence[Passage]) -> str:
    """An answer that repeats the beginning of each passage and cites it."""
    openings = ("The manual says:", "It also says:", "In another place:", "Besides,", "And:")
    return " ".join(
        f"{opening} {' '.join(passage.text.split()[:_QUOTED_WORDS])} [{number}]."
        for number, (opening, passage) in enumerate(zip(openings, passages, strict=False), 1)
    )


def _evidence(bench: Bench, question: str) -> tuple[tuple[Passage, ...], tuple[Message, ...]]:
    one = Settings(decode_threads=1, prefill_threads=1)
    with (
        tempfile.TemporaryDirectory() as name,
        bench.engine(context=_CONTEXT, model=bench.tiny(), settings=one) as engine,
        deploy(Path(name), bench.tiny(), context=_CONTEXT).answering(engine) as answering,
    ):
        passages = answering.find(question).passages
        request = answering.request([Turn(question=question, passages=passages)])
        return passages, request.messages


def _tokens(model: Model, text: str) -> list[int]:
    """The tokens of ``text`` alone, without the model's first token."""
    return model.tokenize((Segment(text),))[int(model.add_bos) :]


def _write(session: ReplaySession, prompt: Sequence[int], answers: dict[str, list[int]]) -> Sample:
    sample: Sample = {}
    for name, answer in answers.items():
        stats = session.replay(prompt, answer)
        sample[f"{name}_tps"] = stats.decode_tps
        sample[f"{name}_drafted"] = stats.drafted_tokens
        sample[f"{name}_accepted"] = stats.accepted_tokens
    return sample
