"""The assistant in a process of its own, with an engine that speaks at a steady rate.

    python -m tests.paced RELEASE [--rate 60] [--tokens 600]

RELEASE is a folder as ``tests.bench.deployment.deploy`` writes it; its model is not looked at. The
history is kept where FIELDKIT_DATA_DIR says. All else is the product: its screen, its threads, its
files.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from fieldkit import assistant
from fieldkit.chat import app
from fieldkit.console import Console
from fieldkit.core.generation import (
    Done,
    EngineInfo,
    Event,
    Loading,
    Prefill,
    Request,
    Stats,
    Token,
)
from fieldkit.core.prompt import Message
from fieldkit.core.settings import Settings

# What an answer looks like: sentences, emphasis, a list now and then. It says nothing twice, which
# would end it, and gives no value, which could be another than the manual's.
_FIRST = "Tighten the studs of the fluid end crosswise and write both values into the log."
_WORDS = re.findall(
    r"\w+",
    "valve line pump hand lock breaker guard hose filter gauge panel oil water clean close open"
    " turn fit check bleed refill inspect replace before after until while slowly firmly",
)
_PROMPT_TOKENS = 700


def numbered(count: int) -> Iterator[str]:
    """``count`` tokens of an endless answer, each with its number as ``number_of`` reads it."""
    drawn = random.Random(7)
    first = _FIRST.split()
    for number in range(1, count + 1):
        word = first[number - 1] if number <= len(first) else drawn.choice(_WORDS)
        if number > len(first) and number % 29 == 0:
            word = f"**{word}**"
        ends = "." if number > len(first) and number % 11 == 0 else ""
        after = "\n\n- " if number % 66 == 0 else " "
        yield f"{word.rstrip('.')}={_letters(number)}{ends}{after}"


def _letters(number: int) -> str:
    """A number in letters: the check of an answer takes no figure for a value of a manual."""
    text = ""
    while number:
        number, digit = divmod(number, 26)
        text = chr(ord("a") + digit) + text
    return text


def number_of(text: str) -> int:
    """The number of the last token in ``text``; 0 where there is none."""
    found = re.findall(r"=([a-z]+)", text)
    return max((_number(letters) for letters in found), default=0)


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("a")
    return number


class PacedEngine:
    """Implements core.generation.Engine: ``tokens`` tokens an answer, ``rate`` a second."""

    def __init__(self, *, rate: float, tokens: int, context: int) -> None:
        self._rate = rate
        self._tokens = tokens
        self._context = context
        self._aborted = threading.Event()

    def start(self) -> Iterator[Loading]:
        """Be there at once."""
        yield Loading(1.0)

    @property
    def info(self) -> EngineInfo:
        """Facts of no model."""
        return EngineInfo(
            architecture="phi3",
            context=self._context,
            parameters=0,
            model_bytes=0,
            variant="",
            settings=Settings(decode_threads=1, prefill_threads=1),
            load_s=0.0,
        )

    def count(self, messages: Sequence[Message]) -> int:
        """A token for four characters."""
        return sum(len(message.content) // 4 + 4 for message in messages)

    def generate(self, request: Request) -> Iterator[Event]:
        """Say a token when it is due; one that is late does not delay the next."""
        self._aborted.clear()
        yield Prefill(_PROMPT_TOKENS, _PROMPT_TOKENS)
        began, said = time.monotonic(), 0
        for said, text in enumerate(numbered(self._tokens), 1):
            if self._aborted.wait(max(0.0, began + said / self._rate - time.monotonic())):
                break
            yield Token(text)
        aborted = self._aborted.is_set()
        stats = Stats(
            ttft_s=0.0,
            prefill_tokens=_PROMPT_TOKENS,
            reused_tokens=0,
            prefill_tps=1000.0,
            decode_tps=self._rate,
            completion_tokens=said,
            context_used=_PROMPT_TOKENS + said,
        )
        yield Done(finish="aborted" if aborted else "stop", stats=stats)

    def prepare(self, messages: Sequence[Message]) -> None:
        """Nothing is read ahead."""

    def abort(self) -> None:
        """End the answer."""
        self._aborted.set()

    def close(self) -> None:
        """End the answer, if there is one."""
        self._aborted.set()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the assistant on this terminal."""
    parser = argparse.ArgumentParser(prog="python -m tests.paced", description=__doc__)
    parser.add_argument("release", type=Path)
    parser.add_argument("--rate", type=float, default=60.0)
    parser.add_argument("--tokens", type=int, default=600)
    options = parser.parse_args(arguments)
    context = assistant.context(options.release, Console())
    engine = PacedEngine(
        rate=options.rate, tokens=options.tokens, context=context.assistant.context
    )
    return app.run(replace(context, engine_factory=lambda: engine, tuner=None))


if __name__ == "__main__":
    sys.exit(main())
