"""What a Word paragraph is: a heading, an item of a list, text; styles inherit from each other."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from fieldkit.library.readers.docx_looks import PLAIN, Look, look
from fieldkit.library.readers.docx_names import W, child, count, switch, value

_HEADING = re.compile(r"heading (\d)", re.IGNORECASE)
# Lines that repeat text of other pages beside a page number.
_CONTENTS = re.compile(r"(?:toc|contents|(?:\w{1,20} )?index) \d|table of (?:figures|authorities)")
_CHAIN = 20  # styles that inherit from each other
_LEVELS = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """``level`` is 1 to 9 for headings and 0 else.

    ``number`` is the w:numId of its list, "" if none; ``depth`` the level in it, from 0, where the
    list does not say which level belongs to the style ``linked``.
    """

    level: int = 0
    title: bool = False
    contents: bool = False  # a line of the table of contents, or of an index
    number: str = ""
    depth: int | None = None
    linked: str = ""
    caption: bool = False
    bold: bool = False
    breaks_before: bool = False
    ends_section: bool = False
    look: Look = PLAIN


NO_STYLE = Style()


class Styles:
    """The styles of one document, by ``styles.xml``."""

    def __init__(self, root: Any | None) -> None:
        elements = [] if root is None else root.findall(W + "style")
        self._elements = {str(element.get(W + "styleId")): element for element in elements}
        self._known: dict[str, Style] = {}
        self._looks: dict[str, Look] = {}
        self._default = next((name for name in self._elements if self._is_default(name)), "")
        defaults = None if root is None else child(root, "docDefaults", "rPrDefault", "rPr")
        self._base = look(defaults)

    def of(self, paragraph: Any) -> Style:
        """What ``paragraph`` is, by its style and its own properties."""
        style = self._style(value(paragraph, "pPr", "pStyle") or self._default, _CHAIN)
        style = _refined(style, paragraph)
        return replace(
            style,
            bold=not style.caption and _all_bold(paragraph),
            ends_section=child(paragraph, "pPr", "sectPr") is not None,
        )

    def run(self, style: Style, properties: Any | None) -> Look:
        """How a run with these ``properties`` looks in a paragraph of ``style``."""
        name = "" if properties is None else value(properties, "rStyle")
        own = look(properties)
        if not name and own is PLAIN:
            return style.look.over(self._base)
        return own.over(self._look(name, _CHAIN).combined(style.look)).over(self._base)

    def list_of(self, name: str) -> str:
        """The w:numId of the list style ``name``; "" if there is none."""
        element = self._elements.get(name)
        return "" if element is None else value(element, "pPr", "numPr", "numId")

    def _is_default(self, name: str) -> bool:
        element = self._elements[name]
        on = str(element.get(W + "default", "0")).lower() in {"1", "true", "on"}
        return on and element.get(W + "type") == "paragraph"

    def _look(self, name: str, left: int) -> Look:
        """The look of the character style ``name``."""
        if name not in self._looks:
            element = self._elements.get(name)
            if element is None or not left:
                return PLAIN
            self._looks[name] = PLAIN  # where styles inherit in a circle
            base = self._look(value(element, "basedOn"), left - 1)
            self._looks[name] = look(child(element, "rPr")).over(base)
        return self._looks[name]

    def _style(self, name: str, left: int) -> Style:
        if name not in self._known:
            element = self._elements.get(name)
            if element is None or not left:
                return Style()
            self._known[name] = Style()  # where styles inherit in a circle
            style = self._style(value(element, "basedOn"), left - 1)
            called = value(element, "name").lower()
            if match := _HEADING.fullmatch(called):
                style = replace(style, level=int(match[1]))
            style = _refined(style, element)
            if child(element, "pPr", "numPr") is not None:
                style = replace(style, linked=name)
            self._known[name] = replace(
                style,
                title=style.title or called == "title",
                contents=style.contents or _CONTENTS.fullmatch(called) is not None,
                caption=style.caption or called == "caption",
                look=look(child(element, "rPr")).over(style.look),
            )
        return self._known[name]


def _refined(style: Style, element: Any) -> Style:
    """``style`` with what the ``pPr`` of a style or paragraph says."""
    if child(element, "pPr") is None:
        return style
    outline = value(element, "pPr", "outlineLvl")
    if outline.isdecimal():
        level = count(outline, _LEVELS)
        style = replace(style, level=level + 1 if level < _LEVELS else 0)
    if number := value(element, "pPr", "numPr", "numId"):
        style = replace(style, number="" if number == "0" else number, depth=None, linked="")
    if depth := value(element, "pPr", "numPr", "ilvl"):
        style = replace(style, depth=min(count(depth), _LEVELS - 1), linked="")
    breaks = switch(element, "pPr", "pageBreakBefore")
    return style if breaks is None else replace(style, breaks_before=breaks)


def _all_bold(paragraph: Any) -> bool:
    """Whether every run with text is bold."""
    runs = [run for run in paragraph.iter(W + "r") if run.find(W + "t") is not None]
    return bool(runs) and all(switch(run, "rPr", "b") for run in runs)
