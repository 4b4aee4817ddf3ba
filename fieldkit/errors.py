"""One error tree: every failure a person can meet has an exit code, a message and a next step.

The exit codes are a contract (see ``docs/architecture.md``); scripts depend on them.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum


class ExitCode(IntEnum):
    """What the process returns to the shell."""

    OK = 0
    DEFECT = 1
    USAGE = 2
    INVALID = 10
    GATE = 11
    LICENCE = 12
    FETCH = 13
    INTEGRITY = 14
    UNFIT = 15
    DISK_FULL = 16
    BUSY = 17
    INTERRUPTED = 130


class FieldkitError(Exception):
    """Something a person can understand and act on.

    ``message`` says what happened and to which file or key; ``hint`` says what to do next.
    """

    exit_code = ExitCode.DEFECT

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageProblem(FieldkitError):
    """The command line or the environment it runs in is not usable as given."""

    exit_code = ExitCode.USAGE


class InvalidInput(FieldkitError):
    """A profile, candidate, manual or model file is not valid; carries every problem found."""

    exit_code = ExitCode.INVALID

    def __init__(self, message: str, *, problems: Sequence[str] = (), hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.problems = tuple(problems)


class GateFailed(FieldkitError):
    """A measured figure is outside the profile's thresholds; nothing is bundled."""

    exit_code = ExitCode.GATE


class LicenceProblem(FieldkitError):
    """The licence is not accepted, not allowed, or its text changed."""

    exit_code = ExitCode.LICENCE


class FetchFailed(FieldkitError):
    """A file could not be fetched from its source."""

    exit_code = ExitCode.FETCH


class IntegrityProblem(FieldkitError):
    """A hash, size or signature does not match what was promised."""

    exit_code = ExitCode.INTEGRITY


class Unfit(FieldkitError):
    """The machine cannot carry the model or the release."""

    exit_code = ExitCode.UNFIT


class DiskFull(FieldkitError):
    """Not enough free disk space."""

    exit_code = ExitCode.DISK_FULL


class Busy(FieldkitError):
    """Another run holds the lock."""

    exit_code = ExitCode.BUSY


class EngineFailure(FieldkitError):
    """The engine's child process died or refused; the caller keeps running."""

    exit_code = ExitCode.DEFECT
