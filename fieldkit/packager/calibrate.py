"""Chooses the limits of evidence on a profile's own questions, and reports how far to trust them.

Few questions say little: limits chosen on twenty of them alone would be chosen by chance. So they
are added to the curve of the repository's sets (library/calibrated.py), which weighs as much as
``_PRIOR`` questions of each kind; what is reported is what was found by cross-validation; and where
that is no better than the default, the default stays.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from fieldkit.core.citation import State
from fieldkit.library.calibrated import CURVE, LIMITS
from fieldkit.library.index import Calibrate
from fieldkit.library.judging import Certainty, Limits
from fieldkit.library.search import ANSWERED, PERHAPS, Library
from fieldkit.packager.evaluate import Question

Point = tuple[float, float, float, float, float]
"""A limit, and the shares of questions below it: unanswerable and answerable ones that are refused
where it is the limit of ``perhaps``, then those that are not sure where it is that of ``answered``.
"""

# What may go wrong: so many answerable questions refused, so many unanswerable ones surely
# answered. Less than what is promised (3 and 15 in a hundred): the mean is over sets three of which
# ask manuals made for tests, where less goes wrong than in those of other people.
_FALSELY_REFUSED = 0.01
_FALSELY_SURE = 0.10
_PRIOR = 40
_FOLDS = 5


@dataclass(frozen=True, slots=True)
class Scored:
    """How sure the answer to a question is, and whether a page answers it."""

    certainty: Certainty
    answerable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Two limits and the figures they were chosen by.

    ``refused`` is the share of the ``unanswerable`` questions that are refused, ``falsely_refused``
    that of the ``answerable`` ones; ``sure`` and ``falsely_sure`` are the shares of answerable and
    of unanswerable ones that are answered without a mark; all by cross-validation. ``by_default``
    are the same four with the limits ``default``.
    """

    limits: Limits
    default: Limits
    answerable: int
    unanswerable: int
    refused: float
    falsely_refused: float
    sure: float
    falsely_sure: float
    by_default: tuple[float, float, float, float]

    def to_about(self) -> dict[str, str]:
        """What the index notes of it."""
        return {
            PERHAPS: repr(self.limits.perhaps),
            ANSWERED: repr(self.limits.answered),
            "calibration": json.dumps(asdict(self), sort_keys=True),
        }


def by(questions: Sequence[Question]) -> Calibrate | None:
    """What chooses the limits of an index on ``questions``; None where there are none."""
    if not questions:
        return None
    return lambda path: calibrate(path, questions).to_about()


def noted(path: Path) -> dict[str, Any] | None:
    """The figures of the calibration of the index at ``path``; None where it has none."""
    with Library.open(path) as library:
        about = library.about().get("calibration")
    return json.loads(about) if about else None


def calibrate(path: Path, questions: Sequence[Question]) -> Calibration:
    """Return the limits for the index at ``path``, chosen on ``questions``."""
    with Library.open(path) as library:
        scored = [Scored(library.certainty(q.text), bool(q.answer)) for q in questions]
    return choose(scored)


def choose(scored: Sequence[Scored]) -> Calibration:
    """Return the limits that part ``scored`` best, shrunk towards the default."""
    states: list[tuple[bool, State]] = []
    for fold in range(_FOLDS):
        rest, left_out = _parted(scored, fold)
        limits = best_limits(curve(rest))
        states += [(each.answerable, each.certainty.state(limits)) for each in left_out]
    validated = _outcome(states)
    by_default = _outcome([(e.answerable, e.certainty.state(LIMITS)) for e in scored])
    better = _cost(*validated) < _cost(*by_default)
    refused, falsely_refused, sure, falsely_sure = validated if better else by_default
    return Calibration(
        limits=best_limits(curve(scored)) if better else LIMITS,
        default=LIMITS,
        answerable=sum(each.answerable for each in scored),
        unanswerable=sum(not each.answerable for each in scored),
        refused=refused,
        falsely_refused=falsely_refused,
        sure=sure,
        falsely_sure=falsely_sure,
        by_default=by_default,
    )


