"""Choose the default floor of evidence on this repository's question sets, and write it down.

    python -m tests.calibrate           # writes fieldkit/library/calibrated.py and docs/search.md
    python -m tests.calibrate --check   # writes nothing; fails when it would change either

Each set counts alike. What no page answers is the set's own unanswerable questions and, at half
their weight, its answerable ones asked of a library without the page that answers them. The held
out sets are only reported.
"""

from __future__ import annotations

import argparse
import itertools
import re
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fieldkit.console import Console
from fieldkit.library import calibrated, index
from fieldkit.library.evidence import Mentioned, Shares, evidence
from fieldkit.library.search import Library
from fieldkit.packager.calibrate import best_floor, cost
from tests.question_sets import sets
from tests.question_sets.sets import QuestionSet

FLOORS = tuple(round(0.3 + 0.01 * step, 2) for step in range(61))
_EVERYDAY = (0.2, 0.4, 0.6, 0.8, 1.0)  # at 0 a question of such words alone would ask nothing
_UNIT = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
_LOOKED_AT = 5
_PAGE = Path(__file__).parent.parent / "docs" / "search.md"
_FIGURES = re.compile(r"(<!-- figures: [^\n]*-->)\n.*?(<!-- end of figures -->)", re.DOTALL)
_TABLE = """\
| set | unanswerable | answerable, without their page | answerable |
|---|---:|---:|---:|
"""
_TAKEN_AWAY = 0.5  # what they count whose page was taken away


@dataclass(frozen=True, slots=True)
class Asked:
    """What the best passages for one question mention."""

    passages: tuple[Mentioned, ...]

    def evidence(self, shares: Shares) -> float:
        """Of its best passage."""
        return max((evidence(mentioned, shares) for mentioned in self.passages), default=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One set's questions, by whether a page answers them."""

    name: str
    answerable: Sequence[Asked]
    unanswerable: Sequence[Asked]
    taken_away: Sequence[Asked]


Point = tuple[float, float, float]


def look(asked: QuestionSet, folder: Path) -> Found:
    """Ask every question of ``asked``, and those of every page again without that page."""
    answerable, unanswerable = _ask(asked, folder)
    taken_away: list[Asked] = []
    for less in asked.without_answers():
        taken_away += _ask(less, folder)[1]
    return Found(
        name=asked.name,
        answerable=answerable,
        unanswerable=unanswerable,
        taken_away=taken_away,
    )


def _ask(asked: QuestionSet, folder: Path) -> tuple[list[Asked], list[Asked]]:
    path = folder / "calibrate.sqlite"
    index.build(path, asked.documents, language=asked.language)
    kinds: tuple[list[Asked], list[Asked]] = ([], [])
    with Library.open(path) as library:
        for question in asked.questions:
            ranked = library.ranked(library.plan(question.text), _LOOKED_AT, floor=0.0)
            passages = tuple(entry.mentioned for entry in ranked)
            kinds[not question.answer].append(Asked(passages))
    return kinds


def curve(found: Sequence[Found], shares: Shares) -> list[Point]:
    """Floor, share refused rightly and falsely, each the mean over the sets."""
    scored = [
        [_scored(kind, shares) for kind in (entry.unanswerable, entry.taken_away, entry.answerable)]
        for entry in found
    ]
    points = []
    for floor in FLOORS:
        below = [[_below(kind, floor) for kind in kinds] for kinds in scored]
        wrong, away, falsely = (sum(column) / len(below) for column in zip(*below, strict=True))
        refused = (wrong + _TAKEN_AWAY * away) / (1 + _TAKEN_AWAY)
        points.append((floor, round(refused, 4), round(falsely, 4)))
    return points


def _scored(asked: Sequence[Asked], shares: Shares) -> list[float]:
    return [entry.evidence(shares) for entry in asked]


def _below(scored: Sequence[float], floor: float) -> float:
    return sum(value < floor for value in scored) / len(scored)


def choose(found: Sequence[Found]) -> tuple[Shares, list[Point]]:
    """The shares whose best floor costs least, and their curve.

    Cost is averaged over the floors around the best one, so that a lucky floor does not win.
    """
    tried = [Shares(everyday=e, unit=u) for e, u in itertools.product(_EVERYDAY, _UNIT)]
    curves = [(shares, curve(found, shares)) for shares in tried]
    return min(curves, key=lambda entry: _smoothed(entry[1]))


def _smoothed(points: Sequence[Point]) -> float:
    costs = [cost(refused, falsely) for _, refused, falsely in points]
    return min(sum(costs[n - 3 : n + 4]) / 7 for n in range(3, len(costs) - 3))


def report(found: Found, shares: Shares, floor: float) -> str:
    """One row of the table: what is refused of one set."""
    kinds = (found.unanswerable, found.taken_away, found.answerable)
    cells = [f"{_below(_scored(kind, shares), floor):.3f} of {len(kind)}" for kind in kinds]
    return f"| {found.name} | {' | '.join(cells)} |"


def source(shares: Shares, floor: float, points: Sequence[Point]) -> str:
    """The module that search reads."""
    rows = "\n".join(f"    ({a}, {b}, {c})," for a, b, c in points)
    return (
        '"""Written by `python -m tests.calibrate`; not to be edited.\n\n'
        "``CURVE``: floor, share of unanswerable questions refused, share of answerable ones,\n"
        'each the mean over the sets that the default is chosen on.\n"""\n\n'
        "from __future__ import annotations\n\n"
        "from fieldkit.library.evidence import Shares\n\n"
        f"SHARES = Shares(everyday={shares.everyday}, unit={shares.unit})\n"
        f"FLOOR = {floor}\n"
        f"CURVE: tuple[tuple[float, float, float], ...] = (\n{rows}\n)\n"
    )


def main() -> int:
    """Choose, report, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, compare")
    options = parser.parse_args()
    console = Console()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found = [look(entry, folder) for entry in sets.chosen_on(folder)]
        shares, points = choose(found)
        floor = best_floor(points)
        found += [look(asked, folder) for asked in sets.held_out()]
    table = _TABLE + "\n".join(report(entry, shares, floor) for entry in found) + "\n"
    console.out(f"{shares}, floor {floor}\n{table}")
    page = _PAGE.read_text(encoding="utf-8")
    texts = {
        Path(calibrated.__file__): source(shares, floor, points),
        _PAGE: _FIGURES.sub(lambda match: f"{match[1]}\n{table}{match[2]}", page),
    }
    if options.check:
        return int(any(path.read_text(encoding="utf-8") != text for path, text in texts.items()))
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
