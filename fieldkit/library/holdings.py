"""How many passages of an index hold a word or a code, and which stems a word has there.

An index never changes while it is open, so what was asked once is remembered; what one question
needs is asked for by one statement.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

Rows = Callable[[str, Sequence[object]], list[Any]]

_Value = TypeVar("_Value")

_REMEMBERED = 50_000
_PASSAGES = (
    "SELECT text, passages FROM term WHERE code = ? AND text IN (SELECT value FROM json_each(?))"
)
_STEMS = "SELECT text, stem FROM word WHERE text IN (SELECT value FROM json_each(?))"


class Holdings:
    """What the index, or the indexes, that ``rows`` runs a statement on hold. For any thread."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._passages: tuple[dict[str, int], dict[str, int]] = ({}, {})  # of stems, of codes
        self._stems: dict[str, tuple[str, ...]] = {}

    def passages(self, texts: Iterable[str], *, code: bool) -> int:
        """How many passages hold ``texts``, stems or codes; those with several count for each."""
        known = self._passages[code]
        asked = set(texts)
        found = {text: known[text] for text in asked & known.keys()}
        if missing := sorted(asked - found.keys()):
            new = dict.fromkeys(missing, 0)
            for text, passages in self._rows(_PASSAGES, (int(code), json.dumps(missing))):
                new[text] += passages
            _remember(known, new)
            found |= new
        return sum(found.values())

    def stems(self, words: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """The stems of each of ``words``, which are without accents, that the manuals hold."""
        known = self._stems
        asked = dict.fromkeys(words)
        found = {word: known[word] for word in asked.keys() & known.keys()}
        if missing := sorted(asked.keys() - found.keys()):
            new: dict[str, tuple[str, ...]] = dict.fromkeys(missing, ())
            for word, stem in self._rows(_STEMS, (json.dumps(missing),)):
                new[word] += (stem,)
            _remember(known, new)
            found |= new
        return found


def _remember(known: dict[str, _Value], new: dict[str, _Value]) -> None:
    if len(known) + len(new) > _REMEMBERED:
        known.clear()
    known.update(new)
