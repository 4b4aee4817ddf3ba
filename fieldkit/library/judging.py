"""Whether what was found answers a question, might, or is only near: answered, perhaps, none.

A few signs are read from the best passages and weighed by a logistic model
(library/calibrated.py), which gives how sure it is that they hold the answer, 0 to 1. Two limits
part the three states. Codes have the last word: a fault code or part number that a passage holds
is never refused, and one that none holds is never answered by what is said of another. Nor is what
only the manual of another product holds than the one that is named. A question most of whose words
are in no manual is refused.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from typing import TYPE_CHECKING

from fieldkit.core.citation import Finding, Passage, State
from fieldkit.library.evidence import Place
from fieldkit.library.normal import normal
from fieldkit.library.terms import codes, found_codes
from fieldkit.library.unspaced import holds as is_unspaced

if TYPE_CHECKING:
    from fieldkit.library.query import Wanted
    from fieldkit.library.search import Ranked

LOOKED_AT = 5  # of the best passages are read for signs
# A code says what a passage is about where it begins a line, a sentence or a cell.
_BEFORE = r"(?:^|[\n.;:|(]\s*)(?:[^\W\d_]+[ \t]+){0,2}"
_GAP = r"[ \t./-]?"
_NO_SIGN = re.compile(r"[^a-z0-9]+")  # of a reduced code
_FEW = 5  # passages with a code; one in more of them names a machine rather than a fault or a part


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """From which certainty on something is ``perhaps`` the answer, and from which ``answered``."""

    perhaps: float
    answered: float

    def state(self, certainty: float) -> State:
        """The state of what is found with this ``certainty``, codes left aside."""
        if certainty >= self.answered:
            return State.ANSWERED
        return State.PERHAPS if certainty >= self.perhaps else State.NONE


@dataclass(frozen=True, slots=True)
class Certainty:
    """How sure it is that what was found answers, 0 to 1, and what its codes allow.

    They allow no state below ``least`` and none above ``most``, whatever the ``value``.
    """

    value: float
    least: State
    most: State

    def state(self, limits: Limits) -> State:
        """What is found, parted by ``limits``."""
        order = (State.NONE, State.PERHAPS, State.ANSWERED)
        state, least, most = map(order.index, (limits.state(self.value), self.least, self.most))
        return order[min(max(state, least), most)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What of the best passages speaks for an answer or against it, each about 0 to 1.

    ``evidence`` is the most that one of them mentions of the question and ``first`` what the first
    does. ``strange`` is the part of the question that no manual mentions and ``guessed`` the part
    that was only guessed from misspelt words. ``rarest``: the first holds the rarest thing that was
    asked for. ``figure``: a quantity was asked for, and the first has a figure of it; ``bare``: it
    has none. ``code``: the first holds a code that was asked for. ``lead`` is how far the
    first is ahead of the second, as far as it mentions the question at all, and ``terse`` is 1 for
    a question of one word, less for more. ``statement``, ``value``, ``order`` and ``product`` are
    features of the first (library/ranking.py): how much of the question its best statement holds,
    whether that holds a value of the kind that is asked for and the words in their order, and
    whether it is of the product that is named.
    """

    evidence: float
    first: float
    strange: float
    guessed: float
    rarest: float
    figure: float
    bare: float
    code: float
    lead: float
    terse: float
    statement: float
    value: float
    order: float
    product: float


NAMES = tuple(field.name for field in fields(Signs))


@dataclass(frozen=True, slots=True)
class Model:
    """A logistic model over ``Signs``: the log odds are ``bias`` plus each sign by its weight."""

    bias: float
    weights: Mapping[str, float]

    def certainty(self, signs: Signs) -> float:
        """How sure it is that what has these ``signs`` holds the answer, 0 to 1."""
        odds = self.bias
        odds += sum(
            self.weights.get(name, 0.0) * value
            for name, value in zip(NAMES, astuple(signs), strict=True)
        )
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, odds))))


