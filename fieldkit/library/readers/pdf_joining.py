"""Joins words into lines of text, and lines into paragraphs and cells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from fieldkit.library.readers.pdf_words import HYPHEN, Word
from fieldkit.library.readers.scripts import lowered, raised, resolved

_SMALLER = 0.85  # than the line: a raised or lowered mark
_UP = 0.15  # of the line's size, above the base line
_DOWN = 0.05  # below it
_FAR = 0.5  # of the line's size: a mark is nearer to the word before or behind it
_MARK = 12  # characters
_UP_LETTERS = 3
_DOWN_LETTERS = 8
_RISEN = 0.25  # of the size
_DIVIDED = re.compile(rf"\w[{HYPHEN}-]\Z")
# "Ein- und Ausgang": the hyphen in place of a word.
_AND = re.compile(r"(?:und|oder|bzw|and|or|to|et|ou|o|e|y|en|of)\b")


def line_text(words: Sequence[Word]) -> str:
    """One line of text of ``words``; raised marks as ``scripts`` has them."""
    size, y = words[0].size, words[0].y
    if not [word for word in words if word.y != y or word.size != size]:
        parts = [word.text if word.glued else f" {word.text}" for word in words]
        parts[0] = words[0].text
        return "".join(parts)
    size = max(word.size for word in words)
    y = next(word.y for word in words if word.size == size)
    shifts = [_shift(word, size, y) for word in words]
    marked = any(shifts) and _keep_marks(words, shifts, size)
    text = ""
    for index, word in enumerate(words):
        shift = shifts[index]
        if text and not word.glued and not (shift and _touches(words[index - 1], word, size)):
            text += " "
        if shift:
            text += raised(word.text) if shift > 0 else lowered(word.text)
        else:
            text += word.text
    return resolved(text) if marked else text


def _shift(word: Word, size: float, y: float) -> int:
    """1 for a word above the base line, -1 for one below it, else 0."""
    apart = word.y - y
    if -_DOWN * size <= apart <= _UP * size:
        return 0
    # Smaller, or risen without being smaller.
    if word.size <= _SMALLER * size or (word.glued and abs(apart) > _RISEN * size):
        return 1 if apart > 0 else -1
    return 0


def _keep_marks(words: Sequence[Word], shifts: list[int], size: float) -> bool:
    """Keep in ``shifts`` what is a mark: short, and near what it belongs to; whether any is."""
    start = 0
    while start < len(words):
        end = start + 1
        while end < len(words) and shifts[end] == shifts[start]:
            end += 1
        if shifts[start]:
            run = "".join(word.text for word in words[start:end])
            letters = sum(map(str.isalpha, run))
            most = _UP_LETTERS if shifts[start] > 0 else _DOWN_LETTERS
            before = start and words[start].x0 - words[start - 1].x1 < _FAR * size
            behind = end < len(words) and words[end].x0 - words[end - 1].x1 < _FAR * size
            if letters > most or len(run) > _MARK or not (before or behind):
                shifts[start:end] = [0] * (end - start)
        start = end
    return any(shifts)


def _touches(before: Word, word: Word, size: float) -> bool:
    return word.x0 - before.x1 < 0.15 * size


def ends_divided(text: str) -> bool:
    """Whether ``text`` ends with a hyphen after a letter or digit."""
    return bool(_DIVIDED.search(text))


def joined(before: str, behind: str) -> str:
    """Two lines of one text: ``mainte-`` and ``nance`` are a word, ``P-`` and ``204`` a code."""
    if not before or not behind:
        return before or behind
    if not ends_divided(before):
        return f"{before} {behind}"
    stem = before[:-1]
    if behind[0].islower():
        if _AND.match(behind):
            return f"{stem}- {behind}"
        if before[-1] == HYPHEN and stem[-1].islower():
            return stem + behind
    elif not behind[0].isalnum():
        return f"{stem}- {behind}"
    return f"{stem}-{behind}"


def paragraph(lines: Iterable[str]) -> str:
    """All ``lines`` as one text."""
    text = ""
    for line in lines:
        text = joined(text, line)
    return shown(text)


def shown(text: str) -> str:
    """``text`` with the hyphens of line ends as plain ones."""
    return text.replace(HYPHEN, "-")
