"""A manual's page as plain text, and where on it a passage stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fieldkit.chat.tablerows import cells_of, group_of, ruled
from fieldkit.core.text import clean

_HEADING = re.compile(r"#{1,6}[ \t]++(\S.*)")
_ITEM = re.compile(r"^\s*(?:\d{1,3}[.)]|[-*+•])\s+")
_WORD = re.compile(r"\w+")
_MOST_OF = 0.8  # of a line's words


@dataclass(frozen=True, slots=True, kw_only=True)
class PageText:
    """``headings`` and ``marks`` are (start, end) character ranges of ``text``.

    ``rows`` has one entry a line of ``text``: the cells of a table's row, nothing for other lines.
    """

    text: str
    headings: tuple[tuple[int, int], ...]
    marks: tuple[tuple[int, int], ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    heading: bool = False
    cells: tuple[str, ...] = ()


def page_text(page: str, passage: str, heading: str = "") -> PageText:
    """Lay out ``page`` (Markdown or plain) and mark where ``passage`` stands on it.

    ``heading`` is the passage's; without it lines that are all over the manual could be marked.
    """
    lines: list[_Line] = []
    for line in _lines(clean(page).expandtabs(4)):
        if line.heading and lines and lines[-1].text:
            lines.append(_Line(""))
        lines.append(line)
    while lines and not lines[-1].text:
        lines.pop()
    headings = []
    position = 0
    for line in lines:
        if line.heading:
            headings.append((position, position + len(line.text)))
        position += len(line.text) + 1
    text = "\n".join(line.text for line in lines)
    return PageText(
        text=text,
        headings=tuple(headings),
        marks=_marks(text, headings, clean(passage), clean(heading)),
        rows=tuple(line.cells for line in lines),
    )


def _lines(page: str) -> Iterator[_Line]:
    """The page's lines without the marks that readers set; tables become aligned columns."""
    blank = True
    lines = [raw.rstrip() for raw in page.strip().split("\n")]
    at = 0
    while at < len(lines):
        if size := _table_size(lines, at):
            rows = [*lines[at : at + 1], *lines[at + 2 : at + size]]
            yield from _aligned([_cells(row) for row in rows])
            blank = False
            at += size
            continue
        line = lines[at]
        at += 1
        if heading := _HEADING.fullmatch(line):
            yield _Line(heading[1], heading=True)
            blank = True
        elif line.strip() or not blank:
            yield _Line(line)
            blank = not line.strip()


def _table_size(lines: Sequence[str], at: int) -> int:
    """How many lines the table has that begins at line ``at``, its rule included; 0: none does."""
    if at + 1 == len(lines) or not (_is_row(lines[at]) and ruled(lines[at], lines[at + 1])):
        return 0
    end = at + 2
    while end < len(lines) and _is_row(lines[end]):
        if end + 1 < len(lines) and ruled(lines[end], lines[end + 1]):
            break  # the next table's names
        end += 1
    return end - at


def _is_row(line: str) -> bool:
    return line.lstrip().startswith("|")


def _cells(line: str) -> tuple[str, ...]:
    cells = cells_of(line)
    group = group_of(cells)
    return (group, *cells[1:]) if group else tuple(cells)


def _aligned(rows: Sequence[tuple[str, ...]]) -> Iterator[_Line]:
    columns = max(len(row) for row in rows)
    padded = [(*row, *[""] * (columns - len(row))) for row in rows]
    widths = [max(len(row[column]) for row in padded) for column in range(columns)]
    for row in padded:
        text = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield _Line(text.rstrip(), cells=row)


def _marks(
    text: str, headings: Sequence[tuple[int, int]], passage: str, heading: str
) -> tuple[tuple[int, int], ...]:
    exact = _exact(text, passage)
    if exact:
        return (exact,)
    start, end = _section(text, headings, heading)
    known = set(_words(passage))
    titles = set(headings)
    marks = []
    position = start
    for line in text[start:end].split("\n"):
        words = _words(_ITEM.sub("", line))  # passages come without the list's numbers
        shared = sum(word in known for word in words)
        place = (position, position + len(line))
        if words and shared >= _MOST_OF * len(words) and place not in titles:
            marks.append(place)
        position += len(line) + 1
    return tuple(marks)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _exact(text: str, passage: str) -> tuple[int, int] | None:
    """Where the words of ``passage`` follow each other in ``text``, whatever stands between."""
    wanted = _words(passage)
    if not wanted:
        return None
    spans = [match.span() for match in _WORD.finditer(text)]
    words = [text[start:end].casefold() for start, end in spans]
    size = len(wanted)
    for first in range(len(words) - size + 1):
        if words[first] == wanted[0] and words[first : first + size] == wanted:
            end = spans[first + size - 1][1]
            if text[end : end + 1] in {".", ")", ":"}:
                end += 1
            return spans[first][0], end
    return None


def _section(text: str, headings: Sequence[tuple[int, int]], heading: str) -> tuple[int, int]:
    """The range of the section under ``heading``; the whole page when it is not on it."""
    for index, (start, end) in enumerate(headings):
        if text[start:end].casefold() == heading.casefold():
            following = headings[index + 1][0] if index + 1 < len(headings) else len(text)
            return end + 1, following
    return 0, len(text)
