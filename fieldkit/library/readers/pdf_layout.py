"""The parts of a page in reading order: headings, paragraphs and tables."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from fieldkit.library.readers.pages import Pages
from fieldkit.library.readers.pdf_columns import Item, in_reading_order
from fieldkit.library.readers.pdf_found import Found
from fieldkit.library.readers.pdf_joining import ends_divided, joined, paragraph, shown
from fieldkit.library.readers.pdf_lines import Line
from fieldkit.library.readers.pdf_rules import Rule
from fieldkit.library.readers.pdf_table import find_table

_LARGER = 1.12  # than the text: a heading
_HEADING_LENGTH = 100
_GAP = 1.7  # of the size, between the lines of two paragraphs
_CHANGE = 0.8  # of the size of the line before: smaller text is a paragraph of its own
_ENDS = (".", "!", "?", ":", ";")


@dataclass(slots=True)
class Heading:
    """A heading; ``level`` counts from 1."""

    text: str
    level: int


@dataclass(slots=True)
class Paragraph:
    """The lines of one paragraph."""

    lines: list[str] = field(default_factory=list)


Part = Heading | Paragraph | Found


def levels(pages: Iterable[Iterable[Item]]) -> dict[float, int]:
    """Size -> level of its headings. The size of most characters is that of the text."""
    characters: Counter[float] = Counter()
    tables: Counter[float] = Counter()
    for items in pages:
        for item in items:
            if isinstance(item, Line):
                characters[size(item)] += sum(len(word.text) for word in item.words)
            else:
                tables[round(item.size * 2) / 2] += sum(len(c) for row in item.rows for c in row)
    if not characters:
        return {}
    text = characters.most_common(1)[0][0]  # level 0
    if tables.total() > characters.total() and tables.most_common(1)[0][0] in characters:
        text = tables.most_common(1)[0][0]
    larger = sorted((one for one in characters if one >= text * _LARGER), reverse=True)
    # The smallest headings count most: of ten sizes of a cover the first ones share a level.
    found = {one: max(5 - index, 1) for index, one in enumerate(reversed(larger))}
    shift = min(found.values(), default=1) - 1
    return {one: level - shift for one, level in found.items()} | {text: 0}


def size(line: Line) -> float:
    """The size of ``line`` in points, in halves."""
    return round(line.size * 2) / 2


class Layout:
    """Finds the parts of pages of one document."""

    def __init__(self, of_size: dict[float, int]) -> None:
        self._levels = of_size
        self._text_size = next((one for one, level in of_size.items() if not level), 0.0)

    def parts(self, items: Sequence[Item], rules: Sequence[Rule]) -> list[Part]:
        """The parts of one page."""
        found: list[Part] = []
        for block in in_reading_order(items, rules):
            self._block(block, rules, found)
        return found

    def _block(self, block: Sequence[Item], rules: Sequence[Rule], found: list[Part]) -> None:
        lines: list[Line] = []
        for item in block:
            if isinstance(item, Found):
                self._lines(lines, rules, found)
                lines = []
                found.append(item)
            else:
                lines.append(item)
        self._lines(lines, rules, found)

    def _lines(self, lines: Sequence[Line], rules: Sequence[Rule], found: list[Part]) -> None:
        index = 0
        begins = True
        while index < len(lines):
            region = find_table(lines, index, rules)
            if region is not None:
                found.append(region.table)
                index = region.end
            elif (end := self._heading_end(lines, index)) > index:
                level = self._levels.get(size(lines[index]), 0) or 6
                found.append(Heading(paragraph(x.text for x in lines[index:end]), level))
                index = end
            else:
                self._line(lines, index, found, begins=begins)
                index += 1
            begins = False

    def _heading_end(self, lines: Sequence[Line], begin: int) -> int:
        """Behind the lines of the heading that begins there; ``begin`` when none does."""
        first = lines[begin]
        if not self.is_heading(first):
            return begin
        end = begin + 1
        while (
            end < len(lines)
            and self.is_heading(lines[end])
            and size(lines[end]) == size(first)
            and 0 < lines[end - 1].y - lines[end].y <= 1.5 * first.size
            and not re.match(r"\d", lines[end].text)
        ):
            end += 1
        return end

    def is_heading(self, line: Line) -> bool:
        """Whether ``line`` is set as one: larger than the text, or bold."""
        text = line.text
        if len(text) > _HEADING_LENGTH or not any(letter.isalpha() for letter in text):
            return False
        if self._levels.get(size(line), 0):
            return True
        stands_out = line.bold and size(line) >= self._text_size
        return stands_out and text[-1] not in ".,;:!?" and text[0].isalnum()

    def _line(self, lines: Sequence[Line], index: int, found: list[Part], *, begins: bool) -> None:
        """Add a line to the paragraph before, or begin one with it."""
        line = lines[index]
        last = found[-1] if found else None
        text = line.text
        if not isinstance(last, Paragraph):
            found.append(Paragraph([text]))
            return
        if begins or not index:
            # The top of the next column may go on with the sentence at the foot of this one.
            above = last.lines[-1]
            ends = above.endswith(_ENDS) or not text[0].islower()
            new = ends and not ends_divided(above)
        else:
            before = lines[index - 1]
            new = (
                not 0 < before.y - line.y <= _GAP * max(line.size, before.size)
                or line.size < _CHANGE * before.size
                or before.size < _CHANGE * line.size
            )
        if new:
            found.append(Paragraph([text]))
        elif ends_divided(last.lines[-1]):
            last.lines[-1] = joined(last.lines[-1], text)
        else:
            last.lines.append(text)


def write(pages: Pages, parts: Iterable[Part]) -> None:
    """Write the parts of the current page."""
    for part in parts:
        if isinstance(part, Heading):
            pages.heading(part.text, part.level)
        elif isinstance(part, Found):
            table = part.table()
            pages.table(table.header, table.rows, table.groups)
        else:
            for line in part.lines:
                pages.line(shown(line))
            pages.gap()
