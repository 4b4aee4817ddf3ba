"""Choose how evidence is judged on sets of questions, and write it down.

    python -m tests.calibrate           # writes fieldkit/library/calibrated.py and docs/search.md
    python -m tests.calibrate --check   # writes nothing; fails when it would change either

Chosen are what counts how much in the evidence of a passage, the logistic model over the signs of
what was found, and the two limits that part "answered", "perhaps" and "none". Each set counts
alike. What no page answers is a set's own unanswerable questions and, at half their weight, its
answerable ones asked without the pages that answer them. The held out sets are only reported.

Two of the sets are asked of real manuals, which lie where FIELDKIT_REAL_MANUALS says; without them
nothing is chosen: it is said, and only the figures of the other sets are compared.
"""

from __future__ import annotations

import argparse
import itertools
import re
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import astuple
from pathlib import Path

from fieldkit.console import Console
from fieldkit.library import calibrated
from fieldkit.library.evidence import Shares
from fieldkit.library.judging import NAMES, Limits, Model
from fieldkit.packager.calibrate import Point, best_limits, cost
from tests import real_asked
from tests.judged import Found, look, look_at_real
from tests.logistic import Example, fit
from tests.question_sets import sets

POINTS = tuple(round(0.01 * step, 2) for step in (*range(1, 20), *range(20, 99, 2)))
_EVERYDAY = (0.2, 0.4, 0.6)
_UNIT = (0.0, 0.2, 0.4, 0.6)
_RIDGE = 0.003
_TAKEN_AWAY = 0.5  # what they count whose page was taken away
_DIRECTIONS = {
    "evidence": 1, "first": 1, "strange": -1, "guessed": -1, "rarest": 1, "figure": 1, "bare": -1,
    "code": 1, "lead": 1, "statement": 1, "value": 1, "order": 1, "product": 1,
}  # fmt: skip
_PAGE = Path(__file__).parent.parent / "docs" / "search.md"
_FIGURES = re.compile(r"(<!-- figures: [^\n]*-->)\n.*?(<!-- end of figures -->)", re.DOTALL)
_TABLE = """\
| set | answerable: none | answerable: answered | unanswerable: none | unanswerable: answered \
| without their page: answered |
|---|---:|---:|---:|---:|---:|
"""


def learned(found: Sequence[Found], shares: Shares) -> Model:
    """The model that separates right answers from others in ``found``, where each set counts alike.

    An answerable question whose page is not among the best is left out: what was found does not
    answer it, though it should.
    """
    examples: list[Example] = []
    for entry in found:
        right = [each for each in entry.answerable if each.found]
        for kind, is_right, counts in (
            (right, True, 1.0),
            (entry.unanswerable, False, 1.0),
            (entry.taken_away, False, _TAKEN_AWAY),
        ):
            examples += [
                (astuple(each.signs(shares)), is_right, counts / len(kind))
                for each in kind
                if each.ranked
            ]
    bias, weights = fit(examples, [_DIRECTIONS.get(name, 0) for name in NAMES], ridge=_RIDGE)
    return Model(round(bias, 3), {n: round(w, 3) for n, w in zip(NAMES, weights, strict=True) if w})


def curve(found: Sequence[Found], model: Model, shares: Shares) -> list[Point]:
    """One point for each limit: see ``packager.calibrate.Point``; the mean over the sets."""
    curves = [entry.points(POINTS, model, shares, away=_TAKEN_AWAY) for entry in found]
    return [mean(points) for points in zip(*curves, strict=True)]


def mean(points: Sequence[Point]) -> Point:
    """The mean of points with the same limit."""
    columns = list(zip(*points, strict=True))
    limit, *others = (round(sum(column) / len(points), 4) for column in columns)
    return (limit, *others)  # type: ignore[return-value]  # as many as there were


def choose(found: Sequence[Found]) -> tuple[Shares, Model, list[Point]]:
    """The shares, the model and the curve that cost least when each set in turn is left out."""
    tried = [Shares(everyday=e, unit=u) for e, u in itertools.product(_EVERYDAY, _UNIT)]
    shares = min(tried, key=lambda each: _validated(found, each))
    model = learned(found, shares)
    return shares, model, curve(found, model, shares)


def left_out(found: Sequence[Found], shares: Shares) -> list[tuple[Found, Model, Limits]]:
    """Each set with the model and the limits that were chosen on all others."""
    result = []
    for entry in found:
        others = [other for other in found if other is not entry]
        model = learned(others, shares)
        result.append((entry, model, best_limits(curve(others, model, shares))))
    return result


