"""Where a claim says another thing than the statement it rests on: turned, softened, restricted.

The words that decide are in one table per language (``words_en`` …). A claim and its statement may
be in two languages: negation, strictness and bounds are compared across the tables.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from fieldkit.core.claims import Kind, Remark
from fieldkit.library.claims.clauses import CONDITIONS, Clause, clauses, is_code, spoken
from fieldkit.library.claims.words import CHECKED, Words

_LONGEST = 2_000  # characters of a claim or a statement that are compared
_SOFT = frozenset(("SHOULD", "HEDGE"))
_LOOSE = frozenset(("SHOULD", "HEDGE", "MAY", "CAN", "NEEDNOT"))
_RESTRICTING = frozenset(("IF", "WHEN", "WHILE", "AFTER", "BEFORE", "UNLESS"))
_YES = frozenset(("yes", "ja", "si", "sí", "oui", "sim", "jo"))
_NO = frozenset(("no", "nein", "non", "nei", "não", "nee", "nej"))
_MOVING = frozenset(("rising", "more", "high"))
_UNTIL = frozenset(("BEFORE", "UNTIL", "UNLESS"))
_SINCE = frozenset(("AFTER", "IF", "WHEN"))
_TIMES = frozenset(("BEFORE", "AFTER", "WHILE"))
_UNITS = frozenset(("degre", "grad", "grado", "grader", "degr", "percent", "bar", "meter", "metr"))
_FREE = frozenset(("MAY", "CAN"))
_LEAD = re.compile(r"\W{0,3}(\w{2,4})[,.:;\u2013\u2014-]")
_ASKED = 2  # words that a question has to share with the clause that denies it
_POINTING = frozenset(
    ["that", "this", "das", "dies", "eso", "esto", "cela", "ca", "isso", "isto", "det", "dette"]
)
_STATING = frozenset(("MAIN", "BECAUSE"))
_REASONS = frozenset(("BECAUSE", "PURPOSE"))
_HALF = 0.6
_MANY = 3  # shared words by which two clauses are close
_MOST = 0.75
_SAME_SENTENCE = 1.5  # points for a condition of the sentence that the main clause is from
_RIVAL = 0.8  # points behind the best clause with which another may be meant
_AROUND = 0.4  # for a name that another clause of the same sentence has
_TABLE = 12  # words of a clause that is rather a list
_LENGTH = 7  # letters of stems that are compared
_CUT = 5  # letters by which words of two languages are alike: generator, generador


def checked_languages() -> tuple[str, ...]:
    """The ISO 639-1 codes of the languages whose claims are compared in meaning."""
    return CHECKED


@dataclass(frozen=True, slots=True)
class _Matched:
    """A clause of the claim with the clause of the statement that says the most like it."""

    said: Clause
    manual: Clause
    shared: frozenset[str]
    alone: bool = False  # nothing else in the two texts could be meant
    rivals: tuple[Clause, ...] = ()  # other clauses of the statements that may be meant

    @property
    def close(self) -> bool:
        """Whether the two surely speak of the same."""
        fewer = min(len(self.said.names), len(self.manual.names)) or 1
        more = max(len(self.said.names), len(self.manual.names))
        if len(self.shared) == 1 and more > _MANY and not self.alone:
            pointing = any(token.text in _POINTING for token in self.said.tokens)
            return self.said.stems <= self.manual.stems and not pointing
        if self.alone or len(self.shared) >= _MANY or len(self.shared) / fewer >= _HALF:
            return True
        whole = self.said.names & (self.manual.names | self.manual.around)
        return len(whole) >= _MANY and len(whole) / len(self.said.names) >= _HALF

    @property
    def apart(self) -> bool:
        """Whether each has a code, or numbers, that the other lacks."""
        codes, others = self.said.codes, self.manual.codes
        mine, theirs = set(self.said.numbers), set(self.manual.numbers)
        return bool(codes and others and not codes & others) or bool(
            mine and theirs and not mine & theirs
        )

    @property
    def alike(self) -> bool:
        """Whether both are main clauses, or both conditions."""
        return (self.said.kind in _STATING) == (self.manual.kind in _STATING)


@dataclass(frozen=True, slots=True)
class _Pair:
    """The clauses of a claim and of its statement, with the names that the question holds."""

    said: Sequence[Clause]
    manual: Sequence[Clause]
    asked: frozenset[str]
    supplied: bool
    denies: bool  # the question
    across: bool
    matched: Sequence[_Matched]


def differences(
    claim: str,
    statement: str,
    language: str,
    question: str = "",
    *,
    sure: bool = True,
    meant: Mapping[str, frozenset[str]] | None = None,
) -> list[Remark]:
    """Where ``claim`` turns, softens or restricts otherwise what ``statement`` says.

    ``statement`` may be several sentences, where a claim rests on several: each clause is compared
    with the clause that says the most like it, and ``manual`` of a remark is its sentence.
    ``meant``: the stems of the statements that a stem of the claim means, where it is another.
    ``sure``: the two speak of one thing, also where they are in two languages and share no word.
    ``language``: the answer's, an ISO 639 code; both texts may turn out to be in another one. What
    ``question`` says need not be repeated; a bare "Yes." or "No." is compared as its answer. The
    places are in characters of ``claim``. At most one remark of each kind; none for a language
    without a table. Never raises.
    """
    claim, statement = claim[:_LONGEST], statement[:_LONGEST]
    bare = _bare(claim)
    heard = spoken(question[:_LONGEST], language) if question else None
    theirs = spoken(statement, language)
    beside = theirs.code if theirs else ""
    mine = heard if bare else spoken(claim, language, beside)
    if mine is None or theirs is None:
        return []
    said = clauses(question[-_LONGEST:] if bare else claim, mine)
    if bare == "no":
        for clause in said:
            clause.negated = not clause.negated
    across = mine.code != theirs.code
    manual = clauses(statement, theirs)
    _translate(said, manual, meant or {})
    pair = _pair(said, manual, across, question, heard, sure=sure)
    denied = "" if bare or heard is None else _denied(claim, question, pair, heard)
    found: dict[Kind, Remark] = {}
    if denied == "yes":
        found[Kind.NEGATION] = Remark(
            kind=Kind.NEGATION,
            start=0,
            end=len(claim),
            said=claim,
            manual=_sentence(statement, pair.manual, pair.manual[0]),
        )
    for match, kind in _found(pair, bare=bool(bare)):
        if kind is Kind.NEGATION and (denied == "no" or _explains(claim, match)):
            continue  # "no, they are new": what is asked is denied, as in the manual
        if kind not in found:
            start, end = (0, len(claim)) if bare else (match.said.start, match.said.end)
            found[kind] = Remark(
                kind=kind,
                start=start,
                end=end,
                said=claim[start:end],
                manual=_sentence(statement, pair.manual, match.manual),
            )
    return list(found.values())


def _found(pair: _Pair, *, bare: bool) -> Iterator[tuple[_Matched, Kind]]:
    yield from _turned(pair)
    if not bare:
        yield from _forbidden(pair)
        yield from _counted(pair)
        yield from _softened(pair)
        yield from _conditions(pair)


def _translate(
    said: Sequence[Clause], manual: Sequence[Clause], meant: Mapping[str, frozenset[str]]
) -> None:
    """Give the words of a claim that are not the manual's the stems of what they mean there."""
    known = {stem for clause in manual for stem in clause.stems}
    short = {stem[:_LENGTH]: stem for stem in known}
    others = {stem[:_LENGTH]: stems for stem, stems in meant.items()}
    for clause in said:
        for stem in sorted(clause.stems - known):
            for other in sorted(others.get(stem[:_LENGTH], ())):
                if other[:_LENGTH] in short and not is_code(stem):
                    clause.stems.discard(stem)
                    clause.stems.add(short[other[:_LENGTH]])
                    break


