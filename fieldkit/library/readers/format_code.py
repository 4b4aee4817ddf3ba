"""The code of a number format -> its sections and their tokens (ECMA-376-1, 18.8.31)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

CODE_LENGTH = 1000  # characters; Excel writes at most 255
_QUOTED = re.compile(r'"([^"]*)"?')
_BRACKET = re.compile(r"\[([^\]]*)\]")
_CONDITION = re.compile(r"\s*(<=|>=|<>|<|>|=)\s*([+-]?\d+(?:\.\d+)?(?:[Ee][+-]?\d{1,3})?)\s*")
_ELAPSED = re.compile(r"[hH]+|[mM]+|[sS]+")
_WORD = re.compile(r"general|am/pm|a/p|y+|m+|d+|h+|s+|e[+-]", re.IGNORECASE)
_KINDS = {".": "point", ",": "comma", "%": "percent", "@": "text"}


@dataclass(frozen=True, slots=True)
class Token:
    """``text`` is what the code has for it, of ``lit`` what it shows.

    ``kind`` is lit, digit, point, comma, percent, text, general, exp, date, elapsed, ampm or
    subsecond.
    """

    kind: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One of up to four parts of a code; ``locale`` as in ``[$-407]``, without the dash."""

    tokens: tuple[Token, ...]
    condition: tuple[str, float] | None = None
    coloured: bool = False
    locale: str = ""

    @property
    def is_date(self) -> bool:
        """Whether it shows a date or a time."""
        return any(token.kind in ("date", "elapsed", "ampm") for token in self.tokens)

    @property
    def is_text(self) -> bool:
        """Whether it shows text where text is."""
        return any(token.kind == "text" for token in self.tokens)


class _Reader:
    """Reads one section after the other; each character is looked at once."""

    def __init__(self, code: str) -> None:
        self._code = code
        self._at = 0

    def sections(self) -> tuple[Section, ...]:
        """All sections, at most four."""
        found = [self._section()]
        while self._at < len(self._code):
            self._at += 1  # the semicolon
            found.append(self._section())
        return tuple(found[:4])

    def _section(self) -> Section:
        tokens: list[Token] = []
        condition: tuple[str, float] | None = None
        coloured = False
        locale = ""
        while self._at < len(self._code) and self._code[self._at] != ";":
            if match := _BRACKET.match(self._code, self._at):
                self._at = match.end()
                inner = match[1]
                if found := _CONDITION.fullmatch(inner):
                    condition = (found[1], float(found[2]))
                elif _ELAPSED.fullmatch(inner):
                    tokens.append(Token("elapsed", inner.lower()))
                elif inner.startswith("$"):
                    sign, _, locale = inner[1:].partition("-")
                    tokens.append(Token("lit", sign))
                else:
                    coloured = True  # or digits of another script, which are not shown
                continue
            tokens.append(self._token())
        tokens = [token for token in tokens if token.text or token.kind != "lit"]
        return Section(
            tokens=_told_apart(tokens), condition=condition, coloured=coloured, locale=locale
        )

    def _token(self) -> Token:
        code, at = self._code, self._at
        sign = code[at]
        if match := _QUOTED.match(code, at):
            self._at = match.end()
            return Token("lit", match[1])
        if sign in "\\_*":
            self._at += 2
            return Token("lit", _escaped(sign, code[at + 1 : at + 2]))
        if match := _WORD.match(code, at):
            self._at = match.end()
            return _word(match[0])
        self._at += 1
        if sign in "0#?":
            return Token("digit", sign)
        return Token(_KINDS.get(sign, "lit"), sign)


def _escaped(sign: str, following: str) -> str:
    """A backslash shows what follows; ``_x`` is a space as wide, ``*x`` fills the column."""
    if sign == "\\":
        return following
    return " " if sign == "_" or following == " " else ""


def _word(text: str) -> Token:
    lower = text.lower()
    if lower == "general":
        return Token("general", text)
    if lower in ("am/pm", "a/p"):
        return Token("ampm", text)
    return Token("exp", text) if lower[0] == "e" else Token("date", text)


def _told_apart(tokens: list[Token]) -> tuple[Token, ...]:
    """Letters beside digits are units, unless the digits are parts of a second: ``ss.00``."""
    dates = any(token.kind in ("date", "elapsed", "ampm") for token in tokens)
    if not dates:
        return tuple(tokens)
    found: list[Token] = []
    for before, token in pairwise([Token("lit", ""), *tokens]):
        inside = found and found[-1].kind == "subsecond" and token.text == "0"
        seconds = before.kind in ("date", "elapsed") and before.text[0] in "sS"
        if inside or (token.kind == "point" and seconds):
            found.append(Token("subsecond", token.text))
        else:
            found.append(token)
    if any(token.kind == "digit" for token in found):
        return tuple(
            Token("lit", token.text) if token.kind in ("date", "ampm") else token
            for token in tokens
        )
    return tuple(
        Token("lit", token.text) if token.kind in ("comma", "percent", "point", "exp") else token
        for token in found
    )


def sections(code: str) -> tuple[Section, ...]:
    """The sections of ``code``, one to four.

    >>> [len(section.tokens) for section in sections('0.0" bar";;@')]
    [4, 0, 1]
    """
    return _Reader(code).sections()