def _parted(scored: Sequence[Scored], fold: int) -> tuple[list[Scored], list[Scored]]:
    """All but one part of ``scored``, and that part; both kinds are spread over all parts."""
    rest: list[Scored] = []
    left_out: list[Scored] = []
    for kind in (True, False):
        for place, entry in enumerate(e for e in scored if e.answerable is kind):
            (left_out if place % _FOLDS == fold else rest).append(entry)
    return rest, left_out


def _outcome(states: Sequence[tuple[bool, State]]) -> tuple[float, float, float, float]:
    """Shares that are refused, falsely refused, sure and falsely sure."""

    def share(answerable: bool, state: State) -> float:
        kind = [found for is_answerable, found in states if is_answerable is answerable]
        return round(kind.count(state) / len(kind), 4) if kind else 0.0

    return (
        share(False, State.NONE), share(True, State.NONE),
        share(True, State.ANSWERED), share(False, State.ANSWERED),
    )  # fmt: skip


def cost(perhaps: Point, answered: Point) -> float:
    """What two limits cost, of which these are the points."""
    return _cost(perhaps[1], perhaps[2], 1 - answered[4], 1 - answered[3])


def _cost(refused: float, falsely_refused: float, sure: float, falsely_sure: float) -> float:
    return _of_perhaps(refused, falsely_refused) + _of_answered(sure, falsely_sure)


def _of_perhaps(refused: float, falsely_refused: float) -> float:
    """What is promised comes first; then as much as possible is refused that no page answers."""
    return 0.5 * (1 - refused) + 10 * max(0.0, falsely_refused - _FALSELY_REFUSED)


def _of_answered(sure: float, falsely_sure: float) -> float:
    """What is promised comes first; then as much as possible is answered without a mark."""
    return (1 - sure) + 5 * max(0.0, falsely_sure - _FALSELY_SURE)


def curve(scored: Sequence[Scored]) -> list[Point]:
    """The default's curve with ``scored`` added."""
    unanswerable, answerable = (
        [each.certainty for each in scored if each.answerable is kind] for kind in (False, True)
    )
    points = []
    for limit, *before in CURVE:
        limits = Limits(perhaps=limit, answered=limit)
        shares = []
        for place, was in enumerate(before):
            kind = answerable if place % 2 else unanswerable
            below = [State.NONE] if place < _UNSURE else [State.NONE, State.PERHAPS]
            now = sum(each.state(limits) in below for each in kind)
            shares.append((_PRIOR * was + now) / (_PRIOR + len(kind)))
        points.append((limit, shares[0], shares[1], shares[2], shares[3]))
    return points


_UNSURE = 2  # from this share of a point on it is about the limit of ``answered``


def best_limits(points: Sequence[Point]) -> Limits:
    """The cheapest limits among ``points``; of several as cheap, the middle ones."""
    perhaps = _cheapest(points, [_of_perhaps(point[1], point[2]) for point in points])
    answered = _cheapest(points, [_of_answered(1 - point[4], 1 - point[3]) for point in points])
    return Limits(perhaps=min(perhaps, answered), answered=answered)


def _cheapest(points: Sequence[Point], costs: Sequence[float]) -> float:
    rounded = [round(value, 9) for value in costs]
    cheapest = [n for n, value in enumerate(rounded) if value == min(rounded)]
    return points[cheapest[len(cheapest) // 2]][0]


def told(calibration: Mapping[str, Any]) -> str:
    """One line for people, from what ``Calibration`` holds."""
    limits, default = calibration["limits"], calibration["default"]
    return (
        f"perhaps from {limits['perhaps']:.2f} and answered from {limits['answered']:.2f} "
        f"(default {default['perhaps']:.2f} and {default['answered']:.2f}): refuses "
        f"{calibration['refused']:.0%} of {calibration['unanswerable']} unanswerable and "
        f"{calibration['falsely_refused']:.0%} of {calibration['answerable']} answerable "
        f"questions; is sure of {calibration['falsely_sure']:.0%} and "
        f"{calibration['sure']:.0%} of them"
    )
