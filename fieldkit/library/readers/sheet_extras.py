"""What is on a sheet beside its cells: notes, threads of comments, and text in shapes."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fieldkit.core.text import clean_line
from fieldkit.library.readers.archive import Archive, DamagedPart
from fieldkit.library.readers.cell_styles import PLAIN, first, named
from fieldkit.library.readers.package import Relation, of_kind, relations
from fieldkit.library.readers.properties import parse
from fieldkit.library.readers.references import Place, area, as_index, place
from fieldkit.library.readers.rich_text import marked, runs
from fieldkit.library.readers.scripts import lowered, raised, resolved

_NOTES = 10_000
_THREAD = "[Threaded comment]"  # how a program before 2019 sees a comment


@dataclass(slots=True)
class Extras:
    """``left_out`` says what was not read, ``damage`` which parts could not be."""

    notes: dict[Place, str] = field(default_factory=dict)
    paragraphs: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    damage: list[str] = field(default_factory=list)
    names_at: set[int] = field(default_factory=set)  # first rows of tables that have names


def sheet_extras(path: Path, archive: Archive, related: dict[str, Relation]) -> Extras:
    """The extras of the sheet with the relationships ``related``; raises InvalidInput."""
    extras = Extras()
    for kind, take in (
        ("comments", _take_notes),
        ("threadedComment", _take_threads),
        ("drawing", _take_drawing),
        ("table", _take_table),
    ):
        for part in of_kind(related, kind):
            try:
                data = archive.read(part)
                if data is not None:
                    take(extras, parse(path, part, data))
                if kind == "drawing":
                    _count_charts(extras, relations(path, archive, part))
            except DamagedPart as error:
                extras.damage.append(error.reason)
    embedded = len(of_kind(related, "package")) + len(of_kind(related, "oleObject"))
    if embedded:
        extras.left_out.append(f"{embedded} embedded files")
    return extras


def _take_notes(extras: Extras, root: Any) -> None:
    authors = [
        (author.text or "").strip() for group in named(root, "authors")
        for author in named(group, "author")
    ]  # fmt: skip
    for group in named(root, "commentList"):
        for comment in named(group, "comment")[:_NOTES]:
            at, text = place(comment.get("ref", "")), first(comment, "text")
            if at is None or text is None:
                continue
            line = clean_line(resolved(marked(runs(text), PLAIN)[0]))
            number = as_index(comment.get("authorId"))
            author = authors[number] if 0 <= number < len(authors) else ""
            line = line.removeprefix(f"{author}:").strip() if author else line
            if line and not line.startswith(_THREAD):
                extras.notes[at] = line


def _take_threads(extras: Extras, root: Any) -> None:
    for comment in named(root, "threadedComment")[:_NOTES]:
        at, text = place(comment.get("ref", "")), first(comment, "text")
        line = clean_line(text.text or "") if text is not None else ""
        if at is not None and line:
            before = extras.notes.get(at)
            extras.notes[at] = f"{before}; {line}" if before else line


def _take_table(extras: Extras, root: Any) -> None:
    found = area(root.get("ref", ""))
    if found and root.get("headerRowCount", "1") != "0":
        extras.names_at.add(found.top)


def _take_drawing(extras: Extras, root: Any) -> None:
    """The paragraphs of all shapes, in the order of the file; the copy for old programs is not."""
    pending = [root]
    pictures = 0
    while pending:
        element = pending.pop()
        name = str(element.tag).rpartition("}")[2]
        if name == "Fallback":
            continue
        if name == "txBody":
            for paragraph in named(element, "p"):
                text = clean_line(resolved("".join(_runs(paragraph))))
                if text:
                    extras.paragraphs.append(text)
            continue
        pictures += name == "pic"
        pending.extend(reversed(element))
    if pictures:
        extras.left_out.append(f"{pictures} pictures" if pictures > 1 else "a picture")


def _runs(paragraph: Any) -> list[str]:
    """The text of a paragraph of DrawingML (ECMA-376-1, 21.1.2); ``baseline`` raises and lowers."""
    found = []
    for run in paragraph:
        if str(run.tag).endswith("}br"):
            found.append(" ")
        text = first(run, "t")
        if text is None:
            continue
        properties = first(run, "rPr")
        baseline = properties.get("baseline", "0") if properties is not None else "0"
        if properties is not None and properties.get("strike", "noStrike") != "noStrike":
            continue
        mark = str if baseline in ("0", "0%") else (lowered if baseline[0] == "-" else raised)
        found.append(mark(text.text or ""))
    return found


def _count_charts(extras: Extras, related: dict[str, Relation]) -> None:
    charts = len(of_kind(related, "chart")) + len(of_kind(related, "chartEx"))
    diagrams = len(of_kind(related, "diagramData"))
    if charts:
        extras.left_out.append(f"{charts} charts" if charts > 1 else "a chart")
    if diagrams:
        extras.left_out.append(f"{diagrams} diagrams" if diagrams > 1 else "a diagram")
