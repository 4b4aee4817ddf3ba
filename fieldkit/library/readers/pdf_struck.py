"""Text of a PDF that a drawn line crosses out."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from operator import attrgetter

from fieldkit.library.readers.pdf_rules import Rule, Ruling
from fieldkit.library.readers.pdf_words import Word

_LOWEST, _HIGHEST = 0.17, 0.45  # of the size, above the base line: through the letters
_END = 1.2  # of the size, that the line reaches over the first and last word
_COVERED = 0.6  # of a word
_INNER = 0.3  # of the size, from the ends of a word
_SPACE = 1.0  # of the size, between words of one cell
_CELLS = 2  # of a row that one line crosses out

Box = tuple[float, float, float, float]


def crossed_out(ruling: Ruling, words: Sequence[Word]) -> tuple[list[Box], Ruling]:
    """The places (left, bottom, right, top) of crossed-out ``words``; ``ruling`` without the lines.

    A line crosses out what it goes through if it is as long as that text, or if it goes through
    several cells of a row.
    """
    boxes: list[Box] = []
    kept: list[Rule] = []
    for rule, level in _levels(ruling, words):
        through = [word for word in level if _goes_through(rule, word)]
        if through and _is_stroke(rule, sorted(through, key=lambda word: word.x0)):
            boxes += [(word.x0, word.y, word.x1, word.y + 0.5 * word.size) for word in through]
        else:
            kept.append(rule)
    return boxes, replace(ruling, rules=tuple(kept)) if boxes else ruling


def ends_within(ruling: Ruling, words: Sequence[Word]) -> dict[int, list[float]]:
    """For each word in which a line through its letters begins or ends: where, by its order."""
    found: dict[int, list[float]] = {}
    for rule, level in _levels(ruling, words):
        for word in level:
            inner = _INNER * word.size
            places = [x for x in (rule.x0, rule.x1) if word.x0 + inner < x < word.x1 - inner]
            if places and len(word.text) > 1:
                found.setdefault(word.order, []).extend(places)
    return found


def _levels(ruling: Ruling, words: Sequence[Word]) -> Iterator[tuple[Rule, list[Word]]]:
    """Each rule, with the words at whose height it is."""
    if not ruling.rules:
        return
    upright = sorted((word for word in words if not word.turn), key=attrgetter("y"))
    heights = [word.y for word in upright]
    tallest = max((word.size for word in upright), default=0.0)
    for rule in ruling.rules:
        first = bisect_left(heights, rule.y - _HIGHEST * tallest)
        last = bisect_left(heights, rule.y)
        yield (
            rule,
            [
                word for word in upright[first:last]
                if _LOWEST * word.size <= rule.y - word.y <= _HIGHEST * word.size
            ],
        )  # fmt: skip


def _goes_through(rule: Rule, word: Word) -> bool:
    common = min(rule.x1, word.x1) - max(rule.x0, word.x0)
    return common >= _COVERED * max(word.x1 - word.x0, 0.1)


def _is_stroke(rule: Rule, words: Sequence[Word]) -> bool:
    gaps = sum(1 for one, other in pairwise(words) if other.x0 - one.x1 > _SPACE * one.size)
    over = _END * words[0].size
    if gaps + 1 >= _CELLS and rule.x0 >= words[0].x0 - over:
        return True  # a row, up to the table's edge
    return rule.x0 >= words[0].x0 - over and rule.x1 <= max(w.x1 for w in words) + over
