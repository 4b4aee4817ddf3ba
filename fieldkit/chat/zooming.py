"""Which part of a picture is shown, and how large; no widget.

Sizes of pictures are pixels, those of rooms are columns and rows of a terminal.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

STEP = 1.5
MOST = 16.0
_PART = 3  # an arrow key moves by this part of what is shown


@dataclass(frozen=True, slots=True)
class Window:
    """The ``box`` of a picture (left, top, right, bottom) and the room it is shown in."""

    box: tuple[int, int, int, int]
    columns: int
    rows: int


@dataclass(frozen=True, slots=True)
class View:
    """How a picture is looked at: ``zoom`` 1 fits its width; ``left`` and ``top`` are pixels."""

    zoom: float = 1.0
    left: float = 0.0
    top: float = 0.0

    def window(
        self, picture: tuple[int, int], room: tuple[int, int], cell: tuple[int, int]
    ) -> Window:
        """What is shown of ``picture`` in a ``room`` whose cells have ``cell`` pixels."""
        width, height = picture
        columns, rows = max(1, room[0]), max(1, room[1])
        scale = columns * cell[0] * self.zoom / width  # pixels on the screen for each of these
        wide, high = self._shown(picture, room, cell)
        left = min(max(0.0, self.left), width - wide)
        top = min(max(0.0, self.top), height - high)
        box = (
            round(left),
            round(top),
            max(round(left + wide), round(left) + 1),
            max(round(top + high), round(top) + 1),
        )
        return Window(box, columns, max(1, min(rows, round(high * scale / cell[1]))))

    def moved(
        self,
        right: int,
        down: int,
        picture: tuple[int, int],
        room: tuple[int, int],
        cell: tuple[int, int],
    ) -> View:
        """The view a step to the right and down, as far as there is something to see."""
        wide, high = self._shown(picture, room, cell)
        left = min(max(0.0, self.left + right * wide / _PART), picture[0] - wide)
        top = min(max(0.0, self.top + down * high / _PART), picture[1] - high)
        return replace(self, left=left, top=top)

    def zoomed(
        self, by: float, picture: tuple[int, int], room: tuple[int, int], cell: tuple[int, int]
    ) -> View:
        """The view ``by`` so much larger, of the same place."""
        zoom = min(max(1.0, self.zoom * by), MOST)
        closer = replace(self, zoom=zoom)
        before, after = self._shown(picture, room, cell), closer._shown(picture, room, cell)  # noqa: SLF001 - its own
        left = self.left + (before[0] - after[0]) / 2
        top = self.top + (before[1] - after[1]) / 2
        return View(zoom, left, top).moved(0, 0, picture, room, cell)

    def _shown(
        self, picture: tuple[int, int], room: tuple[int, int], cell: tuple[int, int]
    ) -> tuple[float, float]:
        """How many pixels of ``picture`` are shown across and down."""
        columns, rows = max(1, room[0]), max(1, room[1])
        scale = columns * cell[0] * self.zoom / picture[0]
        return min(picture[0], picture[0] / self.zoom), min(picture[1], rows * cell[1] / scale)
