"""Items of Markdown's lists; a value that begins with a sign is none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from fieldkit.library.readers.pages import Pages

_ITEM = re.compile(r"(?P<indent>[ \t]*+)(?P<mark>[-*+\u2022]|\d{1,9}[.)])[ \t]++(?P<text>\S.*)")
_YEAR = 4  # digits: no list is that long, and "1986. The pump ..." is text
_NUMBER = re.compile(r"(?:[\u00b1~]\s?)?[.,]?\d[\d.,]*+(?:\s?[\u2013/-]\s?\d[\d.,]*+)?")
# Units of measures that may be negative, or have a sign before them.
_UNIT = re.compile(
    r"\s?(?:\u00b0 ?[CFK]?|%|[mk\u00b5\u03bcn]?[VAWJ\u03a9F]|[kMm]?Pa|[mk]?bar|psi|hPa|dBm?"
    r"|[kMGm]?Hz|[kmc\u00b5\u03bcn]?m|[kM]?Nm|[kM]?N|VDC|VAC|Vdc|Vac|ppm|kg|g|l|s|ms|min|h|K|in|ft|rpm|mil|\"|')(?![\w])"
)
_WINDOW = 10  # items that are looked at before and behind one


@dataclass(frozen=True, slots=True)
class Item:
    """One item: its ``mark``, and its ``text`` without it."""

    mark: str
    text: str


def list_item(line: str, *, in_text: bool) -> Item | None:
    """The item that ``line`` begins; None where it is text.

    ``in_text``: the line goes on with a paragraph, which a number other than 1 does not end.
    """
    match = _ITEM.fullmatch(line)
    if match is None:
        return None
    mark = match["mark"]
    if mark[0].isdigit() and (len(mark) > _YEAR or (in_text and mark[:-1] != "1")):
        return None
    return Item(mark, match["text"])


class Items:
    """The list under way; ``open`` while text may belong to one of its items."""

    def __init__(self) -> None:
        self.open = False
        self.term = ""  # of a definition whose texts are under way
        self._item: Item | None = None
        self._signed = False
        self._last = ""  # the last number, where they are counted by the renderer

    def begin(self, item: Item, lines: Sequence[str], index: int) -> None:
        """An item begins at ``lines[index]``."""
        self._signed = item.mark in "-+*" and is_value(item, lines, index)
        if item.mark[0].isdigit():
            item = self._counted(item)
        self._item = item
        self.open = True
        self.term = ""

    def close(self) -> None:
        """No list goes on."""
        self.open = False
        self.term = ""
        self._last = ""

    def write(self, pages: Pages, lines: Sequence[str]) -> None:
        """Write the ``lines`` of a paragraph, or of the item that began."""
        item, self._item = self._item, None
        if item is None:
            for line in lines:
                pages.line(line)
            pages.gap()
        elif self._signed:
            pages.line(f"{item.mark} {' '.join(lines)}")
        else:
            number = "" if item.mark in "-*+\u2022" else item.mark
            pages.item(" ".join(lines), number)

    def _counted(self, item: Item) -> Item:
        """``item`` with its place in the list where all have the same number, as "1." "1."."""
        number, behind = item.mark[:-1], item.mark[-1]
        if self.open and self._last and int(number) < 2 and int(self._last) >= int(number):
            number = str(int(self._last) + 1)
        self._last = number
        return Item(f"{number}{behind}", item.text)


def is_value(item: Item, lines: Sequence[str], index: int) -> bool:
    """Whether the mark of ``item`` at ``lines[index]`` may be the sign of a value.

    In a list with items that are no figures it is a bullet. Alone before a figure, or where all
    are figures with units, nobody can tell, and the sign stays.
    """
    number = _NUMBER.match(item.text)
    if number is None:
        return False
    others = [*_neighbours(item, lines, index, -1), *_neighbours(item, lines, index, 1)]
    if not others:
        return True
    if item.mark == "*":
        return False
    return all(_measured(text) for text in [item.text, *others])


def _measured(text: str) -> bool:
    number = _NUMBER.match(text)
    return number is not None and _UNIT.match(text, number.end()) is not None


def _neighbours(item: Item, lines: Sequence[str], index: int, step: int) -> list[str]:
    """The texts of the items with the same mark right before or behind ``lines[index]``."""
    found: list[str] = []
    at = index + step
    while 0 <= at < len(lines) and len(found) < _WINDOW:
        match = _ITEM.fullmatch(lines[at])
        if match is None or match["mark"] != item.mark:
            break
        found.append(match["text"])
        at += step
    return found
