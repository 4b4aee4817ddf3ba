"""The one door to stdout and stderr: stdout is data, stderr is narration.

Everything is written as UTF-8 text, whatever the locale says. A reader that goes away (``| head``)
ends the program quietly, as it does for every other program in a pipe.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from typing import Any, TextIO


class Console:
    """Two text streams and the manners to use them.

    Raises nothing for a reader that went away: ``broken`` turns true and later writes are dropped,
    so that a caller can finish its work (or end) without a traceback.
    """

    def __init__(self, stdout: TextIO | None = None, stderr: TextIO | None = None) -> None:
        self._stdout = stdout
        self._stderr = stderr
        self.broken = False

    @property
    def stdout(self) -> TextIO:
        """Where data goes; resolved late, so that tests may replace ``sys.stdout``."""
        return self._stdout if self._stdout is not None else sys.stdout

    @property
    def stderr(self) -> TextIO:
        """Where narration goes."""
        return self._stderr if self._stderr is not None else sys.stderr

    @property
    def is_terminal(self) -> bool:
        """Whether a person sits at stdin, stdout and stderr: a full screen needs all three."""
        return _isatty(sys.stdin) and _isatty(self.stdout) and _isatty(self.stderr)

    @property
    def narrates_to_terminal(self) -> bool:
        """Whether stderr is a terminal, so that a progress line may redraw itself."""
        return _isatty(self.stderr)

    @property
    def writes_to_terminal(self) -> bool:
        """Whether stdout is a terminal, so that lines end at its width."""
        return _isatty(self.stdout)

    def out(self, text: str = "", *, end: str = "\n") -> None:
        """Write data to stdout."""
        if not self.broken:
            self.broken = not _write(self.stdout, text + end)

    def err(self, text: str = "", *, end: str = "\n") -> None:
        """Write narration to stderr."""
        _write(self.stderr, text + end)

    def out_json(self, obj: Any) -> None:
        """Write one JSON object to stdout, indented, keys in the order given."""
        self.out(json.dumps(obj, indent=2, ensure_ascii=False))

    def shutdown(self) -> None:
        """Flush both streams; afterwards nothing the interpreter does at exit can fail on them."""
        for stream in (self.stdout, self.stderr):
            try:
                stream.flush()
            except (OSError, ValueError):
                _discard(stream)


def _isatty(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # closed
        return False


def _write(stream: TextIO | None, text: str) -> bool:
    """Write and flush; False when nobody reads any more."""
    if stream is None:  # a windowed program on Windows has no streams
        return False
    try:
        stream.write(text)
        stream.flush()
    except UnicodeEncodeError:
        encoding = stream.encoding or "ascii"
        stream.write(text.encode(encoding, "replace").decode(encoding))
        stream.flush()
    except (BrokenPipeError, ConnectionResetError):
        _discard(stream)
        return False
    return True


def _discard(stream: TextIO | None) -> None:
    """Point the stream's descriptor at nothing, so that the flush at exit cannot fail."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        assert stream is not None
        descriptor = os.open(os.devnull, os.O_WRONLY)
        os.dup2(descriptor, stream.fileno())
        os.close(descriptor)


def use_utf8() -> None:
    """Make the process's own streams UTF-8, replacing what cannot be encoded; call once, early."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            with contextlib.suppress(ValueError, OSError):
                stream.reconfigure(encoding="utf-8", errors="replace")


_CONSOLE = Console()


def console() -> Console:
    """The console of this process."""
    return _CONSOLE


def out(text: str = "", *, end: str = "\n") -> None:
    """Write data to the process's stdout."""
    _CONSOLE.out(text, end=end)


def err(text: str = "", *, end: str = "\n") -> None:
    """Write narration to the process's stderr."""
    _CONSOLE.err(text, end=end)


def out_json(obj: Any) -> None:
    """Write one JSON object to the process's stdout."""
    _CONSOLE.out_json(obj)


def is_terminal() -> bool:
    """Whether a person sits at stdin, stdout and stderr of this process."""
    return _CONSOLE.is_terminal


def shutdown() -> None:
    """Flush the process's streams for good; call last."""
    _CONSOLE.shutdown()
