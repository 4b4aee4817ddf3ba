"""Words of a page -> its lines, and each line's cells: what a wide gap sets apart."""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from operator import attrgetter

from fieldkit.library.readers.pdf_joining import line_text
from fieldkit.library.readers.pdf_words import Word

_SAME_LINE = 0.35  # of the size, between base lines
_MARK_LINE = 0.65  # of the size, to the base line of a raised or lowered mark
_SMALLER = 0.85  # than the line: a mark
_LOOK_BACK = 12  # lines
CELL_GAP = 0.9  # of the size; words of justified text are nearer
# "3.", "a)", a bullet, "4.2.1": what follows belongs to it, however far it is indented.
_MARKER = re.compile(
    r"(?:\d{1,3}[.)]|[a-z][.)]|[-*\u2022\u25aa\u2013\u25cf\u25e6\u27a2\u2713\uf0b7]"
    r"|\d+(?:\.\d+)+\.?)\Z"
)
_LEADER = re.compile(r"[.\u2026\u00b7_]{4,}\Z")
_DOTS = frozenset(".\u2026\u00b7_")
# Three times as fast as to go through the words of a line.
_SIZE, _END, _BOLD, _ORDER = map(attrgetter, ("size", "x1", "bold", "order"))
_SPACED = 5  # letters, of a word whose letters are set apart


@dataclass(slots=True)
class Line:
    """Words on one base line, from left to right; measures in points."""

    words: Sequence[Word]
    x0: float = field(init=False)
    x1: float = field(init=False)
    y: float = field(init=False)  # the base line of the largest word
    size: float = field(init=False)  # of the largest word
    bold: bool = field(init=False)
    order: int = field(init=False)  # in the file, of its first word

    def __post_init__(self) -> None:
        """Measure the line."""
        words = self.words
        largest = max(words, key=_SIZE)
        self.x0, self.x1 = words[0].x0, max(map(_END, words))
        self.y, self.size = largest.y, largest.size
        self.bold, self.order = all(map(_BOLD, words)), min(map(_ORDER, words))

    @property
    def text(self) -> str:
        """Its words, with single spaces."""
        return line_text(self.words)

    def cells(self) -> list[Sequence[Word]]:
        """The words in groups that wide gaps set apart."""
        words = self.words
        wide = [
            index
            for index, (before, word) in enumerate(pairwise(words), 1)
            if (gap := word.x0 - before.x1) > CELL_GAP * before.size and gap > CELL_GAP * word.size
        ]
        if wide and wide[0] == 1 and _MARKER.match(words[0].text):
            del wide[0]
        return [words[one:other] for one, other in pairwise([0, *wide, len(words)])]


def lines(words: Iterable[Word]) -> list[Line]:
    """The lines in the file's order; cells that it writes one after the other share a line."""
    found: list[list[Word]] = []
    for word in words:
        line = found[-1] if found else None
        if line is not None and line[0].y == word.y == line[-1].y:
            # Most words: on the base line of the one before, and behind it.
            last = line[-1]
            if word.x0 >= last.x0 and word.x0 >= last.x1 - 0.5 * word.size:
                line.append(word)
                continue
        if line is None or not _continues(line, word):
            line = _beside(found, word)
        if line is None:
            found.append([word])
        elif word.x0 >= line[-1].x0:
            line.append(word)
        else:
            line.insert(bisect([other.x0 for other in line], word.x0), word)
    return [Line(_closed(line)) for line in found]


def _continues(line: Sequence[Word], word: Word) -> bool:
    return _level(line, word) and word.x0 >= line[-1].x1 - 0.5 * word.size


def _beside(found: Sequence[list[Word]], word: Word) -> list[Word] | None:
    """An earlier line with a gap that ``word`` stands in, or that it stands to the right of."""
    for line in reversed(found[-_LOOK_BACK:]):
        if _level(line, word) and _free(line, word):
            return line
    return None


def _free(line: Sequence[Word], word: Word) -> bool:
    """Whether no word of ``line`` is where ``word`` stands, and some are to its left."""
    if word.x0 > line[-1].x1:
        return True
    slack = 0.1 * word.size
    return word.x0 >= line[0].x1 - slack and all(
        other.x1 <= word.x0 + slack or other.x0 >= word.x1 - slack for other in line
    )


def _level(line: Sequence[Word], word: Word) -> bool:
    """Whether ``word`` is on the base line of ``line``, or a mark beside its last word."""
    first, last = line[0], line[-1]
    base = last.y if last.size > first.size else first.y
    apart = abs(word.y - base)
    if apart <= _SAME_LINE * word.size or apart <= _SAME_LINE * last.size:
        return True
    large, small = (last.size, word.size) if last.size > word.size else (word.size, last.size)
    if (
        small >= _SMALLER * large and not word.glued
    ) or not -0.5 * large < word.x0 - last.x1 < 0.5 * large:
        return False
    return min(apart, abs(word.y - last.y)) <= _MARK_LINE * large


def _closed(words: list[Word]) -> list[Word]:
    """``words`` with spaced letters as words, and without the dots that lead to a page number."""
    if len(words) >= _SPACED and sum(len(word.text) == 1 for word in words) >= _SPACED:
        words = _unspaced(words)
    if not [word for word in words if word.text[0] in _DOTS]:
        return words
    return [
        word._replace(text="...") if len(word.text) > 3 and _LEADER.match(word.text) else word
        for word in words
    ]


def _unspaced(words: list[Word]) -> list[Word]:
    """``W A R N I N G`` as one word; ``A B C D E`` are names of something."""
    result = list(words)
    start = 0
    while start < len(words):
        end = start
        while end < len(words) and len(words[end].text) == 1 and words[end].text.isalpha():
            end += 1
        run = words[start:end]
        letters = [ord(word.text) for word in run]
        named = all(other - one in {0, 1} for one, other in pairwise(letters))
        if len(run) >= _SPACED and not named:
            gaps = [word.x0 - before.x1 for before, word in pairwise(run)]
            usual = sorted(gaps)[len(gaps) // 2]
            for offset, gap in enumerate(gaps):
                if gap <= 1.5 * usual and gap < CELL_GAP * run[offset].size:
                    result[start + offset + 1] = run[offset + 1]._replace(glued=True)
        start = max(end, start + 1)
    return result
