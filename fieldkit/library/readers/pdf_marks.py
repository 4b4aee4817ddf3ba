"""Puts the marks on a PDF's page into its text: values beside labels, notes behind their lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from fieldkit.library.readers.pdf_fields import Box, Mark, Marks, lines_of
from fieldkit.library.readers.pdf_words import Word

STRUCK = "[struck out]"
_HALF = 0.5  # of a word
_NEAR = 1.5  # of the size: the line that a note is about
_LETTER = 0.5  # of the size: the width of a letter
_SPACE = 0.25
_SIZE = 10.0  # points, where there is no text to go by

_BUTTON = re.compile(r"\[[x ]\]|\([x ]\)")

Turn = Callable[[float, float], tuple[float, float]]


def with_marks(words: list[Word], marks: Marks, turn: Turn) -> tuple[list[Word], int]:
    """``words`` with ``marks`` among them, and how many words are struck out.

    ``turn``: from the page's coordinates to those of the words.
    """
    struck = [_turned(box, turn) for box in marks.struck]
    words, count = without(words, struck) if struck else (words, 0)
    for mark in marks.texts:
        box = _turned(mark.box, turn)
        if mark.beside:
            words = _noted(words, mark.text, box)
            continue
        for text, part in lines_of(Mark(mark.text, box)):
            words = _filled(words, text, part)
    return words, count


def _turned(box: Box, turn: Turn) -> Box:
    one, other = turn(box[0], box[1]), turn(box[2], box[3])
    return (
        min(one[0], other[0]),
        min(one[1], other[1]),
        max(one[0], other[0]),
        max(one[1], other[1]),
    )


def without(words: Sequence[Word], boxes: Sequence[Box]) -> tuple[list[Word], int]:
    """``words`` with STRUCK in the place of those that ``boxes`` cover, and how many they are."""
    kept: list[Word] = []
    count = 0
    for word in words:
        if not any(_covers(box, word) for box in boxes):
            apart = bool(kept) and kept[-1].text == STRUCK
            kept.append(word._replace(glued=False) if apart and word.glued else word)
            continue
        count += 1
        before = kept[-1] if kept else None
        if before is not None and before.text == STRUCK and before.y == word.y:
            kept[-1] = before._replace(x1=word.x1)
        else:
            kept.append(_like(word, text=STRUCK))
    return kept, count


def _covers(box: Box, word: Word) -> bool:
    left, bottom, right, top = box
    if not bottom - 1 <= word.y + 0.25 * word.size <= top + 1:
        return False
    common = min(right, word.x1) - max(left, word.x0)
    return common >= _HALF * max(word.x1 - word.x0, 0.1)


def _filled(words: list[Word], text: str, box: Box) -> list[Word]:
    """``words`` with the value ``text`` of a field at ``box``; a button's own name is printed."""
    left, bottom, right, top = box
    level = [i for i, word in enumerate(words) if bottom - 1 <= word.y + 0.3 * word.size <= top + 1]
    inside = "".join(words[i].text for i in level if left - 2 <= words[i].x0 <= right)
    if _compact(text) and _compact(text) in _compact(inside):
        return words
    if not _BUTTON.match(text):
        return _inserted(words, text.split(), box, level)
    line = _compact("".join(words[i].text for i in level))
    name = [] if _compact(text[3:]) in line else text[3:].split()
    return _inserted(words, [text[:3], *name], box, level)


def _inserted(words: list[Word], texts: list[str], box: Box, level: Sequence[int]) -> list[Word]:
    """``words`` with ``texts`` at ``box``, behind the word of its line that is next on the left."""
    left, bottom, right, _ = box
    before = [i for i in level if words[i].x0 <= left + 1]
    if before:
        index = max(before, key=lambda i: words[i].x1)
        anchor = words[index]
        place = index + 1
        start = anchor.x1 + _SPACE * anchor.size
        if not anchor.text.endswith(":"):  # else it belongs to its label, however far away
            start = max(left, start)
        like = _like(anchor, begins=False)
    elif level:
        index = min(level, key=lambda i: words[i].x0)
        like, place, start = words[index], index, left
    else:
        place = next((i for i, word in enumerate(words) if word.y < bottom), len(words))
        order = words[place - 1].order if place else 0
        like = Word(left, right, bottom + 2, _SIZE, bold=False, begins=True, text="", order=order)
        start = left
    step = (right - start) / max(sum(map(len, texts)) + len(texts), 1)
    letter = max(min(_LETTER * like.size, step), 0.01)
    made = []
    for text in texts:
        end = start + letter * len(text)
        made.append(_like(like, x0=start, x1=end, text=text))
        start = end + min(_SPACE * like.size, letter)
        like = _like(like, begins=False)
    return [*words[:place], *made, *words[place:]]


def _noted(words: list[Word], text: str, box: Box) -> list[Word]:
    """``words`` with a note behind the word that it is beside, or in a line of its own."""
    left, bottom, right, top = box
    middle = (bottom + top) / 2
    inside = "".join(
        w.text for w in words if bottom - 2 <= w.y <= top and left - 2 <= w.x0 <= right
    )
    said = _compact(text.partition(":")[2])
    if said and said in _compact(inside):
        return words
    near = [
        i
        for i, word in enumerate(words)
        if word.x0 <= right and abs(word.y + 0.3 * word.size - middle) <= _reach(word, box)
    ]
    if not near:
        return _inserted(words, text.replace("\n", " ").split(), box, ())
    # The line that is next to the middle, and its last word that begins left of the note's end.
    line = words[min(near, key=lambda i: abs(words[i].y + 0.3 * words[i].size - middle))].y
    index = max((i for i in near if abs(words[i].y - line) < 1), key=lambda i: words[i].x0)
    anchor = words[index]
    # So narrow that it sets no column of a table: it belongs to the cell of the word before it.
    x = anchor.x1 + 0.01
    made = []
    for part in f"[{text}]".split():
        made.append(_like(anchor, x0=x, x1=x + 0.01, begins=False, text=part))
        x += 0.02
    return [*words[: index + 1], *made, *words[index + 1 :]]


def _reach(word: Word, box: Box) -> float:
    """How far a line's middle may be from that of a note about it."""
    return max(_NEAR * word.size, (box[3] - box[1]) / 2)


def _like(word: Word, **changes: Any) -> Word:
    """``word`` with ``changes``, a word of its own."""
    return word._replace(**{"glued": False, **changes})


def _compact(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()
