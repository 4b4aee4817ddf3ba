"""An answer -> the pieces that claim something: its sentences, list items, rows and lines of code.

Each piece is read without marks, without the signs of Markdown, and without the numbers of steps;
for each of its characters its place in the answer is kept. Work and memory grow with the length of
the answer alone: what goes on without a full stop is cut after a number of words.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fieldkit.core.marks import Mark
from fieldkit.library.sentences import sentences

MOST_WORDS = 60  # of a piece; one that is longer is cut at a comma or a space
_FENCE = re.compile(r"[ \t]{0,8}(?:```|~~~)")
_RULE = re.compile(r"[ \t]*\|?[ \t:|-]*-[ \t:|-]*\|?[ \t]*")
_HEADING = re.compile(r"[ \t]{0,3}#{1,6}[ \t]")
_BOLD_LINE = re.compile(r"[ \t]*(?:\*\*|__)[^*_]{1,120}(?:\*\*|__)[ \t]*:?[ \t]*")
_LEAD = re.compile(
    r"[ \t]*(?:>[ \t]*){0,4}(?:[-*+\u2022\u2013\u25aa][ \t]+(?:\[[ xX]\][ \t]+)?)?"
    r"(?:(?:\*\*|__)?(?:(?:step|schritt|paso|\u00e9tape|etape|passo|trinn|steg|trin|stap)[ \t]+)?"
    r"(?:\d{1,3}(?:\.\d{1,3}){0,3}[.):]|[a-z]\)|\(\d{1,2}\)"
    r"|(?<=[ptosnge] )\d{1,3}(?=[ \t]))(?:\*\*|__)?(?=[ \t*_]))?[ \t]*",
    re.IGNORECASE,
)
_SIGNS = re.compile(
    r"\*\*|__|`+|(?<![\w*])\*(?=[^\s*])|(?<=[^\s*])\*(?![\w*])|(?<!\w)_(?=\w)|(?<=\w)_(?!\w)"
    r"|</?[A-Za-z][A-Za-z0-9]{0,9}(?:[ \t][^<>\n]{0,100})?/?>"
)
_PIPE = re.compile(r"(?<!\\)\|")
_APART = re.compile(r"; +")
_LONG_BREAK = re.compile(r"[,:\u3001\uff0c]\s|\s[\u2013\u2014-]\s")


@dataclass(frozen=True, slots=True)
class Piece:
    """What ``text`` claims is ``answer[start:end]``.

    ``places`` has the place in the answer of each character of ``text``, and the end; ``cites`` are
    the numbers that its marks name. ``row``: it is a row of a table. ``last``: no other follows.
    """

    start: int
    end: int
    text: str
    places: Sequence[int]
    cites: tuple[int, ...] = ()
    row: bool = False
    last: bool = False

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where in the answer ``text[start:end]`` is."""
        if end <= start:
            return self.start, self.end
        places = self.places
        start, end = max(start, 0), min(end, len(places) - 1)
        return places[start], places[max(end - 1, start)] + 1


def pieces(answer: str, found: Sequence[Mark] = ()) -> list[Piece]:
    """Return the pieces of ``answer``, in order; ``found`` are its marks. Headings are none."""
    masked = _masked(answer, found)
    return list(_attributed(_pieces(masked), found))


def _masked(answer: str, found: Sequence[Mark]) -> str:
    """``answer`` with blanks for its marks, so that all else keeps its place."""
    parts: list[str] = []
    at = 0
    for mark in found:
        parts += [answer[at : mark.start], " " * (mark.end - mark.start)]
        at = mark.end
    parts.append(answer[at:])
    return "".join(parts)


def _attributed(found: Iterator[Piece], marks: Sequence[Mark]) -> Iterator[Piece]:
    """Each piece with the marks inside it, and those that follow before the next one begins."""
    all_pieces = list(found)
    starts = [piece.start for piece in all_pieces]
    cites: dict[int, dict[int, None]] = {}
    for mark in marks:
        at = max(bisect_right(starts, mark.start) - 1, 0)
        cites.setdefault(at, {}).update(dict.fromkeys(mark.numbers))
    for number, piece in enumerate(all_pieces):
        yield Piece(
            piece.start,
            piece.end,
            piece.text,
            piece.places,
            tuple(cites.get(number, ())),
            piece.row,
            number == len(all_pieces) - 1,
        )


