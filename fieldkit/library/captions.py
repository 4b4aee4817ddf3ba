"""Numbered figures and tables: ``Fig. 2-1``, ``Abbildung 4`` and ``表7`` as one code each.

Whatever the word for it, a figure is ``figure3`` and a table ``table7`` in the index; where its
caption stands it is ``captionfigure3`` as well, which ranks it before the pages that mention it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_NAMED = re.compile(
    r"(?:(?:(?<![^\W_])(?:fig(?:ure|ura|uur|ur)?s?|abb(?:ildung)?|bild|afb(?:eelding)?|illustration"
    r"|рис(?:унок)?)|[\u56fe\u5716\u56f3]|그림|รูปที่|รูป)"
    r"|(?P<table>(?<![^\W_])(?:tab(?:le|leau|elle|ella|ela|ell|el|la)?|таблица|табл)|表|표"
    r"|ตารางที่|ตาราง))"
    r"\.? ?(?:n[ro]\.? ?)?"
    r"(?P<number>(?:[a-z][-.]?)?[0-9]{1,3}(?:[-.][0-9]{1,3}){0,2}[a-z]?)(?![^\W_])",
    re.IGNORECASE,
)
# One of these is in every match; looking for them first is quicker than the expression.
_HINTS = (
    "fig", "abb", "bild", "afb", "illustration", "рис", "图", "圖", "図", "그림", "รูป",
    "tab", "табл", "表", "표", "ตาราง",
)  # fmt: skip
_GOES_ON = re.compile(r"(?:[ *_]{0,4}(?:[:.|\n-]|\Z)| [^\W\d_])")
_NEAR = 4  # characters before a caption that are looked at
_CAPTION = "caption"


@dataclass(frozen=True, slots=True)
class Caption:
    """A figure or table that is named from ``start`` to ``end`` of a text.

    ``code`` is ``figure2x1`` for ``Fig. 2-1``; ``is_caption`` says that its title follows.
    """

    start: int
    end: int
    code: str
    is_caption: bool

    @property
    def codes(self) -> tuple[str, ...]:
        """What the index holds of it."""
        return (self.code, _CAPTION + self.code) if self.is_caption else (self.code,)

    @property
    def sought(self) -> str:
        """The code of its caption, wherever the question names it."""
        return _CAPTION + self.code


def named(text: str) -> Iterator[Caption]:
    """Yield the figures and tables that a ``normal`` text names, in order."""
    lower = text.lower()
    for match in _NAMED.finditer(text) if any(hint in lower for hint in _HINTS) else ():
        kind = "table" if match["table"] else "figure"
        number = re.sub(r"[-.]", "x", match["number"].lower())
        yield Caption(match.start(), match.end(), f"{kind}{number}", _is_caption(text, match))


def _is_caption(text: str, match: re.Match[str]) -> bool:
    """Whether ``match`` begins a sentence or line and a title follows: "Figure 3 Fuel filter"."""
    before = text[max(0, match.start() - _NEAR) : match.start()].rstrip(" *_")
    begins = match.start() <= _NEAR if not before else before[-1] in ".!?:\n"
    after = _GOES_ON.match(text, match.end())
    return begins and after is not None and not after[0][-1:].islower()
