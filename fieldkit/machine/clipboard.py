"""The system's clipboard, reached through a short-lived child process.

What pyperclip calls (xclip, xsel, wl-copy, pbcopy) may wait for a display that never answers,
writes its complaints to the terminal, and tells nothing of how it ended. In a child it can do none
of that: it has no terminal, a time limit, and what it copied is read back before it counts.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Literal

TIMEOUT_S = 4.0
MOST_CHARACTERS = 1 << 20  # of what is pasted; nobody types a longer question
# What the child says by its exit code.
_DONE, _FAILED = 0, 3
_TRIES, _AGAIN_S = 5, 0.05  # a program that holds the clipboard may need a moment to take it over

Direction = Literal["copy", "paste"]


class SystemClipboard:
    """Copies and pastes by ``command``, which runs ``main`` with the direction as its last word.

    Both methods take at most ``timeout_s`` and raise nothing; not for a thread that must not wait.
    """

    def __init__(self, command: Sequence[str], *, timeout_s: float = TIMEOUT_S) -> None:
        self._command = list(command)
        self._timeout_s = timeout_s

    def copy(self, text: str) -> bool:
        """Whether the system's clipboard holds ``text`` now."""
        return self._run("copy", text.encode("utf-8", "replace")) is not None

    def paste(self) -> str | None:
        """What the clipboard holds, as it is there: not sanitized; None where it is not reached."""
        told = self._run("paste", b"")
        return None if told is None else told.decode("utf-8", "replace")

    def _run(self, direction: Direction, given: bytes) -> bytes | None:
        """What the child wrote, None when it failed or took too long."""
        paste = direction == "paste"
        try:
            child = subprocess.Popen(
                [*self._command, direction],
                stdin=subprocess.PIPE,
                # Who holds the clipboard lives on and would keep a pipe open.
                stdout=subprocess.PIPE if paste else subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
                start_new_session=os.name == "posix",
            )
        except OSError:
            return None
        try:
            told, _ = child.communicate(given, timeout=self._timeout_s)
        except (subprocess.TimeoutExpired, OSError):
            _end(child)
            return None
        return (told or b"") if child.returncode == _DONE else None


def _end(child: subprocess.Popen[bytes]) -> None:
    """End the child and what it started."""
    if sys.platform == "win32":
        child.kill()
    else:
        with contextlib.suppress(OSError):
            os.killpg(child.pid, signal.SIGKILL)
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()
    child.wait()


def main(direction: Direction) -> int:
    """The child: copy stdin to the clipboard, or write the clipboard to stdout; its exit code."""
    _as_before_freezing()
    try:
        return _copy() if direction == "copy" else _paste()
    except Exception:  # noqa: BLE001 - whatever a clipboard program does: there is no clipboard
        return _FAILED


def _copy() -> int:
    import pyperclip

    text = sys.stdin.buffer.read().decode("utf-8")
    pyperclip.copy(text)
    for _ in range(_TRIES):
        if _lines(pyperclip.paste()) == _lines(text):
            return _DONE
        time.sleep(_AGAIN_S)
    return _FAILED


def _paste() -> int:
    import pyperclip

    text = pyperclip.paste()[:MOST_CHARACTERS]
    sys.stdout.buffer.write(text.encode("utf-8", "replace"))
    sys.stdout.buffer.flush()
    return _DONE


def _lines(text: str) -> str:
    """``text`` as far as every clipboard keeps it: some write other line ends, or one more."""
    return text.replace("\r\n", "\n").rstrip("\n")


def _as_before_freezing() -> None:
    """Give programs of the system their own libraries back, where a frozen start set ours."""
    if not getattr(sys, "frozen", False):
        return
    for name in ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"):
        before = os.environ.pop(f"{name}_ORIG", None)
        os.environ.pop(name, None)
        if before:
            os.environ[name] = before