def _pair(
    said: list[Clause],
    manual: list[Clause],
    across: bool,
    question: str,
    heard: Words | None,
    *,
    sure: bool,
) -> _Pair:
    asked: set[str] = set()
    supplied = denies = False
    if heard is not None:
        parts = clauses(question[-_LONGEST:], heard)
        for part in parts:
            asked |= part.names
            denies |= part.negated
        supplied = len([part for part in parts if part.kind == "MAIN" and part.names]) > 1 or any(
            part.kind in _RESTRICTING and part.names for part in parts[1:]
        )
    if across:
        for clause in (*said, *manual):
            clause.stems = {stem[:_CUT] for stem in clause.stems}
    return _Pair(
        said,
        manual,
        frozenset(asked),
        supplied,
        denies,
        across,
        _matched(said, manual, across and sure),
    )


def _bare(claim: str) -> str:
    """Which of "yes" and "no" a claim is, if it is nothing else."""
    word = claim.strip().rstrip(".!,;").lower()
    return "yes" if word in _YES else "no" if word in _NO else ""


def _explains(claim: str, match: _Matched) -> bool:
    """Whether a claim says after a "no" in other words what the manual negates."""
    lead = _LEAD.match(claim)
    no = lead is not None and _bare(lead[1]) == "no"
    return no and match.manual.negated and not match.said.negated and not match.said.tags & _FREE


