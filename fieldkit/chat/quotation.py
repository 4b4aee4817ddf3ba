"""The quote as plain lines: what the manual says, from where, with the value marked."""

from __future__ import annotations

from collections.abc import Sequence

from fieldkit.chat.i18n import _
from fieldkit.chat.wording import label
from fieldkit.core.citation import Passage, State
from fieldkit.core.quote import Quote
from fieldkit.core.text import clean_line

_INDENT = "    "
_SIGN = "*"
_MORE = " …"  # the page has more steps


def quote_lines(
    quote: Quote | None, passages: Sequence[Passage], state: State | None = None
) -> list[str]:
    """Return the lines of ``quote``; none where there is none.

    A table row is one line for each column, ``column: value``. What answers is between asterisks:
    a terminal without colours, a pipe and a screen reader show them, too. "…" follows where the
    list of steps goes on. What other manuals or revisions say against it follows.
    """
    if quote is None:
        return []
    told = _("Perhaps ({place}):") if state is State.PERHAPS else _("The manual says ({place}):")
    lines = _lines(quote, passages, told)
    for other in quote.others:
        lines += _lines(other, passages, _("But another manual says ({place}):"))
    return lines


def _lines(quote: Quote, passages: Sequence[Passage], told: str) -> list[str]:
    if not 1 <= quote.passage <= len(passages):
        return []
    lines = [told.format(place=clean_line(label(quote.source(passages))))]
    if quote.row:
        values = [quote.text[start:end] for start, end in quote.marked if end > start]
        for name, value in quote.row:
            shown = clean_line(_signed(value, values))
            lines.append(f"{_INDENT}{clean_line(name)}: {shown}" if name else _INDENT + shown)
    else:
        more = _MORE if quote.ends_in_steps(passages) else ""
        lines.append(_INDENT + clean_line(_marked(quote.text, quote.marked)) + more)
    if quote.converted:
        lines.append(_INDENT + clean_line(quote.converted))
    return lines


def _marked(text: str, places: Sequence[tuple[int, int]]) -> str:
    """``text`` with signs around the ``places``; those that overlap are one."""
    parts, at = [], 0
    for start, end in sorted(places):
        if start >= at and start < end <= len(text):
            parts += [text[at:start], _SIGN, text[start:end], _SIGN]
            at = end
    return "".join([*parts, text[at:]])


def _signed(cell: str, values: Sequence[str]) -> str:
    """``cell`` with signs around those of the ``values`` that it holds."""
    places = [(at, at + len(value)) for value in values if (at := cell.find(value)) >= 0]
    return _marked(cell, places)
