"""A pseudo-terminal with a program in it, and what a person would see on its screen."""

from __future__ import annotations

import codecs
import contextlib
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self

DEADLINE_S = 60.0
_CONTROL = re.compile(
    r"\x1b\[([0-9;:?<>=!$ ]*)([@-~])"  # CSI: parameters and final character
    r"|\x1b[PX^_\]].*?(?:\x1b\\|\x07)"  # strings: titles, queries
    r"|\x1b[()*+#][0-9A-Z]|\x1b[0-9A-Z=><~|}]"
    r"|[\x00-\x1f\x7f]",
    re.DOTALL,
)


class Screen:
    """The cells of a terminal that knows cursor positions and erasing: enough to read it."""

    def __init__(self, columns: int, rows: int) -> None:
        self._columns, self._rows = columns, rows
        self._cells = [[" "] * columns for _ in range(rows)]
        self._row = self._column = 0
        self._rest = ""

    @property
    def text(self) -> str:
        """What is shown, line by line."""
        return "\n".join("".join(row).rstrip() for row in self._cells)

    def feed(self, text: str) -> None:
        """Obey what the program wrote; a sequence that is not complete waits for the rest."""
        text = self._rest + text
        cut = text.rfind("\x1b")
        match = _CONTROL.match(text, cut) if cut >= 0 else None
        incomplete = match is not None and match[0] == "\x1b"  # as far as it is known
        text, self._rest = (text[:cut], text[cut:]) if incomplete else (text, "")
        position = 0
        for found in _CONTROL.finditer(text):
            self._put(text[position : found.start()])
            self._obey(found)
            position = found.end()
        self._put(text[position:])

    def _put(self, text: str) -> None:
        for char in text:
            if self._row < self._rows and self._column < self._columns:
                self._cells[self._row][self._column] = char
            self._column += 1

    def _obey(self, match: re.Match[str]) -> None:
        parameters, final = match[1] or "", match[2]
        if match[0] == "\n":
            self._row += 1
        elif match[0] == "\r":
            self._column = 0
        elif final in {"H", "f"}:
            row, _, column = parameters.partition(";")
            self._row, self._column = int(row or 1) - 1, int(column or 1) - 1
        elif final == "J":
            self._cells = [[" "] * self._columns for _ in range(self._rows)]
        elif final == "K" and self._row < self._rows:
            self._cells[self._row][self._column :] = " " * (self._columns - self._column)


class Terminal:
    """A program in a terminal of 80 by 24 cells; use it as a context manager."""

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        env: Mapping[str, str],
        columns: int = 80,
        rows: int = 24,
    ) -> None:
        self.screen = Screen(columns, rows)
        self.output = ""
        self.received = b""
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.process = subprocess.Popen(
            [str(word) for word in command],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={"TERM": "xterm-256color", **env},
            start_new_session=True,
        )
        os.close(slave)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def type(self, text: str) -> None:
        """Press keys."""
        os.write(self._master, text.encode("utf-8", "surrogateescape"))

    def wait_for(self, wanted: str | Callable[[str], bool]) -> str:
        """Wait until the screen shows ``wanted``; what is on it then."""
        deadline = time.monotonic() + DEADLINE_S
        while not (
            wanted in self.screen.text if isinstance(wanted, str) else wanted(self.screen.text)
        ):
            assert time.monotonic() < deadline, f"never shown: {wanted}\n{self.screen.text}"
            assert self._read(), f"ended before it showed {wanted}\n{self.screen.text}"
        return self.screen.text

    def settle(self) -> None:
        """Wait until the program has nothing more to say for a moment."""
        deadline = time.monotonic() + DEADLINE_S
        quiet = 0
        while quiet < 6:
            before = len(self.received)
            assert self._read(), f"ended\n{self.screen.text}"
            assert time.monotonic() < deadline, f"never settled\n{self.screen.text}"
            quiet = quiet + 1 if len(self.received) == before else 0

    def wait(self) -> int:
        """Wait until the program has ended; its exit code."""
        deadline = time.monotonic() + DEADLINE_S
        while self._read():
            assert time.monotonic() < deadline, f"did not end\n{self.screen.text}"
        return self.process.wait(DEADLINE_S)

    def _read(self) -> bool:
        """Take what the program wrote; False when it will write nothing more."""
        ready, _, _ = select.select([self._master], [], [], 0.05)
        if not ready:
            return self.process.poll() is None
        try:
            data = os.read(self._master, 65536)
        except OSError:  # Linux tells the end of a terminal as EIO
            return False
        self.received += data
        text = self._decoder.decode(data)
        self.output += text
        self.screen.feed(text)
        return bool(data)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait()
        os.close(self._master)
