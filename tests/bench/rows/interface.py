"""The assistant's screen in a terminal: first paint, keys, long conversations, memory, kill -9.

Each figure comes from a process of its own in a pseudo-terminal. Where an answer has to come at a
steady rate, ``tests.paced`` puts a scripted engine in the model's place; the rest is the product.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from fieldkit.chat.paths import HISTORY
from fieldkit.chat.store import Store
from fieldkit.packager.engine import ensure_engine
from fieldkit.packager.freeze import freeze
from tests import long_history
from tests.bench.bench import Bench
from tests.bench.deployment import deploy
from tests.bench.figures import Figure
from tests.bench.stats import percentile
from tests.bench.typist import Typist, latencies

TITLE = "Interface"
RATE = 60.0
TURNS = 500
_QUESTION = "what torque do the studs need?"
_INPUT, _READY, _LIST = "Ask the manuals", "ready", "Earlier conversations"
_RESUME, _QUIT, _PAGE_UP = "\x0f", "\x11", "\x1b[5~"
_MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Rig:
    """A release, and a folder for the data of one user after the other."""

    release: Path
    folder: Path

    def env(self) -> dict[str, str]:
        """The environment of a user who has no history yet."""
        data = Path(tempfile.mkdtemp(dir=self.folder))
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        return {
            **kept,
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(Path.cwd()),
            "FIELDKIT_RELEASE": str(self.release),
            "FIELDKIT_DATA_DIR": str(data),
            "FIELDKIT_LANGUAGE": "en",
        }

    def paced(self, tokens: int) -> list[str]:
        """The assistant with an engine that says ``tokens`` tokens at ``RATE``."""
        words = ["-m", "tests.paced", str(self.release), f"--rate={RATE}", f"--tokens={tokens}"]
        return [sys.executable, *words]


def run(bench: Bench) -> list[Figure]:
    """Measure everything, one after the other."""
    keys, starts, kills = (60, 3, 2) if bench.quick else (240, 4 * bench.rounds, bench.rounds)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "release").mkdir()
        rig = Rig(deploy(folder / "release", bench.tiny()).folder, folder)
        unfrozen = [sys.executable, "-m", "fieldkit", "chat"]
        bench.say("  freezing the assistant")
        frozen = [str(freeze(ensure_engine(), folder / "frozen") / "fieldkit"), "chat"]
        return [
            _at_most("first paint, unfrozen", "s", 0.7, _paints(rig, unfrozen, starts)),
            _at_most("first paint, frozen", "s", 1.0, _paints(rig, frozen, starts)),
            *_keys("an answer streams at 60 tok/s", _streaming(rig, keys)),
            *_keys(f"{TURNS} turns are scrolled", _scrolling(rig, keys)),
            _at_most("20,000 tokens: from Enter to the end", "s", 0.5, _opened(rig, starts)),
            *_memory(rig, unfrozen),
            _at_most("text lost by kill -9", "ms", 200.0, _lost(rig, kills), worst=True),
        ]


def _at_most(
    name: str, unit: str, limit: float, values: Sequence[float], *, worst: bool = False
) -> Figure:
    value = max(values) if worst else percentile(values, 0.5)
    return Figure(
        name=f"{name}, worst of {len(values)}" if worst else name,
        against="",
        unit=unit,
        value=value,
        values=tuple(values),
        limit=limit,
        at_least=False,
        ours=tuple(values),
        sample_unit=unit,
    )


def _keys(scene: str, taken: Sequence[float]) -> list[Figure]:
    """p50, p99 and the slowest key; the last is the one that must not be blocked."""
    shares = (("p50", 0.5), ("p99", 0.99), ("max", 1.0))
    return [
        Figure(
            name=f"key to echo while {scene}, {name} of {len(taken)}",
            against="",
            unit="ms",
            value=percentile(taken, share) * 1e3,
            values=tuple(value * 1e3 for value in taken),
            limit=50.0,
            at_least=False,
            ours=tuple(value * 1e3 for value in taken),
            sample_unit="ms",
        )
        for name, share in shares
    ]


def _paints(rig: Rig, command: Sequence[str], times: int) -> list[float]:
    """Seconds from the start of the process to a screen with its input."""
    return [_paint(rig, command) for _ in range(times)]


def _paint(rig: Rig, command: Sequence[str]) -> float:
    with Typist(command, env=rig.env()) as typist:
        at = typist.until(lambda shown: _INPUT in shown, "the input")
        typist.press(_QUIT)
        return at - typist.began


def _streaming(rig: Rig, keys: int) -> list[float]:
    with Typist(rig.paced(int(RATE * (keys * 0.1 + 20))), env=rig.env()) as typist:
        typist.until(lambda shown: _READY in shown, "ready")
        typist.quiet()
        typist.press(f"{_QUESTION}\r")
        typist.until(lambda shown: "<8>" in shown, "the first words")
        return latencies(typist, keys=keys, every_s=0.07)


def _scrolling(rig: Rig, keys: int) -> list[float]:
    with _resumed(rig, rig.paced(1), TURNS)[0] as typist:
        typist.quiet()
        return latencies(typist, keys=keys, every_s=0.1, with_each=_PAGE_UP)


def _opened(rig: Rig, times: int) -> list[float]:
    """Seconds to the end of a conversation of 170 turns, 120 tokens each."""
    return [_open(rig) for _ in range(times)]


def _open(rig: Rig) -> float:
    typist, taken = _resumed(rig, rig.paced(1), 170)
    with typist:
        return taken


def _resumed(rig: Rig, command: Sequence[str], turns: int) -> tuple[Typist, float]:
    """The assistant with a long conversation open, and the time that took since Enter."""
    env = rig.env()
    long_history.fill(Path(env["FIELDKIT_DATA_DIR"]) / HISTORY, turns)
    typist = Typist(command, env=env)
    typist.until(lambda shown: _READY in shown, "ready")
    typist.press(_RESUME)
    typist.until(lambda shown: _LIST in shown and "The long one" in shown, "the list")
    typist.quiet(0.2)
    pressed = typist.press("\r")
    end = typist.until(lambda shown: f"Answer {turns}." in shown, "the end")
    return typist, end - pressed


def _memory(rig: Rig, command: Sequence[str]) -> list[Figure]:
    """Of the screen's process, without the engine's, after half of the conversation went by."""
    with _resumed(rig, command, TURNS)[0] as typist:
        for _ in range(200):
            typist.press(_PAGE_UP)
            time.sleep(0.05)
        typist.quiet()
        process = psutil.Process(typist.process.pid)
        full = process.memory_full_info()
        peak = _peak(typist.process.pid) or full.rss
    parts = (("peak RSS", peak), ("PSS", full.pss), ("USS", full.uss))
    name = f"memory of the screen, {TURNS} turns"
    return [_at_most(f"{name}, {part}", "MiB", 120.0, [value / _MIB]) for part, value in parts]


def _peak(pid: int) -> int:
    """The most memory the process ever had resident, in bytes; 0 where nothing tells."""
    status = Path(f"/proc/{pid}/status")
    match = re.search(r"VmHWM:\s+(\d+) kB", status.read_text()) if status.exists() else None
    return int(match[1]) * 1024 if match else 0


def _lost(rig: Rig, times: int) -> list[float]:
    """Milliseconds of text that was on its way and is not in the history after a kill -9."""
    return [_kill(rig, 2.0 + 0.037 * number) for number in range(times)]


def _kill(rig: Rig, after_s: float) -> float:
    env = rig.env()
    with Typist(rig.paced(2000), env=env) as typist:
        typist.until(lambda shown: _READY in shown, "ready")
        typist.press(f"{_QUESTION}\r")
        typist.until(lambda shown: "<8>" in shown, "the first words")
        time.sleep(after_s)
        typist.process.kill()
        typist.process.wait()
        seen = _last(typist.screen)
    store = Store(Path(env["FIELDKIT_DATA_DIR"]) / HISTORY)
    try:
        (turn,) = store.load(store.conversations()[0].id)
    finally:
        store.close()
    return max(0, seen - _last(turn.answer)) / RATE * 1e3


def _last(text: str) -> int:
    """The number of the last token that tells its own."""
    return max(map(int, re.findall(r"<(\d+)>", text)), default=0)