def _denied(claim: str, question: str, pair: _Pair, heard: Words) -> str:
    """With which of "yes" and "no" a claim answers a question whose sense the manual negates."""
    lead = _LEAD.match(claim)
    word = _bare(lead[1]) if lead else ""
    if not word:
        return ""
    asked = clauses(question[-_LONGEST:], heard)
    if pair.across or len([part for part in asked if part.kind == "MAIN" and part.names]) != 1:
        return ""
    for match in _matched(asked, pair.manual, pair.across):
        if match.said.kind != "MAIN" or match.manual.kind != "MAIN":
            continue
        if not match.close or match.apart or len(match.shared) < _ASKED:
            continue
        if _restrictions(pair.manual, match.manual) or "ONLY" in match.manual.tags:
            continue
        freed = "NEEDNOT" in match.manual.tags and "MUST" in match.said.tags
        if freed or (
            "NEEDNOT" not in match.manual.tags
            and _opposite(match)
            and not any(_says_so(match.said, rival) for rival in match.rivals)
        ):
            return word
    return ""


def _sentence(statement: str, manual: Sequence[Clause], clause: Clause) -> str:
    """The sentence of ``statement`` that ``clause`` is in."""
    around = [other for other in manual if other.sentence == clause.sentence]
    after = [other.start for other in manual if other.sentence > clause.sentence]
    return statement[min(c.start for c in around) : min(after, default=len(statement))].strip()


def _matched(said: Sequence[Clause], manual: Sequence[Clause], across: bool) -> list[_Matched]:
    found = []
    mains = [other for other in manual if other.kind == "MAIN"]
    own = [clause for clause in said if clause.kind == "MAIN"]
    alone = across and len(mains) == 1 and len(own) == 1
    around: dict[int, set[int]] = {}  # the sentences that the main clauses of each are from
    for clause in sorted(said, key=lambda each: each.kind != "MAIN"):
        scored: list[tuple[float, Clause, frozenset[str]]] = []
        for other in manual:
            shared = frozenset(clause.names & other.names)
            points = _points(clause, other, shared)
            if clause.kind != "MAIN" and other.sentence in around.get(clause.sentence, ()):
                points += _SAME_SENTENCE
            if shared and points > 0:
                scored.append((points, other, shared))
        best: _Matched | None = None
        if scored:
            score, chosen, shared = max(scored, key=lambda each: each[0])
            near = (o for p, o, _ in scored if o is not chosen and p > score - _RIVAL)
            best = _Matched(clause, chosen, shared, alone, tuple(near))
        if best is None and alone and clause.kind == "MAIN":
            best = _Matched(clause, mains[0], frozenset(), alone)
        if best is not None:
            found.append(best)
            if clause.kind == "MAIN" and best.close:
                around.setdefault(clause.sentence, set()).add(best.manual.sentence)
    return found


