"""What a browser shows of an element as text: without what is hidden or crossed out."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from fieldkit.core.text import clean_line
from fieldkit.library.readers.html_math import math_text
from fieldkit.library.readers.html_style import Properties, Styles
from fieldkit.library.readers.scripts import LEVEL, LOWERED, RAISED, resolved

_NEVER = frozenset({
    "area", "audio", "base", "canvas", "col", "colgroup", "datalist", "embed", "frame", "head",
    "iframe", "link", "map", "meta", "nav", "noscript", "object", "param", "script", "source",
    "style", "svg", "template", "title", "track", "video",
})  # fmt: skip
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details",
    "dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form",
    "frameset", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "html", "legend",
    "li", "main", "menu", "ol", "p", "pre", "search", "section", "summary", "table", "tbody",
    "td", "tfoot", "th", "thead", "tr", "ul",
})  # fmt: skip
_STRUCK = frozenset({"del", "s", "strike"})
_SILENT_INPUTS = frozenset(
    {"button", "hidden", "image", "password", "reset", "submit", "file", "color"}
)
_QUOTED = 500  # characters of what is left out
_FIGURE = re.compile(r"\d")
_NEAR = 40  # characters
_CELL = "\x1d"
BREAK = "\x1e"  # of a line: newlines of the source are only spaces
_RAISING = {"sup": RAISED, "sub": LOWERED, "super": RAISED}


@dataclass(frozen=True, slots=True)
class State:
    """What an element takes over from those around it."""

    visible: bool = True
    raised: bool = False


Entered = tuple[State, Properties]
Inside = Callable[[Any, State, list[str]], None]


@dataclass(slots=True)
class Shown:
    """Reads elements by ``styles``; ``left_out`` collects what is crossed out or hidden."""

    styles: Styles
    left_out: list[str] = field(default_factory=list)
    drawings: list[str] = field(default_factory=list)

    def line(self, element: Any, state: State) -> str:
        """The text of ``element`` as one line; figures in lines of their own are set apart."""
        parts: list[str] = []
        self._inside(element, state, parts)
        return one_line("".join(parts))

    def enters(self, element: Any, state: State) -> Entered | None:
        """The state inside ``element`` and its properties; None where nothing of it is shown."""
        tag = name_of(element)
        if tag in _NEVER:
            self._drawing(element, tag)
            return None
        style = self.styles.of(element)
        if hidden(element, tag, style) or struck(tag, style):
            self._leave_out(element)
            return None
        visibility = style.get("visibility", "").split(" ")[0]
        if visibility in ("hidden", "collapse") and state.visible:
            state = replace(state, visible=False)
        elif visibility.startswith("visible"):
            state = replace(state, visible=True)
        return state, style

    def text(self, text: str | None, state: State, parts: list[str]) -> None:
        """Add ``text``, unless it is not visible."""
        if text and state.visible:
            parts.append(text.replace("\u00ad", ""))
        elif text and (line := clean_line(text)):
            self.left_out.append(line[:_QUOTED])

    def inline(self, element: Any, entered: Entered, parts: list[str], inside: Inside) -> None:
        """Add what the inline ``element`` shows; ``inside`` adds its content."""
        state, style = entered
        tag = name_of(element)
        shown = _REPLACED.get(tag)
        if shown is not None:
            self.text(shown(element), state, parts)
            self.left_out += _cancelled(element) if tag == "math" else ()
            return
        mark = raising(tag, style)
        if mark and not state.raised:
            parts.append(mark)
            inside(element, replace(state, raised=True), parts)
            parts.append(LEVEL)
            return
        before, behind = _around(element, tag)
        if mark:
            before = "^" if mark == RAISED else "_"
        parts.append(before)
        inside(element, state, parts)
        parts.append(behind)

    def _inside(self, element: Any, state: State, parts: list[str]) -> None:
        self.text(element.text, state, parts)
        for child in element:
            if isinstance(child.tag, str):
                self._child(child, state, parts)
            self.text(child.tail, state, parts)

    def _child(self, element: Any, state: State, parts: list[str]) -> None:
        entered = self.enters(element, state)
        if entered is None:
            return
        inner, style = entered
        if name_of(element) == "br":
            parts.append(BREAK)
        elif is_block(element, style):
            # Blocks are apart: <p>20</p><p>Nm</p> is no "20Nm".
            parts.append("" if name_of(element) in ("td", "th") else BREAK)
            self._inside(element, inner, parts)
            parts.append(_CELL if name_of(element) in ("td", "th") else BREAK)
        else:
            self.inline(element, entered, parts, self._inside)

    def _leave_out(self, element: Any) -> None:
        text = clean_line(" ".join(_raw_text(element)))
        if text:
            self.left_out.append(text[:_QUOTED])

    def _drawing(self, element: Any, tag: str) -> None:
        if tag == "svg":
            texts = (clean_line("".join(t.itertext())) for t in element.iter("text"))
            if found := ", ".join(filter(None, texts)):
                self.drawings.append(found[:_QUOTED])


def one_line(text: str) -> str:
    """``text`` as one clean line; what is below each other and holds figures is set apart."""
    parts: list[str] = []
    before = ""
    for line in filter(None, map(_cells, text.split(BREAK))):
        apart = _FIGURE.search(before[-_NEAR:]) and _FIGURE.search(line[:_NEAR])
        if parts:
            parts.append("; " if apart and before[-1] not in ".,;:!?" else " ")
        parts.append(line)
        before = line
    return "".join(parts)


def _cells(line: str) -> str:
    """One clean line; cells of a table in a cell have commas between them."""
    return ", ".join(filter(None, (clean_line(resolved(cell)) for cell in line.split(_CELL))))


def name_of(element: Any) -> str:
    """The tag of ``element`` in lower case."""
    name: str = element.tag.lower()
    return name


def is_block(element: Any, style: Properties) -> bool:
    """Whether ``element`` begins a line of its own."""
    display = style.get("display", "").split(" ")[0]
    if display in ("block", "flex", "grid", "list-item", "table", "table-row", "flow-root"):
        return True
    tag = name_of(element)
    return tag in _BLOCKS and not (
        display.startswith("inline") and tag not in ("td", "th", "table")
    )


def hidden(element: Any, tag: str, style: Properties) -> bool:
    """Whether ``element`` is not shown at all."""
    display = style.get("display", "")
    if display.startswith("none"):
        return True
    if tag == "dialog" and element.get("open") is None:
        return True
    return element.get("hidden") is not None and not display


def struck(tag: str, style: Properties) -> bool:
    """Whether ``element`` is crossed out."""
    lines = (style.get(name, "") for name in ("text-decoration", "text-decoration-line"))
    decoration = " ".join(filter(None, lines))
    if "line-through" in decoration:
        return True
    return tag in _STRUCK and not decoration.startswith("none")


def raising(tag: str, style: Properties) -> str:
    """The mark of ``scripts`` that begins a raised or lowered text; "" where it is neither."""
    return _RAISING.get(style.get("vertical-align", "").split(" ")[0]) or _RAISING.get(tag, "")


def _raw_text(element: Any) -> list[str]:
    found: list[str] = []
    for child in element.iter():
        if isinstance(child.tag, str) and name_of(child) not in ("script", "style", "template"):
            found.append(child.text or "")
            found += [_control(child)] if name_of(child) == "input" else []
        if child is not element:
            found.append(child.tail or "")
    return found


def _around(element: Any, tag: str) -> tuple[str, str]:
    """What a browser shows before and behind the content of ``element``."""
    if tag == "q":
        return "\u201c", "\u201d"
    parent = element.getparent()
    if tag == "rt" and parent is not None and parent.find("rp") is None:
        return "(", ")"
    return "", ""


def _control(element: Any) -> str:
    """The value of an ``input``."""
    kind = (element.get("type") or "text").strip().lower()
    if kind in _SILENT_INPUTS:
        return ""
    if kind in ("checkbox", "radio"):
        return "[x] " if element.get("checked") is not None else "[ ] "
    return element.get("value") or ""


def _choice(element: Any) -> str:
    """The choices of a ``select`` that are in sight."""
    options = [each for each in element.iter("option") if clean_line("".join(each.itertext()))]
    texts = [clean_line("".join(each.itertext())) for each in options]
    chosen = [
        text for text, each in zip(texts, options, strict=True) if each.get("selected") is not None
    ]
    if element.get("multiple") is not None or (element.get("size") or "1").strip() != "1":
        return ", ".join(texts)
    return ", ".join(chosen[-1:] or texts[:1])


def _cancelled(formula: Any) -> list[str]:
    """What is crossed out in ``formula``."""
    found = (each for each in formula.iter("menclose") if "strike" in (each.get("notation") or ""))
    return [clean_line(" ".join(each.itertext())) for each in found]


def _content(element: Any) -> str:
    return "".join(element.itertext())


def _alt(element: Any) -> str:
    return element.get("alt") or ""


_REPLACED = {
    "img": _alt,
    "input": _control,
    "math": math_text,
    "select": _choice,
    "textarea": _content,
}
