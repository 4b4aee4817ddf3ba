"""What ``fieldkit search`` prints: the passages for a question, without any model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fieldkit.core.citation import Passage, State, shown_page
from fieldkit.core.languages import manuals_are_in
from fieldkit.core.text import clean, clean_line
from fieldkit.errors import UsageProblem
from fieldkit.library.finding import Finder
from fieldkit.library.searchable import Searchable

LIMIT = 5
MOST = 50
NEAREST = "I found nothing about this in the manuals. These pages come nearest:"
UNSURE = "Not sure: check the page. These come nearest:"
NOTHING = "No page of the manuals matches."
NOT_NAMED = "None of these pages names {codes}."
_REMARKS = {State.ANSWERED: "", State.PERHAPS: UNSURE, State.NONE: NEAREST}


def look_up(library: Searchable, question: str, limit: int = LIMIT) -> dict[str, Any]:
    """Return the object that ``search --json`` prints; a contract with scripts.

    ``state`` is ``answered``, ``perhaps`` or ``none``; with ``none``, where ``evidence`` is false,
    the results are only the nearest pages. ``missing`` are the codes that were asked for and that
    none of the best passages holds, ``languages`` those of the manuals, most first, where the
    question is in none of them. Each result has the printed ``page`` and, where its document
    has pages, ``pdf_page``, which counts those of the file; ``quote`` is the sentence or row that
    answers best, "" where none is known. At most ``MOST`` results. Raises UsageProblem for an
    empty question, IntegrityProblem when the index is damaged.
    """
    question = clean(question).strip()
    if not question:
        raise UsageProblem("the question is empty", hint='Search like this: fieldkit search "…"')
    found = Finder(library).find(question, limit=min(limit, MOST))
    return {
        "question": question,
        "state": str(found.state),
        "evidence": found.state is not State.NONE,
        "missing": [clean_line(code) for code in found.missing],
        "languages": list(found.languages),
        "results": [_result(passage) for passage in found.passages],
    }


def told(report: Mapping[str, Any]) -> tuple[str, str]:
    """Return what a person is shown of ``report``: the results, and a remark ("": none)."""
    results = report["results"]
    blocks = [
        f"[{number}] {clean_line(entry['label'])}\n{clean_line(entry['passage'])}"
        for number, entry in enumerate(results, 1)
    ]
    remark = _REMARKS[State(report["state"])] if results else NOTHING
    notes = [manuals_are_in(report["languages"])]
    if report["missing"] and results:
        notes.append(NOT_NAMED.format(codes=", ".join(report["missing"])))
    return "\n\n".join(blocks), " ".join(note for note in (*notes, remark) if note)


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
        "quote": clean(passage.quote),
        "score": round(passage.score, 4),
        "superseded_by": passage.superseded_by,
        "own": passage.own,
        "recognised": passage.recognised,
    }