def _points(clause: Clause, other: Clause, shared: frozenset[str]) -> float:
    points = float(len(shared)) + 0.2 * len(shared & clause.stems)
    points += 0.5 if clause.kind == other.kind else 0
    points += 1 if (clause.kind == "MAIN") == (other.kind == "MAIN") else 0
    points += 0.5 * sum(
        bool(clause.pairs[name] & other.pairs[name]) for name in clause.pairs.keys() & other.pairs
    )
    points += _AROUND * len((clause.names - shared) & other.around)
    mine, theirs = clause.codes, other.codes
    if mine and theirs:
        points += 1 if mine & theirs else -3
    elif mine & other.around:
        points += 1
    return points + (clause.negated == other.negated) * 0.1


def _flips(pair: _Matched) -> tuple[int, bool]:
    """How many opposites the two clauses choose differently; whether a bound is among them."""
    count, bound = 0, False
    bounded = pair.said.bounds.keys() & pair.manual.bounds.keys()
    for name in pair.said.pairs.keys() & pair.manual.pairs.keys():
        if bounded and name in _MOVING:
            continue  # "falls below" and "rises above" differ once, not twice
        mine, theirs = pair.said.pairs[name], pair.manual.pairs[name]
        if name == "times" and len(pair.shared) < _MANY:
            continue  # "twice a year" of perhaps another thing
        count += len(mine) == len(theirs) == 1 and mine != theirs
    for value in bounded:
        if pair.said.bounds[value] != pair.manual.bounds[value]:
            count, bound = count + 1, True
    both = pair.said.stems & pair.manual.stems
    count += bool((pair.said.without ^ pair.manual.without) & both)
    return count, bound


def _opposite(match: _Matched) -> bool:
    """Whether one of two clauses negates what the other says, by a word or by opposites."""
    said, manual = match.said, match.manual
    negated = said.negated != manual.negated
    if negated:
        plain, negative = (manual, said) if said.negated else (said, manual)
        limits = plain.bounds.keys() & set(negative.numbers)
        if limits and not negative.bounds:
            negated = False  # "do not pass 5 bar" is a limit too
    return negated != (_flips(match)[0] % 2 == 1)


def _says_so(said: Clause, rival: Clause) -> bool:
    """Whether another clause of the statements says the same, not the opposite."""
    match = _Matched(said, rival, frozenset(said.names & rival.names))
    return match.alike and not match.apart and match.close and not _opposite(match)


def _turned(pair: _Pair) -> Iterator[tuple[_Matched, Kind]]:
    for match in pair.matched:
        said, manual = match.said, match.manual
        if not match.alike or match.apart:
            continue
        if ("NEEDNOT" in said.tags) != ("NEEDNOT" in manual.tags):
            if _exempted(pair, match):
                yield match, Kind.NEGATION
            continue
        if said.kind == manual.kind == "EVEN" or (
            said.kind in _REASONS and manual.kind in _REASONS
        ):
            continue
        flips, bound = _flips(match)
        if not _opposite(match) or _exclusive(match) or not (match.close or flips):
            continue
        if _is_explained(pair, match, flips=bool(flips)):
            continue
        near = said.stems & (manual.stems | manual.around)
        if flips and not near and said.kind == "MAIN" and not match.alone:
            continue  # only a pair of opposites in common: perhaps of another thing
        conditional = bound or said.kind != "MAIN"
        yield match, Kind.CONDITION if conditional else Kind.NEGATION


