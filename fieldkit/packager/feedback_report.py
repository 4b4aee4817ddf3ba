"""What came back, for people and for scripts; every text in it is sanitized."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from fieldkit.core.text import clean, clean_line
from fieldkit.packager.feedback_file import Read
from fieldkit.packager.feedback_record import FeedbackRecord

_MOST_ROWS = 40  # of one table of counts


def report(read: Read) -> dict[str, Any]:
    """The object that ``feedback read --json`` prints; docs/feedback.md describes it."""
    records = read.records
    return {
        "records": [record.model_dump() for record in records],
        "duplicates": read.duplicates,
        "problems": list(read.problems),
        "counts": {name: dict(count.most_common()) for name, count in _counts(records).items()},
    }


def format_report(read: Read) -> str:
    """Counts, then each record, in plain lines."""
    lines = [f"{len(read.records)} records; {read.duplicates} came again and are left out."]
    for name, count in _counts(read.records).items():
        lines += ["", f"By {name}:"]
        rows = [f"{number:>6}  {clean_line(key)[:100]}" for key, number in count.most_common()]
        lines += rows[:_MOST_ROWS]
        if len(rows) > _MOST_ROWS:
            lines.append(f"  and {len(rows) - _MOST_ROWS} more")
    for record in read.records:
        lines += ["", *_shown(record)]
    return "\n".join(lines)


def _counts(records: Sequence[FeedbackRecord]) -> dict[str, Counter[str]]:
    return {
        "what is wrong": Counter(record.kind for record in records),
        "document and page": Counter(page.place for r in records for page in r.pages),
        "model and release": Counter(_origin(record) for record in records),
    }


def _origin(record: FeedbackRecord) -> str:
    origin = record.origin
    release = f"{origin.version or 'no release'} {origin.release[:12]}".strip()
    return f"{origin.model} {origin.quantization}, {release}"


def _shown(record: FeedbackRecord) -> Iterator[str]:
    yield f"{record.kind}  {record.created}  {clean_line(_origin(record))}  {record.id}"
    if record.comment:
        yield f"  Comment: {_indented(record.comment)}"
    yield f"  Question: {_indented(record.question)}"
    yield f"  Answer ({clean_line(record.finish) or 'interrupted'}): {_indented(record.answer)}"
    for number, passage in enumerate(record.passages, 1):
        marks = [name for name in ("cited", "own", "recognised") if getattr(passage, name)]
        cited = "".join(f", {name}" for name in marks)
        heading = f", {clean_line(passage.heading)}" if passage.heading else ""
        yield f"  [{number}] {clean_line(passage.place)}{heading}{cited}"
    for exchange in record.conversation:
        yield f"  Also asked: {_indented(exchange.question)}"
        yield f"    {_indented(exchange.answer)}"


def _indented(text: str) -> str:
    return clean(text).strip().replace("\n", "\n    ")
