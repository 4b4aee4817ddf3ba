"""Text that is laid out for the width there is, and tables of names and values laid out so."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.cells import cell_len
from textual.content import Content
from textual.geometry import Size
from textual.widgets import Static

from fieldkit.chat.pagelayout import pieces
from fieldkit.core.text import clean_line

_LEAST = 10  # cells of a value beside a long name


class Fitted(Static):
    """Shows what ``layout`` makes of a width in cells."""

    def __init__(
        self,
        layout: Callable[[int], Content],
        *,
        id: str | None = None,  # noqa: A002 - Textual's own name
    ) -> None:
        super().__init__(id=id, markup=False)
        self._lay_out = layout

    def show(self, layout: Callable[[int], Content]) -> None:
        """Show something else."""
        self._lay_out = layout
        self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as it takes at ``width``."""
        del container, viewport
        return self._lay_out(width).get_height({}, width) if width else 0

    def render(self) -> Content:
        """Lay it out for the present width."""
        width = self.content_size.width
        return self._lay_out(width) if width else Content("")


class Table(Fitted):
    """Rows of a name and a value under a title."""

    def __init__(self, title: str, rows: Sequence[tuple[str, str]], width: int = 14) -> None:
        super().__init__(lambda room: table(title, rows, room, width))


def table(title: str, rows: Sequence[tuple[str, str]], room: int, width: int = 14) -> Content:
    """Rows of a name and a value under a title, ``room`` cells wide; all of it is sanitized.

    What does not fit goes on below its value, not below the names.
    """
    indent = width + 3
    parts: list[Content | str] = [Content.styled(title, "bold $primary")]
    for name, value in rows:
        head, told = f"  {clean_line(name):<{width}} ", clean_line(value)
        first = max(_LEAST, room - cell_len(head))
        for start, end in pieces(told, first, first - max(_LEAST, room - indent)):
            parts += ["\n", head, Content.styled(told[start:end], "dim")]
            head = " " * indent
    return Content.assemble(*parts)
