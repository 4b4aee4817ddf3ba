"""What ``fieldkit search`` prints: the passages for a question, without any model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fieldkit.core.citation import Finding, Passage, State, shown_page
from fieldkit.core.languages import manuals_are_in
from fieldkit.core.text import clean, clean_line
from fieldkit.errors import UsageProblem
from fieldkit.library.excerpt import excerpt, wrapped
from fieldkit.library.finding import Finder
from fieldkit.library.searchable import Searchable

LIMIT = 5
MOST = 50
NEAREST = "I found nothing about this in the manuals. These pages come nearest:"
UNSURE = "Not sure: check the page. These come nearest:"
NOTHING = "No page of the manuals matches."
LACKING = "No manual names {codes}."
NOT_NAMED = "None of these pages names {codes}."
_REMARKS = {State.ANSWERED: "", State.PERHAPS: UNSURE, State.NONE: NEAREST}


def find(library: Searchable, question: str, limit: int = LIMIT) -> Finding:
    """Return what ``library`` holds about ``question``: at most ``limit`` and ``MOST`` passages.

    Raises UsageProblem for an empty question, IntegrityProblem when the index is damaged.
    """
    question = _asked(question)
    if not question:
        raise UsageProblem("the question is empty", hint='Search like this: fieldkit search "…"')
    return Finder(library).find(question, limit=min(limit, MOST))


def look_up(library: Searchable, question: str, limit: int = LIMIT) -> dict[str, Any]:
    """Return the ``report`` of what ``find`` finds; raises as that."""
    return report(question, find(library, question, limit))


def report(question: str, found: Finding) -> dict[str, Any]:
    """Return the object that ``search --json`` prints; a contract with scripts.

    ``state`` is ``answered``, ``perhaps`` or ``none``; with ``none``, where ``evidence`` is false,
    the results are only the nearest pages. ``missing`` are the codes and fault numbers that were
    asked for and that no manual, or none of the best passages, holds; ``languages`` those of the
    manuals, most first, where the question is in none of them. ``quote`` is the sentence or row
    that answers best, verbatim, "" where none is known; each result has its own, the printed
    ``page`` and, where its document has pages, ``pdf_page``, which counts those of the file.
    """
    results = [_result(passage) for passage in found.passages]
    return {
        "question": _asked(question),
        "state": str(found.state),
        "evidence": found.state is not State.NONE,
        "missing": [clean_line(code) for code in found.missing],
        "languages": list(found.languages),
        "quote": results[0]["quote"] if results else "",
        "results": results,
    }


def told(found: Finding, *, width: int = 0, full: bool = False) -> tuple[str, str]:
    """Return what a person is shown of ``found``: the results, and a remark ("": none).

    Lines are broken at ``width`` columns, 0: nowhere. ``full``: the whole passages.
    """
    blocks = []
    for number, passage in enumerate(found.passages, 1):
        lines = [clean_line(passage.text)] if full else excerpt(passage.text, passage.quote)
        shown = [f"[{number}] {clean_line(passage.label)}", *lines]
        blocks.append("\n".join(wrapped(line, width) for line in shown))
    remark = _REMARKS[found.state] if found.passages else "" if found.lacking else NOTHING
    notes = [
        manuals_are_in(found.languages),
        _naming(LACKING, found.lacking),
        _naming(NOT_NAMED, [c for c in found.missing if c not in found.lacking]),
        remark,
    ]
    return "\n\n".join(blocks), wrapped(" ".join(filter(None, notes)), width)


def _asked(question: str) -> str:
    return clean(question).strip()


def _naming(sentence: str, codes: Sequence[str]) -> str:
    return sentence.format(codes=", ".join(map(clean_line, codes))) if codes else ""


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
