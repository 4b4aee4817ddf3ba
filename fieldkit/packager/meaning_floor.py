"""From which likeness on what a passage means is evidence by itself.

Cosines say nothing from one embedder to another, so the limit is found on the profile's own
questions: a little more than the most that any question reaches which no page answers. Without
enough of those there is none, and meaning only orders what is found.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from fieldkit.errors import FieldkitError
from fieldkit.library.index import Calibrate
from fieldkit.library.meaning import Meant
from fieldkit.library.search import MEANING_FLOOR, Library
from fieldkit.packager.evaluate import Question

LEAST_QUESTIONS = 20  # that no page answers: one in twenty may still come above what they reach
_MARGIN = 0.02


def by(questions: Sequence[Question], meant: Meant | None) -> Calibrate | None:
    """What finds the limit of an index on ``questions``; None where there are too few."""
    strange = [question.text for question in questions if not question.answer]
    if meant is None or len(strange) < LEAST_QUESTIONS:
        return None
    made = meant.vectors([meant.question + text for text in strange])
    known = _Known(strange, list(made), meant.question)

    def found(path: Path) -> dict[str, str]:
        with Library.open(path) as library:
            library.find_by_meaning(known)
            reached = max(library.likeness(text) for text in strange)
        return {MEANING_FLOOR: repr(round(reached + _MARGIN, 4))}

    return found


def both(*parts: Calibrate | None) -> Calibrate | None:
    """All of ``parts`` as one; None where there is none."""
    wanted = [part for part in parts if part is not None]
    if not wanted:
        return None
    return lambda path: {name: text for part in wanted for name, text in part(path).items()}


class _Known:
    """The vectors of a few texts."""

    problem: FieldkitError | None = None

    def __init__(self, texts: Sequence[str], vectors: Sequence[Sequence[float]], put: str) -> None:
        self._vectors = {put + text: made for text, made in zip(texts, vectors, strict=True)}

    def __call__(self, text: str, /) -> Sequence[float] | None:
        return self._vectors.get(text)
