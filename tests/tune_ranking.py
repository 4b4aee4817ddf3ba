"""Choose what each feature of a passage weighs in the ranking, and write it down.

    python -m tests.tune_ranking           # writes fieldkit/library/chosen_weights.py
    python -m tests.tune_ranking --check   # writes nothing, says how good the weights are

The questions are those of this repository that things are chosen on, and those over real manuals,
in the folder that ``FIELDKIT_REAL_MANUALS`` names (without it the command ends with 2). Among the
candidates of a question the right one is chosen with a probability in proportion to its score: a
conditional logit (McFadden 1974), fitted by gradient ascent with Adagrad. A weight is drawn towards
the one of before, so that few questions do not move it. Reported is what weights do that were
fitted without the document that is asked about, in five parts.
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from fieldkit.console import Console
from fieldkit.core.citation import Passage
from fieldkit.library import chosen_weights, index
from fieldkit.library.chosen_weights import WEIGHTS
from fieldkit.library.reading import MOST_READ
from fieldkit.library.search import Library
from fieldkit.packager.evaluate import Question
from tests import real_asked
from tests.question_sets import sets
from tests.question_sets.sets import QuestionSet

NAMES = tuple(WEIGHTS)
_PARTS = 5
_STEPS = 120
_STEP = 0.3
_DRAWN = 2.0  # how strongly a weight is drawn to the one of before
_OWN = 0.3  # what a question of this repository's own manuals counts
_SCALE = "bm25"  # weighs 1: only proportions count


@dataclass(frozen=True, slots=True)
class Choice:
    """The candidates of one question by their features, and which are right; ``about``: of what."""

    about: str
    counts: float
    features: tuple[tuple[float, ...], ...]
    right: tuple[bool, ...]


Weights = Sequence[float]


def choice(
    library: Library, question: str, about: str, counts: float, right: Callable[[Passage], bool]
) -> Choice:
    """What ``library`` finds for ``question``."""
    ranked = library.ranked(library.plan(question), MOST_READ, question=question)
    known = [entry for entry in ranked if entry.features is not None]
    return Choice(
        about,
        counts,
        tuple(tuple(getattr(entry.features, name) for name in NAMES) for entry in known),
        tuple(right(entry.passage) for entry in known),
    )


def own(folder: Path) -> list[Choice]:
    """Of the sets of this repository."""
    found = []
    for asked in sets.chosen_on(folder):
        path = folder / "tune.sqlite"
        index.build(path, asked.documents, language=asked.language)
        with Library.open(path) as library:
            found += [
                choice(library, each.text, asked.name, _OWN, partial(_is_at, asked, each))
                for each in asked.questions
                if each.answer
            ]
    return found


def _is_at(asked: QuestionSet, question: Question, passage: Passage) -> bool:
    return asked.is_at(passage, question)


def real(where: Path, folder: Path) -> list[Choice]:
    """Of the real manuals in ``where``."""
    path = folder / "real.sqlite"
    index.build(path, real_asked.documents(where)[0], language="en")
    with Library.open(path) as library:
        files = {manual.document: Path(manual.file).name for manual in library.documents()}

        def is_at(asked: real_asked.RealQuestion, passage: Passage) -> bool:
            return asked.is_at(passage, files[passage.document])

        return [
            choice(library, asked.text, asked.places[0][0], 1.0, partial(is_at, asked))
            for asked in real_asked.questions()
            if asked.answer
        ]


def fitted(choices: Sequence[Choice], before: Weights) -> list[float]:
    """The weights by which the right candidates are most likely chosen."""
    weights = list(before)
    squares = [1e-8] * len(weights)
    useful = [each for each in choices if any(each.right) and not all(each.right)]
    for _ in range(_STEPS):
        slopes = [-_DRAWN * (now - old) for now, old in zip(weights, before, strict=True)]
        for each in useful:
            _add_slopes(slopes, each, weights)
        for n, slope in enumerate(slopes):
            squares[n] += slope * slope
            weights[n] += _STEP * slope / math.sqrt(squares[n])
    scale = weights[NAMES.index(_SCALE)]
    return [round(weight / scale, 2) for weight in weights]


def _add_slopes(slopes: list[float], each: Choice, weights: Weights) -> None:
    """Add how the logarithm of the likelihood of a right candidate grows with each weight."""
    sums = [score(features, weights) for features in each.features]
    likely = [math.exp(value - max(sums)) for value in sums]
    total = sum(likely)
    rightly = sum(value for value, right in zip(likely, each.right, strict=True) if right) or 1e-300
    for value, right, features in zip(likely, each.right, each.features, strict=True):
        share = each.counts * ((value / rightly if right else 0.0) - value / total)
        for n, feature in enumerate(features):
            slopes[n] += share * feature


def score(features: Sequence[float], weights: Weights) -> float:
    """The logarithm of the score of a candidate."""
    return sum(weight * feature for weight, feature in zip(weights, features, strict=True))


def measured(choices: Sequence[Choice], weights: Weights) -> tuple[float, float]:
    """The shares of questions with a right passage first, and among the first three."""
    first = three = 0
    for each in choices:
        order = sorted(range(len(each.right)), key=lambda n: -score(each.features[n], weights))
        best = [each.right[n] for n in order[:3]]
        first += best[:1] == [True]
        three += any(best)
    return first / len(choices), three / len(choices)


def cross_validated(choices: Sequence[Choice], before: Weights) -> tuple[float, float]:
    """As ``measured`` of the real manuals, each by weights fitted without it."""
    documents = sorted({each.about for each in choices if each.counts == 1.0})
    first = three = count = 0.0
    for part in range(_PARTS):
        left_out = set(documents[part::_PARTS])
        asked = [each for each in choices if each.about in left_out]
        weights = fitted([each for each in choices if each.about not in left_out], before)
        one, among = measured(asked, weights)
        first, three, count = (
            first + one * len(asked),
            three + among * len(asked),
            count + len(asked),
        )
    return first / count, three / count


def source(weights: Weights) -> str:
    """The module that the ranking reads."""
    rows = "".join(
        f'    "{name}": {weight},\n' for name, weight in zip(NAMES, weights, strict=True)
    )
    return (
        '"""What each feature weighs in the ranking: written by'
        ' `python -m tests.tune_ranking`."""\n\n'
        "from __future__ import annotations\n\n"
        f"WEIGHTS: dict[str, float] = {{\n{rows}}}\n"
    )


def main() -> int:
    """Choose, report, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing")
    options = parser.parse_args()
    console = Console()
    where = real_asked.folder()
    if where is None:
        console.out(f"{real_asked.FOLDER} does not name the folder of the real manuals\n")
        return 2
    before = list(WEIGHTS.values())
    with tempfile.TemporaryDirectory() as name:
        others, asked = own(Path(name)), real(where, Path(name))
    console.out(_told("now, real manuals", measured(asked, before)))
    console.out(_told("now, this repository's", measured(others, before)))
    if options.check:
        return 0
    console.out(_told("cross-validated, real manuals", cross_validated([*others, *asked], before)))
    weights = fitted([*others, *asked], before)
    console.out(_told("fitted, real manuals", measured(asked, weights)))
    console.out(_told("fitted, this repository's", measured(others, weights)))
    Path(chosen_weights.__file__).write_text(source(weights), encoding="utf-8")
    return 0


def _told(what: str, shares: tuple[float, float]) -> str:
    return f"{what}: first {shares[0]:.3f}, among three {shares[1]:.3f}\n"


if __name__ == "__main__":
    sys.exit(main())
