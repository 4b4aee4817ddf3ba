"""Hostile text takes time in proportion to its length: no pattern goes back over and over.

The ratio of two lengths is compared, generously: four times the text takes four times as long, and
sixteen times where a pattern is quadratic.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from fieldkit.errors import InvalidInput
from fieldkit.library import index
from fieldkit.library.documents import load
from fieldkit.library.passages import split
from fieldkit.library.readers.html_style import Styles
from fieldkit.library.readers.model import Document, Page

_SHORT = 6_000  # characters
_TOO_FAST = 0.01  # s: below, what is measured is chance
_RATIO = 12

MARKS = [
    "[", "]", "![", "[a](", "](x ", "<!--", "<!-- -->", "Rev. ", " *a", "**a", "|", "| a ", "`",
    "`` ` ", "#", "# a\n", "\t", "> ", ">", "~~a ", "<a ", "<div\n", "<div>\n\n", "<sup>",
    "[^a]: x\n", "&#150;", "\\", "- 1 V\n", ": a\n", "+-+\n", "+--+--+\n", "-- --\n", "a\n---\n",
    " -", "C:\\", "^a^", "<http:", "```\n", "a | b\n-|-\n", "\u4e00", "\u4e00\u3002", "\u0e01",
    "a. A", "Fig. ", "\f", "<!-- page 3 -->\n", "<b>", "</p>", "<td>", "<li>", "a<br>",
    "x   y\n",
]  # fmt: skip


def seconds(work: Callable[[], object]) -> float:
    """The shorter of two runs."""
    taken = []
    for _ in range(2):
        begin = time.process_time()
        work()
        taken.append(time.process_time() - begin)
    return min(taken)


def in_proportion(work: Callable[[str], object], unit: str) -> None:
    short = unit * (_SHORT // len(unit))
    base = seconds(lambda: work(short))
    if base < _TOO_FAST:
        short = short * 4
        base = seconds(lambda: work(short))
    if base < _TOO_FAST:
        return
    assert seconds(lambda: work(short * 4)) / base < _RATIO


@pytest.mark.parametrize("suffix", [".md", ".txt", ".html"])
@pytest.mark.parametrize("unit", MARKS)
def test_reading_a_text_is_linear(tmp_path: Path, unit: str, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"

    def work(text: str) -> None:
        path.write_text(f"x {text}", encoding="utf-8")
        with contextlib.suppress(InvalidInput):  # refused in time is as good
            load(path)

    in_proportion(work, unit)


@pytest.mark.parametrize("markdown", [True, False])
@pytest.mark.parametrize("unit", [*MARKS, "| a | **b** |\n", "|---|\n", "**x** ", "1. ", ";- 1"])
def test_cutting_into_passages_is_linear(unit: str, markdown: bool) -> None:
    def work(text: str) -> None:
        pages = (Page(number=1, text=f"|a|\n|-|\n{text}"),)
        split(
            Document(document="a", title="a", revision="", date="", pages=pages, markdown=markdown)
        )

    in_proportion(work, unit)


@pytest.mark.parametrize(
    "unit", ["{", "}", "a{", "/*", "/**/", "@media ", ".a ", ";", "a{display:none}"]
)
def test_style_sheets_are_linear(unit: str) -> None:
    in_proportion(lambda text: Styles([text]), unit)


@pytest.mark.parametrize("markdown", [True, False])
def test_indexing_many_pages_is_linear(tmp_path: Path, markdown: bool) -> None:
    def work(count: int) -> None:
        text = "# Part\n\nTighten M12 to 85 Nm.\n"
        pages = tuple(Page(number=number, text=text) for number in range(1, count + 1))
        document = Document(
            document="PX-204", title="", revision="", date="", pages=pages, markdown=markdown
        )
        index.build(tmp_path / "index.sqlite", [document])

    base = seconds(lambda: work(300))
    assert seconds(lambda: work(1200)) / base < _RATIO