def signs(ranked: Sequence[Ranked]) -> Signs:
    """Read the signs of the best of what was found, which is ``ranked``, best first."""
    best = ranked[:LOOKED_AT]
    if not best:
        return Signs(**dict.fromkeys(NAMES, 0.0))
    mentioned = best[0].mentioned
    asked = [(term, place) for term, place in mentioned if not term.everyday]
    whole = sum(_weight(term) for term, _ in mentioned) or 1.0
    quantities = [place for term, place in mentioned if term.quantities]
    figures = bool(quantities) and Place.NOWHERE not in quantities
    rarest = max(asked, key=lambda pair: pair[0].weight, default=None)
    ranking = best[0].features
    scores = [entry.passage.score for entry in best[:2]]
    lead = (scores[0] - scores[1]) / scores[0] if len(scores) > 1 and scores[0] > 0 else 1.0
    return Signs(
        evidence=max(entry.evidence for entry in best),
        first=best[0].evidence,
        strange=sum(_weight(term) for term, _ in mentioned if not term.match) / whole,
        guessed=sum(_weight(term) for term, _ in mentioned if term.share < 1.0) / whole,
        rarest=float(rarest is not None and rarest[1] is Place.WORD),
        figure=float(figures),
        bare=float(bool(quantities) and not figures),
        code=float(any(term.code and place is Place.WORD for term, place in mentioned)),
        lead=max(0.0, min(1.0, lead)) * best[0].evidence,
        terse=1.0 / max(1, len(asked)),
        statement=math.exp(ranking.statement) if ranking else 0.0,
        value=ranking.value if ranking else 0.0,
        order=ranking.order if ranking else 0.0,
        product=ranking.product if ranking else 0.0,
    )


def judged(
    question: str, ranked: Sequence[Ranked], limit: int, *, model: Model, limits: Limits
) -> Finding:
    """What the ``limit`` best of ``ranked``, best first, are as an answer to ``question``.

    ``ranked`` may hold more than ``limit``; the state is read from up to ``LOOKED_AT``.
    """
    passages = tuple(entry.passage for entry in ranked[:limit])
    if not passages:
        return Finding(State.NONE, ())
    state = certainty(question, ranked, model).state(limits)
    missing = missing_codes(question, [entry.passage for entry in ranked[:LOOKED_AT]])
    evidence = tuple(entry.evidence for entry in ranked[:limit])
    return Finding(state, passages, evidence, tuple(missing.values()))


def certainty(question: str, ranked: Sequence[Ranked], model: Model) -> Certainty:
    """How sure it is that ``ranked``, best first, answers ``question``."""
    if not ranked:
        return Certainty(0.0, State.NONE, State.NONE)
    return Certainty(model.certainty(signs(ranked)), *bounds(question, ranked))


def bounds(question: str, ranked: Sequence[Ranked]) -> tuple[State, State]:
    """The least and the most that ``ranked`` can be to ``question``, whatever its words say.

    A code that is held is perhaps the answer at least, and the answer where a row or a heading is
    about it; one that none of the best holds makes it perhaps the answer at most. What is the
    answer by its meaning is the answer, and what stands out by its meaning perhaps. What only
    another product's manual holds than the one that is named is perhaps the answer at most.
    """
    asked = asked_codes(question)
    missing = missing_codes(question, [entry.passage for entry in ranked[:LOOKED_AT]])
    least = State.PERHAPS if len(missing) < len(asked) else State.NONE
    if not ranked:
        return least, State.PERHAPS if missing else State.ANSWERED
    if missing or _lacks_code(ranked) or _is_of_another_product(ranked):
        return least, State.PERHAPS
    if any(entry.meant for entry in ranked) or any(_is_keyed(code, ranked) for code in asked):
        least = State.ANSWERED
    elif any(entry.near for entry in ranked[:LOOKED_AT]):
        least = State.PERHAPS
    if least is State.NONE and _is_about_something_else(ranked):
        return State.NONE, State.NONE
    return least, State.ANSWERED


