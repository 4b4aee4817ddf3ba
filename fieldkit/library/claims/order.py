"""Where the steps of an answer come in another order than the manual's.

The manual's order is that of its numbered steps, or what a sentence says with "before", "after"
and "then", or, weakest, that of its sentences. The answer's is what its words say: "after you have
opened the valve, wait" opens first, wherever it is written.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from fieldkit.core.claims import Claim, Kind, Remark
from fieldkit.library.claims.clauses import Clause, clauses, spoken

_LONGEST = 8_000  # characters of a passage whose steps are read
_MOST_EVENTS = 60  # of an answer and of a passage
_STEP = re.compile(
    r"(?:(?<=\s)|\A)(?:(?:step|schritt|paso|passo|\u00e9tape|trinn|stap|steg) )?"
    r"(\d{1,2})(?:[.)]:?|:) +",
    re.IGNORECASE,
)
_HALF = 0.5
_SURE = 0.7  # weight of shared words by which an event is one step
_WHEN = frozenset(("THEN", "FIRST", "PRIOR"))
_WHOLE = 0.3  # for an event that has all words of a step
_PAIR_OF = 2
_AHEAD = 0.6  # by which the other way round has to explain more
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
    events = _events(claims, language, words.code)
    if len(events) < 2:
        return []
    found: dict[int, Remark] = {}
    often = Counter(name for clause in clauses(passage_text, words) for name in clause.names)
    for steps, listed in _orders(passage_text, language):
        placed = _placed(events, steps, often)
        for first, second in _reversed(events, steps, placed, listed=listed):
            remark = _remark(claims, events[first[0]], events[second[0]], first[1], second[1])
            found.setdefault(events[second[0]].claim, remark)
        for number, after, late, early in _swapped(events, steps, often, listed=listed):
            remark = _remark(claims, events[number], events[after], late, early)
            found.setdefault(events[after].claim, remark)
    return sorted(found.items())


def _remark(
    claims: Sequence[Claim], first: _Event, second: _Event, late: _Step, early: _Step
) -> Remark:
    where = second.claim
    start, end = second.clause.start, second.clause.end
    if first.claim == where:
        start, end = min(start, first.clause.start), max(end, first.clause.end)
    manual = early.text if early.text == late.text else f"{early.text} {late.text}"
    return Remark(
        kind=Kind.ORDER, start=start, end=end, said=claims[where].text[start:end], manual=manual
    )


def _events(claims: Sequence[Claim], language: str, beside: str) -> list[_Event]:
    """What the answer does, in the order in which its words say that it is done."""
    found: list[_Event] = []
    for number, claim in enumerate(claims):
        words = spoken(claim.text, language, beside)
        if words is not None:
            done = _in_time(clauses(claim.text[:_LONGEST], words), number)
            if found and done and "PRIOR" in done[0].clause.tags:
                found.insert(len(found) - 1, done.pop(0))
            found += done
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
        elif clause.kind in ("BEFORE", "AFTER", "UNTIL") and not _duration(clause):
            event = _Event(number, clause, said=True)
            if clause.kind == "BEFORE" and len(ordered) == begins:
                waiting.append(event)
            else:
                _timed(ordered, event, begins)
    return ordered + waiting


def _duration(clause: Clause) -> bool:
    """Whether a clause is a time and no event: "after 100 hours"."""
    return bool(clause.numbers) and len(clause.stems - set(clause.numbers)) <= 1


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
    marks = _marks(text)
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
    rest = text[: marks[0].start()] if marks else text
    yield from _within(rest, language)


def _marks(text: str) -> list[re.Match[str]]:
    """The numbers of steps: each begins a sentence or goes on counting, unlike "channel 16."."""
    found: list[re.Match[str]] = []
    for mark in _STEP.finditer(text):
        before = text[: mark.start()][-3:].rstrip(" ")[-1:]
        if before in ("", *".!?:;\n") or (found and int(mark[1]) == int(found[-1][1]) + 1):
            found.append(mark)
    return found


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


def _placed(
    events: Sequence[_Event], steps: Sequence[_Step], often: Counter[str]
) -> dict[int, list[int]]:
    """For each step by its number, the events that surely are it, by theirs, in order."""
    likeness = [[_likeness(event.clause, step, often) for step in steps] for event in events]
    if len(steps) == len(events) == _PAIR_OF:
        paired = _paired(likeness, events, steps)
        if paired:
            return paired
    highest = [max(column) for column in zip(*likeness, strict=True)]
    found: dict[int, list[int]] = {}
    for number, row in enumerate(likeness):
        at = max(range(len(steps)), key=row.__getitem__)
        alone = sum(other > row[at] - _MARGIN for other in row) == 1
        if row[at] >= _SURE and alone and row[at] > highest[at] - _MARGIN:
            found.setdefault(at, []).append(number)
    return found


def _paired(
    likeness: list[list[float]], events: Sequence[_Event], steps: Sequence[_Step]
) -> dict[int, list[int]]:
    """Which of two events is which of two steps: the way that explains more of their words."""
    shared = [[len(e.clause.names & s.names) for s in steps] for e in events]
    straight = shared[0][0] + shared[1][1]
    crossed = shared[0][1] + shared[1][0]
    if straight == crossed:
        return {}
    order = (0, 1) if straight > crossed else (1, 0)
    for number, at in enumerate(order):
        if not events[number].clause.names & steps[at].names - steps[1 - at].names:
            return {}
    if max(likeness[number][at] for number, at in enumerate(order)) < _SURE:
        return {}
    return {at: [number] for number, at in enumerate(order)}


def _likeness(clause: Clause, step: _Step, often: Counter[str]) -> float:
    shared = clause.names & step.names
    if len(shared) < 2 and len(shared) < _HALF * len(step.names):
        return 0.0
    points = sum(1 / math.sqrt(often[name] or 1) for name in shared)
    points += _WHOLE * (shared == step.names)
    for name in clause.pairs.keys() & step.pairs.keys():
        mine, theirs = clause.pairs[name], step.pairs[name]
        points -= 1.5 * (len(mine) == len(theirs) == 1 and mine != theirs)
    codes = clause.codes
    return points - (1.0 if codes and not codes & step.names else 0.0)


def _reversed(
    events: Sequence[_Event],
    steps: Sequence[_Step],
    placed: dict[int, list[int]],
    *,
    listed: bool,
) -> Iterator[tuple[tuple[int, _Step], tuple[int, _Step]]]:
    """Neighbours among the steps that the answer gives the other way round, late one first."""
    given = sorted(placed, key=lambda at: placed[at][0])
    for before, after in pairwise(given):
        late, early = steps[before], steps[after]
        first, second = placed[before][-1], placed[after][0]
        if late.place <= early.place or first >= second:
            continue
        said = any(event.said for event in events[placed[before][0] : placed[after][-1] + 1])
        if listed:
            differs = said or not _checks(early, late)
        else:
            differs = bool(
                events[second].clause.tags & {"THEN", "PRIOR"}
                or "FIRST" in events[first].clause.tags
            )
        if differs:
            yield (first, late), (second, early)


def _swapped(
    events: Sequence[_Event], steps: Sequence[_Step], often: Counter[str], *, listed: bool
) -> Iterator[tuple[int, int, _Step, _Step]]:
    """Neighbours among the events that are rather two steps the other way round than in order.

    Only where words say which comes first; the numbers of the events, and the step that the
    first is and that of the other.
    """
    for number, after in _neighbours(events):
        first, second = events[number], events[after]
        if not (
            second.clause.tags & {"THEN", "PRIOR"}
            or "FIRST" in first.clause.tags
            or (listed and (first.said or second.said))
        ):
            continue
        one = [_share(first.clause, second.clause, step, often) for step in steps]
        other = [_share(second.clause, first.clause, step, often) for step in steps]
        straight, crossed, best = 0.0, 0.0, None
        for early in range(len(steps)):
            for late in range(early, len(steps)):
                straight = max(straight, one[early] + other[late])
                if steps[early].place == steps[late].place:
                    continue
                both = one[late] + other[early]
                if both > crossed and min(one[late], other[early]) >= _HALF:
                    crossed, best = both, (steps[late], steps[early])
        if best is not None and crossed > straight + _AHEAD:
            yield number, after, *best


def _neighbours(events: Sequence[_Event]) -> Iterator[tuple[int, int]]:
    """The numbers of two events, one after the other or with one between."""
    for number in range(len(events)):
        for after in range(number + 1, min(number + 3, len(events))):
            if after == number + 1 or events[after].claim == events[number].claim:
                yield number, after


def _share(clause: Clause, beside: Clause, step: _Step, often: Counter[str]) -> float:
    """How much of what only ``clause`` says, and not the event ``beside`` it, a step says."""
    points, count = 0.0, 0
    for name in (clause.names - beside.names) & step.names:
        if name[0] == "~":
            mine, theirs = clause.pairs[name[1:]], step.pairs.get(name[1:], set())
            if not mine & theirs:
                points -= 1
                continue
        points += 1 / math.sqrt(often[name] or 1)
        count += 1
    return points if count >= _HALF * len(clause.names) else 0.0


def _checks(one: _Step, other: _Step) -> bool:
    """Whether two steps begin alike, as the items of a list of checks do."""
    return one.text != other.text and one.text.split()[:1] == other.text.split()[:1]
