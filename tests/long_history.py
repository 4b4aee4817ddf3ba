"""Conversations as long as a season: histories for tests and for the benchmark."""

from __future__ import annotations

from pathlib import Path

from fieldkit.chat.store import Store
from fieldkit.core.generation import Stats
from tests.fakes import PASSAGES

_STEPS = ("Close the suction valve", "Fit the red lock", "Bleed the line", "Turn the pump by hand")


def question(number: int) -> str:
    """What was asked as question ``number``, from 1."""
    return f"Question {number}: what torque do the studs of pump P-{100 + number} need?"


def answer(number: int, *, blocks: int = 3) -> str:
    """What was answered; a sentence, a list and, every third time, a table, for each block."""
    parts = []
    for block in range(blocks):
        parts.append(
            f"Answer {number}.{block}: the fluid end studs of pump P-{100 + number} are tightened"
            " to **320 Nm**, crosswise and in two rounds [1]. Check them after one hour of running."
        )
        parts.append("\n".join(f"- {step}." for step in _STEPS))
        if (number + block) % 3 == 0:
            rows = "\n".join(f"| Joint {n} | {n * 20} Nm |" for n in range(1, 5))
            parts.append(f"| Joint | Torque |\n|---|---|\n{rows}")
    return "\n\n".join(parts)


def fill(path: Path, turns: int, *, title: str = "The long one", blocks: int = 3) -> int:
    """Write a conversation of ``turns`` answered questions into the history at ``path``; its id."""
    store = Store(path)
    try:
        return add(store, turns, title=title, blocks=blocks)
    finally:
        store.close()


def add(store: Store, turns: int, *, title: str = "The long one", blocks: int = 3) -> int:
    """Write a conversation of ``turns`` answered questions; its id."""
    conversation = store.create(title)
    for number in range(1, turns + 1):
        turn = store.append(conversation, question(number), PASSAGES)
        store.update(turn, answer(number, blocks=blocks), finish="stop", stats=_STATS)
    return conversation


_STATS = Stats(
    ttft_s=1.2,
    prefill_tokens=700,
    reused_tokens=0,
    prefill_tps=600.0,
    decode_tps=9.5,
    completion_tokens=120,
    context_used=900,
)
