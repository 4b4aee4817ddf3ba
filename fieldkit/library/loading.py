"""Keys of an index -> passages with their texts and what is known of their documents.

Many are loaded by one statement, and what several of them are packed in is unpacked once: a
ranking reads the texts of all its candidates.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from fieldkit.core.citation import Passage
from fieldkit.library.packing import unpack, unpack_passages
from fieldkit.library.query import Rows

_PLACES = """
SELECT passage.id, (SELECT max(bundle.id) FROM bundle WHERE bundle.id <= passage.id),
heading, kind, above FROM passage WHERE id IN (SELECT value FROM json_each(?))
"""
_BUNDLES = """
SELECT bundle.id, document, title, revision, superseded_by, number, label, recognised,
CASE WHEN with_page THEN text END, passages
FROM bundle JOIN page ON page.id = page_id JOIN document ON document.id = document_id
WHERE bundle.id IN (SELECT value FROM json_each(?))
"""


def load_many(rows: Rows, keys: Sequence[int]) -> dict[int, Passage]:
    """The passages ``keys``, in the order of ``keys``; their score is 0.

    ``rows`` runs a statement on the index and returns its rows. Raises ValueError where the index
    is damaged, KeyError for a key that it does not hold.
    """
    places = rows(_PLACES, (json.dumps(keys),))
    bundles = {
        first: (facts, unpack_passages(packed, unpack(text) if text else ""))
        for first, *facts, text, packed in rows(
            _BUNDLES, (json.dumps(sorted({first for _, first, *_ in places if first})),)
        )
    }
    found: dict[int, Passage] = {}
    for key, first, heading, kind, above in places:
        if first not in bundles:
            raise ValueError("a passage has no page")
        facts, texts = bundles[first]
        if key - first >= len(texts):
            raise ValueError("a page lacks one of its passages")
        document, title, revision, superseded_by, number, label, recognised = facts
        found[key] = Passage(
            document=document,
            title=title,
            revision=revision,
            page=number,
            heading=heading,
            text=texts[key - first],
            superseded_by=superseded_by,
            recognised=bool(recognised),
            page_label=label,
            kind=kind,
            above=above,
        )
    return {key: found[key] for key in keys}
