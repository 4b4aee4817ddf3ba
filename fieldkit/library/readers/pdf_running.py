"""Headers and footers: what pages repeat above or below their text, and only that."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import pairwise

from fieldkit.library.readers.pdf_found import Found
from fieldkit.library.readers.pdf_lines import Line

MARGIN = 0.12  # of the page's height, where headers and footers stand
_TABLE_MARGIN = 0.22  # where a header that is a table does
_REPEATED = 0.6  # of the pages
_MIN_REPEATED = 3
_FAR = 8.0  # of the size, below names in two rows
_APART = 3.5  # of the size: lines further apart are not of one table
_DIGITS = re.compile(r"\d{1,9}")

Item = Line | Found
Key = tuple[str, bool]  # the text, and whether it is above


def running(
    pages: Sequence[tuple[Sequence[Item], float]], is_heading: Callable[[Line], bool]
) -> list[set[int]]:
    """For each page the ``id`` of its items that are headers and footers.

    ``pages``: items and the page's height in points. What differs from page to page is a header
    only where it counts the pages; ``is_heading``: a line that counts something else.
    """
    places: dict[Key, list[tuple[int, Item, str]]] = {}
    named: set[int] = set()
    for number, (items, height) in enumerate(pages):
        for item in items:
            text = _marginal(item, height)
            if not text:
                continue
            if isinstance(item, Line) and _names_columns(item, items):
                named.add(id(item))
            key = text if isinstance(item, Line) and is_heading(item) else _DIGITS.sub("#", text)
            top = item.top if isinstance(item, Found) else item.y
            places.setdefault((key, top > height / 2), []).append((number, item, text))
    groups = [_without_names(same, named) for same in places.values()]
    found: list[set[int]] = [set() for _ in pages]
    if len(pages) == 2:
        _of_two(groups, found, is_heading)
        return found
    needed = max(_MIN_REPEATED, _REPEATED * len(pages))
    for same in groups:
        sheets = {number for number, _, _ in same}
        # What most of the pages have several times is the rest of several rows of a table.
        if needed <= len(sheets) and len(same) < 1.5 * len(sheets) and _counts_pages(same):
            for number, item, _ in same[_kept(same) :]:
                found[number].add(id(item))
    return found


def _kept(same: Sequence[tuple[int, Item, str]]) -> int:
    """How many of the same items stay: the first of those with a figure that counts no pages.

    A telephone number or a document's number may be printed nowhere else.
    """
    text = same[0][2]
    return int(bool(_DIGITS.search(text)) and all(other == text for _, _, other in same))


def _without_names(
    same: Sequence[tuple[int, Item, str]], named: Collection[int]
) -> Sequence[tuple[int, Item, str]]:
    """``same`` without those of ``named`` that are names of columns.

    A header may be above a table by chance, but on some page nothing like a table is below it.
    """
    heights = {
        round(item.y) for _, item, _ in same if isinstance(item, Line) and id(item) not in named
    }
    kept = []
    for place in same:
        item = place[1]
        if id(item) not in named or (isinstance(item, Line) and round(item.y) in heights):
            kept.append(place)
    return kept


def _of_two(
    places: Iterable[Sequence[tuple[int, Item, str]]],
    found: Sequence[set[int]],
    is_heading: Callable[[Line], bool],
) -> None:
    """The headers and footers of two pages, which say less than those of many do.

    What both say in one place is left on the first. What counts the pages is left out only where
    a wide gap sets its parts apart.
    """
    for same in places:
        if len(same) != 2 or {number for number, _, _ in same} != {0, 1}:
            continue
        (_, one, text), (_, other, behind) = sorted(same, key=lambda place: place[0])
        if not isinstance(one, Line) or not isinstance(other, Line) or is_heading(other):
            continue
        if abs(one.y - other.y) > 1:
            continue
        if text == behind:
            found[1].add(id(other))
        elif len(one.cells()) > 1 and _counts_pages(same):
            found[1].add(id(other))
            found[0].add(id(one))


def _marginal(item: Item, height: float) -> str:
    if isinstance(item, Found):
        if item.bottom > (1 - _TABLE_MARGIN) * height or item.top < _TABLE_MARGIN * height:
            return "|".join(cell for row in item.rows for cell in row)
        return ""
    inside = MARGIN * height < item.y < (1 - MARGIN) * height
    return "" if inside else item.text


def _names_columns(line: Line, items: Iterable[Item]) -> bool:
    """Whether rows of a table follow, whose columns begin where the cells of ``line`` do."""
    starts = [cell[0].x0 for cell in line.cells()]
    if len(starts) < 2:
        return False
    for other in items:
        if isinstance(other, Line) and 0 < line.y - other.y < _FAR * line.size:
            below = [cell[0].x0 for cell in other.cells()]
            same = sum(1 for x in starts if any(abs(x - y) < line.size for y in below))
            near = line.y - other.y < _APART * line.size
            if len(below) > 1 and same >= (2 if near else 3):
                return True
    return False


def _counts_pages(same: Sequence[tuple[int, Item, str]]) -> bool:
    """Whether the figures of a repeated text are the same everywhere or count the pages."""
    if len({text for _, _, text in same}) == 1:
        return True
    figures = [(number, [int(part) for part in _DIGITS.findall(text)]) for number, _, text in same]
    right = total = 0
    for (page, one), (next_page, other) in pairwise(figures):
        if page == next_page or len(one) != len(other):
            continue
        total += 1
        right += all(b - a in {0, next_page - page} for a, b in zip(one, other, strict=True))
    return total > 0 and right >= _REPEATED * total
