"""Which of several revisions of one manual holds, and which it supersedes.

Revisions are compared as their publishers count them: ``B`` after ``A``, ``AA`` after ``Z``, ``10``
after ``9``, ``1.10`` after ``1.9``; where they cannot be, by date; and one without a revision is
older than one with it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Issue:
    """One revision of a manual: its identity, revision ("": none) and date (ISO 8601 or "")."""

    document: str
    revision: str
    date: str = ""

    @property
    def name(self) -> str:
        """How a warning calls it."""
        if self.revision:
            return f"rev {self.revision}"
        return f"the issue of {self.date}" if self.date else "a newer issue"


def superseding(issues: Sequence[Issue]) -> list[Issue | None]:
    """Return for each of ``issues`` the newest of the same manual, or None where it is that."""
    newest: dict[str, Issue] = {}
    for issue in issues:
        other = newest.get(issue.document)
        if other is None or _newer(issue, other):
            newest[issue.document] = issue
    return [None if newest[issue.document] == issue else newest[issue.document] for issue in issues]


def _newer(issue: Issue, other: Issue) -> bool:
    ours, theirs = _parts(issue.revision), _parts(other.revision)
    if ours and theirs and _shape(ours) == _shape(theirs) and ours != theirs:
        return ours > theirs
    if issue.date and other.date and issue.date != other.date:
        return issue.date > other.date
    return ours > theirs


def _parts(revision: str) -> tuple[tuple[int, int, str], ...]:
    """Numbers and runs of letters, so that they compare as they are counted."""
    found = re.findall(r"\d+|[a-z]+", revision.lower())
    return tuple((1, int(part), "") if part.isdigit() else (0, len(part), part) for part in found)


def _shape(parts: tuple[tuple[int, int, str], ...]) -> int:
    """What is compared first: numbers are not counted on from letters."""
    return parts[0][0]
