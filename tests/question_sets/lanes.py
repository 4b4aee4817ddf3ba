"""Lanes: question sets made ready to be asked, and what search makes of one.

A lane is measured the same way whatever its set is: each question is asked of an index of the
lane's documents, which nothing but these documents and the defaults went into.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from fieldkit.core.citation import Passage, State
from fieldkit.library import index
from fieldkit.library.documents import Document, read_folders
from fieldkit.library.meaning import Embed, Meant
from fieldkit.library.search import Library
from tests.question_sets import outside, sets
from tests.question_sets.outside import OutsideQuestion, OutsideSet
from tests.question_sets.sets import QuestionSet

_HERE = Path(__file__).parent
_AMONG = 3
_LANGUAGES = {"es": "Spanish", "no": "Norwegian"}


@dataclass(frozen=True, slots=True)
class ByMeaning:
    """An embedder that helps: how it embeds passages, and how a question."""

    meant: Meant
    embed: Embed


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question; ``is_at`` is whether a passage is where its answer is.

    ``language`` and ``kind`` are "" where the set does not tell them. ``code``: it holds a code.
    Any of ``answers`` is the answer, where ``beside`` is read with it.
    """

    text: str
    answerable: bool
    is_at: Callable[[Passage], bool]
    id: str = ""
    language: str = ""
    kind: str = ""
    code: bool = False
    answers: tuple[str, ...] = ()
    beside: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """Documents, and what is asked of them; ``chosen_on``: figures were chosen on its questions."""

    name: str
    documents: tuple[Document, ...]
    asked: tuple[Asked, ...]
    chosen_on: bool
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What search made of one question; ``rank`` is the right passage's, 0: not among three."""

    asked: Asked
    rank: int
    state: State


@dataclass(frozen=True, slots=True)
class Score:
    """What search made of some questions; shares are from 0 to 1, of none they are nan."""

    found: tuple[Found, ...]

    @property
    def answerable(self) -> int:
        """How many of the questions the documents answer."""
        return sum(each.asked.answerable for each in self.found)

    @property
    def unanswerable(self) -> int:
        """How many they do not."""
        return len(self.found) - self.answerable

    @property
    def among_three(self) -> float:
        """Share of the answerable whose page is among three."""
        return self._of_answerable(lambda each: each.rank > 0)

    @property
    def first(self) -> float:
        """Share of the answerable whose page comes first."""
        return self._of_answerable(lambda each: each.rank == 1)

    @property
    def reciprocal(self) -> float:
        """Mean reciprocal rank of the answerable."""
        ranks = [each.rank for each in self.found if each.asked.answerable]
        return sum(1 / rank for rank in ranks if rank) / len(ranks) if ranks else float("nan")

    @property
    def refused(self) -> float:
        """Share of the answerable whose state is none."""
        return self._of_answerable(lambda each: each.state is State.NONE)

    @property
    def answered(self) -> float:
        """Share of the answerable whose state is answered."""
        return self._of_answerable(lambda each: each.state is State.ANSWERED)

    @property
    def not_answered(self) -> float:
        """Share of the unanswerable whose state is another than answered."""
        kept = [
            each.state is not State.ANSWERED for each in self.found if not each.asked.answerable
        ]
        return sum(kept) / len(kept) if kept else float("nan")

    def only(self, keep: Callable[[Asked], bool]) -> Score:
        """The score of the questions to ``keep``."""
        return Score(tuple(each for each in self.found if keep(each.asked)))

    def _of_answerable(self, holds: Callable[[Found], bool]) -> float:
        values = [holds(each) for each in self.found if each.asked.answerable]
        return sum(values) / len(values) if values else float("nan")


def together(scores: Iterable[Score]) -> Score:
    """The score of all their questions, each counting alike."""
    return Score(tuple(each for score in scores for each in score.found))


