"""The text of a Word paragraph, in pieces between page breaks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fieldkit.library.readers.docx_styles import W

# Marks of page breaks in what ``pieces`` gives: no XML can hold these characters.
BREAK = "\f"
RENDERED = "\v"

FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
# Deleted, moved away, field codes, and what is read apart or twice.
_SKIPPED = {
    W + name
    for name in (
        "pPr", "rPr", "del", "moveFrom", "instrText", "delText", "txbxContent", "footnoteReference",
    )
} | {FALLBACK}  # fmt: skip
_SPACES = {W + "tab": " ", W + "cr": " ", W + "noBreakHyphen": "-", W + "ptab": " "}


def pieces(element: Any) -> list[str]:
    """The text below ``element``; a BREAK or RENDERED of its own where the page turns."""
    found = [""]
    for token in _tokens(element):
        if token in (BREAK, RENDERED):
            found += [token, ""]
        else:
            found[-1] += token
    return [piece for piece in found if piece]


def _tokens(element: Any) -> Iterator[str]:
    for child in element:
        tag = child.tag
        if tag in _SKIPPED:
            continue
        if tag == W + "t":
            yield child.text or ""
        elif tag == W + "br":
            yield BREAK if child.get(W + "type") == "page" else " "
        elif tag == W + "lastRenderedPageBreak":
            yield RENDERED
        elif tag in _SPACES:
            yield _SPACES[tag]
        else:
            yield from _tokens(child)
            if tag == W + "p":
                yield " "  # of a cell
