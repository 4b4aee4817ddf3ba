"""What a search looks for: the content words and the codes of a text.

A *code* is what is printed on a part or a display: ``P-204``, ``E 17``, ``M12x1.75``. Manuals and
technicians write the same code differently, so both sides are reduced to letters and digits
(``p204``, ``e17``, ``m12x175``) and kept in a column of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# Up to so many terms a question may be too short to stand alone.
FEW = 2

_WORD = re.compile(r"[^\W_]+")

_STOP_WORDS = frozenset(
    _WORD.findall(
        """
        a about after all also am an and any anybody anyone anything are as at be been before
        being between both but by can cannot could did do does doing done for from get gets give
        go goes got had has have having he her here him his how i if in into is it its just let
        long make makes many may me mean means might mine more much must my need needs no nor not
        now of off often on once one only or other our out over own please put say says see shall
        she should show shows so some somebody someone something still such take takes tell than
        that the their them then there these they this those through to too under until up us use
        used uses using very was way we were what whats when where whether which while who whom
        whose why will with within without would you your
        """
    )
)
# Words that point back at what was talked about.
_POINTING = frozenset(
    _WORD.findall("it its that them they their this these those one ones there same")
)
# How people ask, and the nouns that manuals answer with.
_ALSO = {
    "biggest": ("maximum",),
    "broken": ("fault", "damaged"),
    "cold": ("temperature",),
    "deep": ("depth",),
    "error": ("fault",),
    "fast": ("speed",),
    "heavy": ("weight",),
    "highest": ("maximum",),
    "hot": ("temperature",),
    "largest": ("maximum",),
    "loud": ("noise",),
    "lowest": ("minimum",),
    "max": ("maximum",),
    "min": ("minimum",),
    "most": ("maximum",),
    "noisy": ("noise",),
    "smallest": ("minimum",),
    "tight": ("tightened", "torque"),
    "warm": ("temperature",),
}

_THREAD_GAP = re.compile(r"(?<=\d)\s*[x\u00d7]\s*(?=\d)")
# Letters and digits in one run, perhaps with separators inside: P-204, 15W-40, M12x1.75, H2S.
_COMPOUND = re.compile(r"[A-Za-z0-9]+(?:[-./][A-Za-z0-9]+)*")
# A display's "E 17" or an oil's "VG 220": capitals, one space, digits.
_SPACED = re.compile(r"\b([A-Z]{1,3}) (\d{1,5})\b")
_LOOSELY_SPACED = re.compile(r"\b([A-Za-z]{1,3}) (\d{1,5})\b")
# What a thing is called begins with its letters; what begins with digits is a quantity (12V).
_IDENTITY = re.compile(r"[a-z]{1,4}\d")


@dataclass(frozen=True, slots=True)
class Term:
    """One thing asked for: a word or, where ``code`` is true, a normalised code.

    ``also`` are words that answer for it; ``identity`` marks the code of one part or fault, which
    nothing else can stand in for.
    """

    text: str
    also: tuple[str, ...] = ()
    code: bool = False
    identity: bool = False


def codes(text: str) -> tuple[str, ...]:
    """Return the codes of a manual's ``text``, normalised, in order, each once."""
    joined = _THREAD_GAP.sub("x", text)
    found = dict.fromkeys(f"{a}{b}".lower() for a, b in _SPACED.findall(joined))
    for code in _compounds(joined):
        found[code] = None
        if thread := re.match(r"(m\d+)x\d", code):
            found[thread[1]] = None
    return tuple(found)


def _compounds(text: str) -> Iterator[str]:
    for match in _COMPOUND.finditer(text):
        code = re.sub(r"[-./]", "", match[0]).lower()
        if re.search(r"[a-z]", code) and re.search(r"\d", code):
            yield code


def terms(question: str) -> tuple[Term, ...]:
    """Return what ``question`` asks for: its codes, then its words but stop words, each once."""
    joined = _THREAD_GAP.sub("x", question)
    found: dict[str, Term] = {}
    for letters, digits in _SPACED.findall(joined):
        code = f"{letters}{digits}".lower()
        found[code] = Term(code, code=True, identity=True)
    for code in _compounds(joined):
        found[code] = Term(code, code=True, identity=bool(_IDENTITY.match(code)))
    # What is part of a certain code is not looked for again as words of its own.
    rest = _COMPOUND.sub(_unless_code, _SPACED.sub(" ", joined))
    for letters, digits in _LOOSELY_SPACED.findall(rest):
        if letters.lower() not in _STOP_WORDS:
            code = f"{letters}{digits}".lower()
            found.setdefault(code, Term(code, code=True))
    for word in _WORD.findall(rest.lower()):
        if word not in _STOP_WORDS and (len(word) > 1 or word.isdigit()):
            found.setdefault(word, Term(word, _ALSO.get(word, ())))
    return tuple(found.values())


def _unless_code(match: re.Match[str]) -> str:
    return " " if any(_compounds(match[0])) else match[0]


def points_back(question: str) -> bool:
    """Whether ``question`` is worded as going on about what was asked before it."""
    words = _WORD.findall(question.lower())
    if words[:1] == ["and"] or words[:2] in (["what", "about"], ["how", "about"]):
        return True
    return len(terms(question)) <= FEW + 1 and not _POINTING.isdisjoint(words)
