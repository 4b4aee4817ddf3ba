"""What ``fieldkit search`` prints: the passages for a question, without any model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fieldkit.core.citation import Passage, shown_page
from fieldkit.core.text import clean, clean_line
from fieldkit.errors import UsageProblem
from fieldkit.library.finding import Finder
from fieldkit.library.searchable import Searchable

LIMIT = 5
MOST = 50
NEAREST = "Nothing in the manuals answers this well. These pages come nearest:"
NOTHING = "No page of the manuals matches."


def look_up(library: Searchable, question: str, limit: int = LIMIT) -> dict[str, Any]:
    """Return the object that ``search --json`` prints; a contract with scripts.

    ``evidence`` is false where no passage covers enough of the question to be an answer; the
    results are then the nearest pages. Each has the printed ``page`` and, where its document has
    pages, ``pdf_page``, which counts those of the file. At most ``MOST`` results. Raises
    UsageProblem for an empty question, IntegrityProblem when the index is damaged.
    """
    question = clean(question).strip()
    if not question:
        raise UsageProblem("the question is empty", hint='Search like this: fieldkit search "…"')
    finder = Finder(library)
    limit = min(limit, MOST)
    found = finder.find(question, limit=limit)
    nearest = found or finder.find(question, limit=limit, floor=0.0)
    return {
        "question": question,
        "evidence": bool(found),
        "results": [_result(passage) for passage in nearest],
    }


def told(report: Mapping[str, Any]) -> tuple[str, str]:
    """Return what a person is shown of ``report``: the results, and a remark ("": none)."""
    results = report["results"]
    blocks = [
        f"[{number}] {clean_line(entry['label'])}\n{clean_line(entry['passage'])}"
        for number, entry in enumerate(results, 1)
    ]
    remark = "" if report["evidence"] else NEAREST if results else NOTHING
    return "\n\n".join(blocks), remark


def _result(passage: Passage) -> dict[str, Any]:
    return {
        "label": passage.label,
        "document": passage.document,
        "title": passage.title,
        "revision": passage.revision,
        "page": shown_page(passage.page, passage.page_label),
        "pdf_page": passage.page or None,
        "heading": passage.heading,
        "passage": clean(passage.text),
        "score": round(passage.score, 4),
        "superseded_by": passage.superseded_by,
        "own": passage.own,
        "recognised": passage.recognised,
    }
