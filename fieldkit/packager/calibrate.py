"""Chooses the floor of evidence on a profile's own questions, and tells how far it can be trusted.

Few questions say little: a floor chosen on twenty of them alone would be chosen by chance. So they
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

from fieldkit.library.calibrated import CURVE, FLOOR
from fieldkit.library.index import Calibrate
from fieldkit.library.search import Library
from fieldkit.packager.evaluate import Question

# What a question refused that a page answers costs, by what one answered that none does.
FALSE_REFUSAL_COST = 3.0
_PRIOR = 40
_FOLDS = 5


@dataclass(frozen=True, slots=True)
class Scored:
    """The evidence of one question's best passage, and whether a page answers it."""

    evidence: float
    answerable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """A floor and the figures it was chosen by.

    ``refused`` is the share of the ``unanswerable`` questions that are refused, ``falsely_refused``
    that of the ``answerable`` ones, both by cross-validation; ``by_default`` are the same two with
    the floor ``default``.
    """

    floor: float
    default: float
    answerable: int
    unanswerable: int
    refused: float
    falsely_refused: float
    by_default: tuple[float, float]

    def to_about(self) -> dict[str, str]:
        """What the index notes of it."""
        figures = json.dumps(asdict(self), sort_keys=True)
        return {"floor": repr(self.floor), "calibration": figures}


def by(questions: Sequence[Question]) -> Calibrate | None:
    """What chooses the floor of an index on ``questions``; None where there are none."""
    if not questions:
        return None
    return lambda path: calibrate(path, questions).to_about()


def noted(path: Path) -> dict[str, Any] | None:
    """The figures of the calibration of the index at ``path``; None where it has none."""
    with Library.open(path) as library:
        about = library.about().get("calibration")
    return json.loads(about) if about else None


def calibrate(path: Path, questions: Sequence[Question]) -> Calibration:
    """Return the floor for the index at ``path``, chosen on ``questions``."""
    with Library.open(path) as library:
        scored = [Scored(library.evidence(q.text), bool(q.answer)) for q in questions]
    return choose(scored)


def choose(scored: Sequence[Scored]) -> Calibration:
    """Return the floor that parts ``scored`` best, shrunk towards the default."""
    validated = [0.0, 0.0]
    counts = [0, 0]
    for fold in range(_FOLDS):
        rest, left_out = _parted(scored, fold)
        floor = best_floor(curve(rest))
        for entry in left_out:
            counts[entry.answerable] += 1
            validated[entry.answerable] += entry.evidence < floor
    refused, falsely = (v / n if n else 0.0 for v, n in zip(validated, counts, strict=True))
    by_default = shares(scored, FLOOR)
    better = cost(refused, falsely) < cost(*by_default)
    return Calibration(
        floor=best_floor(curve(scored)) if better else FLOOR,
        default=FLOOR,
        answerable=counts[True],
        unanswerable=counts[False],
        refused=round(refused if better else by_default[0], 4),
        falsely_refused=round(falsely if better else by_default[1], 4),
        by_default=(round(by_default[0], 4), round(by_default[1], 4)),
    )


def _parted(scored: Sequence[Scored], fold: int) -> tuple[list[Scored], list[Scored]]:
    """All but one part of ``scored``, and that part; both kinds are spread over all parts."""
    rest: list[Scored] = []
    left_out: list[Scored] = []
    for kind in (True, False):
        for place, entry in enumerate(e for e in scored if e.answerable is kind):
            (left_out if place % _FOLDS == fold else rest).append(entry)
    return rest, left_out


def shares(scored: Sequence[Scored], floor: float) -> tuple[float, float]:
    """The shares of unanswerable and of answerable questions that ``floor`` refuses."""
    kinds = ([e for e in scored if not e.answerable], [e for e in scored if e.answerable])
    unanswerable, answerable = kinds
    return _below(unanswerable, floor), _below(answerable, floor)


def _below(scored: Sequence[Scored], floor: float) -> float:
    return sum(e.evidence < floor for e in scored) / len(scored) if scored else 0.0


def cost(refused: float, falsely_refused: float) -> float:
    """What a floor costs that refuses these shares."""
    return (1.0 - refused) + FALSE_REFUSAL_COST * falsely_refused


def curve(scored: Sequence[Scored]) -> list[tuple[float, float, float]]:
    """The default's curve with ``scored`` added: floor, refused, falsely refused."""
    if not scored:
        return list(CURVE)
    counts = (sum(not e.answerable for e in scored), sum(e.answerable for e in scored))
    points = []
    for floor, *before in CURVE:
        found = shares(scored, floor)
        refused, falsely = (
            (_PRIOR * was + n * now) / (_PRIOR + n)
            for was, n, now in zip(before, counts, found, strict=True)
        )
        points.append((floor, refused, falsely))
    return points


def best_floor(points: Sequence[tuple[float, float, float]]) -> float:
    """The cheapest floor of ``points``; of several as cheap, the middle one."""
    costs = [round(cost(refused, falsely), 9) for _, refused, falsely in points]
    cheapest = [n for n, value in enumerate(costs) if value == min(costs)]
    return points[cheapest[len(cheapest) // 2]][0]


def told(calibration: Mapping[str, float]) -> str:
    """One line for people, from what ``Calibration`` holds."""
    return (
        f"floor {calibration['floor']:.2f} (default {calibration['default']:.2f}): refuses "
        f"{calibration['refused']:.0%} of {calibration['unanswerable']} unanswerable and "
        f"{calibration['falsely_refused']:.0%} of {calibration['answerable']} answerable questions"
    )
