"""The quote: the sentence or table row of the manuals that answers best, verbatim."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from fieldkit.core.citation import Passage

_STEP = re.compile(r"(?<!\S)\d{1,2}[.)] ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """``text`` is verbatim from the passage with the number ``passage``, from 1.

    ``marked`` are the places in ``text`` to highlight: the value, the code that was asked for.
    ``row`` are the names of columns and the cells of a table row, in order; () for a sentence.
    ``converted`` is the value in the unit that the question wants, "" where it wants none:
    ``320 Nm = 236 lb-ft, converted``. ``others`` are what other documents or revisions say of the
    same against it; they have none themselves.
    """

    text: str
    passage: int
    marked: tuple[tuple[int, int], ...] = ()
    row: tuple[tuple[str, str], ...] = ()
    converted: str = ""
    others: tuple[Quote, ...] = ()

    def source(self, passages: Sequence[Passage]) -> Passage:
        """The passage that the quote is from."""
        return passages[self.passage - 1]

    def ends_in_steps(self, passages: Sequence[Passage]) -> bool:
        """Whether the passage has another step of the list that the quote ends in."""
        _, found, behind = self.source(passages).text.partition(self.text)
        return bool(found and _STEP.search(self.text) and _STEP.match(behind.lstrip()))
