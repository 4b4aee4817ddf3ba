"""Which citation of an answer is under the pointer."""

from __future__ import annotations

import re

from rich.cells import cell_len
from textual import events
from textual.errors import NoWidget
from textual.geometry import Region
from textual.screen import Screen

from fieldkit.chat.widgets.quoted import QuoteView

_MARK = re.compile(r"\[(\d{1,2})\]")


def number_at(screen: Screen[object], event: events.MouseEvent) -> int | None:
    """The number in the ``[2]`` that ``event`` points at; None where it points at none.

    Read from the row as it is drawn, so an answer needs no links for it.
    """
    try:
        widget, region = screen.get_widget_at(*event.screen_offset)
    except NoWidget:
        return None
    column, row = event.screen_offset - region.offset
    if isinstance(widget, QuoteView) and not widget.number_on(row):
        return None  # what is printed in a manual is no citation
    line = widget.render_lines(Region(0, row, region.width, 1))[0].text
    for match in _MARK.finditer(line):
        start = cell_len(line[: match.start()])
        if start <= column < start + cell_len(match[0]):
            return int(match[1])
    return None
