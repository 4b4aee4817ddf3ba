"""Which of several revisions of one manual holds, and which it supersedes.

Revisions are compared as their publishers count them: ``B`` after ``A``, ``AA`` after ``Z``, ``10``
after ``9``, ``1.10`` after ``1.9``; where they cannot be, by date; and one without a revision is
older than one with it. Files that share name and revision are parts of one manual, or the same in
another place or format: none of them supersedes another.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from fieldkit.library.readers.model import Document


@dataclass(frozen=True, slots=True)
class Issue:
    """One revision of a manual: its identity, revision ("": none) and date (ISO 8601 or "").

    ``part`` tells apart what has one identity and revision.
    """

    document: str
    revision: str
    date: str = ""
    part: str = ""

    @property
    def name(self) -> str:
        """How a warning calls it."""
        if self.revision:
            return f"rev {self.revision}"
        return f"the issue of {self.date}" if self.date else "a newer issue"


def issue_of(document: Document) -> Issue:
    """The issue that a document is, among others of its family."""
    return Issue(
        document.family or document.document,
        document.revision,
        document.date,
        document.document if document.family else "",
    )


def superseding(issues: Sequence[Issue]) -> list[Issue | None]:
    """Return for each of ``issues`` the newest of the same manual, or None where it is that."""
    newest: dict[str, Issue] = {}
    for issue in issues:
        other = newest.get(issue.document)
        if other is None or _newer(issue, other):
            newest[issue.document] = issue
    return [
        newest[issue.document] if _is_superseded(issue, newest[issue.document]) else None
        for issue in issues
    ]


def _is_superseded(issue: Issue, newest: Issue) -> bool:
    return newest != issue and (newest.revision != issue.revision or newest.part == issue.part)


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
