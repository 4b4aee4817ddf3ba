"""The unit that a person wants the answer in: ``torque of the studs in lb-ft``.

A manual that gives ``320 Nm`` answers that, so the unit is no word that a page has to hold. What it
measures is asked for, though, by whatever word the manual calls it.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from fieldkit.library.language import WORD, fold
from fieldkit.library.stopwords import STOP_WORDS
from fieldkit.library.unit_names import NAMES_OF_UNITS

# What divides the words of a unit: lb-ft, lb·ft, lb.ft, lb ft.
PARTS = re.compile(r"[\s.*·⋅-]+")
_LONGEST = 5  # words of a unit: pounds per square inch
# Before a unit that the answer is wanted in; "how many" of it, too.
_WANTED_TEXT = """
    in en em i dans til nach auf zu to as converti convertido convertida umgerechnet expressed
"""
_WANTED = frozenset(_WANTED_TEXT.split())
_HOW_MANY = (
    ("how", "many"), ("how", "much"), ("wie", "viele"), ("wie", "viel"), ("wieviel",),
    ("wieviele",), ("cuantos",), ("cuantas",), ("combien", "de"), ("combien", "d"),
    ("hvor", "mange"), ("hvor", "mye"), ("hur", "manga"), ("quantos",), ("quantas",),
    ("quanti",), ("quante",), ("hoeveel",),
)  # fmt: skip
_COUNTING = {
    first: tuple(words for words in _HOW_MANY if words[0] == first)
    for first in {words[0] for words in _HOW_MANY}
}
# Kinds of units whose names are little else; others are also other words (a foot valve, the second
# gear), so they count only where the phrase ends with them.
_CERTAIN = ("pressure", "torque")
_OTHER_THINGS = frozenset({"bar", "bars", "pa"})
_STOPS_TOO = frozenset({"in", "min"})
_ASKING = frozenset(word for words in _HOW_MANY for word in words).union(
    *({fold(word) for word in words} for words in STOP_WORDS.values())
)
_CONVERTED = re.compile(
    r"\b(?:(?:converted|convert|expressed|given|umgerechnet|umrechnen|angegeben|convertid[oa]"
    r"|converti[er]?|exprim[eé]e?|omregnet)\s+)(?=(?:in|into|to|en|em|til|nach|a)\b)",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"[^\W_]+(?:[*·⋅/.-][^\W_]+|/[^\W_]+)*")


class Token(NamedTuple):
    """A word of a question, folded, and where it stands."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question without the units that it wants its answer in.

    ``rest`` is as long as the question, with blanks for them; ``units`` are their names as they
    were written and ``quantities`` what they measure.
    """

    rest: str
    units: tuple[str, ...]
    quantities: frozenset[str]


def asked_in(question: str) -> Asked:
    """Find the units that ``question`` wants its answer in: "in psi", "how many ft-lb".

    Where nothing else is asked, they are the question and stay. Never raises.
    """
    tokens = [Token(m.start(), m.end(), fold(m[0])) for m in _TOKEN.finditer(question)]
    if not any(token.text in _WANTED or token.text in _COUNTING for token in tokens):
        return Asked(question, (), frozenset())
    letters = list(question)
    units: list[str] = []
    quantities: set[str] = set()
    at = 0
    while at < len(tokens):
        begins = _introduced(tokens, at)
        size, quantity = _unit(question, tokens, begins) if begins else (0, "")
        if not size:
            at += 1
            continue
        start, end = tokens[begins].start, tokens[begins + size - 1].end
        units.append(question[start:end])
        quantities.add(quantity)
        letters[start:end] = " " * (end - start)
        at = begins + size
    if not units:
        return Asked(question, (), frozenset())
    rest = _CONVERTED.sub(lambda match: " " * len(match[0]), "".join(letters))
    if not any(word not in _ASKING for word in map(fold, WORD.findall(rest))):
        return Asked(question, (), frozenset())
    return Asked(rest, tuple(units), frozenset(quantities))


def _introduced(tokens: Sequence[Token], at: int) -> int:
    """The place after words that introduce a unit at ``at``; 0: none do."""
    first = tokens[at].text
    if first in _WANTED:
        return at + 1
    for words in _COUNTING.get(first, ()):
        if tuple(token.text for token in tokens[at : at + len(words)]) == words:
            return at + len(words)
    return 0


def _unit(question: str, tokens: Sequence[Token], at: int) -> tuple[int, str]:
    """How many tokens from ``at`` on name a unit, and what it measures; (0, ""): none do."""
    names = _names()
    for size in range(min(_LONGEST, len(tokens) - at), 0, -1):
        text = " ".join(token.text for token in tokens[at : at + size])
        quantity = names.get(" ".join(PARTS.split(text)).strip())
        if quantity is None:
            continue
        certain = quantity in _CERTAIN and text not in _OTHER_THINGS
        if certain or size > 1 or _ends(question, tokens, at):
            return size, quantity
    return 0, ""


def _ends(question: str, tokens: Sequence[Token], at: int) -> bool:
    """Whether the phrase of the token ``at`` ends with it: a sign or a word of asking follows."""
    if at + 1 >= len(tokens):
        return True
    between = question[tokens[at].end : tokens[at + 1].start]
    return bool(between.strip()) or tokens[at + 1].text in _ASKING


@functools.cache
def _names() -> dict[str, str]:
    """What each name of a unit measures; no stop word ("an", "no") is one, but for two units."""
    return {
        name: quantity
        for quantity, units in NAMES_OF_UNITS.items()
        for names in units.values()
        for name in names.split("|")
        if name not in _ASKING or name in _STOPS_TOO
    }
