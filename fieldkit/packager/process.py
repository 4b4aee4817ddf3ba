"""The one door to external programs: every command is echoed to the log before it runs."""

from __future__ import annotations

import os
import shlex
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from fieldkit.errors import FieldkitError

Log = Callable[[str], None]


class ProgramFailed(FieldkitError):
    """A program did not exit with 0; ``status`` is negative when a signal ended it."""

    def __init__(self, message: str, *, hint: str = "", status: int) -> None:
        super().__init__(message, hint=hint)
        self.status = status


def ignore(_line: str) -> None:
    """A log that keeps nothing."""


def call(
    command: Sequence[str | Path],
    *,
    action: str,
    log: Log = ignore,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    hint: str = "",
    timeout_s: float | None = None,
) -> str:
    """Run ``command``, pass its output line by line to ``log``, and return all of it.

    ``action`` completes "Unable to ...". Raises FieldkitError when the command cannot be started,
    ProgramFailed with the last lines of the output when it does not exit with 0, or when it is
    ended because it took longer than ``timeout_s``.
    """
    words = [str(word) for word in command]
    log("$ " + shlex.join(words))
    lines: list[str] = []
    try:
        process = subprocess.Popen(
            words,
            cwd=cwd,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
    except OSError as error:
        raise FieldkitError(f"Unable to {action}: {words[0]}: {error}", hint=hint) from error
    late = threading.Event()
    timer = threading.Timer(timeout_s or 0, _end, [process, late])
    if timeout_s is not None:
        timer.start()
    try:
        assert process.stdout
        with process.stdout:
            for line in process.stdout:
                lines.append(line.rstrip("\n"))
                log(lines[-1])
        status = process.wait()
    except BaseException:
        process.kill()
        process.wait()
        raise
    finally:
        timer.cancel()
    if late.is_set():
        raise ProgramFailed(
            f"Unable to {action}: {words[0]} took longer than {timeout_s:.0f} s",
            hint=hint,
            status=status,
        )
    if status != 0:
        tail = "\n".join(deque(lines, maxlen=15))
        raise ProgramFailed(
            f"Unable to {action}: {words[0]} exited with {status}\n{tail}",
            hint=hint,
            status=status,
        )
    return "\n".join(lines)


def _end(process: subprocess.Popen[str], late: threading.Event) -> None:
    late.set()
    process.kill()
