"""What is wanted -> the passages of an index that may be found, each with what it mentions.

BM25 over every passage that holds a common word would take most of the time and decide nothing, so
candidates are searched for by the rarest words alone; the others only count towards coverage.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from fieldkit.library.blending import Candidate, candidate
from fieldkit.library.meaning import Alike
from fieldkit.library.query import Rows, Wanted

# BM25 weights of title, heading, text and codes.
_WEIGHTS = "1.0, 3.0, 1.0, 4.0"
_CANDIDATES = 50
# Passages that the words which candidates are searched for by may match together.
_SOUGHT = 2000
# From so many passages on it is quicker to look for each candidate than to pass them all.
_MANY = 4000
_SEEKING = (
    "SELECT rowid FROM search WHERE search MATCH ? AND rowid IN (SELECT value FROM json_each(?))"
)
_PASSING = _SEEKING.replace("rowid IN", "+rowid IN")

_BEST = f"""
SELECT found.rowid, score, superseded_by != '' FROM (
    SELECT rowid, -bm25(search, {_WEIGHTS}) AS score FROM search WHERE search MATCH ?
    ORDER BY 2 DESC, 1 LIMIT ?
) AS found JOIN passage ON passage.id = found.rowid JOIN page ON page.id = page_id
JOIN document ON document.id = document_id
"""  # noqa: S608 - constants
# What BM25 did not find.
_MORE = """
SELECT passage.id, 0.0, superseded_by != '' FROM passage JOIN page ON page.id = page_id
JOIN document ON document.id = document_id WHERE passage.id IN (SELECT value FROM json_each(?))
"""


def candidates_for(rows: Rows, wanted: Sequence[Wanted], alike: Alike | None) -> list[Candidate]:
    """The best passages by words, and those that are most ``alike`` in meaning.

    ``rows`` runs a statement on the index and returns its rows.
    """
    known = [term for term in wanted if term.match]
    found = _by_words(rows, known) if known else []
    if alike is not None:
        more = alike.nearest.keys() - {key for key, _, _ in found}
        found += rows(_MORE, (json.dumps(sorted(more)),))
    keys = [key for key, _, _ in found]
    nothing: frozenset[int] = frozenset()
    matches = [_matching(rows, term, keys) if term.match else nothing for term in wanted]
    return [
        candidate(key, score, bool(superseded), wanted, tuple(key in held for held in matches))
        for key, score, superseded in found
    ]


def _by_words(rows: Rows, known: Sequence[Wanted]) -> list[tuple[int, float, bool]]:
    """Key, BM25 score and whether it is superseded, of the best by the rarest of ``known``."""
    sought: list[str] = []
    matched = 0
    for term in sorted(known, key=lambda term: term.passages):
        matched += term.passages
        if sought and matched > _SOUGHT:
            break
        sought.append(term.match)
    return rows(_BEST, (" OR ".join(sought), _CANDIDATES))


def _matching(rows: Rows, term: Wanted, keys: Sequence[int]) -> frozenset[int]:
    """Which of ``keys`` hold ``term``."""
    among = _SEEKING if term.passages > _MANY else _PASSING
    return frozenset(key for (key,) in rows(among, (term.match, json.dumps(keys))))
