"""What became of the manuals: every document, what was not read of it, and what was left out.

One object of JSON, kept beside the index, printed by ``fieldkit index`` and ``build --json`` and
written into the decision record; and the lines of a console, which are grouped and bounded.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from fieldkit.library.documents import Document, Manuals
from fieldkit.library.index import IndexSummary
from fieldkit.library.readers.model import UNREAD, Kind
from fieldkit.library.revisions import issue_of, superseding
from fieldkit.packager.progress import size

Report = Mapping[str, Any]

_LINES = 5  # of one document on a console
_MOST_LINES = 100  # of all
_RANGES = 8  # of pages in one line
_ALIKE = 3  # files with one message are reported in one line
_FILES = 3  # of them are named
_NAMES = 10  # of files that are no manuals
# What concerns a reader most comes first.
_ORDER = [*sorted(UNREAD), Kind.LEFT_OUT, Kind.DETAIL, Kind.RECOGNISED]
_MARKED = str.maketrans({char: f"\\{char}" for char in r"\`*_[]<>|#~"})


def report(manuals: Manuals, summary: IndexSummary) -> dict[str, Any]:
    """The object of ``fieldkit index --json``, but for the name of the library."""
    return {
        **documents(manuals),
        "pages": summary.pages,
        "passages": summary.passages,
        "size": summary.size,
    }


def documents(manuals: Manuals) -> dict[str, Any]:
    """What is known of the manuals before they are indexed."""
    newer = superseding([issue_of(document) for document in manuals.documents])
    return {
        "documents": [
            {
                "document": document.document,
                "title": document.title,
                "revision": document.revision,
                "date": document.date,
                "superseded_by": issue.name if issue else "",
                "file": document.file,
                "sha256": document.sha256,
                "pages": len(document.pages),
                "unread_pages": _unread(document),
                "warnings": [
                    {"page": w.page, "kind": w.kind.value, "message": w.message}
                    for w in document.warnings
                ],
            }
            for document, issue in zip(manuals.documents, newer, strict=True)
        ],
        "left_out": [{"file": each.file, "reason": each.reason} for each in manuals.left_out],
        "ignored": [{"file": each.file, "reason": each.reason} for each in manuals.ignored],
    }


def _unread(document: Document) -> list[int]:
    """The pages that could not be read; 0 for a part of a document that has no pages."""
    whole = any(w.kind in UNREAD and not w.page for w in document.warnings)
    return [*([0] if whole else []), *document.unread]


def unread_count(found: Report) -> int:
    """Pages that could not be read; a document that was left out counts as one."""
    return sum(len(d["unread_pages"]) for d in found["documents"]) + len(found["left_out"])


def unread_places(found: Report) -> list[str]:
    """Which pages of which documents could not be read, and which documents were left out."""
    places = [
        f"{document['file']}: {_pages(document['unread_pages'])}"
        for document in found["documents"]
        if document["unread_pages"]
    ]
    return [*places, *(f"{each['file']}: left out: {each['reason']}" for each in found["left_out"])]


def counts(found: Report) -> str:
    """``12 documents, 340 pages, 1200 passages, 2 left out``."""
    parts = [number(len(found["documents"]), "document"), number(found["pages"], "page")]
    if unread := sum(len(document["unread_pages"]) for document in found["documents"]):
        parts[-1] += f" ({unread} not read)"
    parts.append(number(found["passages"], "passage"))
    if found["left_out"]:
        parts.append(f"{len(found['left_out'])} left out")
    return ", ".join(parts)


def number(count: int, noun: str) -> str:
    """``1 page``, ``12 pages``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def lines(found: Report) -> list[str]:
    """What IT should know, for a console: what was left out, then by document and page."""
    said = [f"{each['file']}: left out: {each['reason']}" for each in found["left_out"]]
    common = _common(found["documents"])
    for document in found["documents"]:
        grouped = _grouped(document, most=_RANGES, brief=True, apart=common.keys())
        said += grouped[:_LINES]
        if len(grouped) > _LINES:
            said.append(f"{document['file']}: and {len(grouped) - _LINES} more")
    for message, files in common.items():
        more = f" and {len(files) - _FILES} more" if len(files) > _FILES else ""
        said.append(f"{message}: {len(files)} files, {', '.join(files[:_FILES])}{more}")
    if len(said) > _MOST_LINES:
        said[_MOST_LINES:] = [f"and {len(said) - _MOST_LINES} more lines; --json has them all"]
    if ignored := [each["file"] for each in found["ignored"]]:
        what = "one file" if len(ignored) == 1 else f"{len(ignored)} files"
        more = f" and {len(ignored) - _NAMES} more" if len(ignored) > _NAMES else ""
        names = ", ".join(ignored[:_NAMES])
        said.append(f"{what} of other formats, not indexed: {names}{more}")
    return said