def _exempted(pair: _Pair, match: _Matched) -> bool:
    """Whether one says that something need not be done, and the other that it must."""
    said, manual = match.said, match.manual
    exempt = "NEEDNOT" in said.tags
    if any("NEEDNOT" in one.tags for one in match.rivals if exempt):
        return False
    if exempt and manual.without & said.stems:
        return False  # "no key is needed" and "without a key"
    return (match.close or _beside(pair, match)) and (exempt or not manual.negated)


def _is_explained(pair: _Pair, match: _Matched, *, flips: bool) -> bool:
    """Whether two clauses that say the opposite agree, as far as is known."""
    said, manual = match.said, match.manual
    if not flips and len(manual.stems) > _TABLE:
        return True  # a list without stops: what is negated there is not known
    if any(_says_so(said, rival) for rival in match.rivals):
        return True
    if said.kind != "MAIN" and _turned_beside(pair, match):
        return True  # "only when off" and "never when on"
    return bool(_only_after(pair, match) or _only_else(pair, match))


def _forbidden(pair: _Pair) -> Iterator[tuple[_Matched, Kind]]:
    """Main clauses that do what a short clause of the manual forbids: "but never use water"."""
    for said in pair.said:
        if said.kind != "MAIN" or said.negated or "NEEDNOT" in said.tags or said.without:
            continue
        for other in pair.manual:
            if other.kind != "MAIN" or not other.negated or "ELSE" in other.tags:
                continue
            if not 1 <= len(other.names) <= _MANY or not other.names <= said.names:
                continue
            match = _Matched(said, other, frozenset(other.names))
            near = len(other.names) > 1 or said.names & other.around
            if not near or match.apart or not _opposite(match) or _exclusive(match):
                continue
            if _restrictions(pair.said, said) or _restrictions(pair.manual, other):
                continue
            rest = (one for one in pair.manual if one is not other and other.names & one.names)
            if not any(_says_so(said, one) for one in rest):
                yield match, Kind.NEGATION


def _counted(pair: _Pair) -> Iterator[tuple[_Matched, Kind]]:
    """Clauses that speak of several where the manual allows one, and the other way round."""
    for match in pair.matched:
        mine, theirs = match.said.tags, match.manual.tags
        if not match.alike or not match.close or match.said.negated != match.manual.negated:
            continue
        if ("ONEONLY" in theirs and not mine & {"ONLY", "ONEONLY"} and mine & {"MANY", "ANY"}) or (
            "ONEONLY" in mine and "MANY" in theirs and not theirs & {"ONLY", "ONEONLY"}
        ):
            yield match, Kind.NEGATION


def _beside(pair: _Pair, match: _Matched) -> bool:
    """Whether other clauses of the same two sentences say the same too."""
    return any(
        one is not match
        and one.said.sentence == match.said.sentence
        and one.manual.sentence == match.manual.sentence
        for one in pair.matched
    )


def _turned_beside(pair: _Pair, match: _Matched) -> bool:
    """Whether one of the main clauses beside two conditions forbids, and the other does not."""
    if _kinds(pair.manual, match.manual) & {"UNLESS", "UNTIL"}:
        return False  # "not unless" allows
    return any(
        one.said.kind == one.manual.kind == "MAIN"
        and one.said.sentence == match.said.sentence
        and one.manual.sentence == match.manual.sentence
        and one.said.negated != one.manual.negated
        for one in pair.matched
    )


def _only_after(pair: _Pair, match: _Matched) -> bool:
    """Whether one side says "not until" or "not unless", and the other "only after", "only if"."""
    mine = _kinds(pair.said, match.said) | (match.said.tags & {"ONLY"})
    theirs = _kinds(pair.manual, match.manual) | (match.manual.tags & {"ONLY"})
    if match.said.negated:
        return bool(mine & _UNTIL) and bool(theirs & (_SINCE | {"ONLY"}))
    return match.manual.negated and bool(theirs & _UNTIL) and bool(mine & (_SINCE | {"ONLY"}))


