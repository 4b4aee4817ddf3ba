"""How a run of text looks: crossed out, hidden, raised, in a symbol font (ECMA-376-1, 17.3.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fieldkit.library.readers.docx_names import W, child, switch, value

_HALF_POINTS = 4  # less is an adjustment of the line, not a raised mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """None where a style or run does not say. ``level``: 1 raised, -1 lowered, 0 neither."""

    strike: bool | None = None
    double: bool | None = None
    vanish: bool | None = None
    web_hidden: bool | None = None
    level: int | None = None
    moved: int | None = None  # by w:position, which long text has for other reasons too
    font: str | None = None
    white: bool | None = None

    @property
    def struck(self) -> bool:
        """Whether a line crosses the text out."""
        return bool(self.strike or self.double)

    @property
    def hidden(self) -> bool:
        """Whether the text is not shown."""
        return bool(self.vanish or self.web_hidden)

    def over(self, base: Look) -> Look:
        """What this look says, else what ``base`` says."""
        return self._merged(
            base, strike=_first(self.strike, base.strike), vanish=_first(self.vanish, base.vanish)
        )

    def combined(self, paragraph: Look) -> Look:
        """The look of a character style on text whose paragraph style says ``paragraph``.

        What both switch on is off: w:strike and w:vanish are toggles (17.7.3).
        """
        return self._merged(
            paragraph,
            strike=bool(self.strike) ^ bool(paragraph.strike),
            vanish=bool(self.vanish) ^ bool(paragraph.vanish),
        )

    def _merged(self, base: Look, *, strike: bool | None, vanish: bool | None) -> Look:
        return Look(
            strike=strike,
            vanish=vanish,
            double=_first(self.double, base.double),
            web_hidden=_first(self.web_hidden, base.web_hidden),
            level=base.level if self.level is None else self.level,
            moved=base.moved if self.moved is None else self.moved,
            font=base.font if self.font is None else self.font,
            white=_first(self.white, base.white),
        )


PLAIN = Look()
_LEVELS = {"superscript": 1, "subscript": -1, "baseline": 0}


def look(properties: Any | None) -> Look:
    """What ``w:rPr`` says."""
    if properties is None or not len(properties):
        return PLAIN
    fonts = child(properties, "rFonts")
    font = None if fonts is None else fonts.get(W + "ascii") or fonts.get(W + "hAnsi")
    return Look(
        strike=switch(properties, "strike"),
        double=switch(properties, "dstrike"),
        vanish=_first(switch(properties, "specVanish"), switch(properties, "vanish")),
        web_hidden=switch(properties, "webHidden"),
        level=_LEVELS.get(value(properties, "vertAlign")),
        moved=_moved(value(properties, "position")),
        font=font,
        white=(colour.upper() == "FFFFFF") if (colour := value(properties, "color")) else None,
    )


def _moved(position: str) -> int | None:
    sign, digits = position[:1] == "-", position.lstrip("-+")
    if not digits.isdecimal() or len(digits) > 4:
        return None
    if int(digits) < _HALF_POINTS:
        return 0
    return -1 if sign else 1


def _first(own: bool | None, base: bool | None) -> bool | None:
    return base if own is None else own