def _pieces(text: str) -> Iterator[Piece]:
    in_code = False
    table: list[tuple[int, str]] = []
    at = 0
    for line in text.splitlines(keepends=True):
        start, at = at, at + len(line)
        if _FENCE.match(line):
            in_code = not in_code
            continue
        if not in_code and line.count("|") > 1:
            table.append((start, line.rstrip("\r\n")))
            continue
        if table:
            yield from _table(table)
            table = []
        bare = line.rstrip()
        if in_code:
            yield from _piece(text, start, start + len(bare))
        elif bare.strip() and not _HEADING.match(bare) and not _BOLD_LINE.fullmatch(bare):
            yield from _line(text, start, bare)
    if table:
        yield from _table(table)


def _line(text: str, start: int, line: str) -> Iterator[Piece]:
    """The pieces of one line: its sentences, and their parts between semicolons."""
    lead = _LEAD.match(line)
    at = lead.end() if lead else 0
    for sentence in sentences(line[at:]):
        begin = line.index(sentence, at)
        at = begin + len(sentence)
        part = begin
        for match in _APART.finditer(sentence):
            yield from _piece(text, start + part, start + begin + match.start())
            part = begin + match.end()
        yield from _piece(text, start + part, start + at)


def _piece(text: str, start: int, end: int) -> Iterator[Piece]:
    for begin, stop in _bounded(text, start, end):
        clean, places = _cleaned(text, begin, stop)
        if clean:
            first, last = places[0], places[len(clean) - 1] + 1
            yield Piece(first, last, clean, places)


def _bounded(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """``text[start:end]`` in pieces of at most ``MOST_WORDS`` words."""
    words = list(re.finditer(r"\S{1,100}", text[start:end]))
    if len(words) <= MOST_WORDS:
        yield start, end
        return
    at = 0
    while at < len(words):
        stop = min(at + MOST_WORDS, len(words))
        if stop < len(words):  # rather behind a comma, in the second half
            half = (at + stop) // 2
            stop = next(
                (n + 1 for n in range(stop - 1, half, -1) if words[n][0][-1] in ",:\u3001"), stop
            )
        yield start + words[at].start(), start + words[stop - 1].end()
        at = stop


def _cleaned(text: str, start: int, end: int) -> tuple[str, list[int]]:
    """``text[start:end]`` without signs of Markdown and in single spaces, and the places of it."""
    signs = {place for m in _SIGNS.finditer(text, start, end) for place in range(*m.span())}
    letters: list[str] = []
    places: list[int] = []
    gap = -1
    for place in range(start, end):
        char = text[place]
        if place in signs:
            continue
        if char.isspace():
            gap = gap if gap >= 0 else place
            continue
        is_stop = char in ".,;:!?" and not text[place + 1 : place + 2].isalnum()
        if gap >= 0 and letters and not is_stop:
            letters.append(" ")
            places.append(gap)
        gap = -1
        letters.append(char)
        places.append(place)
    places.append(places[-1] + 1 if places else end)
    return "".join(letters), places


def _table(lines: Sequence[tuple[int, str]]) -> Iterator[Piece]:
    """The rows of a table as the index writes them: ``key: name value, name value``."""
    rule = next((n for n, (_, line) in enumerate(lines) if _RULE.fullmatch(line)), -1)
    names = [cell for _, cell in _cells(*lines[rule - 1])] if rule > 0 else []
    for start, line in lines[rule + 1 :]:
        if _RULE.fullmatch(line):
            continue
        cells = _cells(start, line)
        letters: list[str] = []
        places: list[int] = []
        for number, (place, cell) in enumerate(cells):
            if not cell:
                continue
            name = names[number] if 0 < number < len(names) else ""
            before = f"{': ' if len(letters) and number == 1 else ', ' if letters else ''}"
            before += f"{name} " if name else ""
            clean, own = _cleaned(cell, 0, len(cell))
            letters += [*before, *clean]
            places += [*([place] * len(before)), *(place + p for p in own[:-1])]
        if letters:
            stop = places[-1] + 1
            yield Piece(start, stop, "".join(letters), [*places, stop], row=True)


def _cells(start: int, line: str) -> list[tuple[int, str]]:
    """The cells of a line of a table, each with its place."""
    found = []
    at = 0
    for stop in [*(m.start() for m in _PIPE.finditer(line)), len(line)]:
        cell = line[at:stop]
        lead = len(cell) - len(cell.lstrip())
        found.append((start + at + lead, cell.strip()))
        at = stop + 1
    if found and not found[0][1]:
        found = found[1:]
    if found and not found[-1][1]:
        found = found[:-1]
    return found