def _only_else(pair: _Pair, match: _Matched) -> bool:
    """Whether one side says "only if", and the other "not if" of the opposite."""
    if ("ONLY" in match.said.tags) == ("ONLY" in match.manual.tags):
        return False
    mine = _restrictions(pair.said, match.said)
    theirs = _restrictions(pair.manual, match.manual)
    pairs = [_Matched(a, b, frozenset(a.names & b.names)) for a in mine for b in theirs]
    if not pairs:
        return False
    shared = [one for one in pairs if one.shared]
    return not shared or any(_flips(one)[0] % 2 for one in shared)


def _restrictions(found: Sequence[Clause], clause: Clause) -> list[Clause]:
    return [c for c in found if c.sentence == clause.sentence and c.kind in _RESTRICTING]


def _kinds(found: Sequence[Clause], clause: Clause) -> set[str]:
    return {other.kind for other in found if other.sentence == clause.sentence}


def _exclusive(match: _Matched) -> bool:
    """Whether "only" on one side may say what a negation says on the other."""
    if ("ONLY" in match.said.tags) == ("ONLY" in match.manual.tags):
        return False
    if match.said.negated == match.manual.negated:
        return False
    negative = match.said if match.said.negated else match.manual
    if "ELSE" in negative.tags or "-" in negative.pairs.get("in", ()):
        return True
    more = max(len(match.said.names), len(match.manual.names)) or 1
    return len(match.shared) < 2 or len(match.shared) / more < _MOST


def _softened(pair: _Pair) -> Iterator[tuple[_Matched, Kind]]:
    """Main clauses that are less strict than the manual, or stricter; by the whole sentences."""
    for match in pair.matched:
        kinds = {match.said.kind, match.manual.kind}
        if (kinds == {"MAIN"} or (len(kinds) == 1 and kinds <= _TIMES)) and match.close:
            mine = _strength(pair.said, match.said)
            theirs = _strength(pair.manual, match.manual)
            if pair.across and "HEDGE" not in mine:
                mine -= {"SHOULD"}  # "soll" is "must" as well
            if _weaker(mine, theirs, match, pair.manual) or _stricter(mine, theirs, match):
                yield match, Kind.MODALITY


def _strength(found: Sequence[Clause], clause: Clause) -> frozenset[str]:
    """The words of strictness of a clause and of the conditions beside it."""
    tags = set(clause.tags)
    for other in found:
        if other.sentence == clause.sentence and (other.kind != "MAIN" or not other.names):
            tags |= other.tags & {"HEDGE", "SHOULD", "MUST", "MAY", "NEEDNOT"}
    return frozenset(tags)


def _weaker(
    mine: frozenset[str], theirs: frozenset[str], match: _Matched, manual: Sequence[Clause]
) -> bool:
    if mine & _SOFT and not theirs & _SOFT:
        loose = theirs & {"MAY", "CAN"} and not match.manual.negated
        return not loose or "ONLY" in theirs
    if "NEEDNOT" in mine and not theirs & _LOOSE:
        return not match.manual.without & match.said.stems
    if "ONLY" in mine or match.said.negated or match.manual.negated:
        return False
    if mine & {"MAY"} and not theirs & _LOOSE and not match.said.bounds:
        rule = _imperative(match.manual) or _passive(match.manual)
        return "MUST" in theirs or (rule and not _restricted(manual, match))
    return "CAN" in mine and "MUST" in theirs and not theirs & _LOOSE


def _imperative(clause: Clause) -> bool:
    """Whether a clause begins with its verb: a word of content, then an article or the like."""
    first = clause.tokens[0]
    return (
        (not first.tag or first.tag[0] in "+-")
        and len(clause.tokens) > 1
        and (clause.tokens[1].tag == "OTHER" and clause.joined in ("", "STOP"))
    )


