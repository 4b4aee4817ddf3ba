"""Collects what a reader finds as pages of Markdown, which passages are cut from.

Text of a manual cannot be mistaken for marks: a ``#`` that is a number sign stays one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from fieldkit.core.text import clean, clean_line
from fieldkit.library.readers.model import Page

_NO_BREAK = "\u00a0"
_LABEL = 20  # characters
_NUMBER_SIGN = re.compile(r"(#{1,6}) ")
# "- 40 \u00b0C", "+ 24 V", "> 5 bar": the sign of a value, no bullet.
_SIGN = re.compile(r"([-*+>]) (?=[.,]?\d)")
_MARK = re.compile(r"[ \t]*+([-*+\u2022>]|#{1,6})[ \t]")
_RULE = re.compile(r"[-=_*.\u00b7\s]{2,}")
_TABLE_RULE = re.compile(r"\|[|:\-\s]*")
_TAB = 4


class Pages:
    """Pages under way; ``number`` is the current one's, 0 where the format has none."""

    def __init__(self, number: int = 0) -> None:
        self.number = number
        self._pages: dict[int, list[str]] = {number: []}
        self._labels: dict[int, str] = {}

    def turn(self) -> None:
        """Begin the next page; where pages had no numbers, what was before is page 1."""
        if not self.number:
            self.number = 1
            self._pages = {1: self._pages[0]}
        self.number += 1
        self._pages.setdefault(self.number, [])

    def turn_to(self, number: int) -> None:
        """Go to page ``number``, which may hold nothing."""
        if not self.number and not self._pages[0]:
            self._pages = {}
        self.number = number
        self._pages.setdefault(number, [])

    def heading(self, text: str, level: int = 2) -> None:
        """Add a heading; ``level`` counts from 1."""
        if line := clean_line(text):
            self._blank()
            self._lines.append(f"{'#' * min(max(level, 1), 6)} {line}")

    def line(self, text: str) -> None:
        """Add a line of the current paragraph."""
        if line := plain(text):
            self._lines.append(line)

    def paragraph(self, text: str) -> None:
        """Add a paragraph of its own."""
        self.gap()
        self.line(text)
        self.gap()

    def verbatim(self, text: str) -> None:
        """Add a line of a program or a listing, with its spaces."""
        line = clean(text.expandtabs(_TAB)).rstrip().replace("\n", " ")
        if _TABLE_RULE.fullmatch(line.strip()):
            line = line.replace("|", "\u00a6")
        match = _MARK.match(line)
        if match is not None:
            line = f"{line[: match.end(1)]}{_NO_BREAK}{line[match.end() :]}"
        self._lines.append(line)

    def item(self, text: str, number: str = "") -> None:
        """Add an item of a list: a step where it has a ``number``, such as ``3`` or ``b)``."""
        if line := plain(text):
            mark = f"{number}." if number.isalnum() else number or "-"
            self._lines.append(f"{mark} {line}")

    def gap(self) -> None:
        """End the current paragraph."""
        self._blank()

    def label(self, text: str) -> None:
        """Note the current page's number as it is printed."""
        label = clean_line(text)[:_LABEL]
        self._labels[self.number] = "" if label == str(self.number) else label

    def table(
        self,
        header: Sequence[str],
        rows: Sequence[Sequence[str]],
        groups: Collection[int] = (),
    ) -> None:
        """Add a table; ``header`` is empty where its columns have no names.

        ``groups``: as of ``grid.Table``; such a row is written in bold, alone in its first cell,
        by which ``passages`` knows it again.
        """
        width = max((len(row) for row in (header, *rows)), default=0)
        if not width or not rows:
            return
        self._blank()
        self._lines.append(_row(header, width))
        self._lines.append("|" + "---|" * width)
        self._lines.extend(
            _row([f"**{row[0]}**"] if index in groups else row, width)
            for index, row in enumerate(rows)
        )
        self._blank()

    def finish(self) -> tuple[Page, ...]:
        """All pages, also those without text."""
        return tuple(
            Page(
                number=number,
                text="\n".join(lines).strip("\n"),
                label=self._labels.get(number, ""),
            )
            for number, lines in self._pages.items()
        )

    @property
    def text(self) -> str:
        """The current page as it is so far."""
        return "\n".join(self._lines).strip("\n")

    @property
    def _lines(self) -> list[str]:
        return self._pages[self.number]

    def _blank(self) -> None:
        if self._lines and self._lines[-1]:
            self._lines.append("")


def plain(text: str) -> str:
    """``text`` as one sanitized line that no reader of Markdown takes for anything else."""
    line = clean_line(text)
    if _RULE.fullmatch(line):
        return ""
    if match := _NUMBER_SIGN.match(line) or _SIGN.match(line):
        return f"{match[1]}{_NO_BREAK}{line[match.end() :]}"
    return f"\u00a6{line[1:]}" if _TABLE_RULE.fullmatch(line) else line


def _row(cells: Sequence[str], width: int) -> str:
    padded = [*cells, *[""] * (width - len(cells))]
    texts = (clean_line(cell).replace("|", r"\|") for cell in padded)
    return "| " + " | ".join(texts) + " |"
