"""How a build tells what it does: a bar with rate and time left on a terminal, else plain lines.

Everything goes to stderr; stdout stays data.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager

from fieldkit.console import Console

_PLAIN_EVERY_S = 10.0
_REDRAW_EVERY_S = 0.1
_BAR = 16


class Progress:
    """Narrates the steps of one run and remembers how long each took, in seconds."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = console.narrates_to_terminal
        self._drawn = False
        self._step = ""
        self._began = 0.0
        self._shown = 0.0
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, name: str, what: str) -> Iterator[None]:
        """Run one step of the pipeline under ``name``; ``what`` says it in words."""
        self._step, self._began, self._shown = name, time.monotonic(), 0.0
        self.note(f"{name:<10} {what}")
        try:
            yield
        finally:
            self._clear()
            self.seconds[name] = round(time.monotonic() - self._began, 3)

    def note(self, line: str) -> None:
        """A line that stays."""
        self._clear()
        self._console.err(line)

    def detail(self, line: str) -> None:
        """A line that belongs to the current step."""
        self.note(f"{'':<10} {line}")

    def advance(self, done: float, total: float, unit: str = "", now_at: str = "") -> None:
        """``done`` of ``total`` units of the current step are done, now ``now_at`` (a file)."""
        now = time.monotonic()
        every = _REDRAW_EVERY_S if self._live else _PLAIN_EVERY_S
        finished = done >= total
        since = now - (self._shown or self._began)
        first = self._live and not self._shown
        if total <= 0 or (since < every and not (self._live and (finished or first))):
            return
        self._shown = now
        line = _line(done, total, unit, now - self._began, now_at)
        if self._live:
            filled = int(_BAR * min(1.0, done / total))
            bar = "#" * filled + "-" * (_BAR - filled)
            shown = _cut(f"{self._step:<10} [{bar}] {line}")
            self._console.err(f"\r\x1b[K{shown}", end="")
            self._drawn = True
        else:
            self._console.err(f"{self._step:<10} {line}")

    def _clear(self) -> None:
        if self._drawn:
            self._console.err("\r\x1b[K", end="")
            self._drawn = False


def _cut(line: str) -> str:
    """``line`` in the width of the terminal: a line that wraps cannot be drawn again."""
    width = shutil.get_terminal_size().columns - 1
    return line if len(line) <= width or width < _BAR else f"{line[: width - 3]}..."


def _line(done: float, total: float, unit: str, elapsed: float, now_at: str) -> str:
    rate = done / elapsed if elapsed > 0 else 0.0
    left = (total - done) / rate if rate > 0 else 0.0
    scale, name = (1e6, "MB") if unit == "bytes" else (1, unit)
    counted = f"{done / total:4.0%}  {int(done / scale):,}/{total / scale:,.0f} {name}"
    each = "" if now_at else f"{rate / scale:,.1f} {name}/s"
    parts = [counted, *([each, f"{duration(left)} left"] if rate > 0 else []), now_at]
    return "  ".join(filter(None, parts))


def duration(seconds: float) -> str:
    """``8 s``, ``2 min 05 s``, ``1 h 03 min``."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def size(count: float) -> str:
    """A size in decimal units: ``9.3 MB``, ``2.3 GB``."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000 or unit == "GB":
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1000
    raise AssertionError
