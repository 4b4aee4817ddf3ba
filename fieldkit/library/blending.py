"""Words and meaning -> one order of passages.

What covers the question with its words is trusted; the less the best passage covers, the less
count the words. A passage with the code that was asked for stays ahead of every
passage without it, and what is superseded behind everything that holds.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import compress

from fieldkit.library.query import Wanted

_FURTHER = 0.5  # what the second passage of a page counts, and so on
# What ``_FAR`` standard deviations of meaning weigh where the best passage covers the whole
# question, and where none covers anything. Chosen, with the square root below, on the English
# questions of tests/question_sets/real and the demo's Spanish and Norwegian ones.
_LEAST = 0.5
_MOST = 1.0
_FAR = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A passage that may be found: ``holds`` says of each thing that is wanted if it mentions it.

    ``relevance`` is its score by words and ``covered`` how much of the question it mentions (0 to
    1). ``named`` says that it holds every code that was asked for and that the library has at all,
    ``strange`` that it lacks one.
    """

    key: int
    superseded: bool
    holds: tuple[bool, ...]
    relevance: float
    covered: float
    named: bool
    strange: bool

    def with_holds(self, wanted: Sequence[Wanted], holds: tuple[bool, ...]) -> Candidate:
        """Itself where it ``holds`` otherwise than was thought, with the same BM25 score."""
        bm25 = self.relevance / self.covered if self.covered else 0.0
        other = Question(wanted).candidate(self.key, bm25, self.superseded, holds)
        return replace(self, **{name: getattr(other, name) for name in _FROM_HOLDS})


_FROM_HOLDS = ("holds", "relevance", "covered", "named", "strange")


class Question:
    """What is ``wanted``, ready to say of many passages how much of it they cover."""

    def __init__(self, wanted: Sequence[Wanted]) -> None:
        self._counts = [term.weight * term.share for term in wanted]
        self._total = sum(term.weight for term in wanted)
        self._codes = [term.code for term in wanted]
        self._known = [term.code and bool(term.match) for term in wanted]

    def candidate(
        self, key: int, bm25: float, superseded: bool, holds: tuple[bool, ...]
    ) -> Candidate:
        """The candidate with the score ``bm25`` that ``holds`` part of what is wanted."""
        covered = sum(compress(self._counts, holds)) / self._total if self._total else 0.0
        return Candidate(
            key=key,
            superseded=superseded,
            holds=holds,
            relevance=bm25 * covered,
            covered=covered,
            named=all(compress(holds, self._known)),
            strange=not all(compress(holds, self._codes)),
        )


def by_words(candidates: Sequence[Candidate]) -> list[tuple[float, Candidate]]:
    """Scores and candidates, best first, by words alone."""
    scored = [(candidate.relevance, candidate) for candidate in candidates]
    return sorted(scored, key=lambda s: (s[1].superseded, -s[0], s[1].key))


def is_evidence(candidate: Candidate, cosine: float, enough: float) -> bool:
    """Whether ``candidate`` is evidence by what it means alone, from a cosine of ``enough`` on.

    Not where a code that was asked for is missing: what is said of another part is no answer,
    however alike it is.
    """
    return cosine >= enough and not candidate.strange


def blended(
    candidates: Sequence[Candidate], standings: Mapping[int, float]
) -> list[tuple[float, Candidate]]:
    """Scores and candidates, best first, by words and by how alike each is to the question.

    ``standings`` are of all candidates, in standard deviations above the library's mean
    (``meaning.Alike``). Scores by words are only comparable with each other, so the best counts as
    much as the most that any candidate covers of the question, and others by the square root of how
    much less theirs is.
    """
    if not candidates:
        return []
    top = max(candidate.relevance for candidate in candidates) or 1.0
    covered = max(candidate.covered for candidate in candidates)

    def score(candidate: Candidate) -> float:
        by_meaning = worth(standings[candidate.key], covered)
        return covered * math.sqrt(candidate.relevance / top) + by_meaning

    scored = [(score(candidate), candidate) for candidate in candidates]
    return sorted(scored, key=lambda s: (s[1].superseded, not s[1].named, -s[0], s[1].key))


def worth(standing: float, covered: float) -> float:
    """What a ``standing`` adds to a score where the best passage covers ``covered`` (0 to 1)."""
    return (_LEAST + (_MOST - _LEAST) * (1 - covered)) * max(0.0, standing) / _FAR


def pages_apart(
    ordered: Sequence[tuple[float, Candidate]],
    pages: Mapping[int, Hashable],
    *,
    named_first: bool,
) -> list[tuple[float, Candidate]]:
    """``ordered`` with every further passage of a page counting ``_FURTHER`` of the one before it.

    A page with many like passages would else keep all others from being seen. ``pages`` has the
    page of each candidate by its key; the best passage of a page keeps its score. ``named_first``:
    what holds the code that was asked for stays ahead, as ``blended`` has it.
    """
    seen: Counter[Hashable] = Counter()
    scored = []
    for score, each in ordered:
        scored.append((score * _FURTHER ** seen[pages[each.key]], each))
        seen[pages[each.key]] += 1
    places = {each.key: place for place, (_, each) in enumerate(ordered)}

    def order(entry: tuple[float, Candidate]) -> tuple[bool, bool, float, int]:
        score, each = entry
        return each.superseded, named_first and not each.named, -score, places[each.key]

    return sorted(scored, key=order)
