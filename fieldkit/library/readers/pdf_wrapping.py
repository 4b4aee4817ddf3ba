"""Tells text that runs on from line to line from lines that end where their writer ended them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from fieldkit.library.readers.pdf_joining import ends_divided
from fieldkit.library.readers.pdf_lines import Line

_SPACE = 0.2  # of the size
_WRAPPED = 0.6  # of the line ends
_LEADING = 1.9  # of the size
_LONG = 0.75  # of the column
_WIDE = 8.0  # of the size: a line of text
_WORDS = 2.4  # in a line of text
_ENDS = (".", "!", "?", ":", ";")


def wrapped(lines: Sequence[Line], right: float) -> float:
    """The part of the ends of ``lines`` at which the next word did not fit before ``right``.

    Ends of sentences do not count; 0.0 where nothing is left to count.
    """
    ends = full = 0
    for line, behind in pairwise(lines):
        size = max(line.size, behind.size)
        if line.y - behind.y > _LEADING * size or line.y <= behind.y:
            continue
        first = behind.words[0]
        fits = line.x1 + _SPACE * size + (first.x1 - first.x0) <= right
        # Set by hand, a line may end a little earlier than it must.
        runs_on = first.text[0].islower() and line.x1 - line.x0 > _LONG * (right - line.x0)
        stops = line.words[-1].text.endswith(_ENDS)
        if not fits or ends_divided(line.words[-1].text) or (runs_on and not stops):
            full += 1
        elif stops:
            continue
        ends += 1
    return full / ends if ends else 0.0


def is_prose(lines: Sequence[Line]) -> bool:
    """Whether the ``lines`` of one column, from the top, are sentences that run on."""
    if len(lines) < 2:
        return False
    width = sum((line.x1 - line.x0) / max(line.size, 1.0) for line in lines) / len(lines)
    words = sum(len(line.words) for line in lines) / len(lines)
    if width < _WIDE or (words < _WORDS and not _without_spaces(lines)):
        return False
    return wrapped(lines, max(line.x1 for line in lines)) >= _WRAPPED


def _without_spaces(lines: Sequence[Line]) -> bool:
    """Whether the text is of a script that sets no spaces between words."""
    return any(
        len(word.text) > 8 and word.text[0] >= "\u0e00" for line in lines for word in line.words
    )