def _validated(found: Sequence[Found], shares: Shares) -> float:
    parts = [
        cost(*entry.points((limits.perhaps, limits.answered), model, shares, away=_TAKEN_AWAY))
        for entry, model, limits in left_out(found, shares)
    ]
    return round(sum(parts) / len(parts), 6)


def report(name: str, found: Found, model: Model, shares: Shares, limits: Limits) -> str:
    """One row of the table."""

    def cell(kind: str, state: str) -> str:
        asked = found.of(kind)
        share = found.share(kind, state, model, shares, limits)
        return f"{share:.3f} of {len(asked)}" if asked else ""

    cells = [
        cell("answerable", "none"),
        cell("answerable", "answered"),
        cell("unanswerable", "none"),
        cell("unanswerable", "answered"),
        cell("taken_away", "answered"),
    ]
    return f"| {name} | {' | '.join(cells)} |"


def source(shares: Shares, model: Model, limits: Limits, points: Sequence[Point]) -> str:
    """The module that search reads."""
    rows = "\n".join(f"    {point}," for point in points)
    weights = "\n".join(f'        "{name}": {weight},' for name, weight in model.weights.items())
    return (
        '"""Written by `python -m tests.calibrate`; not to be edited.\n\n'
        "``CURVE``: for each limit the shares of the questions below it (packager/calibrate.py),\n"
        'the mean over the sets that the default is chosen on.\n"""\n\n'
        "from __future__ import annotations\n\n"
        "from fieldkit.library.evidence import Shares\n"
        "from fieldkit.library.judging import Limits, Model\n\n"
        f"SHARES = Shares(everyday={shares.everyday}, unit={shares.unit})\n"
        f"MODEL = Model(\n    {model.bias},\n    {{\n{weights}\n    }},\n)\n"
        f"LIMITS = Limits(perhaps={limits.perhaps}, answered={limits.answered})\n"
        f"CURVE: tuple[tuple[float, float, float, float, float], ...] = (\n{rows}\n)\n"
    )


def _real(console: Console, folder: Path) -> list[Found]:
    """The sets over real manuals; none where those are not on this machine, which is said."""
    where = real_asked.folder()
    if where is None:
        console.err(f"SKIPPED: the real manuals. {real_asked.FOLDER} does not say where they are.")
        return []
    documents, missing = real_asked.documents(where)
    if missing:
        console.err(f"SKIPPED: the real manuals. {where} lacks {', '.join(missing)}.")
        return []
    return look_at_real(documents, folder)


def main() -> int:
    """Choose, report, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, compare")
    options = parser.parse_args()
    console = Console()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        real = _real(console, folder)
        found = [look(entry, folder) for entry in sets.chosen_on(folder)] + real
        others = [look(asked, folder) for asked in sets.held_out()]
    if not real:
        return _compare(console, [*found, *others], options.check)
    shares, model, points = choose(found)
    limits = best_limits(points)
    rows = [report(e.name, e, model, shares, limits) for e in [*found, *others]]
    rows += [
        report(f"{e.name}, chosen on the others", e, model_of, shares, limits_of)
        for e, model_of, limits_of in left_out(found, shares)
    ]
    table = _TABLE + "\n".join(rows) + "\n"
    console.out(f"{shares}\n{model}\n{limits}\n{table}")
    page = _PAGE.read_text(encoding="utf-8")
    texts = {
        Path(calibrated.__file__): source(shares, model, limits, points),
        _PAGE: _FIGURES.sub(lambda match: f"{match[1]}\n{table}{match[2]}", page),
    }
    if options.check:
        return int(any(path.read_text(encoding="utf-8") != text for path, text in texts.items()))
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")
    return 0


def _compare(console: Console, found: Sequence[Found], check: bool) -> int:
    """Report ``found`` as the kept choice judges it; 1 where docs/search.md says otherwise."""
    shares, model, limits = calibrated.SHARES, calibrated.MODEL, calibrated.LIMITS
    rows = [report(entry.name, entry, model, shares, limits) for entry in found]
    console.out(_TABLE + "\n".join(rows))
    if not check:
        console.err("Nothing is chosen without the real manuals, and nothing was written.")
        return 1
    page = _PAGE.read_text(encoding="utf-8")
    return int(not all(row in page for row in rows))


if __name__ == "__main__":
    sys.exit(main())
