"""The numbers of Word's lists and headings, as it shows them (ECMA-376-1, 17.9)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fieldkit.core.text import clean_line
from fieldkit.library.readers.docx_findings import FORMATS, Findings
from fieldkit.library.readers.docx_looks import look
from fieldkit.library.readers.docx_names import MC, W, child, count, switch, value
from fieldkit.library.readers.docx_styles import Style, Styles
from fieldkit.library.readers.docx_symbols import shown

_LEVELS = 9
_LABEL = 80  # characters
_PLACE = re.compile(r"%([1-9])")
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"),
    (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_RUSSIAN = "абвгдежзиклмнопрстуфхцчшщыэюя"
_CHINESE = "〇一二三四五六七八九"
_BULLET = "bullet"
_BOXES = {"\u2610", "\u2611", "\u2612"}  # of a checklist


@dataclass(frozen=True, slots=True, kw_only=True)
class _Level:
    start: int
    format: str
    text: str
    legal: bool  # shows all numbers as digits
    restart: int | None  # after which level, from 1; 0: never; None: after every higher one
    style: str
    hidden: bool
    font: str


@dataclass(frozen=True, slots=True)
class Label:
    """What Word shows before a paragraph; ``text`` is "" for a bullet."""

    text: str = ""
    bullet: bool = False


class Numbers:
    """Counts the numbered paragraphs of one document, by ``numbering.xml``."""

    def __init__(self, root: Any | None, styles: Styles, findings: Findings) -> None:
        self._findings = findings
        self._lists: dict[str, tuple[str, dict[int, _Level]]] = {}  # numId -> counter, levels
        self._starts: dict[tuple[str, int], int] = {}  # overrides not yet used
        self._counts: dict[str, dict[int, int]] = {}
        if root is not None:
            self._read(root, styles)

    def next(self, style: Style) -> Label | None:
        """The label of the next paragraph of ``style``; None where it has no number."""
        if style.number not in self._lists:
            return Label(bullet=True) if style.number else None
        counter, levels = self._lists[style.number]
        depth = self._depth(style, levels)
        level = levels.get(depth)
        if level is None:
            return None
        counts = self._counts.setdefault(counter, {})
        for deeper in [other for other in counts if other > depth]:
            restart = levels[deeper].restart if deeper in levels else None
            if restart is None or depth < restart:
                del counts[deeper]
        begin = self._starts.pop((style.number, depth), None)
        if begin is not None:
            counts[depth] = begin
        else:
            counts[depth] = counts[depth] + 1 if depth in counts else level.start
        return self._label(level, levels, counts)

    def _depth(self, style: Style, levels: dict[int, _Level]) -> int:
        if style.linked:
            # Word ignores the level that a style names where the list names the style.
            for depth, level in levels.items():
                if level.style == style.linked:
                    return depth
        return style.depth or 0

    def _label(self, level: _Level, levels: dict[int, _Level], counts: dict[int, int]) -> Label:
        if level.hidden or not level.text.strip():
            return Label()
        if level.format == _BULLET and (box := shown(level.text, level.font)) in _BOXES:
            return Label(text=box)
        # "o" is a bullet, "Note:" is a word.
        if level.format == _BULLET and sum(map(str.isalnum, level.text)) < 2:
            return Label(bullet=True)

        def number(match: re.Match[str]) -> str:
            depth = int(match[1]) - 1
            other = levels.get(depth)
            if other is None:
                return ""
            shape = "decimal" if level.legal else other.format
            return self._shown(counts.get(depth, other.start), shape)

        return Label(text=clean_line(_PLACE.sub(number, level.text))[:_LABEL])

    def _shown(self, number: int, shape: str) -> str:
        if shape in {_BULLET, "none"}:
            return ""
        if shape.startswith("0"):  # "001, 002, 003, ...": a format of its own
            return str(number).zfill(len(shape))
        if shape not in _FORMATS:
            self._findings.add(FORMATS, shape)
        return formatted(number, shape)

    def _read(self, root: Any, styles: Styles) -> None:
        abstract = {str(e.get(W + "abstractNumId")): e for e in root.findall(W + "abstractNum")}
        links = {link: e for e in abstract.values() if (link := value(e, "styleLink"))}
        nums = {str(num.get(W + "numId")): num for num in root.findall(W + "num")}
        known: dict[str, dict[int, _Level]] = {}
        for identity, num in nums.items():
            element = abstract.get(value(num, "abstractNumId"))
            if element is not None and (link := value(element, "numStyleLink")):
                other = nums.get(styles.list_of(link))
                found = None if other is None else abstract.get(value(other, "abstractNumId"))
                element = links.get(link, found if found is not None else element)
            if element is None:
                continue
            counter = str(element.get(W + "abstractNumId"))
            if counter not in known:
                known[counter] = _levels(element)
            levels = known[counter]
            for override in num.findall(W + "lvlOverride"):
                levels = {**levels, **_levels(override)}
                depth = count(str(override.get(W + "ilvl")), _LEVELS)
                if child(override, "startOverride") is not None:
                    self._starts[identity, depth] = count(value(override, "startOverride"), 1)
            self._lists[identity] = (counter, levels)


def formatted(number: int, shape: str) -> str:
    """``number`` as the format ``shape`` (ST_NumberFormat) shows it; digits if it is unknown."""
    return _FORMATS.get(shape, str)(number)


def _levels(element: Any) -> dict[int, _Level]:
    levels = {}
    for level in element.findall(W + "lvl"):
        depth = count(str(level.get(W + "ilvl")), _LEVELS)
        if depth < _LEVELS:
            levels[depth] = _level(level)
    return levels


def _level(level: Any) -> _Level:
    restart = value(level, "lvlRestart")
    seen = look(child(level, "rPr"))
    return _Level(
        start=count(value(level, "start")),
        format=_format(level),
        text=value(level, "lvlText")[:100],
        legal=bool(switch(level, "isLgl")),
        restart=count(restart) if restart else None,
        style=value(level, "pStyle"),
        hidden=seen.hidden,
        font=seen.font or "",
    )


def _format(level: Any) -> str:
    """The name of the format, or the first number of one of its own: ``001``."""
    found = child(level, "numFmt")
    if found is None:
        found = level.find(f"{MC}AlternateContent/{MC}Choice/{W}numFmt")
    if found is None:
        return "decimal"
    name = str(found.get(W + "val", "decimal"))
    if name == "custom":
        first = str(found.get(W + "format", "")).partition(",")[0].strip()
        return first if first.isdecimal() and first.startswith("0") else "decimal"
    return name


def _roman(number: int) -> str:
    text = ""
    for amount, letters in _ROMAN:
        times, number = divmod(number, amount)
        text += letters * min(times, 50)
    return text


def _letters(alphabet: str) -> Callable[[int], str]:
    """A to z, then aa, bb: as Word counts."""

    def shown(number: int) -> str:
        times, place = divmod(max(number, 1) - 1, len(alphabet))
        return alphabet[place] * min(times + 1, 20)

    return shown


def _ordinal(number: int) -> str:
    teens = 10 < number % 100 < 14
    return f"{number}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def _circled(number: int) -> str:
    return chr(0x245F + number) if 1 <= number <= 20 else str(number)


def _chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    if not 0 < number < 100:
        return str(number)
    return (_CHINESE[tens] if tens > 1 else "") + "十" * bool(tens) + _CHINESE[ones] * bool(ones)


_lower = _letters("abcdefghijklmnopqrstuvwxyz")
_russian = _letters(_RUSSIAN)
_FORMATS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalZero": lambda number: str(number).zfill(2),
    "decimalFullWidth": str,
    "decimalHalfWidth": str,
    "lowerLetter": _lower,
    "upperLetter": lambda number: _lower(number).upper(),
    "lowerRoman": _roman,
    "upperRoman": lambda number: _roman(number).upper(),
    "ordinal": _ordinal,
    "numberInDash": lambda number: f"- {number} -",
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "decimalEnclosedParen": lambda number: f"({number})",
    "decimalEnclosedFullstop": lambda number: f"{number}.",
    "russianLower": _russian,
    "russianUpper": lambda number: _russian(number).upper(),
    "chineseCounting": _chinese,
    "chineseCountingThousand": _chinese,
    "japaneseCounting": _chinese,
    "hex": lambda number: f"{number:X}",
}
