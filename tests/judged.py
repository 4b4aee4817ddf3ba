"""What search finds for the questions of a set, and how a model judges it."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from fieldkit.core.citation import State
from fieldkit.library import index
from fieldkit.library.documents import Document
from fieldkit.library.evidence import Shares, evidence
from fieldkit.library.judging import LOOKED_AT, Certainty, Limits, Model, Signs, bounds, signs
from fieldkit.library.search import Library, Ranked
from fieldkit.packager.calibrate import Point
from tests import real_asked
from tests.question_sets.sets import QuestionSet

_AMONG = 3
_MORE = 40  # passages that are looked at to find others than those of the pages that answer


@dataclass(frozen=True, eq=False)
class Judged:
    """The best of what was found for one question; ``found``: the page that answers is among it.

    ``least`` and ``most`` are what its codes allow.
    """

    ranked: tuple[Ranked, ...]
    found: bool
    least: State
    most: State

    @functools.cache  # noqa: B019 - as many as there are questions, in a process that ends
    def signs(self, shares: Shares) -> Signs:
        """Its signs where evidence counts by ``shares``."""
        return signs(
            [replace(each, evidence=evidence(each.mentioned, shares)) for each in self.ranked]
        )

    def certainty(self, model: Model, shares: Shares) -> Certainty:
        """How sure it is by ``model`` that this answers."""
        if not self.ranked:
            return Certainty(0.0, State.NONE, State.NONE)
        return Certainty(model.certainty(self.signs(shares)), self.least, self.most)


def judged(question: str, ranked: Sequence[Ranked], *, found: bool = False) -> Judged:
    """What ``ranked``, which is the best first, is to ``question``."""
    best = tuple(ranked[:LOOKED_AT])
    return Judged(best, found, *bounds(question, best))


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One set's questions, by whether a page answers them."""

    name: str
    answerable: Sequence[Judged]
    unanswerable: Sequence[Judged]
    taken_away: Sequence[Judged]

    def of(self, kind: str) -> Sequence[Judged]:
        """Those of one kind."""
        kinds = {
            "answerable": self.answerable,
            "unanswerable": self.unanswerable,
            "taken_away": self.taken_away,
        }
        return kinds[kind]

    def share(self, kind: str, state: str, model: Model, shares: Shares, limits: Limits) -> float:
        """The share of one kind that is judged ``state``; 0 where there are none."""
        states = [each.certainty(model, shares).state(limits) for each in self.of(kind)]
        return states.count(State(state)) / len(states) if states else 0.0

    def points(
        self, at: Sequence[float], model: Model, shares: Shares, *, away: float
    ) -> list[Point]:
        """The shares below each limit of ``at``; those whose page was taken away count ``away``."""
        kinds = [
            [each.certainty(model, shares) for each in kind]
            for kind in (self.unanswerable, self.taken_away, self.answerable)
        ]
        taken = away * bool(self.taken_away)
        points = []
        for limit in at:
            limits = Limits(perhaps=limit, answered=limit)
            states = [[each.state(limits) for each in kind] for kind in kinds]
            below: list[float] = []
            for wanted in ((State.NONE,), (State.NONE, State.PERHAPS)):
                wrong, gone, right = (
                    sum(state in wanted for state in kind) / (len(kind) or 1) for kind in states
                )
                below += [(wrong + taken * gone) / (1 + taken), right]
            points.append((limit, below[0], below[1], below[2], below[3]))
        return points


def look(asked: QuestionSet, folder: Path) -> Found:
    """Ask every question of ``asked``, and those of every page again without that page."""
    answerable, unanswerable = _ask(asked, folder)
    taken_away: list[Judged] = []
    for less in asked.without_answers():
        taken_away += _ask(less, folder)[1]
    return Found(
        name=asked.name, answerable=answerable, unanswerable=unanswerable, taken_away=taken_away
    )


def _ask(asked: QuestionSet, folder: Path) -> tuple[list[Judged], list[Judged]]:
    path = folder / "calibrate.sqlite"
    index.build(path, asked.documents, language=asked.language)
    kinds: tuple[list[Judged], list[Judged]] = ([], [])
    with Library.open(path) as library:
        for question in asked.questions:
            ranked = library.ranked(library.plan(question.text), LOOKED_AT, question=question.text)
            found = any(asked.is_at(each.passage, question) for each in ranked[:_AMONG])
            kinds[not question.answer].append(judged(question.text, ranked, found=found))
    return kinds


def look_at_real(documents: Sequence[Document], folder: Path) -> list[Found]:
    """Ask the questions over real manuals; see ``ask_real``."""
    path = folder / "real.sqlite"
    index.build(path, documents, language="en")
    with Library.open(path) as library:
        return ask_real(library)


def ask_real(library: Library) -> list[Found]:
    """Ask ``library`` the questions over real manuals: in English, and in other languages.

    Without the pages that answer a question there is what else was found for it: in so many pages
    a word is as common without them.
    """
    files = {manual.document: Path(manual.file).name for manual in library.documents()}
    kinds: dict[str, tuple[list[Judged], list[Judged], list[Judged]]] = {
        name: ([], [], []) for name in ("real, English", "real, other languages")
    }
    for asked in real_asked.questions():
        english = asked.language == "en"
        answerable, unanswerable, taken_away = kinds[
            "real, English" if english else "real, other languages"
        ]
        ranked = library.ranked(library.plan(asked.text), _MORE, question=asked.text)
        right = [asked.is_at(each.passage, files[each.passage.document]) for each in ranked]
        if not asked.answer:
            unanswerable.append(judged(asked.text, ranked))
            continue
        answerable.append(judged(asked.text, ranked, found=any(right[:_AMONG])))
        others = [each for each, is_right in zip(ranked, right, strict=True) if not is_right]
        taken_away.append(judged(asked.text, others))
    return [
        Found(name=name, answerable=a, unanswerable=u, taken_away=t)
        for name, (a, u, t) in kinds.items()
    ]