def _is_about_something_else(ranked: Sequence[Ranked]) -> bool:
    """Whether half of what is asked is in no manual, and none of the best mentions half of it.

    A word that was only guessed from one spelt alike is in no manual, either. This is not said of
    a question that names a code or the product of one of the best, nor of scripts without spaces:
    that no manual has a pair of characters says little.
    """
    best = ranked[:LOOKED_AT]
    asked = [term for term, _ in best[0].mentioned if not term.everyday]
    total = sum(map(_weight, asked))
    if not total or any(entry.features and entry.features.product for entry in best):
        return False
    if any(term.code or term.reduced or term.number for term in asked):
        return False
    if any(is_unspaced(word) for term in asked for word in term.words):
        return False
    strange = sum(_weight(term) for term in asked if not term.match or term.guessed)
    held = max(
        sum(
            _weight(term) * term.share
            for term, place in entry.mentioned
            if place is not Place.NOWHERE and not term.everyday
        )
        for entry in best
    )
    return strange >= total / 2 and held < total / 2


def _is_of_another_product(ranked: Sequence[Ranked]) -> bool:
    """Whether a code or the rarest thing is held, but by none of the product that is named."""
    best = ranked[:LOOKED_AT]
    ours = [entry for entry in best if entry.features and entry.features.product]
    others = [entry for entry in best if entry not in ours]
    mentioned = best[0].mentioned
    rarest = max((t.weight for t, _ in mentioned if t.match and not t.everyday), default=math.inf)
    return bool(ours) and any(
        _holds(others, number) and not _holds(ours, number)
        for number, (term, _) in enumerate(mentioned)
        if term.code or term.number or (term.weight == rarest and not term.everyday)
    )


def _holds(entries: Iterable[Ranked], number: int) -> bool:
    """Whether one of ``entries`` mentions the thing of this ``number``."""
    mentioned = [entry.mentioned[number : number + 1] for entry in entries]
    return any(place is Place.WORD for things in mentioned for _, place in things)


def _lacks_code(ranked: Sequence[Ranked]) -> bool:
    """Whether a code was asked for that none of the best holds."""
    mentioned = zip(*(entry.mentioned for entry in ranked[:LOOKED_AT]), strict=False)
    return any(
        (places[0][0].code or places[0][0].number)
        and all(place is Place.NOWHERE for _, place in places)
        for places in mentioned
    )


def asked_codes(question: str) -> dict[str, str]:
    """The codes of single parts and faults in ``question``: reduced (``e17``) and as typed."""
    return dict(_asked_codes(question))


@functools.lru_cache(maxsize=8)
def _asked_codes(question: str) -> tuple[tuple[str, str], ...]:
    found = found_codes(normal(question))
    return tuple((code.text, code.shown) for code in found if code.identity)


def missing_codes(question: str, passages: Iterable[Passage]) -> dict[str, str]:
    """The codes of ``question`` that no title, heading or text of ``passages`` holds."""
    missing = asked_codes(question)
    for passage in passages:
        if not missing:
            break
        named = f"{passage.document}\n{passage.title}\n{passage.heading}\n"
        for text in (normal(named), normal(passage.text)):
            # To read the codes of a text takes long, and most do not even have their signs.
            signs = _NO_SIGN.sub("", text.lower().replace("\u00d7", "x"))
            if any(code in signs for code in missing):
                held = set(codes(text))
                missing = {code: shown for code, shown in missing.items() if code not in held}
    return missing


def _weight(term: Wanted) -> float:
    return math.sqrt(term.weight * term.stress) * (0.2 if term.everyday else 1.0)


def _is_keyed(code: str, ranked: Sequence[Ranked]) -> bool:
    """Whether one of the three best is about ``code``: a row, a line or a heading begins with it.

    A code that many passages hold names a machine, whatever begins with it.
    """
    few = [term.passages <= _FEW for term, _ in ranked[0].mentioned if term.code and term.match]
    if not few or not all(few):
        return False
    shown = re.compile(
        _BEFORE + _GAP.join(map(re.escape, re.findall(r"[a-z]+|\d+", code))) + r"(?![^\W_])",
        re.IGNORECASE | re.MULTILINE,
    )
    return any(
        shown.search(normal(entry.passage.heading)) or shown.search(normal(entry.passage.text))
        for entry in ranked[:3]
    )
