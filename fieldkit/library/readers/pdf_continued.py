"""Tables that go on over a page: the names of their columns, their groups, a row that is cut."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from itertools import pairwise

from fieldkit.library.readers.pdf_found import Found, Span
from fieldkit.library.readers.pdf_joining import ends_divided, paragraph
from fieldkit.library.readers.pdf_layout import Heading, Paragraph

_SHIFT = 8.0  # points between the edges of one column on two pages
_NAMES = 4  # rows
_CAPTION = 120  # characters

# "1) Only with new bolts", "* See page 4": a note below a table.
_NOTE = re.compile(
    r"(?:\(?\d{1,2}\)|\[\d{1,2}\]|\d{1,2}(?= )|\(?[a-z]\)"
    r"|[\u2070\u00b9\u00b2\u00b3\u2074-\u2079]{1,2}[)\u207e]?"
    r"|\^\([^)]{1,3}\)|[*\u2020\u2021\u00a7]{1,3}\)?)\s?\S"
)
_CONTINUED = re.compile(
    r"\b(?:continued|cont['\u2019]d|cont\.|contd|continues|overleaf|(?:next|over) page"
    r"|fortsetzung|forts\.|suite|continua(?:ci\u00f3n|\u00e7\u00e3o|zione)?|segue|vervolg)(?!\w)",
    re.IGNORECASE,
)
_PAGE_NUMBER = re.compile(
    r"(?:page|p\.|seite|pagina|p\u00e1gina)?[ \u2013-]{0,3}\d{1,4}"
    r"(?: ?(?:of|von|de|sur|di|van|/|-) ?\d{1,4})?[ \u2013-]{0,3}",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d{1,9}")


def carry_on(pages: Sequence[Sequence[object]]) -> None:
    """Let each table that begins a page go on with the one that ends the page before.

    ``pages``: the parts of each page in reading order, headers and footers left out. What the page
    before has above its table too, as a repeated heading, may be above it. A row that the page's
    end cuts is completed where it begins, and taken from the next page.
    """
    before: Found | None = None
    above: list[str] = []
    below: Sequence[object] = ()
    for parts in pages:
        tables = [index for index, part in enumerate(parts) if isinstance(part, Found)]
        first = parts[tables[0]] if tables else None
        over = parts[: tables[0]] if tables else ()
        under = parts[tables[-1] + 1 :] if tables else ()
        if isinstance(first, Found) and before is not None and first.rows:
            ends = {_text(part) for part in parts[tables[0] + 1 :]}
            if _leads_over(over, above) and _is_foot(below, ends):
                _go_on(before, first)
        for one, other in pairwise(parts):
            _inherit(one, other)
        last = parts[tables[-1]] if tables else None
        before = last if isinstance(last, Found) and last.rows else None
        above = [_text(part) for part in over]
        below = under


def _inherit(one: object, other: object) -> None:
    """Give a table without names those of the one right above it, if it has the same columns."""
    if not isinstance(one, Found) or not isinstance(other, Found) or not one.head or other.head:
        return
    places = _places(one.columns, other.columns)
    if places is not None and len(one.columns) == len(other.columns):
        other.inherited = [list(row) for row in one.head]


def _text(part: object) -> str:
    """What a part that is no table says, with all figures alike; "" of a table."""
    return _DIGITS.sub("#", _said(part))


def _said(part: object) -> str:
    if isinstance(part, Heading):
        return part.text
    return paragraph(part.lines) if isinstance(part, Paragraph) else ""


def _leads_over(parts: Sequence[object], above: Sequence[str]) -> bool:
    """Whether all that is above a table is repeated, or the caption of one that goes on."""
    return all(
        _text(part) in above
        or (len(_said(part)) <= _CAPTION and _CONTINUED.search(_said(part)))
        or _PAGE_NUMBER.fullmatch(_said(part))
        for part in parts
    )


def _is_foot(parts: Sequence[object], ends: Collection[str]) -> bool:
    """Whether all that is below a table is notes, or a footer, so that the table may go on.

    ``ends``: what the next page has below its table.
    """
    return all(
        not isinstance(part, Found)
        and (
            _text(part) in ends
            or (isinstance(part, Paragraph) and _NOTE.match(_said(part)))
            or (len(_said(part)) <= _CAPTION and _CONTINUED.search(_said(part)))
            or _PAGE_NUMBER.fullmatch(_said(part))
        )
        for part in parts
    )


def _go_on(before: Found, table: Found) -> None:
    places = _places(before.columns, table.columns)
    if places is None:
        table.names = table.names if table.distinct else 0
        return
    _align(table, places, before.columns)
    repeated_rows = _begin_alike(before.rows, table.rows)
    if repeated_rows > before.names and not before.inherited:
        before.names = repeated_rows  # what each page begins with
        before.groups = {index for index in before.groups if index >= repeated_rows}
    head = before.head
    repeated = bool(head) and _same(table.rows[: len(head)], head)
    if repeated:
        table.names = len(head)
    elif table.names and (table.distinct or not head) and not _was_plain(before, table):
        return  # a table of its own
    else:
        table.names = 0
        table.inherited = [list(row) for row in head]
    _complete(before, table)
    _fill_hanging(before, table)
    _continue_group(before, table)


def _begin_alike(one: Sequence[Sequence[str]], other: Sequence[Sequence[str]]) -> int:
    """How many rows both begin with."""
    most = min(len(one), len(other), _NAMES + 1) - 1
    return next((n for n in range(most) if not _same(one[n : n + 1], other[n : n + 1])), most)


def _was_plain(before: Found, table: Found) -> bool:
    """Whether the table had no names, so that its rows on this page make none."""
    return not before.head and not table.distinct


def _places(one: Sequence[Span], other: Sequence[Span]) -> list[int] | None:
    """For each column of ``other`` the one of ``one`` it goes on; None where they do not match."""
    places: list[int] = []
    for x0, x1 in other:
        fits = [
            index for index, (a, b) in enumerate(one)
            if abs(a - x0) < _SHIFT or abs((a + b) / 2 - (x0 + x1) / 2) < _SHIFT
            or (abs(b - x1) < _SHIFT)
        ]  # fmt: skip
        free = [index for index in fits if not places or index > places[-1]]
        if not free:
            return None
        places.append(free[0])
    return places if 2 * len(places) > len(one) else None


def _align(table: Found, places: Sequence[int], columns: Sequence[Span]) -> None:
    """Give ``table`` the columns of the one before: some of them may be empty here."""
    if list(places) == list(range(len(columns))):
        return
    wide = []
    for row in table.rows:
        cells = [""] * len(columns)
        for place, cell in zip(places, row, strict=True):
            cells[place] = cell
        wide.append(cells)
    table.rows = wide
    spans = dict(zip(places, table.columns, strict=True))
    table.columns = tuple(spans.get(i, span) for i, span in enumerate(columns))


def _same(rows: Sequence[Sequence[str]], head: Sequence[Sequence[str]]) -> bool:
    return [list(map(_plain, row)) for row in rows] == [list(map(_plain, row)) for row in head]


def _plain(text: str) -> str:
    return "".join(text.split()).casefold()


def _fill_hanging(before: Found, table: Found) -> None:
    """A cell over several rows that the page's end cuts holds for the rows on this page too."""
    if not table.ruled or table.names >= len(table.rows):
        return
    last = before.rows[-1]
    first = table.rows[table.names]
    if not any(first[c] for c in range(len(first)) if c not in before.hanging):
        return
    for column in before.hanging:
        tall = table.tall.get(column, 1)
        if column < len(first) and not first[column]:
            for row in table.rows[table.names : table.names + tall]:
                row[column] = row[column] or last[column]


