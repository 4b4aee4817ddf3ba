"""Documents -> passages: pieces of a manual small enough to be evidence in a prompt.

A section is one passage where it is short enough; a longer one is cut between its sentences, steps
or table rows. Nothing is joined across headings or pages, so each passage has one place to cite.

The marks of a page are those that ``readers.pages`` writes: headings, items and tables. All other
text is as the reader read it, and stays so.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, zip_longest

from fieldkit.core.citation import Passage
from fieldkit.core.text import clean_line
from fieldkit.library.contents import CONTENTS, heading_kind, is_entry, kind_of
from fieldkit.library.linearised import rows
from fieldkit.library.quantities import measured
from fieldkit.library.readers.model import Document, Page
from fieldkit.library.sentences import MAX_WORDS, joined, paragraph_of, sentences, shorten, size

__all__ = ["MAX_WORDS", "name_heading", "split"]

_MAX_HEADING = 80
_OFTEN = 3  # pages with the same line at their head: it runs through a chapter
_ABOVE = " > "
_HEADING = re.compile(r"(#{1,6})[ \t]++(\S.*)")
# A chapter's number says nothing.
_NUMBERED = re.compile(
    r"^(?:\d{1,3}(?:\.\d{1,3}){0,5}|[A-Z]|[IVX]{1,6})(?:[.)](?=[^\W\d])|[.)]?[ \t]++)"
)
_BULLET = re.compile(r"[-*+•][ \t]++(?=\S)")
# A sign that a value follows is no bullet: "- 40 °C", "+ 24 V", "> 5 bar".
_VALUE = re.compile(r"[-*+>](?:\u00a0|[ \t]++)(?=[.,]?\d)")
_PROTECTED = re.compile(r"[-*+>]\u00a0[.,]?\d")
_STEP = re.compile(r"(?:\d{1,3}(?:\.\d{1,3}){0,4}|[A-Za-z]|[ivxIVX]{2,6})[.)][ \t]++\S")
_TABLE_RULE = re.compile(r"(?=[^-]*+-)[|:\- \t]++")
# Columns that only spaces or tabs set apart, in plain text.
# Marks of a heading that stand in its words: of Markdown in plain text, or written twice.
_SHARPS = re.compile(r"^#+\s+(?=[^\W\d])|(?<=\w)\s+#+$")
_COLUMNS = re.compile(r"[^\s.!?:;,](?: {3}|\t)")


@dataclass(frozen=True, slots=True)
class _Section:
    """The sentences, steps and rows under one heading of one page."""

    page: int
    heading: str
    units: tuple[str, ...]
    above: str = ""


@dataclass(frozen=True, slots=True)
class _Part:
    """A heading of ``level`` and what is below it on its page; level 0: no heading."""

    page: int
    level: int
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
            heading=_SHARPS.sub("", section.heading),
            above=section.above,
            text=joined(units),
            kind=kind_of(units, section.heading),
        )
        for section in _without_stale_titles(sections)
        for units in _pack(section.units)
    )


def _without_stale_titles(sections: Iterable[_Section]) -> Iterator[_Section]:
    """``sections``; the title of a table of contents is no heading of the text that follows it."""
    for section in sections:
        title = heading_kind(section.heading) == CONTENTS
        if title and not any(kind_of(units, section.heading) for units in _pack(section.units)):
            yield replace(section, heading="")
        else:
            yield section


def _marked(document: Document) -> Iterator[_Section]:
    """Sections of Markdown; a heading holds until the next one, over page ends too.

    A heading with a figure and no text below it is text of the heading above.
    """
    parts = list(_parts(document))
    name = name_heading(document) if any(part.units for part in parts) else ""
    above: list[_Part] = []
    bare: list[_Section] = []
    for part, following in zip_longest(parts, parts[1:]):
        if part.level:
            above = [each for each in above if each.level < part.level]
        parent = above[-1].heading if above else ""
        if part.level:
            above.append(part)
        if part.units:
            yield from _together(bare)
            bare = []
            yield _Section(
                part.page,
                above[-1].heading if above else "",
                part.units,
                _ABOVE.join(each.heading for each in above[:-1] if not heading_kind(each.heading)),
            )
        elif (following is None or following.level) and _has_figure(part.heading, name):
            bare.append(_Section(part.page, parent, (_ended(part.heading),)))
    yield from _together(bare)


def _together(sections: Sequence[_Section]) -> Iterator[_Section]:
    """``sections`` of the same page and heading as one."""
    for (page, heading), same in groupby(sections, key=lambda each: (each.page, each.heading)):
        yield _Section(page, heading, tuple(unit for each in same for unit in each.units))


def _parts(document: Document) -> Iterator[_Part]:
    """The headings of Markdown with the text below each, and text that goes on from a page."""
    running = _running(document)
    for page in document.pages:
        level, heading = 0, ""
        lines: list[str] = []
        for number, line in enumerate([*page.text.split("\n"), None]):
            match = _HEADING.fullmatch(line) if line is not None else None
            if match is not None and (page.number, number) in running:
                continue
            if match is not None and is_entry(match[2]):
                lines.append(match[2])
                continue
            if line is not None and match is None:
                lines.append(line)
                continue
            units = tuple(_units(lines))
            if level or units:
                yield _Part(page.number, level, heading, units)
            lines = []
            if match is not None:
                level, heading = len(match[1]), clean_line(match[2])


def _running(document: Document) -> frozenset[tuple[int, int]]:
    """Page and line of the headings that only repeat what stands at the head of pages before.

    Such a line names the chapter on every page. Where it differs in its number alone, or changes
    sides from page to page, it is the same.
    """
    heads: list[tuple[int, int, frozenset[str]]] = []
    for page in document.pages:
        for number, line in enumerate(page.text.split("\n")):
            if not line.strip():
                continue
            if match := _HEADING.fullmatch(line):
                words = frozenset(re.findall(r"[^\W\d_]+", match[2].casefold()))
                heads.append((page.number, number, words))
            break
    often = Counter(words for _, _, words in heads)
    found = set()
    for at, (page_number, number, words) in enumerate(heads):
        before = heads[max(0, at - 2) : at]
        if often[words] >= _OFTEN and any(
            other == words and page_number - earlier <= 2 for earlier, _, other in before
        ):
            found.add((page_number, number))
    return frozenset(found)


def _has_figure(heading: str, name: str) -> bool:
    """Whether ``heading`` holds a value or a code beside its number.

    The ``name`` of the document is only repeated, unless it holds a value.
    """
    if measured(heading):
        return True
    return heading != name and re.search(r"\d", _NUMBERED.sub("", heading, count=1)) is not None


def name_heading(document: Document) -> str:
    """The first heading of ``document`` if no other is as high; "" if it names only a part.

    In plain text: the title line of its first page, if no other page's has a figure.
    """
    if not document.markdown:
        first, *others = [_title_line(page)[0] for page in document.pages] or [""]
        return "" if any(_has_figure(other, "") for other in others) else first
    found = [
        (len(match[1]), clean_line(match[2]))
        for page in document.pages
        for line in page.text.split("\n")
        if (match := _HEADING.fullmatch(line))
    ]
    if not found:
        return ""
    highest, heading = found[0]
    return "" if any(level <= highest for level, _ in found[1:]) else heading


def _unmarked(document: Document) -> Iterator[_Section]:
    """One section a page; a short first line that is no sentence is its heading."""
    for page in document.pages:
        heading, lines = _title_line(page)
        if units := tuple(_units(lines, plain=True)):
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


def _units(lines: list[str], *, plain: bool = False) -> Iterator[str]:
    """Sentences, list items and linearised table rows of ``lines``, each one line of text.

    ``plain``: nobody marked the lines, so a bullet before a figure may be its sign.
    """
    paragraph: list[str] = []
    end = 0
    for index, raw in enumerate([*lines, ""]):
        if index < end:
            continue
        line = raw.strip()
        if line.startswith("|") and (end := _table_end(lines, index)) > index:
            yield from sentences(paragraph_of(paragraph))
            paragraph = []
            yield from rows([row.strip() for row in lines[index:end]])
            continue
        columns = plain and _COLUMNS.search(line)
        text = _item(line, plain=plain)
        if columns or text is not None or not line or _is_rule(line):
            yield from sentences(paragraph_of(paragraph))
            paragraph = []
        if columns:
            yield from sentences(_ended(clean_line(line)))
        elif text is not None:
            paragraph = [text]
        elif not _is_rule(line):
            paragraph.append(line)


def _item(line: str, *, plain: bool) -> str | None:
    """The text of ``line`` without its bullet; None where no item begins with it."""
    if (_VALUE if plain else _PROTECTED).match(line) or _STEP.match(line):
        return line
    bullet = _BULLET.match(line)
    return line[bullet.end() :] if bullet else None


def _is_rule(line: str) -> bool:
    """Whether ``line`` only rules off: three hyphens or more, stars, underlines."""
    signs = line.replace(" ", "").replace("\t", "")
    return len(signs) > 2 and signs[0] in "-*_=" and signs == signs[0] * len(signs)


def _table_end(lines: list[str], begin: int) -> int:
    """Behind the last row of the table that begins there; ``begin`` where none does."""
    if begin + 1 >= len(lines) or not _TABLE_RULE.fullmatch(lines[begin + 1].strip()):
        return begin
    end = begin + 2
    while end < len(lines) and lines[end].lstrip().startswith("|"):
        # The next table's names and rule end this one.
        if end + 1 < len(lines) and _TABLE_RULE.fullmatch(lines[end + 1].strip()):
            break
        end += 1
    return end


def _ended(text: str) -> str:
    return text if text[-1:] in ".!?" else f"{text}."


def _pack(units: tuple[str, ...]) -> Iterator[list[str]]:
    """Put ``units`` into pieces of about equal length, each at most ``MAX_WORDS`` words."""
    short = [piece for unit in units for piece in shorten(unit) if piece]
    sizes = [size(unit) for unit in short]
    total = sum(sizes)
    if not total:
        return
    target = total / math.ceil(total / MAX_WORDS)
    piece: list[str] = []
    words = done = 0.0
    pieces = 0
    for unit, length in zip(short, sizes, strict=True):
        if piece and (words + length > MAX_WORDS or done + length / 2 > target * (pieces + 1)):
            yield piece
            piece, words, pieces = [], 0, pieces + 1
        piece.append(unit)
        words += length
        done += length
    yield piece
