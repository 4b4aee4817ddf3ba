"""Words of a page -> its lines, and each line's cells: what a wide gap sets apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from fieldkit.library.readers.pdf_words import Word

_SAME_LINE = 0.35  # of the size, between base lines
_LOOK_BACK = 12  # lines
CELL_GAP = 0.9  # of the size; words of justified text are nearer
# "3.", "a)", a bullet, "4.2.1": what follows belongs to it, however far it is indented.
_MARKER = re.compile(
    r"(?:\d{1,3}[.)]|[a-z][.)]|[-*\u2022\u25aa\u2013\u25cf\u25e6\uf0b7]|\d+(?:\.\d+)+\.?)\Z"
)


@dataclass(slots=True)
class Line:
    """Words on one base line, from left to right."""

    words: list[Word]

    @property
    def y(self) -> float:
        """The base line."""
        return self.words[0].y

    @property
    def x0(self) -> float:
        """Where it begins."""
        return self.words[0].x0

    @property
    def x1(self) -> float:
        """Where it ends."""
        return self.words[-1].x1

    @property
    def size(self) -> float:
        """The size of the largest word."""
        return max(word.size for word in self.words)

    @property
    def bold(self) -> bool:
        """Whether all of it is bold."""
        return all(word.bold for word in self.words)

    @property
    def text(self) -> str:
        """Its words, with single spaces."""
        return " ".join(word.text for word in self.words)

    def cells(self) -> list[Sequence[Word]]:
        """The words in groups that wide gaps set apart."""
        groups: list[list[Word]] = [[self.words[0]]]
        for before, word in pairwise(self.words):
            gap = word.x0 - before.x1
            wide = gap > CELL_GAP * before.size and gap > CELL_GAP * word.size
            if wide and not (before is self.words[0] and _MARKER.match(before.text)):
                groups.append([word])
            else:
                groups[-1].append(word)
        return list(groups)


def lines(words: Iterable[Word]) -> list[Line]:
    """The lines in the file's order; cells that it writes one after the other share a line."""
    found: list[Line] = []
    for word in words:
        line = found[-1] if found else None
        if line is None or not _continues(line, word):
            line = _beside(found, word)
        if line is None:
            found.append(Line([word]))
        else:
            line.words.append(word)
    return found


def _continues(line: Line, word: Word) -> bool:
    return _level(line, word) and word.x0 >= line.x1 - 0.5 * word.size


def _beside(found: Sequence[Line], word: Word) -> Line | None:
    """An earlier line that ``word`` stands to the right of."""
    for line in reversed(found[-_LOOK_BACK:]):
        if _level(line, word) and word.x0 > line.x1:
            return line
    return None


def _level(line: Line, word: Word) -> bool:
    apart = abs(word.y - line.words[0].y)
    return apart <= _SAME_LINE * word.size or apart <= _SAME_LINE * line.words[-1].size
