"""Where the steps of an answer come in another order than the manual's.

The manual's order is that of its numbered steps, or what a sentence says with "before", "after"
and "then", or, weakest, that of its sentences. The answer's is what its words say: "after you have
opened the valve, wait" opens first, wherever it is written.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from fieldkit.core.claims import Claim, Kind, Remark
from fieldkit.library.claims.clauses import Clause, clauses, spoken

_LONGEST = 8_000  # characters of a passage whose steps are read
_MOST_EVENTS = 60  # of an answer and of a passage
_STEP = re.compile(r"(?:(?<=\s)|\A)(\d{1,2})[.)] +")
_SURE = 1.0  # weight of shared words by which an event is one step
_WHEN = frozenset(("THEN", "FIRST", "PRIOR"))
_MARGIN = 0.3  # ahead of the next step that is like it


@dataclass(frozen=True, slots=True)
class _Event:
    """One thing done: the claim it is in, its clause, and whether a word says when."""

    claim: int
    clause: Clause
    said: bool


@dataclass(frozen=True, slots=True)
class _Step:
    """One step of the manual: its place in the order, its words and how it is written."""

    place: int
    names: frozenset[str]
    pairs: dict[str, set[str]]
    text: str
    group: int = 0


def order_remarks(
    claims: Sequence[Claim], passage_text: str, language: str
) -> list[tuple[int, Remark]]:
    """Where ``claims``, in reading order, give steps in another order than ``passage_text``.

    Each remark comes with the place of its claim in ``claims``, from 0; its ``start`` and ``end``
    are characters of that claim's text. At most one remark a claim. ``language`` is the answer's,
    an ISO 639 code. Never raises.
    """
    passage_text = passage_text[:_LONGEST]
    words = spoken(passage_text, language)
    if words is None or not claims:
        return []
    events = _events(claims, language)
    if len(events) < 2:
        return []
    found: dict[int, Remark] = {}
    for steps, listed in _orders(passage_text, language):
        placed = _placed(events, steps)
        for first, second in _reversed(placed, listed=listed):
            remark = _remark(claims, placed[first], placed[second])
            found.setdefault(placed[second][0].claim, remark)
    return sorted(found.items())


def _remark(
    claims: Sequence[Claim], first: tuple[_Event, _Step], second: tuple[_Event, _Step]
) -> Remark:
    where = second[0].claim
    clause = second[0].clause
    start, end = clause.start, clause.end
    if first[0].claim == where:
        start, end = min(start, first[0].clause.start), max(end, first[0].clause.end)
    early, late = sorted((first[1], second[1]), key=lambda step: step.place)
    manual = early.text if early.text == late.text else f"{early.text} {late.text}"
    return Remark(
        kind=Kind.ORDER, start=start, end=end, said=claims[where].text[start:end], manual=manual
    )


def _events(claims: Sequence[Claim], language: str) -> list[_Event]:
    """What the answer does, in the order in which its words say that it is done."""
    found: list[_Event] = []
    for number, claim in enumerate(claims):
        words = spoken(claim.text, language)
        if words is not None:
            found += _in_time(clauses(claim.text[:_LONGEST], words), number)
        if len(found) >= _MOST_EVENTS:
            break
    return found[:_MOST_EVENTS]


def _in_time(found: Sequence[Clause], number: int) -> list[_Event]:
    """The events of one text in time.

    "After X, Y" is X, Y; "X before Y" is X, Y; "Y only after X" and "not Y until X" are X, Y.
    """
    ordered: list[_Event] = []
    waiting: list[_Event] = []  # what comes after the next main clause
    begins, sentence = 0, -1  # where the events of this sentence begin
    for clause in found:
        if clause.sentence != sentence:
            ordered += waiting
            waiting, sentence, begins = [], clause.sentence, len(ordered)
        if clause.kind == "MAIN":
            _done(ordered, _Event(number, clause, bool(clause.tags & _WHEN)), begins)
            ordered += waiting
            waiting = []
        elif clause.kind in ("BEFORE", "AFTER", "UNTIL"):
            event = _Event(number, clause, said=True)
            if clause.kind == "BEFORE" and len(ordered) == begins:
                waiting.append(event)
            else:
                _timed(ordered, event, begins)
    return ordered + waiting


def _done(ordered: list[_Event], event: _Event, begins: int) -> None:
    """Put a main clause where its words say: first, before that, or at the end."""
    if "PRIOR" in event.clause.tags and ordered:
        ordered.insert(len(ordered) - 1, event)
    elif "FIRST" in event.clause.tags:
        ordered.insert(begins, event)
    else:
        ordered.append(event)


def _timed(ordered: list[_Event], event: _Event, begins: int) -> None:
    """Put a clause of time before or after the main clause that it belongs to."""
    main = ordered[-1].clause if len(ordered) > begins else None
    if event.clause.kind == "AFTER" or (main is not None and main.negated):
        ordered.insert(max(begins, len(ordered) - 1), event)
    elif event.clause.kind == "BEFORE":
        ordered.append(event)


def _orders(text: str, language: str) -> Iterator[tuple[list[_Step], bool]]:
    """The orders that a passage sets: its numbered steps (True), its sentences (False)."""
    marks = list(_STEP.finditer(text))
    runs: list[list[tuple[int, str]]] = []
    for mark, after in pairwise([*marks, None]):
        assert mark is not None
        end = after.start() if after is not None else len(text)
        number, body = int(mark[1]), text[mark.end() : end].strip()
        if after is None:
            body = re.split(r"(?<=[.!?])\s", body, maxsplit=1)[0]
        if not runs or number != runs[-1][-1][0] + 1:
            runs.append([])
        runs[-1].append((number, body))
    for run in runs:
        if len(run) > 1:
            yield [_step(place, body, language) for place, body in run], True
    rest = _STEP.split(text)[0] if runs else text
    yield from _within(rest, language)


def _step(place: int, body: str, language: str) -> _Step:
    names: set[str] = set()
    pairs: dict[str, set[str]] = {}
    words = spoken(body, language)
    for clause in clauses(body, words) if words else ():
        names |= clause.names
        for name, signs in clause.pairs.items():
            pairs.setdefault(name, set()).update(signs)
    return _Step(place, frozenset(names), pairs, body)


def _within(text: str, language: str) -> Iterator[tuple[list[_Step], bool]]:
    """The order of the sentences of ``text``, and of the events in each."""
    words = spoken(text, language)
    if words is None:
        return
    found = clauses(text, words)[:_MOST_EVENTS]
    starts = [clause.start for clause in found]
    ends = [*starts[1:], len(text)]
    sentences: dict[int, list[Clause]] = {}
    for clause in found:
        sentences.setdefault(clause.sentence, []).append(clause)
    where = {id(clause): at for at, clause in enumerate(found)}
    whole: list[_Step] = []
    for number, group in sentences.items():
        body = text[starts[where[id(group[0])]] : ends[where[id(group[-1])]]].strip()
        names = frozenset(name for clause in group for name in clause.names)
        pairs = {name: signs for clause in group for name, signs in clause.pairs.items()}
        whole.append(_Step(number, names, pairs, body))
        timed = _in_time(group, 0)
        if any(event.said for event in timed) and len(timed) > 1:
            yield (
                [
                    _Step(place, frozenset(event.clause.names), event.clause.pairs, body)
                    for place, event in enumerate(timed)
                ],
                True,
            )
    if len(whole) > 1:
        yield whole, False


def _placed(events: Sequence[_Event], steps: Sequence[_Step]) -> list[tuple[_Event, _Step]]:
    """The events that surely are one of ``steps``, with that step."""
    often = Counter(name for step in steps for name in step.names)
    found = []
    for event in events:
        scores = sorted(
            ((_likeness(event.clause, step, often), -at) for at, step in enumerate(steps)),
            reverse=True,
        )
        best, at = scores[0]
        second = scores[1][0] if len(scores) > 1 else 0.0
        if best >= _SURE and best - second >= _MARGIN:
            found.append((event, steps[-at]))
    return found


def _likeness(clause: Clause, step: _Step, often: Counter[str]) -> float:
    shared = clause.names & step.names
    if not shared:
        return 0.0
    points = sum(1 / often[name] for name in shared)
    for name in clause.pairs.keys() & step.pairs.keys():
        mine, theirs = clause.pairs[name], step.pairs[name]
        points -= 1.5 * (len(mine) == len(theirs) == 1 and mine != theirs)
    codes = clause.codes
    others = {name for name in step.names if any(map(str.isdigit, name)) and name in codes}
    return points - (1.0 if codes and not others else 0.0)


def _reversed(placed: Sequence[tuple[_Event, _Step]], *, listed: bool) -> Iterator[tuple[int, int]]:
    """Pairs of neighbours that the manual has the other way round."""
    for at in range(1, len(placed)):
        (before, early), (after, late) = placed[at - 1], placed[at]
        if late.place >= early.place or before.clause is after.clause:
            continue
        said = after.said or before.said
        if said or (listed and not _checks(early, late)):
            yield at - 1, at


def _checks(one: _Step, other: _Step) -> bool:
    """Whether two steps begin alike, as the items of a list of checks do."""
    return one.text.split()[:1] == other.text.split()[:1]
