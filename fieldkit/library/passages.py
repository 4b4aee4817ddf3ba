"""Documents -> passages: pieces of a manual small enough to be evidence in a prompt.

A section is one passage where it is short enough; a longer one is cut between its sentences, steps
or table rows. Nothing is joined across headings or pages, so each passage has one place to cite.
"""

from __future__ import annotations

import html
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from fieldkit.core.citation import Passage
from fieldkit.core.text import clean_line
from fieldkit.library.readers.model import Document, Page

MAX_WORDS = 110
_MAX_HEADING = 80

_HEADING = re.compile(r"^#{1,6}[ \t]+(.+?)[ \t]*#*$")
# CommonMark's other heading: a line underlined with equals signs or hyphens.
_UNDERLINED = re.compile(r"^([^\s|#>\-][^\n|]*)\n(?:={2,}|-{2,})[ \t]*$", re.MULTILINE)
_RULE = re.compile(r"^(?:[-*_=][ \t]*){3,}$")
# "> 5 bar" is no quotation.
_QUOTE = re.compile(r"^(?:>(?![ \t]*\d)[ \t]?)+")
_FENCE = "```"
_BULLET = re.compile(r"^[-*+•][ \t]+(?=\S)")
_STEP = re.compile(r"^(?=\d{1,3}[.)][ \t]+\S)")
# An empty row of names is none.
_TABLE_RULE = re.compile(r"^[|: \t]*-[|:\- \t]*$")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_EMPHASIS = re.compile(r"(?<!\w)(\*{1,3}|_{2,3}|`{1,3})(?=\S)(.+?)(?<=\S)\1(?!\w)")
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"')\]]*[ \t]+(?=[\"'(\[]?[A-Z0-9])")
# A full stop after these does not end a sentence: "see Fig. 3", "approx. 5 mm", "2. Open ...".
_NO_END = re.compile(
    r"(?:^\d{1,3}|(?:^|[\s(])(?:fig|no|nr|p|pp|approx|max|min|e\.g|i\.e|vs|sec|chap|ref|rev))\.$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Section:
    """The sentences, steps and rows under one heading of one page."""

    page: int
    heading: str
    units: tuple[str, ...]


def split(document: Document) -> tuple[Passage, ...]:
    """Cut ``document`` into passages of at most ``MAX_WORDS`` words, in reading order."""
    sections = _marked(document) if document.markdown else _unmarked(document)
    return tuple(
        Passage(
            document=document.document,
            title=document.title,
            revision=document.revision,
            page=section.page,
            heading=section.heading,
            text=text,
        )
        for section in sections
        for text in _pack(section.units)
    )


def _marked(document: Document) -> Iterator[_Section]:
    """Sections of Markdown; a heading holds until the next one, over page ends too."""
    heading = ""
    for page in document.pages:
        lines: list[str] = []
        code = False
        text = _UNDERLINED.sub(r"# \1", _COMMENT.sub("", page.text))
        for line in text.splitlines():
            code ^= line.lstrip().startswith(_FENCE)
            match = None if code else _HEADING.match(line)
            if match is None:
                lines.append(line)
                continue
            if units := tuple(_units(lines)):
                yield _Section(page.number, heading, units)
            lines = []
            heading = _plain(match[1])
        if units := tuple(_units(lines)):
            yield _Section(page.number, heading, units)


def _unmarked(document: Document) -> Iterator[_Section]:
    """One section a page; a short first line that is no sentence is its heading."""
    for page in document.pages:
        heading, lines = _title_line(page)
        if units := tuple(_units(lines)):
            yield _Section(page.number, heading, units)


def _title_line(page: Page) -> tuple[str, list[str]]:
    lines = page.text.splitlines()
    for index, line in enumerate(lines):
        if first := clean_line(line):
            rest = lines[index + 1 :]
            is_title = len(first) <= _MAX_HEADING and first[-1] not in ".,;:!?"
            if is_title and any(other.strip() for other in rest):
                return first, rest
            break
    return "", lines


def _units(lines: list[str]) -> Iterator[str]:
    """Sentences, list items and linearised table rows of ``lines``, each one line of text."""
    paragraph: list[str] = []
    table: list[str] = []
    for raw in [*lines, ""]:
        line = _QUOTE.sub("", raw.strip())
        if line.startswith("|"):
            yield from _sentences(paragraph)
            paragraph = []
            table.append(line)
            continue
        yield from _rows(table)
        table = []
        item = _BULLET.match(line) or _STEP.match(line)
        ends = not line or line.startswith(_FENCE) or _RULE.match(line)
        if item or ends:
            yield from _sentences(paragraph)
            paragraph = []
        if not ends:
            paragraph.append(line[item.end() :] if item else line)


def _plain(text: str) -> str:
    """One line of ``text`` without Markdown's marks."""
    return clean_line(html.unescape(_EMPHASIS.sub(r"\2", _LINK.sub(r"\1", text))))


def _sentences(lines: list[str]) -> Iterator[str]:
    text = _plain(" ".join(lines))
    start = 0
    for match in _SENTENCE_END.finditer(text):
        if not _NO_END.search(text[start : match.start()]):
            yield text[start : match.end()].rstrip()
            start = match.end()
    if text[start:]:
        yield text[start:]


def _rows(table: list[str]) -> Iterator[str]:
    """``| E 17 | Low oil |`` under ``| Code | Meaning |`` becomes ``E 17: Meaning Low oil.``."""
    rows = [_cells(line) for line in table if not _TABLE_RULE.match(line)]
    if not rows:
        return
    header, *body = rows
    if not body:
        yield _sentence(", ".join(cell for cell in header if cell))
    for row in body:
        names = [*header[1:], *[""] * len(row)]
        rest = [
            f"{name} {cell}".strip() for name, cell in zip(names, row[1:], strict=False) if cell
        ]
        yield _sentence(": ".join(part for part in (row[0], ", ".join(rest)) if part))


def _cells(line: str) -> list[str]:
    inner = line.strip().removeprefix("|").removesuffix("|")
    return [_plain(cell.replace(r"\|", "|")) for cell in re.split(r"(?<!\\)\|", inner)]


def _sentence(text: str) -> str:
    return text if not text or text[-1] in ".!?" else f"{text}."


def _pack(units: tuple[str, ...]) -> Iterator[str]:
    """Join ``units`` into pieces of about equal length, each at most ``MAX_WORDS`` words."""
    short = [piece for unit in units for piece in _shorten(unit) if piece]
    total = sum(len(unit.split()) for unit in short)
    if not total:
        return
    target = total / math.ceil(total / MAX_WORDS)
    piece: list[str] = []
    words = done = pieces = 0
    for unit in short:
        size = len(unit.split())
        if piece and (words + size > MAX_WORDS or done + size / 2 > target * (pieces + 1)):
            yield " ".join(piece)
            piece, words, pieces = [], 0, pieces + 1
        piece.append(unit)
        words += size
        done += size
    yield " ".join(piece)


def _shorten(unit: str) -> Iterator[str]:
    """Yield ``unit``, in pieces of ``MAX_WORDS`` words where one sentence is longer than that."""
    words = unit.split()
    if len(words) <= MAX_WORDS:
        yield unit
        return
    for start in range(0, len(words), MAX_WORDS):
        yield " ".join(words[start : start + MAX_WORDS])
