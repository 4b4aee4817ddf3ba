"""A restart of the assistant: the system prompt's KV from disk, or read again."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

from fieldkit.core.generation import Request
from fieldkit.core.prompt import Message
from tests.bench import engine_steps
from tests.bench.bench import Bench
from tests.bench.deployment import deploy
from tests.bench.figures import Figure, compared
from tests.bench.stats import Sample, column

TITLE = "Restart"
NAME = "ready_s"
_CONTEXT = 4096
_PATIENCE_S = 120.0
Messages = tuple[Message, ...]


def run(bench: Bench) -> list[Figure]:
    """Compare a cache filled from the disk in a new process with reading the same tokens.

    The file is dropped from the page cache before each start, as it is after a night.
    """
    with tempfile.TemporaryDirectory() as name, bench.engine(context=_CONTEXT) as cold:
        folder = Path(name)
        system = deploy(folder, bench.model).assistant.system_prompt
        store = folder / "kv"
        messages = (Message(role="system", content=system), Message(role="user", content=""))
        tokens = cold.count(messages)
        engine_steps.warm_up(cold)
        with bench.engine(context=_CONTEXT, prefix_cache=store) as first:
            for _ in first.generate(Request(messages=messages, max_tokens=1)):
                pass
            first.count(messages)  # answered only after the prompt was kept
        rounds = bench.compare(
            {
                "from disk": lambda count: [
                    _restored(bench, store, messages) for _ in range(count)
                ],
                "read again": lambda count: [
                    {NAME: tokens / sample["prefill_tps"], "tokens": tokens}
                    for sample in engine_steps.prefill(cold, tokens, count)
                ],
            }
        )
    return [
        compared(
            f"system prompt of {tokens} tokens after a restart, from disk",
            against="cold prefill of it",
            ours=column(rounds["from disk"], NAME),
            peer=column(rounds["read again"], NAME),
            unit="s",
            at_most=0.1,
            facts={"samples": rounds},
        )
    ]


def _restored(bench: Bench, store: Path, messages: Messages) -> Sample:
    """Start a worker; the time until its cache holds what any question begins with."""
    files = [path for path in store.rglob("*") if path.is_file()]
    for path in files:
        _forget(path)
    with bench.engine(context=_CONTEXT, prefix_cache=store) as engine:
        began = time.perf_counter()
        engine.prepare(messages)
        while not engine.prepared:
            assert time.perf_counter() - began < _PATIENCE_S, "the system prompt is not read"
            time.sleep(0.001)
        ready = time.perf_counter() - began
    return {NAME: ready, "file_bytes": sum(path.stat().st_size for path in files)}


def _forget(path: Path) -> None:
    """Drop the file from the page cache, where the system lets us."""
    if not hasattr(os, "posix_fadvise"):
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(descriptor)
