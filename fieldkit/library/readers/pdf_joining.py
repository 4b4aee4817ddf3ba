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
_MARK = 12  # letters
_DIVIDED = re.compile(rf"\w[{HYPHEN}-]\Z")
# "Ein- und Ausgang": the hyphen in place of a word.
_AND = re.compile(r"(?:und|oder|bzw|and|or|to|et|ou|o|e|y|en|of)\b")


def line_text(words: Sequence[Word]) -> str:
    """One line of text of ``words``; raised marks as ``scripts`` has them."""
    size = max(word.size for word in words)
    y = next(word.y for word in words if word.size == size)
    text = ""
    marked = False
    for index, word in enumerate(words):
        shift = _shift(words, index, size, y)
        if text and not word.glued and not (shift and _touches(words[index - 1], word, size)):
            text += " "
        if shift:
            marked = True
            text += raised(word.text) if shift > 0 else lowered(word.text)
        else:
            text += word.text
    return resolved(text) if marked else text


def _shift(words: Sequence[Word], index: int, size: float, y: float) -> int:
    """1 for a raised mark, -1 for a lowered one, else 0."""
    word = words[index]
    apart = word.y - y
    if word.size > _SMALLER * size or len(word.text) > _MARK:
        # Risen without being smaller.
        if not (word.glued and abs(apart) > 0.25 * size):
            return 0
    if -_DOWN * size < apart < _UP * size:
        return 0
    before = words[index - 1] if index else None
    behind = words[index + 1] if index + 1 < len(words) else None
    near = (before is not None and word.x0 - before.x1 < _FAR * size) or (
        behind is not None and behind.x0 - word.x1 < _FAR * size
    )
    return (1 if apart > 0 else -1) if near else 0


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
