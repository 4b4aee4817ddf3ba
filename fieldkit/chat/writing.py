"""An answer while it is written: its words, and the check of what is written so far."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Protocol

from fieldkit.chat.store import StoredTurn
from fieldkit.core.claims import Checked
from fieldkit.core.generation import Stats

# Where a sentence ends, or a line. Its own marks may follow: "... 320 Nm. [1]"
_ENDED = re.compile(
    r"[.!?\u2026\u3002\uff01\uff1f][\"')\]\u201d\u00bb]{0,4}\s|[\u3002\uff01\uff1f]|\n"
)
_LONGEST_END = 5


class Checks(Protocol):
    """What ``library.answering.Answering.checks`` returns."""

    def check(self, text: str, *, complete: bool = True) -> Checked:
        """The check of ``text``, the beginning of an answer unless it is ``complete``."""
        ...


class Writing:
    """The answer of ``turn``: what is known of it so far, for whoever keeps it.

    ``given`` is how many of the passages the model got, None before that is known.
    """

    def __init__(self, turn: StoredTurn) -> None:
        self.turn = turn
        self.text = ""
        self.finish = "failed"
        self.stats: Stats | None = None
        self.checked: Checked | None = None
        self.given: int | None = None
        self._seen = 0
        self._checks: Checks | None = None

    def begin(self, checks: Checks, given: int) -> None:
        """The model is asked now, and was given so many passages."""
        self._checks = checks
        self.given = given

    @property
    def checks(self) -> Checks | None:
        """What checks this answer; None before the model is asked."""
        return self._checks

    @property
    def kept(self) -> StoredTurn:
        """The turn as it is kept."""
        return replace(
            self.turn,
            answer=self.text,
            finish=self.finish,
            stats=self.stats,
            checked=self.checked,
            given=self.given,
        )

    def add(self, piece: str) -> Checked | None:
        """Take the next piece; returns the check of all sentences where one has ended."""
        self.text += piece
        self._seen = min(self._seen, len(self.text) - len(piece))  # the text may be a new one
        ended = 0
        for match in _ENDED.finditer(self.text, self._seen):
            ended = match.end()
        # An ending may be in two pieces.
        self._seen = max(ended, self._seen, len(self.text) - _LONGEST_END)
        if not ended or self._checks is None or not self.text[:ended].strip():
            return None
        return self._checks.check(self.text[:ended], complete=False)
