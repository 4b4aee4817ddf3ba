"""What is asked of an engine and what it tells, and the port every engine implements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from fieldkit.core.message import Message
from fieldkit.core.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineInfo:
    """A loaded model: ``variant`` is the CPU variant of the engine, sizes are in bytes."""

    architecture: str
    context: int
    parameters: int
    model_bytes: int
    variant: str
    settings: Settings
    load_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """One generation. Rates are tokens per second; ``reused_tokens`` were in the KV cache.

    ``drafted_tokens`` were guessed from the prompt, of which ``accepted_tokens`` were right.
    """

    ttft_s: float
    prefill_tokens: int
    reused_tokens: int
    prefill_tps: float
    decode_tps: float
    completion_tokens: int
    context_used: int
    drafted_tokens: int = 0
    accepted_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Loading:
    """The model is being read; ``fraction`` is 0 to 1."""

    fraction: float


@dataclass(frozen=True, slots=True)
class Prefill:
    """``done`` of ``total`` prompt tokens are read (those reused count as done)."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the answer: sanitized text, never an incomplete character."""

    text: str


@dataclass(frozen=True, slots=True)
class Rewritten:
    """What was said so far is ``text`` alone: the rest was a loop, or a thought.

    No engine says this; ``fieldkit.core.written.written`` does.
    """

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The generation ended: ``finish`` is ``stop``, ``length`` or ``aborted``.

    From ``fieldkit.core.written.written`` it may be ``REPEATED``, too.
    """

    finish: str
    stats: Stats


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A generation to run; ``temperature`` and what follows are those of ``core.sampling``.

    The answer ends before the first of the ``stop`` strings, no part of which is ever shown. With
    ``choices`` the engine writes nothing but numbers of these, from 1, and a comma between two
    (0: none of them); ``fieldkit.core.written.written`` says the texts themselves.
    """

    messages: tuple[Message, ...]
    max_tokens: int
    temperature: float = 0.0
    top_p: float = 0.95
    top_k: int = 0
    min_p: float = 0.0
    repeat_penalty: float = 1.0
    seed: int = 0
    stop: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()


Event = Prefill | Token | Done
# The answer began to repeat itself and was stopped; the loop is not in its text.
REPEATED = "repeated"
# How an answer ends whose last word is whole.
WHOLE = frozenset({"stop", REPEATED})


class Engine(Protocol):
    """One model that answers one request at a time.

    ``generate`` may be left early (the generation is then aborted). ``abort`` may be called from
    any thread. Every method raises EngineFailure when the engine died; ``start`` then loads again.
    """

    def start(self) -> Iterator[Loading]:
        """Load the model, yielding progress; afterwards ``info`` is known."""
        ...

    @property
    def info(self) -> EngineInfo:
        """Facts of the loaded model."""
        ...

    def count(self, messages: Sequence[Message]) -> int:
        """How many tokens the rendered ``messages`` have."""
        ...

    def generate(self, request: Request) -> Iterator[Event]:
        """Run ``request``: Prefill events, then Tokens, then exactly one Done."""
        ...

    def prepare(self, messages: Sequence[Message]) -> None:
        """Begin to read what any continuation of ``messages`` shares; returns at once.

        The text of the last message may still grow. Any other request ends the reading; what was
        read until then is reused where it fits. Does nothing while the engine is busy.
        """
        ...

    def apply(self, settings: Settings) -> bool:
        """Use ``settings`` from now on as far as that is possible without loading again.

        Returns whether there is a rest, which holds from the next ``start``.
        """
        ...

    def abort(self) -> None:
        """Stop the running generation at once; it ends with ``Done(finish="aborted")``."""
        ...

    def close(self) -> None:
        """End the engine and free its memory; safe to call twice."""
        ...
