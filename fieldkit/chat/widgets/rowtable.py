"""Rows of a manual's table, below the names of their columns; those that answer stand out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from fieldkit.chat.tablerows import Rows
from fieldkit.chat.widgets.tables import laid_out
from fieldkit.core.text import clean_line

# Without colours they differ as well.
_ANSWERS = "bold underline"
_OTHERS = "$text-muted"


class RowTable(Widget):
    """Draws ``rows`` below a ``title``."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"answer--rule", "answer--table-head"}

    def __init__(self, rows: Rows, title: str = "") -> None:
        super().__init__()
        self._title = title
        self._rows = rows

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """All there is."""
        del viewport
        return container.width

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as the rows take."""
        del container, viewport
        return len(self._lines(width)) if width else 0

    def render(self) -> Content:
        """Draw the rows."""
        width = self.content_size.width
        return Content("\n").join(self._lines(width)) if width else Content("")

    def _lines(self, width: int) -> list[Content]:
        shared = {row.groups for row in self._rows.rows}
        group = ", ".join(next(iter(shared))) if len(shared) == 1 else ""
        title = " ".join(filter(None, (self._title, group)))
        lines = Content.styled(clean_line(title), "bold").wrap(width) if title else []
        cells = [_contents(self._rows.names, "")]
        before: tuple[str, ...] = ()
        for row in self._rows.rows:
            if len(shared) > 1 and row.groups != before:
                before = row.groups
                cells.append([Content.styled(clean_line(", ".join(before)), "bold")])
            cells.append(_contents(row.cells, _ANSWERS if row.answers else _OTHERS))
        if not any(self._rows.names):
            cells[0] = [Content("")] * max(map(len, cells))
        return [*lines, *(line for line, _ in laid_out(cells, [], width))]


def _contents(cells: Sequence[str], style: str) -> list[Content]:
    return [Content.styled(clean_line(cell), style if cell else "") for cell in cells]
