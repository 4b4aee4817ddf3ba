"""A terminal that notes when the program wrote what, and a typist at its keys.

What the program writes is only noted while it runs, with the time it came; what a person would have
seen, and when, is worked out afterwards, so that reading the screen slows nothing down.
"""

from __future__ import annotations

import codecs
import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tests.terminal import Screen

_PATIENCE_S = 60.0
_POLL_S = 0.02


@dataclass(frozen=True, slots=True)
class Written:
    """What the program wrote, and when (``time.perf_counter``) it could be read."""

    at: float
    text: str


class Typist:
    """Runs a program in a terminal; use it as a context manager."""

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        env: Mapping[str, str],
        columns: int = 100,
        rows: int = 32,
    ) -> None:
        self.columns, self.rows = columns, rows
        self.written: list[Written] = []
        self._screen = Screen(columns, rows)
        self._seen = 0
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.began = time.perf_counter()
        self.process = subprocess.Popen(
            [str(word) for word in command],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={"TERM": "xterm-256color", "COLORTERM": "truecolor", **env},
            start_new_session=True,
        )
        os.close(slave)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def press(self, keys: str) -> float:
        """Press keys; when."""
        at = time.perf_counter()
        os.write(self._master, keys.encode())
        return at

    @property
    def screen(self) -> str:
        """What is on the screen now."""
        written = self.written
        while self._seen < len(written):
            self._screen.feed(written[self._seen].text)
            self._seen += 1
        return self._screen.text

    def until(self, shown: Callable[[str], bool], what: str) -> float:
        """Wait until the screen is as it should be; when it came to be so."""
        deadline = time.perf_counter() + _PATIENCE_S
        while True:
            written = self.written
            while self._seen < len(written):
                piece = written[self._seen]
                self._screen.feed(piece.text)
                self._seen += 1
                if shown(self._screen.text):
                    return piece.at
            if time.perf_counter() > deadline or not self._reader.is_alive():
                raise TimeoutError(f"never shown: {what}\n{self.screen}")
            time.sleep(_POLL_S)

    def quiet(self, seconds: float = 0.5) -> None:
        """Wait until nothing was written for so long."""
        deadline = time.perf_counter() + _PATIENCE_S
        while time.perf_counter() < deadline:
            if self.written and time.perf_counter() - self.written[-1].at > seconds:
                return
            time.sleep(_POLL_S)
        raise TimeoutError("the screen never came to rest")

    def _read(self) -> None:
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        while True:
            ready, _, _ = select.select([self._master], [], [], 0.2)
            if not ready:
                if self.process.poll() is not None:
                    return
                continue
            try:
                data = os.read(self._master, 1 << 16)
            except OSError:  # Linux tells the end of a terminal as EIO
                return
            if not data:
                return
            self.written.append(Written(time.perf_counter(), decoder.decode(data)))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._reader.join(1.0)
        os.close(self._master)


_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_MARK = "zqx"  # stands before the letters, since a letter alone may stand anywhere on the screen
_CLEAR = "\x15"  # Ctrl+U: back to the beginning of the line


def latencies(
    typist: Typist, *, keys: int, every_s: float, with_each: str = "", pause: int = 60
) -> list[float]:
    """Type ``keys`` letters into the empty input, one ``every_s``; how long each took to be seen.

    ``with_each`` is pressed with each letter, before it: what it lets the program do, the letter
    has to wait for. After every ``pause`` letters the input is cleared, which is not measured.
    """
    measured: list[float] = []
    for begin in range(0, keys, pause):
        text = "".join(_LETTERS[n % 26] for n in range(begin, min(begin + pause, keys)))
        typist.press(_MARK)
        typist.until(lambda shown: _MARK in shown, _MARK)
        first = len(typist.written)
        base = _copy(typist)
        pressed = list(_typed(typist, text, every_s, with_each))
        typist.until(lambda shown, text=text: _MARK + text in shown, text)
        measured += _seen(base, typist.written[first:], text, pressed)
        typist.press(_CLEAR)
        typist.until(lambda shown: _MARK not in shown, "an empty input")
    return measured


def _typed(typist: Typist, text: str, every_s: float, with_each: str) -> Iterator[float]:
    began = time.perf_counter()
    for number, letter in enumerate(text):
        time.sleep(max(0.0, began + number * every_s - time.perf_counter()))
        yield typist.press(with_each + letter)


def _copy(typist: Typist) -> Screen:
    """The screen as it is now, to go on from when the rest is worked out."""
    screen = Screen(typist.columns, typist.rows)
    for piece in list(typist.written):
        screen.feed(piece.text)
    return screen


def _seen(
    screen: Screen, written: Sequence[Written], text: str, pressed: Sequence[float]
) -> list[float]:
    """For each letter of ``text``, the time from its key to the first screen that shows it."""
    taken: list[float] = []
    for piece in written:
        screen.feed(piece.text)
        shown = screen.text
        while len(taken) < len(text) and _MARK + text[: len(taken) + 1] in shown:
            taken.append(piece.at - pressed[len(taken)])
    assert len(taken) == len(text), f"{len(text) - len(taken)} letters were never seen"
    return taken
