"""Sets highlights, labels and notes at their places into text that was typeset from a source."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from textual.content import Content

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
    for start, end, style in marking.words:
        first, last = bisect_left(places, start), bisect_left(places, end)
        if first < last:
            content = content.stylize(f".{style}", first, last)
            if style is Style.WRONG:  # a class's own "reverse" is lost on the way
                content = content.stylize("reverse", first, last)
    first, last = (places[0], places[-1] + 1) if places else (0, -1)
    labels = [
        (bisect_left(places, at), Content.styled(text, f".{style}"))
        for at, text, style in marking.labels
        if first <= at <= last
    ]
    for at, label in reversed(labels):
        content = content[:at] + label + content[at:]
    return content


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