def _passive(clause: Clause) -> bool:
    """Whether a clause says what is done, in English: "is replaced"."""
    return any(
        one.text in ("is", "are") and other.tag == "" and other.text.endswith("ed")
        for one, other in pairwise(clause.tokens)
    )


def _restricted(found: Sequence[Clause], match: _Matched) -> bool:
    return any(other.sentence == match.manual.sentence and other.kind in _UNTIL for other in found)


def _stricter(mine: frozenset[str], theirs: frozenset[str], match: _Matched) -> bool:
    if "MUST" not in mine or "MUST" in theirs or match.manual.negated or match.said.negated:
        return False
    return bool(theirs & _LOOSE) and not mine & _LOOSE and "ONLY" not in theirs


def _conditions(pair: _Pair) -> Iterator[tuple[_Matched, Kind]]:
    for match in pair.matched:
        kinds = {match.said.kind, match.manual.kind}
        alike = _forbids(pair.said, match.said) == _forbids(pair.manual, match.manual)
        although = match.manual.kind == "EVEN" and match.said.kind in _RESTRICTING
        if (
            although
            and match.shared
            and any("ONLY" in c.tags for c in pair.said if c.sentence == match.said.sentence)
            and not _forbids(pair.said, match.said)
        ):
            yield match, Kind.CONDITION
        late = match.said.kind == "BEFORE" and match.manual.kind in ("IF", "WHEN") and match.close
        if alike and (kinds == {"BEFORE", "AFTER"} or late):
            yield match, Kind.CONDITION
        only = "ONLY" in match.manual.tags and "ONLY" not in match.said.tags
        if only and not match.said.negated and match.said.tags & {"ANY", "MANY"} and match.close:
            yield match, Kind.CONDITION
    yield from _bounds(pair)
    yield from _in_condition(pair)
    yield from _included(pair)
    even = any(other.kind == "EVEN" for other in pair.manual)
    for clause in pair.said:
        if clause.kind == "EVEN" and not even and pair.manual:
            beside = [m for m in pair.matched if m.said.sentence == clause.sentence]
            manual = beside[0].manual if beside else pair.manual[0]
            yield _Matched(clause, manual, frozenset()), Kind.CONDITION
    if not pair.across and not pair.supplied:
        yield from _dropped(pair)


def _in_condition(pair: _Pair) -> Iterator[tuple[_Matched, Kind]]:
    """Clauses with the opposite of a condition of the manual: "with the power on", "when off"."""
    own = {one.manual.sentence for one in pair.matched if one.close}
    for clause in pair.said:
        if clause.kind != "MAIN":
            continue
        for other in pair.manual:
            if other.kind not in ("IF", "WHEN", "WHILE") or other.sentence not in own:
                continue
            match = _Matched(clause, other, frozenset(clause.names & other.names))
            if not clause.stems & other.stems or not _flips(match)[0] % 2 or match.apart:
                continue
            main = next((c for c in pair.manual if c.sentence == other.sentence), other)
            turned = clause.negated != any(
                c.negated for c in pair.manual if c.sentence == other.sentence and c.kind == "MAIN"
            )
            if not turned and clause.pairs.keys() & other.pairs.keys() - main.pairs.keys():
                yield match, Kind.CONDITION


def _included(pair: _Pair) -> Iterator[tuple[_Matched, Kind]]:
    """Parts that say "including" of what the manual says "except" of."""
    for clause in pair.said:
        if not {"INCLUDING", "EVEN"} & {clause.kind, *clause.tags} or clause.negated:
            continue
        for other in pair.manual:
            shared = frozenset(clause.names & other.names)
            if other.kind == "UNLESS" and len(shared) >= _HALF * len(clause.names) > 0:
                yield _Matched(clause, other, shared), Kind.CONDITION


