"""Where a claim says another thing than the statement it rests on: turned, softened, restricted.

The words that decide are in one table per language (``words_en`` …). A claim and its statement may
be in two languages: negation, strictness and bounds are compared across the tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fieldkit.core.claims import Kind, Remark
from fieldkit.library.claims.clauses import Clause, clauses, spoken
from fieldkit.library.claims.words import CHECKED, Words

_LONGEST = 2_000  # characters of a claim or a statement that are compared
_STRICT = frozenset(("MUST", "NOT", "ONLY"))
_SOFT = frozenset(("SHOULD", "HEDGE", "MAY", "NEEDNOT"))
_TIMES = frozenset(("BEFORE", "AFTER", "UNTIL"))


def checked_languages() -> tuple[str, ...]:
    """The ISO 639-1 codes of the languages whose claims are compared in meaning."""
    return CHECKED


@dataclass(frozen=True, slots=True)
class _Matched:
    """A clause of the claim with the clause of the statement that says the most like it."""

    said: Clause
    manual: Clause
    shared: frozenset[str]


def differences(claim: str, statement: str, language: str, question: str = "") -> list[Remark]:
    """Where ``claim`` turns, softens or restricts otherwise what ``statement`` says.

    ``language``: the answer's, an ISO 639 code; both texts may turn out to be in another one. What
    ``question`` says need not be repeated. The places are in characters of ``claim``. At most one
    remark of each kind; none for a language without a table. Never raises.
    """
    claim, statement = claim[:_LONGEST], statement[:_LONGEST]
    mine, theirs = spoken(claim, language), spoken(statement, language)
    if mine is None or theirs is None:
        return []
    said, manual = clauses(claim, mine), clauses(statement, theirs)
    across = mine.code != theirs.code
    matched = _matched(said, manual, across=across)
    asked: set[str] = set()
    if question:
        heard = spoken(question[:_LONGEST], language)
        if heard is not None:
            for clause in clauses(question[:_LONGEST], heard):
                asked |= clause.names
    found: list[Remark] = []
    for clause, kind in (
        *_turned(matched),
        *_softened(matched),
        *_conditions(said, manual, matched, asked, across=across),
    ):
        if all(remark.kind != kind for remark in found):
            found.append(
                Remark(
                    kind=kind,
                    start=clause.start,
                    end=clause.end,
                    said=claim[clause.start : clause.end],
                    manual=statement,
                )
            )
    return found


def _matched(said: Sequence[Clause], manual: Sequence[Clause], *, across: bool) -> list[_Matched]:
    found = []
    for clause in said:
        best: _Matched | None = None
        score = 0.0
        for other in manual:
            shared = frozenset(clause.names & other.names)
            points = len(shared) + (0.5 if clause.kind == other.kind else 0)
            if shared and points > score:
                best, score = _Matched(clause, other, shared), points
        if best is None and across and clause.kind == "MAIN":
            mains = [other for other in manual if other.kind == "MAIN"]
            if len(mains) == 1:
                best = _Matched(clause, mains[0], frozenset())
        if best is not None:
            found.append(best)
    return found


def _sign(clause: Clause) -> int:
    """1, or -1 for a clause that forbids; "never before" and "not unless" are "only after"."""
    return -1 if clause.negated and "NEEDNOT" not in clause.tags else 1


def _flips(pair: _Matched) -> tuple[int, bool]:
    """How many opposites the two clauses choose differently; whether a bound is among them."""
    count, bound = 0, False
    for name in pair.said.pairs.keys() & pair.manual.pairs.keys():
        mine, theirs = pair.said.pairs[name], pair.manual.pairs[name]
        count += len(mine) == len(theirs) == 1 and mine != theirs
    for value in pair.said.bounds.keys() & pair.manual.bounds.keys():
        both = {pair.said.bounds[value], pair.manual.bounds[value]}
        if both == {"MAX", "MIN"}:
            count, bound = count + 1, True
    both_stems = pair.said.stems & pair.manual.stems
    count += len((pair.said.without ^ pair.manual.without) & both_stems) > 0
    return count, bound


def _turned(matched: Iterable[_Matched]) -> list[tuple[Clause, Kind]]:
    found = []
    for pair in matched:
        flips, bound = _flips(pair)
        exempt = "NEEDNOT" in pair.said.tags
        if exempt != ("NEEDNOT" in pair.manual.tags) and len(pair.shared) >= 1:
            found.append((pair.said, Kind.NEGATION))
            continue
        opposite = _sign(pair.said) * _sign(pair.manual) * (-1) ** flips < 0
        if opposite and _exclusive(pair):
            opposite = False
        if opposite and (flips or _close(pair)):
            found.append((pair.said, Kind.CONDITION if bound else Kind.NEGATION))
    return found


def _exclusive(pair: _Matched) -> bool:
    """Whether "only" on one side may say what a negation says on the other."""
    mine, theirs = "ONLY" in pair.said.tags, "ONLY" in pair.manual.tags
    return mine != theirs


def _close(pair: _Matched) -> bool:
    fewer = min(len(pair.said.names), len(pair.manual.names)) or 1
    return len(pair.shared) >= 2 or len(pair.shared) / fewer >= 0.5


def _softened(matched: Iterable[_Matched]) -> list[tuple[Clause, Kind]]:
    found = []
    for pair in matched:
        mine, theirs = pair.said.tags, pair.manual.tags
        if pair.said.kind != "MAIN" or "ONLY" in mine:
            continue
        soft = mine & {"SHOULD", "HEDGE"} and not theirs & {"SHOULD", "HEDGE"}
        softer = bool(soft) and not theirs & {"MAY", "CAN", "NEEDNOT"} and _close(pair)
        allowed = "MAY" in mine and "MUST" in theirs and not pair.said.negated
        stricter = (
            "MUST" in mine
            and bool(theirs & {"SHOULD", "HEDGE", "MAY", "CAN"})
            and (not theirs & {"MUST"} and not pair.manual.negated)
        )
        if softer or allowed or (stricter and _close(pair)):
            found.append((pair.said, Kind.MODALITY))
    return found


def _conditions(
    said: Sequence[Clause],
    manual: Sequence[Clause],
    matched: Sequence[_Matched],
    asked: set[str],
    *,
    across: bool,
) -> list[tuple[Clause, Kind]]:
    found = []
    for pair in matched:
        both = {pair.said.kind, pair.manual.kind}
        if both == {"BEFORE", "AFTER"} and pair.said.negated == pair.manual.negated:
            found.append((pair.said, Kind.CONDITION))
    for clause in said:
        if clause.kind == "EVEN" and all(other.kind != "EVEN" for other in manual):
            found.append((clause, Kind.CONDITION))
    del asked, across
    return found


def _table(words: Words) -> str:
    return words.code
