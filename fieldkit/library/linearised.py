"""Tables of Markdown -> one sentence a row, legible wherever it is cut from its table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from fieldkit.core.text import clean_line
from fieldkit.library.sentences import MAX_WORDS, shorten, size

_PIPE = re.compile(r"(?<!\\)\|")
_GROUP = re.compile(r"\*\*(\S.*)\*\*")
# A first cell that says nothing without its column's name: "33105", "0xA07F", "0-40 °C".
_BARE = re.compile(
    r"(?:[<>\u2264\u2265\u00b1~+\-\u2212] ?)?(?:0x[0-9A-Fa-f]{1,16}"
    r"|\d[\d.,/ \u2013-]{0,30}+(?:%|\u00b0 ?[CFK]?|[A-Za-z\u00b5\u03bc\u03a9\u2126]{1,5})?)"
)


def rows(table: Sequence[str]) -> Iterator[str]:
    """``| E 17 | Low oil |`` under ``| Code | Meaning |`` becomes ``E 17: Meaning Low oil.``.

    ``table`` are its lines: names, a rule, rows. A row that is bold and alone in its first cell
    names the rows below it, and comes before each: ``Fluid end, Stud M24: Torque 320 Nm.``
    """
    names = cells(table[0])
    body = [cells(line) for line in table[2:]]
    if not body:
        yield ended(", ".join(filter(None, names)))
    groups: list[str] = []
    unused = False  # the groups have no row yet
    for row in body:
        if group := _group(row):
            groups = [*groups, group] if unused else [group]
            unused = True
        elif any(row):
            unused = False
            yield from _row(groups, names, row)
    if unused:
        yield ended(", ".join(groups))


def cells(line: str) -> list[str]:
    """The cells of one line of a table."""
    inner = line.strip().removeprefix("|")
    if inner.endswith("|") and not inner.endswith("\\|"):
        inner = inner[:-1]
    return [clean_line(cell.replace(r"\|", "|")) for cell in _PIPE.split(inner)]


def ended(text: str) -> str:
    """``text`` with a full stop, unless it ends a sentence already."""
    return text if not text or text[-1] in ".!?\u3002\uff01\uff1f" else f"{text}."


def _group(row: Sequence[str]) -> str:
    match = _GROUP.fullmatch(row[0])
    return match[1] if match and len(row) > 1 and not any(row[1:]) else ""


def _row(groups: Sequence[str], names: Sequence[str], row: Sequence[str]) -> Iterator[str]:
    """One row; in several sentences, each with its key, where it is too long for a passage."""
    padded = [*names[1:], *[""] * len(row)]
    pairs = [(name, cell) for name, cell in zip(padded, row[1:], strict=False) if cell]
    values = [f"{name} {cell}".strip() for name, cell in pairs]
    key = row[0]
    if key and names[0] and (_BARE.fullmatch(key) or ": " in key):
        key = f"{names[0]} {key}"
    key = ", ".join(filter(None, (*groups, key)))
    # Names part the values; where a column has none, a comma may be the value's own.
    apart = "; " if any(", " in cell and not name for name, cell in pairs) else ", "
    behind = "; " if ": " in key else ": "
    whole = behind.join(filter(None, (key, apart.join(values))))
    if size(whole) <= MAX_WORDS or not values:
        yield ended(whole)
        return
    room = MAX_WORDS - size(key)
    for piece in _pieces(values, apart, max(room, MAX_WORDS // 2)):
        yield ended(behind.join(filter(None, (key, piece))))


def _pieces(values: Sequence[str], apart: str, room: int) -> Iterator[str]:
    """The ``values`` of a long row in pieces of at most ``room`` words."""
    piece: list[str] = []
    words = 0
    for value in values:
        for part in shorten(value, room):
            length = size(part)
            if piece and words + length > room:
                yield apart.join(piece)
                piece, words = [], 0
            piece.append(part)
            words += length
    yield apart.join(piece)