def _bounds(pair: _Pair) -> Iterator[tuple[_Matched, Kind]]:
    """Numbers with another bound, where one is in a condition and the other is not."""
    for clause in pair.said:
        for other in pair.manual:
            differ = any(
                other.bounds.get(value, bound) != bound for value, bound in clause.bounds.items()
            )
            unlike = (clause.kind == "MAIN") != (other.kind == "MAIN") or any(
                one.manual.sentence == other.sentence and one.manual is not other
                for one in pair.matched
                if one.said is clause
            )
            mine = _forbids(pair.said, clause)
            if not any(c.kind == "MAIN" and c.names for c in pair.said):
                mine ^= pair.denies  # "when the cost is below ..." says when it does not
            alike = mine == _forbids(pair.manual, other)
            if differ and unlike and alike:
                yield _Matched(clause, other, frozenset()), Kind.CONDITION


def _forbids(found: Sequence[Clause], clause: Clause) -> bool:
    """Whether the sentence of a clause forbids something."""
    return any(
        other.negated
        for other in found
        if other.sentence == clause.sentence and other.kind != "UNLESS"
    )


def _dropped(pair: _Pair) -> Iterator[tuple[_Matched, Kind]]:
    """Main clauses that leave out the condition under which the manual says it."""
    said_names: set[str] = set(pair.asked)
    for clause in pair.said:
        said_names |= clause.names
    for match in pair.matched:
        if match.said.kind != "MAIN" or match.manual.kind != "MAIN" or not _full(match):
            continue
        beside = [c for c in pair.said if c.sentence == match.said.sentence]
        if any(
            (c.kind in CONDITIONS and not _of_sentence(pair, c, match)) or c.bounds for c in beside
        ):
            continue
        if any(
            other.stems and not other.names & said_names
            for other in pair.manual
            if other.sentence == match.manual.sentence
            and (other.kind in _RESTRICTING or _begins(other, pair.manual))
        ) or _bound_dropped(match.manual, said_names):
            yield match, Kind.CONDITION


def _of_sentence(pair: _Pair, clause: Clause, match: _Matched) -> bool:
    """Whether a condition of the claim is one of several that the manual's sentence sets."""
    return any(
        one.said is clause
        and one.manual.sentence == match.manual.sentence
        and one.manual.kind == clause.kind
        and one.shared
        for one in pair.matched
    )


def _bound_dropped(clause: Clause, said: set[str]) -> bool:
    """Whether nobody speaks of the bound that a clause begins with, nor of cold or heat."""
    return _bound_first(clause) and not said & {*clause.numbers, "~warm"}


def _bound_first(clause: Clause) -> bool:
    """Whether a clause begins with a bound: "below -18 degrees C use winter diesel"."""
    tags = [token.tag for token in clause.tokens[:3]]
    return tags[0] in ("MAX", "MIN") and "NUMBER" in tags and len(clause.stems) > _MANY


def _begins(clause: Clause, found: Sequence[Clause]) -> bool:
    """Whether a clause is the place or time that a sentence begins with: "in dust, ..."."""
    at = next(number for number, other in enumerate(found) if other is clause)
    return (
        clause.kind == "MAIN"
        and len(clause.names) < _MANY
        and len(clause.tokens) > 1
        and clause.tokens[0].tag in ("OTHER", "MAX", "MIN")
        and not clause.tags
        and (at == 0 or found[at - 1].sentence != clause.sentence)
        and at + 1 < len(found)
        and found[at + 1].sentence == clause.sentence
        and found[at + 1].joined == "COMMA"
    )


def _full(match: _Matched) -> bool:
    """Whether the claim says nearly all of the manual's clause."""
    wanted = match.manual.names - set(match.manual.numbers if _bound_first(match.manual) else ())
    wanted -= _UNITS if _bound_first(match.manual) else set()
    return len(match.shared) >= 2 and len(match.shared) / (len(wanted) or 1) >= _MOST
