"""What a Word paragraph is: a heading, an item of a list, text; styles inherit from each other."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

_HEADING = re.compile(r"heading (\d)", re.IGNORECASE)
_CHAIN = 20  # styles that inherit from each other
_OFF = {"0", "false", "off", "none"}
_BULLETS = {"bullet", "none", ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """``level`` is 1 to 9 for headings and 0 else; ``item`` the number and level of its list."""

    level: int = 0
    title: bool = False
    contents: bool = False  # a line of the table of contents
    item: tuple[str, int] | None = None
    caption: bool = False
    bold: bool = False
    breaks_before: bool = False
    ends_section: bool = False


def value(element: Any, *names: str) -> str:
    """``w:val`` of the element at the path ``names`` below ``element``; "" if there is none."""
    found = element.find("/".join(W + name for name in names))
    return "" if found is None else str(found.get(W + "val", ""))


def _on(element: Any, *names: str) -> bool:
    found = element.find("/".join(W + name for name in names))
    return found is not None and str(found.get(W + "val", "1")).lower() not in _OFF


class Styles:
    """The paragraph styles of one document, by ``styles.xml``."""

    def __init__(self, root: Any | None) -> None:
        elements = [] if root is None else root.findall(W + "style")
        self._elements = {str(element.get(W + "styleId")): element for element in elements}
        self._known: dict[str, Style] = {}

    def of(self, paragraph: Any) -> Style:
        """What ``paragraph`` is, by its style and its own properties."""
        style = self._style(value(paragraph, "pPr", "pStyle"), _CHAIN)
        style = _refined(style, paragraph)
        return replace(
            style,
            bold=not style.caption and _all_bold(paragraph),
            ends_section=paragraph.find(f"{W}pPr/{W}sectPr") is not None,
        )

    def _style(self, name: str, left: int) -> Style:
        if name not in self._known:
            element = self._elements.get(name)
            if element is None or not left:
                return Style()
            self._known[name] = Style()  # where styles inherit in a circle
            style = self._style(value(element, "basedOn"), left - 1)
            called = value(element, "name")
            if match := _HEADING.fullmatch(called):
                style = replace(style, level=int(match[1]))
            self._known[name] = _refined(
                replace(
                    style,
                    title=style.title or called.lower() == "title",
                    contents=style.contents or called.lower().startswith("toc "),
                    caption=style.caption or called.lower() == "caption",
                ),
                element,
            )
        return self._known[name]


def _refined(style: Style, element: Any) -> Style:
    """``style`` with what the ``pPr`` of a style or paragraph says."""
    outline = value(element, "pPr", "outlineLvl")
    if outline.isdecimal():
        style = replace(style, level=int(outline) + 1 if int(outline) < 9 else 0)
    if number := value(element, "pPr", "numPr", "numId"):
        level = value(element, "pPr", "numPr", "ilvl")
        depth = int(level) if level.isdecimal() and len(level) < 3 else 0
        style = replace(style, item=None if number == "0" else (number, depth))
    if _on(element, "pPr", "pageBreakBefore"):
        style = replace(style, breaks_before=True)
    return style


def _all_bold(paragraph: Any) -> bool:
    """Whether every run with text is bold."""
    runs = [run for run in paragraph.iter(W + "r") if run.find(W + "t") is not None]
    return bool(runs) and all(_on(run, "rPr", "b") for run in runs)


class Numbers:
    """Counts the steps of numbered lists, by ``numbering.xml``."""

    def __init__(self, root: Any | None) -> None:
        self._formats: dict[tuple[str, int], tuple[str, int]] = {}
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)
        if root is not None:
            self._read(root)

    def next(self, number: str, level: int) -> str:
        """The number of the next item of list ``number``; "" where it has bullets."""
        kind, start = self._formats.get((number, level), ("", 1))
        counts = self._counts[number]
        for deeper in [other for other in counts if other > level]:
            del counts[deeper]
        counts[level] = counts.get(level, start - 1) + 1
        return "" if kind in _BULLETS else str(counts[level])

    def _read(self, root: Any) -> None:
        abstract = {
            element.get(W + "abstractNumId"): element for element in root.findall(W + "abstractNum")
        }
        for num in root.findall(W + "num"):
            levels = abstract.get(value(num, "abstractNumId"))
            for level in () if levels is None else levels.findall(W + "lvl"):
                depth, start = level.get(W + "ilvl", ""), value(level, "start")
                if depth.isdecimal() and len(depth) < 3:
                    begin = int(start) if start.isdecimal() and len(start) < 6 else 1
                    key = (str(num.get(W + "numId")), int(depth))
                    self._formats[key] = (value(level, "numFmt"), begin)


def section_turns(body: Any) -> list[bool]:
    """For each end of a section whether the next one begins on a page of its own.

    ``w:type`` says how its own section begins; without it, on a new page.
    """
    sections = [
        element
        for element in body.iter(W + "sectPr")
        if element.getparent() is not None and element.getparent().tag in {W + "pPr", W + "body"}
    ]
    return [value(section, "type") not in {"continuous", "nextColumn"} for section in sections[1:]]
