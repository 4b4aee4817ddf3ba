"""The questions asked before, gone through one by one like a shell's."""

from __future__ import annotations

from collections.abc import Iterable


class Recall:
    """Where in the list of earlier questions the technician is."""

    def __init__(self) -> None:
        self._questions: list[str] = []
        self._at = -1

    def begin(self, questions: Iterable[str]) -> None:
        """Start anew before the first of ``questions``, which come newest first."""
        self._questions = list(dict.fromkeys(questions))
        self._at = -1

    def step(self, by: int) -> str | None:
        """Go ``by`` questions back; "" after the newest, None when there is no older one."""
        at = max(-1, self._at + by)
        if at >= len(self._questions):
            return None
        self._at = at
        return self._questions[at] if at >= 0 else ""
