"""Keys of an index -> passages with their texts and what is known of their documents.

Many are loaded by one statement, and a page that several of them come from is unpacked once: what
ranks reads the texts of all its candidates.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from fieldkit.core.citation import Passage
from fieldkit.library.packing import unpack, unpack_passages
from fieldkit.library.query import Rows

# In the order of the pages, so that each row follows the page that it needs.
_PLACES = """
SELECT passage.id, page_id, place, heading, kind, above FROM passage
WHERE id IN (SELECT value FROM json_each(?)) ORDER BY 1
"""
_PAGES = """
SELECT page.id, document, title, revision, superseded_by, number, label, recognised, text, passages
FROM page JOIN document ON document.id = document_id
WHERE page.id IN (SELECT value FROM json_each(?))
"""


def load_many(rows: Rows, keys: Sequence[int]) -> dict[int, Passage]:
    """The passages ``keys``, in the order of ``keys``; their score is 0.

    ``rows`` runs a statement on the index and returns its rows. Raises ValueError where the index
    is damaged, KeyError for a key that it does not hold.
    """
    places = rows(_PLACES, (json.dumps(keys),))
    pages = {
        key: (facts, unpack_passages(packed, unpack(text)))
        for key, *facts, text, packed in rows(
            _PAGES, (json.dumps(sorted({page for _, page, *_ in places})),)
        )
    }
    found: dict[int, Passage] = {}
    for key, page, place, heading, kind, above in places:
        if page not in pages:
            raise ValueError("a passage has no page")
        facts, texts = pages[page]
        if not 0 <= place < len(texts):
            raise ValueError("a page lacks one of its passages")
        document, title, revision, superseded_by, number, label, recognised = facts
        found[key] = Passage(
            document=document,
            title=title,
            revision=revision,
            page=number,
            heading=heading,
            text=texts[place],
            superseded_by=superseded_by,
            recognised=bool(recognised),
            page_label=label,
            kind=kind,
            above=above,
        )
    return {key: found[key] for key in keys}