def score(lane: Lane, path: Path, by_meaning: ByMeaning | None = None) -> Score:
    """Ask every question of ``lane`` of an index of its documents, which is made at ``path``."""
    meant = by_meaning.meant if by_meaning else None
    index.build(path, lane.documents, language=lane.language, meant=meant)
    with Library.open(path) as library:
        if by_meaning is not None:
            library.find_by_meaning(by_meaning.embed)
        return Score(tuple(_found(library, asked) for asked in lane.asked))


def _found(library: Library, asked: Asked) -> Found:
    finding = library.find(asked.text, _AMONG)
    right = (n for n, passage in enumerate(finding.passages, 1) if asked.is_at(passage))
    return Found(asked=asked, rank=next(right, 0), state=finding.state)


def of_set(asked: QuestionSet, *, chosen_on: bool) -> Lane:
    """The lane of a set of this repository."""

    def judge(number: int) -> Callable[[Passage], bool]:
        question = asked.questions[number]
        return lambda passage: asked.is_at(passage, question)

    return Lane(
        name=asked.name,
        documents=asked.documents,
        asked=tuple(
            Asked(
                text=q.text,
                answerable=bool(q.answer),
                is_at=judge(n),
                language=asked.language,
                answers=q.answer,
            )
            for n, q in enumerate(asked.questions)
        ),
        chosen_on=chosen_on,
        language=asked.language,
    )


def in_repository(folder: Path) -> list[Lane]:
    """The lanes that need nothing from outside; some manuals are written into ``folder``."""
    made = []
    for formats in sets.FORMATS:
        place = folder / formats
        place.mkdir(exist_ok=True)
        made.append(of_set(sets.yard(place, formats), chosen_on=True))
    demo, _, field = sets.chosen_on(folder / next(iter(sets.FORMATS)))
    lanes = [of_set(demo, chosen_on=True), *made, of_set(field, chosen_on=True)]
    return [*lanes, *(of_set(each, chosen_on=False) for each in sets.held_out())]


def translated(language: str) -> Lane:
    """The demonstration profile's questions in another language, of its English manuals."""
    path = _HERE / f"demo_{language}.toml"
    entries = tomllib.loads(path.read_text(encoding="utf-8"))["question"]
    demo = of_set(sets.demo(), chosen_on=True)
    asked = tuple(
        Asked(
            text=entry["text"],
            answerable=original.answerable,
            is_at=original.is_at,
            language=language,
            code="code" in entry,
            answers=original.answers,
        )
        for entry, original in zip(entries, demo.asked, strict=True)
    )
    name = f"demo, asked in {_LANGUAGES[language]}"
    return Lane(name=name, documents=demo.documents, asked=asked, chosen_on=True)


def of_outside(asked: OutsideSet, folder: Path) -> Lane:
    """The lane of a set whose documents lie in ``folder``."""
    return of_questions(asked.name, asked.questions, folder, chosen_on=asked.chosen_on)


def of_questions(
    name: str, questions: Sequence[OutsideQuestion], folder: Path, *, chosen_on: bool
) -> Lane:
    """The lane of ``questions`` over every document in ``folder`` that can be read."""
    documents = read_folders([folder], skip=True).documents
    files = {document.document: document.file for document in documents}

    def judge(question: OutsideQuestion) -> Callable[[Passage], bool]:
        return lambda passage: question.is_at(passage, files[passage.document])

    return Lane(
        name=name,
        documents=documents,
        asked=tuple(
            Asked(
                text=question.text,
                answerable=bool(question.places),
                is_at=judge(question),
                id=question.id,
                language=question.language,
                kind=question.kind,
                answers=question.answers,
                beside=question.beside,
            )
            for question in questions
        ),
        chosen_on=chosen_on,
    )


def outside_lanes(named: str = "") -> tuple[list[Lane], list[OutsideSet]]:
    """The lanes whose documents are there, and the sets whose documents are not.

    Only those whose name holds ``named``.
    """
    lanes: list[Lane] = []
    absent: list[OutsideSet] = []
    for asked in (each for each in outside.sets() if named in each.name):
        folder = asked.manuals()
        if folder is None:
            absent.append(asked)
        else:
            lanes.append(of_outside(asked, folder))
    return lanes, absent
