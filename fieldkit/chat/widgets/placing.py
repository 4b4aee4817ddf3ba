"""Sets highlights, labels and notes at their places into text that was typeset from a source."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from textual.content import Content, Span

from fieldkit.chat.marking import FAULT_SIGN, Marking, Style

_NOTE = ".answer--note"
_FAULT = ".answer--fault"


def origins(shown: str, source: str, start: int = 0, end: int | None = None) -> list[int]:
    """For each character of ``shown`` its place in ``source[start:end]``.

    ``shown`` is what is left of it when the signs of formatting are taken out. A character that is
    not found stays at the place before; spaces of all kinds are alike.
    """
    end = len(source) if end is None else end
    places = []
    at = start
    for character in shown:
        found = _next(source, character, at, end)
        if found >= 0:
            places.append(found)
            at = found + 1
        else:
            places.append(at)
    return places


def _next(source: str, character: str, at: int, end: int) -> int:
    if not character.isspace():
        return source.find(character, at, end)
    while at < end and not source[at].isspace():
        at += 1
    return at if at < end else -1


def placed(content: Content, places: Sequence[int], marking: Marking) -> Content:
    """``content`` with its part of ``marking``; ``places`` are those of its characters."""
    spans = list(content.spans)
    for start, end, style in marking.words:
        first, last = bisect_left(places, start), bisect_left(places, end)
        if first < last:
            spans.append(Span(first, last, f".{style}"))
            if style is Style.WRONG:  # a class's own "reverse" is lost on the way
                spans.append(Span(first, last, "reverse"))
    begin, end = (places[0], places[-1] + 1) if places else (0, -1)
    labels = [label for label in marking.labels if begin <= label[0] <= end]
    pieces = Content(content.plain, spans=spans).divide(
        [bisect_left(places, at) for at, _text, _style in labels]
    )
    texts = [Content.styled(text, f".{style}") for _at, text, style in labels]
    return Content("").join(
        part for both in zip_longest(pieces, texts, fillvalue=Content("")) for part in both
    )


def notes(marking: Marking, start: int, end: int) -> list[str]:
    """The notes whose place is from ``start`` up to ``end``."""
    return [text for at, text in marking.notes if start <= at < end]


def note_lines(text: str, width: int) -> Iterator[tuple[Content, int]]:
    """A note as lines below its sign, and how many characters of each are no text."""
    style = note_style(text)
    sign, rest = text[: len(FAULT_SIGN)], text[len(FAULT_SIGN) :]
    for number, line in enumerate(Content(rest).wrap(max(2, width - len(sign)))):
        before = sign if not number else " " * len(sign)
        yield (Content(before) + line).stylize(style), 0 if not number else len(sign)


def note_style(text: str) -> str:
    """The style of a note: that of a fault, or of a conversion and the like."""
    return _FAULT if text.startswith(FAULT_SIGN) else _NOTE
