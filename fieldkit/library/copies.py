"""Passages of documents that hold the same pages: one manual that was saved twice.

Files that are equal byte for byte are indexed once. A PDF that was printed again or text that was
saved in another format is another file of the same content, and would fill the results twice.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from itertools import combinations

from fieldkit.core.citation import Passage
from fieldkit.library.blending import Candidate
from fieldkit.library.query import Rows

_DOCUMENTS = (
    "SELECT passage.id, page.document_id FROM passage JOIN page ON page.id = page_id"
    " WHERE passage.id IN (SELECT value FROM json_each(?))"
)
_PAGES = "SELECT number, text FROM page WHERE document_id = ? ORDER BY number, id"


def without_copies(
    rows: Rows, ordered: Sequence[tuple[float, Candidate]], passages: Mapping[int, Passage]
) -> list[tuple[float, Candidate]]:
    """``ordered`` without what a better passage of an equal document says, word for word.

    ``passages`` are those of all of ``ordered`` by their keys. Documents are equal where all their
    pages are; a superseded one and the one that holds are not the same.
    """
    same: dict[int, Hashable] = {key: _said(passage) for key, passage in passages.items()}
    counts = Counter(same.values())
    doubtful = [key for key, said in same.items() if counts[said] > 1]
    if not doubtful:
        return list(ordered)
    document_of = dict(rows(_DOCUMENTS, (json.dumps(doubtful),)))
    equal = _equal(rows, sorted(set(document_of.values())))
    seen: set[Hashable] = set()
    kept = []
    for score, each in ordered:
        if each.key in document_of:
            document = document_of[each.key]
            said = (same[each.key], equal[document])
            if said in seen:
                continue
            seen.add(said)
        kept.append((score, each))
    return kept


def _said(passage: Passage) -> Hashable:
    return (
        passage.text, passage.heading, passage.above, passage.page, bool(passage.superseded_by)
    )  # fmt: skip


def _equal(rows: Rows, documents: Sequence[int]) -> dict[int, int]:
    """For each of ``documents`` the first one that has the same pages, or itself."""
    pages = {key: rows(_PAGES, (key,)) for key in documents}
    equal = {key: key for key in documents}
    for first, second in combinations(documents, 2):
        if equal[second] == second and pages[first] == pages[second]:
            equal[second] = equal[first]
    return equal
