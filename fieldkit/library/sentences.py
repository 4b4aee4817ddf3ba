"""Sentences of many scripts: where they end, how long they are, and how they are joined.

A length is in words of a language with spaces. Chinese and Japanese have none: two of their
characters count as a word, and five of Thai, Lao, Khmer and Burmese.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from fieldkit.core.text import clean_line

MAX_WORDS = 110

_HAN = (
    "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f"
    "\U00020000-\U0003ffff"
)
_HAN_MARKS = "\u3001\u3002\u300a-\u3011\uff01\uff08\uff09\uff0c\uff1a\uff1b\uff1f"
_THAI = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_WIDE = re.compile(f"[{_HAN}{_HAN_MARKS}]")
_UNSPACED = re.compile(f"[{_HAN}{_HAN_MARKS}{_THAI}]")
_LONGEST = 100  # letters: a word that nobody can read is cut, too
_PIECES = re.compile(
    rf"\s*+(?:(?P<han>[{_HAN}{_HAN_MARKS}])|(?P<thai>[{_THAI}]{{1,5}}+)"
    rf"|[^\s{_HAN}{_HAN_MARKS}{_THAI}]{{1,{_LONGEST}}}+)"
)
# All signs stand first, so that the search looks for nothing else.
_END = re.compile(
    "[.!?\u061f\u06d4\u0964\u0589\u1362\u3002\uff01\uff1f\uff1b\uff61]"
    "(?:(?<=[.!?\u061f\u06d4\u0964\u0589\u1362])[\"')\\]\u201d\u00bb]{0,8}+[ \\t]++(?=\\S)"
    "|(?<=[\u3002\uff01\uff1f\uff1b\uff61])[\"')\\]\u201d\u300d\u300f\uff09]{0,8}+[ \\t]*+(?=\\S))"
)
_OPENING = frozenset("\"'([\u201c\u201e\u00ab\u00bf\u00a1")
_TAIL = 12  # characters: the longest abbreviation below, and what stands before it
_WORD = 7  # letters: longer than any abbreviation below
# A full stop after these does not end a sentence: "see Fig. 3", "approx. 5 mm", "2. Open ...".
_NO_END = re.compile(
    r"(?:^(?:\d{1,3}(?:\.\d{1,3}){0,4}|[A-Za-z]|[ivxIVX]{2,6})"
    r"|(?:^|[\s(])(?:fig|no|nr|p|pp|approx|max|min|e\.g|i\.e|vs|sec|chap|ref|rev|abb|ca|tab|kap"
    r"|pos|bzw|evtl|inkl|z|bild))\.$",
    re.IGNORECASE,
)
_PAUSES = frozenset("\u3001\uff0c\uff1b\uff1a")
_SIGNED = re.compile(r"[-+\u2212\u2013] ?[.,]?\d")


def size(text: str) -> int:
    """How many words ``text`` counts for."""
    if text.isascii() or not _UNSPACED.search(text):
        # Twenty times as fast as to look at all pieces.
        pieces = text.split()
        if max(map(len, pieces), default=0) <= _LONGEST:
            return len(pieces)
        return sum(max(len(piece) // _LONGEST, 1) for piece in pieces)
    words = han = thai = 0
    for match in _PIECES.finditer(text):
        if match["han"]:
            han += 1
        elif match["thai"]:
            thai += 1
        elif match.start() == 0 or match[0][0].isspace() or match.end() - match.start() == _LONGEST:
            words += 1
    return words + thai + (han + 1) // 2


def paragraph_of(lines: Sequence[str]) -> str:
    """The ``lines`` of a paragraph as one; no space comes between two characters of Chinese."""
    text = ""
    parts: list[str] = []
    for line in lines:
        following = clean_line(line)
        if not following:
            continue
        if parts and not (_WIDE.match(text[-1]) and _WIDE.match(following)):
            parts.append(" ")
        parts.append(following)
        text = following
    return "".join(parts)


def sentences(text: str) -> Iterator[str]:
    """The sentences of one line of ``text``."""
    start = 0
    for match in _END.finditer(text):
        if _ends(text, start, match.start() + 1, match.end()):
            yield text[start : match.end()].rstrip()
            start = match.end()
    if text[start:]:
        yield text[start:]


def _ends(text: str, start: int, end: int, following: int) -> bool:
    """Whether the full stop before ``end`` ends the sentence that begins at ``start``."""
    stop, begin = text[end - 1], text[following]
    if stop not in ".!?":
        return True
    if begin.islower() or not (begin.isalnum() or begin in _OPENING):
        return False
    if stop != "." or (end - start > _WORD and text[end - 1 - _WORD : end - 1].isalpha()):
        return True
    tail = text[max(start, end - _TAIL) : end]
    return not _NO_END.search(f"\u2026{tail}" if end - start > _TAIL else tail)


def shorten(unit: str, most: int = MAX_WORDS) -> Iterator[str]:
    """Yield ``unit``, in pieces of ``most`` words where one sentence is longer than that."""
    if size(unit) <= most:
        yield unit
        return
    start = stop = 0
    words = until_stop = 0.0  # since the start; up to the last place where words end
    for match in _PIECES.finditer(unit):
        weight = _weight(match)
        if match[0][0].isspace() or unit[match.start() - 1 : match.start()] in _PAUSES:
            stop, until_stop = match.start(), words
        if words + weight > most:
            if until_stop < most / 2:
                stop, until_stop = match.start(), words
            yield unit[start:stop].strip()
            start, words, until_stop = stop, words - until_stop, 0.0
        words += weight
    yield unit[start:].strip()


def _weight(match: re.Match[str]) -> float:
    return 0.5 if match["han"] else 1.0


def joined(units: Sequence[str]) -> str:
    """``units`` behind each other; a sign never joins the figure before it."""
    parts: list[str] = []
    for unit in units:
        if parts:
            parts.append(_between(parts[-1], unit))
        parts.append(unit)
    return "".join(parts)


def _between(before: str, after: str) -> str:
    if _WIDE.match(before[-1:]) and _WIDE.match(after):
        return ""
    if _SIGNED.match(after) and (before[-1:].isalnum() or before[-1:] in "%\u00b0"):
        return "; "
    return " "