def _complete(before: Found, table: Found) -> None:
    """Join the rest of a row that the page's end cuts to its beginning."""
    if table.names >= len(table.rows) or table.names in table.groups:
        return
    first = table.rows[table.names]
    last = before.rows[-1]
    if len(before.rows) <= before.names or len(before.rows) - 1 in before.groups:
        return
    filled = [column for column, cell in enumerate(first) if cell]
    if not filled or not all(last[column] for column in filled):
        return
    # Cells of the cut row that have no rest on this page.
    done = [
        column for column, cell in enumerate(first)
        if not cell and last[column] and column not in before.hanging
    ]  # fmt: skip
    if not done:
        return
    runs_on = any(_runs_on(last[column], first[column]) for column in filled)
    others = [*before.rows[before.names : -1], *table.rows[table.names + 1 :]]
    usual = any(not row[column] for row in others for column in done[:1])
    if not runs_on and (usual or not table.ruled):
        return
    for column in filled:
        last[column] = paragraph([last[column], first[column]])
    del table.rows[table.names]
    table.groups = {index - 1 if index > table.names else index for index in table.groups}


def _runs_on(before: str, behind: str) -> bool:
    """Whether a sentence goes on from one cell to the other."""
    return behind[0].islower() or ends_divided(before)


def _continue_group(before: Found, table: Found) -> None:
    """The group that the last rows belong to holds for the first ones of this page."""
    if not before.groups or table.names in table.groups or table.names >= len(table.rows):
        return
    group = before.rows[max(before.groups)]
    table.rows.insert(table.names, list(group))
    table.groups = {index + 1 if index >= table.names else index for index in table.groups}
    table.groups.add(table.names)
