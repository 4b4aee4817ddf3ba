"""How much of a claim its statement, and what is beside it, says: what is left is invented."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from fieldkit.core.claims import Kind, Remark
from fieldkit.library.claims.align import Evidence, Given, Said, parts
from fieldkit.library.claims.comparing_values import compare
from fieldkit.library.claims.content import Term

# How much a word of a claim is supported by being in the statement or beside it, under its heading,
# in the question, in the same passage, in another one.
_THERE, _HEADING, _ASKED, _PASSAGE, _ELSEWHERE = 1.0, 0.9, 0.7, 0.6, 0.4
# Below these parts of its weight a claim, or a part of one, is not from the manuals.
WHOLE, PART = 0.37, 0.3
_RUN = 3.0  # words side by side that are in no passage
_WORDS = 2  # content words that a part needs to be judged
# Words with which an answer points at its source, or goes on; as stems.
_FILLING = """
    accord manual document passag sourc tabl text section mention follow state list given note
    pleas ensur make sure answer question specifi import alway onc twice yes
    handbuch dokument tabell abschnitt laut gemass folgend angegeb antwort frag bitt ja
    manuel selon tableau suiv indiqu repons oui veuill
    segun tabl manual indic siguient respuest favor sea sean
    ifolg handbok tabell folgend segund conform manual seguint sim
    time year month week day hour minut
    then afterward again otherwis instead therefor thereaft moreov likewis addit togeth still
    danach davor dabei dafur dagegen damit dana darauf daraus darin davon dazu wied erneut zuerst
    anschliess sonst ausserd jeweil zunach sowi
    ensuit puis alor egalement ainsi auss apres avant deja toujour
    luego despues ademas tambien entonc ante
    deretter etterpa igjen ogsa depois tambem antes novament
    """
_FILLERS = frozenset(_FILLING.split())
_WORDS_OF_PART = 2  # and of a part of a claim
_ABOUT_MANUALS = re.compile(
    r"(?:manual|document|passage|source|text|extract|handbuch|dokument|quelle|textstelle"
    r"|documento|pasaje|fuente|texto|manuel|extrait|h\u00e5ndbok|kilde|trecho)\w*\W+(?:\w+\W+){0,3}?"
    r"(?:(?:do|does|did|is|are)(?: not|n't|n\u2019t)|kein\w*|nicht|no|ne|n'|ikke|n\u00e3o)\b",
    re.IGNORECASE,
)


def claims_something(text: str, said: Said) -> bool:
    """Whether a piece of an answer can be right or wrong: not "Yes, see below" or "As follows:"."""
    if said.slots:
        return True
    if text.endswith(":") or _ABOUT_MANUALS.search(text):
        return False
    return sum(term.weight for term in said.terms if term.stem not in _FILLERS) >= 1.0


def unknown(said: Said, evidence: Evidence) -> bool:
    """Whether a claim that shares nothing with any statement is not from the manuals."""
    heavy = [t for t in said.terms if not t.figure and t.weight >= 1 and t.stem not in _FILLERS]
    return len(heavy) >= _WORDS and said.spoken.spoken == evidence.language.spoken


def uncovered(
    text: str,
    said: Said,
    given: Given,
    evidence: Evidence,
    supported: Collection[tuple[int, int]],
    *,
    first: bool = False,
) -> list[Remark]:
    """The remarks on what of ``text`` is not from the manuals: the whole claim, or parts of it.

    ``supported`` are the places of values that the manuals give. A claim in another language than
    the passages is not judged: its words are others. The ``first`` claim of an answer is what
    answers the question, often in other words than the manual's: it is only taken for invented
    where it has nothing but the question's words.
    """
    if said.spoken.spoken != given.spoken.spoken:
        return []
    near = given.words | _beside(given, evidence)
    passage = frozenset().union(*(g.words for g in evidence.given if g.passage == given.passage))
    weights = list(_weights(said, given, evidence, near, passage))
    held = [start for start, _ in supported]
    most = evidence.words.most
    if len(_heavy(weights)) > _WORDS and _part(weights, len(held) * most) < WHOLE:
        told = [s for s in supported if not _is_asked(s, said, evidence)]
        if not first or not (told or _adds(said, near - evidence.asked)):
            return [Remark(kind=Kind.NO_SUPPORT)]
        return []
    found = []
    pieces = list(parts(text, [slot.value for slot in said.slots], wide=True))
    for start, end in pieces if len(pieces) > 1 else ():
        own = _of_part(said, weights, start, end, evidence)
        count = sum(start <= place < end for place in held)
        if len(_heavy(own)) >= _WORDS_OF_PART and _part(own, count * most) < PART:
            begin = start + len(text[start:end]) - len(text[start:end].lstrip(" ,;:"))
            stop = len(text[:end].rstrip(" .,;:"))
            found.append(Remark(kind=Kind.NO_SUPPORT, start=begin, end=stop, said=text[begin:stop]))
    if not found:
        found += _unheard(text, weights)
    return found


def _is_asked(place: tuple[int, int], said: Said, evidence: Evidence) -> bool:
    """Whether the value at ``place`` of a claim is one of the question."""
    value = next((s.value for s in said.slots if (s.value.start, s.value.end) == place), None)
    return value is not None and any(
        (match := compare(value, asked)) is not None and match.supports
        for asked in evidence.asked_values
    )


def _adds(said: Said, near: frozenset[str]) -> bool:
    """Whether a claim has a word of its statement that the question does not have."""
    return any(
        meant & near and term.stem not in _FILLERS
        for term, meant in zip(said.terms, said.meant, strict=True)
    )


def _of_part(
    said: Said, weights: list[tuple[Term, float, float]], start: int, end: int, evidence: Evidence
) -> list[tuple[Term, float, float]]:
    """The weights of a part of a claim; it may rest on another statement than the whole."""
    meant = {
        term: stems
        for term, stems in zip(said.terms, said.meant, strict=True)
        if start <= term.start < end
    }
    words = frozenset().union(*meant.values())
    tells = evidence.words.tells
    best = max(
        (given.words & words for given in evidence.given),
        key=lambda shared: sum(map(tells, shared)),
        default=frozenset(),
    )
    return [
        (term, weight, _THERE if meant[term] & best else support)
        for term, weight, support in weights
        if start <= term.start < end
    ]


def _unheard(text: str, weights: list[tuple[Term, float, float]]) -> Iterator[Remark]:
    """The remark on the first words side by side that are in no passage and not in the question."""
    run: list[Term] = []
    for term, _, support in weights:
        if support or term.figure or not term.weight:
            run = []
            continue
        run.append(term)
        if sum(t.weight for t in run) >= _RUN:
            start, end = run[0].start, run[-1].end
            yield Remark(kind=Kind.NO_SUPPORT, start=start, end=end, said=text[start:end])
            return


def _heavy(weights: list[tuple[Term, float, float]]) -> list[Term]:
    return [term for term, _, _ in weights if not term.figure and term.weight >= 1]


def _part(weights: list[tuple[Term, float, float]], held: float) -> float:
    """The part of the weight that is supported; ``held`` is that of values."""
    whole = held + sum(weight for _, weight, _ in weights)
    return (held + sum(weight * support for _, weight, support in weights)) / whole if whole else 1


def _weights(
    said: Said,
    given: Given,
    evidence: Evidence,
    near: frozenset[str],
    passage: frozenset[str],
) -> Iterator[tuple[Term, float, float]]:
    """Each word of a claim, how much it tells, and how much of it is supported."""
    values = [(slot.value.start, slot.value.end) for slot in said.slots]
    for term, meant in zip(said.terms, said.meant, strict=True):
        if any(start <= term.start < end for start, end in values) or term.stem in _FILLERS:
            continue
        tells = max((evidence.words.tells(stem) for stem in meant), default=evidence.words.most)
        yield term, tells * term.weight, _support(meant, given, evidence, near, passage)


def _support(
    meant: frozenset[str],
    given: Given,
    evidence: Evidence,
    near: frozenset[str],
    passage: frozenset[str],
) -> float:
    for words, support in (
        (near, _THERE),
        (given.around, _HEADING),
        (evidence.asked, _ASKED),
        (passage, _PASSAGE),
    ):
        if meant & words:
            return support
    return _ELSEWHERE if meant else 0.0


def _beside(given: Given, evidence: Evidence) -> frozenset[str]:
    return frozenset().union(
        *(
            other.words
            for other in evidence.given
            if other.passage == given.passage and abs(other.number - given.number) == 1
        )
    )