def _common(documents: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """The details that several files have alike, each with the files; of no single page."""
    files: dict[str, list[str]] = defaultdict(list)
    for document in documents:
        for warning in document["warnings"]:
            if warning["kind"] == Kind.DETAIL and not warning["page"]:
                files[warning["message"]].append(document["file"])
    return {message: found for message, found in files.items() if len(found) >= _ALIKE}


def _grouped(
    document: Mapping[str, Any],
    *,
    most: int | None = None,
    brief: bool = False,
    apart: Collection[str] = (),
) -> list[str]:
    """The warnings of a document, those of one message in one line with their pages.

    ``brief``: those that quote what they are about are one line, too. ``apart`` are left out.
    """
    pages: dict[tuple[str, str], list[int]] = defaultdict(list)
    texts: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for warning in document["warnings"]:
        message = warning["message"]
        if warning["kind"] == Kind.DETAIL and not warning["page"] and message in apart:
            continue
        key = warning["kind"], message.partition(': "')[0] if brief else message
        pages[key].append(warning["page"])
        texts[key][message] = None
    ordered = sorted(pages.items(), key=lambda item: _ORDER.index(Kind(item[0][0])))
    return [
        f"{document['file']}: {place}{_first(list(texts[key]))}"
        for key, found in ordered
        for place in [f"{_pages(found, most)}: " if any(found) else ""]
    ]


def _first(messages: Sequence[str]) -> str:
    """The first of ``messages``, which differ in what they quote, and how many more there are."""
    more = f" and {len(messages) - 1} more" if len(messages) > 1 else ""
    return f"{messages[0]}{more}"


def _pages(numbers: Sequence[int], most: int | None = _RANGES) -> str:
    """``page 3``, ``pages 3, 7-9``, ``a part``."""
    ranges: list[list[int]] = []
    for number in sorted({number for number in numbers if number}):
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    if not ranges:
        return "a part of it"
    words = [str(first) if first == last else f"{first}-{last}" for first, last in ranges[:most]]
    left = sum(last - first + 1 for first, last in ranges[len(words) :])
    is_one = len(ranges) == 1 and ranges[0][0] == ranges[0][1]
    more = f" and {left} more" if left else ""
    return f"{'page' if is_one else 'pages'} {', '.join(words)}{more}"


def markdown(found: Report) -> list[str]:
    """The manuals in the decision record, with everything that is to be known of them."""
    table = [
        f"| {' | '.join(_cells(document))} |"
        for document in sorted(found["documents"], key=lambda d: (d["document"], d["revision"]))
    ]
    questions = [
        f"{document['file']}: {warning['message']}"
        for document in found["documents"]
        for warning in document["warnings"]
        if warning["kind"] == Kind.DETAIL and "revision" in warning["message"]
    ]
    noted = [line for document in found["documents"] for line in _grouped(document)]
    parts = {
        "Left out": [f"{each['file']}: {each['reason']}" for each in found["left_out"]],
        "Questions for IT": questions,
        "Not as the documents have it": [line for line in noted if line not in set(questions)],
        "Files of other formats": [each["file"] for each in found["ignored"]],
    }
    carried = found.get("originals")
    shipped = f"{carried['files']} files, {size(carried['size'])}" if carried else "do not travel"
    return [
        "## Manuals",
        "",
        f"{counts(found)}. The manuals' own files: {shipped}.",
        "",
        "| document | revision | date | pages | not read | superseded by | file |",
        "|---|---|---|---|---|---|---|",
        *table,
        *(
            line
            for title, listed in parts.items()
            if listed
            for line in ["", f"### {title}", "", *(f"- {_escaped(entry)}" for entry in listed)]
        ),
    ]


def _cells(document: Mapping[str, Any]) -> list[str]:
    unread = _pages(document["unread_pages"], None) if document["unread_pages"] else ""
    return [
        *(_escaped(document[name]) for name in ("document", "revision", "date")),
        str(document["pages"]),
        unread,
        *(_escaped(document[name]) for name in ("superseded_by", "file")),
    ]


def _escaped(text: str) -> str:
    """``text`` as Markdown that shows it as it is."""
    return text.translate(_MARKED)
