"""The wait for the first token of the second turn, and of the same turn asked again."""

from __future__ import annotations

import itertools
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from fieldkit.core.generation import Done, Request, Token
from fieldkit.core.prompt import Message
from fieldkit.engine.client import EngineClient
from tests.bench.bench import Bench
from tests.bench.deployment import asked, deploy, rendered
from tests.bench.figures import Figure, compared
from tests.bench.peers.llama_server import LlamaServer, serving
from tests.bench.stats import Sample, column

TITLE = "The next turn"
_CONTEXT = 4096
_ANSWER = 16
_FIRST = "How deep must the earth rod go into the ground?"
_SECOND = "How long before a cold start do I connect the block heater?"
Messages = tuple[Message, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer, the wait for its first token, and how many prompt tokens were held already."""

    text: str
    ttft_s: float
    reused: int


Ask = Callable[[Messages, int], Reply]


def run(bench: Bench) -> list[Figure]:
    """Hold the same two turns with both; nothing typed ahead, no turn shared between samples."""
    numbers = itertools.count(1)
    with tempfile.TemporaryDirectory() as name, bench.engine(context=_CONTEXT) as engine:
        deployment = deploy(Path(name), bench.model, context=_CONTEXT)
        with deployment.answering(engine) as answering:
            turns = asked(answering, _FIRST), asked(answering, _SECOND)[1:]
        with serving(
            bench.server(), bench.model, context=_CONTEXT, threads=bench.threads
        ) as server:
            ours, theirs = _of_engine(engine), _of_server(server)
            rounds = bench.compare(
                {
                    "fieldkit": lambda count: [
                        _hold(ours, turns, next(numbers)) for _ in range(count)
                    ],
                    "llama-server": lambda count: [
                        _hold(theirs, turns, next(numbers)) for _ in range(count)
                    ],
                }
            )
    return [
        compared(
            f"first token of {what}",
            against="llama-server, cache_prompt",
            ours=column(rounds["fieldkit"], name),
            peer=column(rounds["llama-server"], name),
            unit="s",
            at_most=1.0,
            facts={"samples": rounds},
        )
        for what, name in (("turn 2", "turn_2_s"), ("a regenerated answer", "regenerate_s"))
    ]


def _hold(ask: Ask, turns: tuple[Messages, Messages], number: int) -> Sample:
    """One conversation; its number in the system prompt keeps it from being known already."""
    (system, *first), second = turns
    system = replace(system, content=f"Conversation {number}. {system.content}")
    opening = (system, *first)
    answer = ask(opening, _ANSWER)
    prompt = (*opening, Message(role="assistant", content=answer.text), *second)
    following = ask(prompt, 1)
    again = ask(prompt, 1)
    return {
        "turn_2_s": following.ttft_s,
        "regenerate_s": again.ttft_s,
        "reused_in_turn_2": following.reused,
        "reused_in_regenerate": again.reused,
    }


def _of_engine(engine: EngineClient) -> Ask:
    def ask(messages: Messages, tokens: int) -> Reply:
        began = time.perf_counter()
        first, text, reused = 0.0, "", 0
        for event in engine.generate(Request(messages=messages, max_tokens=tokens)):
            if isinstance(event, Token | Done):
                first = first or time.perf_counter() - began
            if isinstance(event, Token):
                text += event.text
            elif isinstance(event, Done):
                reused = event.stats.reused_tokens
        return Reply(text=text, ttft_s=first, reused=reused)

    return ask


def _of_server(server: LlamaServer) -> Ask:
    def ask(messages: Messages, tokens: int) -> Reply:
        answer = server.complete(rendered(messages), tokens=tokens, cache=True)
        return Reply(text=answer.text, ttft_s=answer.ttft_s, reused=answer.cached_tokens)

    return ask
