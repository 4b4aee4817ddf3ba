"""Measure whether the quote holds the answer, and write the table of docs/search.md.

    python -m tests.quotes                 # every set; writes docs/search.md
    python -m tests.quotes --print         # writes nothing
    python -m tests.quotes --only real     # sets whose name holds "real"
    python -m tests.quotes --questions FILE.json --manuals DIR [--name NAME]
    python -m tests.quotes --misses        # name what is missed, unless held out
    python -m tests.quotes --choose        # fit the weights of signs on the sets to choose on

The options of sets and embedders are those of ``tests.retrieval``. A quote holds an answer where
one of the expected strings stands in it, with the words that tell which row it is from, if the
question names some. Answers are compared as letters and digits, short ones as they are written.
"""

from __future__ import annotations

import math
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fieldkit.console import Console
from fieldkit.core.citation import Passage
from fieldkit.core.quote import Quote
from fieldkit.core.text import clean_line
from fieldkit.library import index, reading
from fieldkit.library.asked_values import asked_value
from fieldkit.library.chosen_weights import QUOTE, QUOTE_PASSAGE
from fieldkit.library.normal import normal
from fieldkit.library.query import Wanted
from fieldkit.library.quotable import Quotable, Signs
from fieldkit.library.quotes import quote_of
from fieldkit.library.search import Library
from tests import retrieval
from tests.question_sets.lanes import Asked, ByMeaning, Lane
from tests.question_sets.outside import squashed

_AMONG = 3
_TELLING = 4  # letters and digits of an answer that is compared without its signs
_BEGINNING = 25  # of a long answer
_TABLE = retrieval.Block("quotes")
_HEAD = """\
| set | chosen on | answerable questions | quote holds the answer | any of three quotes | words |
|---|---|---:|---:|---:|---:|
"""
# What a question of a set counts when weights are chosen: those of the yard are all alike.
_COUNTS = {"yard": 0.15, "yard, PDF, DOCX and HTML": 0.1}
_TRANSLATED = 0.5
_BY_HAND = {"code": 1.0, "keyed": 0.5, "forbids": -1.5, "length": 0.3, "further": -0.5}
_ROUNDS, _RIDGE, _STEP = 500, 0.003, 0.05

Array = NDArray[np.float64]


def holds(text: str, asked: Asked) -> bool:
    """Whether ``text`` holds the expected answer."""
    letters = squashed(text)
    if squashed(asked.beside) not in letters:
        return False
    return any(_has(clean_line(normal(text)), letters, answer) for answer in asked.answers)


def _has(plain: str, letters: str, answer: str) -> bool:
    told = squashed(answer)
    if len(told) >= _TELLING:
        return told[:_BEGINNING] in letters
    written = re.escape(clean_line(normal(answer)))
    return bool(re.search(rf"(?<![\w.]){written}(?!\w|\.\d)", plain, re.IGNORECASE))


@dataclass(frozen=True, slots=True)
class Quoted:
    """What was quoted for a question, of ``passages``."""

    asked: Asked
    passages: tuple[Passage, ...]
    quote: Quote | None

    @property
    def right(self) -> bool:
        """Whether the quote holds the answer."""
        return self.quote is not None and holds(self.quote.text, self.asked)

    @property
    def any_right(self) -> bool:
        """Whether the best part of any passage does."""
        return any(holds(passage.quote, self.asked) for passage in self.passages)


def ask(lane: Lane, path: Path, by_meaning: ByMeaning | None = None) -> list[Quoted]:
    """Quote for each answerable question of ``lane``, of an index that is made at ``path``."""
    meant = by_meaning.meant if by_meaning else None
    index.build(path, lane.documents, language=lane.language, meant=meant)
    with Library.open(path) as library:
        if by_meaning is not None:
            library.find_by_meaning(by_meaning.embed)
        found = []
        for asked in lane.asked:
            if asked.answerable:
                passages = library.find(asked.text, _AMONG).passages
                found.append(Quoted(asked, passages, quote_of(passages, asked.text)))
        return found


def row(lane: Lane, quoted: Sequence[Quoted]) -> str:
    """One line of the table."""
    count = len(quoted) or 1
    right = sum(each.right for each in quoted) / count
    any_right = sum(each.any_right for each in quoted) / count
    words = [len(each.quote.text.split()) for each in quoted if each.quote]
    mean = sum(words) / (len(words) or 1)
    chosen = "yes" if lane.chosen_on else "no"
    return (
        f"| {lane.name} | {chosen} | {len(quoted)} | {right:.3f} | {any_right:.3f} | {mean:.0f} |"
    )


@dataclass(frozen=True, slots=True)
class Example:
    """The signs of all parts that could be quoted for a question, and which hold the answer."""

    signs: Array
    right: NDArray[np.bool_]
    counts: float


class _Recorder:
    """Keeps what the search read for the last question; the last of all calls is the quotes'."""

    def __init__(self) -> None:
        self.read: Sequence[reading.Read] = ()
        self.wanted: Sequence[Wanted] = ()
        self.language = ""
        self._quoted = reading.quoted

    def __call__(
        self,
        found: Sequence[reading.Read],
        wanted: Sequence[Wanted],
        question: str,
        language: str,
    ) -> list[Passage]:
        self.read, self.wanted, self.language = found, wanted, language
        return self._quoted(found, wanted, question, language)


def examples(lane: Lane, path: Path) -> Iterator[Example]:
    """The examples of ``lane``: of each answerable question for which some part would do."""
    from fieldkit.library import search

    recorder = _Recorder()
    counts = _COUNTS.get(lane.name, _TRANSLATED if "asked in" in lane.name else 1.0)
    index.build(path, lane.documents, language=lane.language)
    usual = search.quoted
    search.quoted = recorder
    try:
        with Library.open(path) as library:
            for asked in lane.asked:
                passages = library.find(asked.text, _AMONG).passages if asked.answerable else ()
                if passages and (made := _example(asked, passages, recorder, counts)):
                    yield made
    finally:
        search.quoted = usual


def _example(
    asked: Asked, passages: Sequence[Passage], recorder: _Recorder, counts: float
) -> Example | None:
    value = asked_value(asked.text, recorder.language)
    quotable = Quotable(recorder.wanted, asked.text, value)
    parts = quotable.parts([each.quotable for each in recorder.read])
    most = max(passage.score for passage in passages) or 1.0
    signs, right = [], []
    for number, (passage, those) in enumerate(zip(passages, parts, strict=False)):
        rank = math.log(max(passage.score, 1e-9) / most)
        for part in those:
            signs.append([*map(float, part.signs), rank, float(number == 0), bool(passage.kind)])
            right.append(holds(part.text, asked))
    if not any(right):
        return None
    return Example(np.array(signs, float), np.array(right, bool), counts)


def fit(examples: Sequence[Example]) -> dict[str, float]:
    """The weights by which parts that hold the answer are likeliest, those set by hand kept.

    A conditional logit model (McFadden 1974) with a ridge penalty, by Adam.
    """
    names = [*Signs._fields, *QUOTE_PASSAGE]
    weights = np.array([_BY_HAND.get(name, 0.0) for name in names])
    free = np.array([name not in _BY_HAND for name in names])
    total = sum(example.counts for example in examples)
    mean, square = np.zeros(len(names)), np.zeros(len(names))
    for turn in range(1, _ROUNDS + 1):
        slope = _RIDGE * weights
        for example in examples:
            odds = example.signs @ weights
            likely = np.exp(odds - odds.max())
            likely /= likely.sum()
            wanted = likely * example.right
            wanted /= max(wanted.sum(), 1e-12)
            slope += example.counts / total * (example.signs.T @ (likely - wanted))
        slope *= free
        mean = 0.9 * mean + 0.1 * slope
        square = 0.99 * square + 0.01 * slope * slope
        scaled = np.sqrt(square / (1 - 0.99**turn)) + 1e-8
        weights -= _STEP * mean / (1 - 0.9**turn) / scaled
    return dict(zip(names, map(float, weights), strict=True))


def _choose(lanes: Sequence[Lane], folder: Path, console: Console) -> None:
    found = [
        example
        for lane in lanes
        if lane.chosen_on
        for example in examples(lane, folder / "lane.sqlite")
    ]
    for name, weight in fit(found).items():
        now = {**QUOTE, **QUOTE_PASSAGE}[name]
        by_hand = ", set by hand" if name in _BY_HAND else ""
        console.out(f"{name:10} {weight:6.2f}   now {now:5.2f}{by_hand}")


def main() -> int:
    """Measure, print, write."""
    parser = retrieval.parser(__doc__ or "")
    parser.add_argument("--choose", action="store_true", help="fit the weights instead")
    options, console = retrieval.checked(parser), Console()
    helped_by = f", with {options.helped_by or options.embedder.stem}" if options.embedder else ""
    rows: list[str] = []
    with tempfile.TemporaryDirectory() as name, retrieval.helping(options) as helping:
        folder = Path(name)
        lanes = [
            lane
            for lane in retrieval.lanes_of(options, folder, console)
            if options.only in lane.name
        ]
        if options.choose:
            _choose(lanes, folder, console)
            return 0
        console.out(_HEAD.rstrip())
        every: list[Quoted] = []
        for lane in lanes:
            quoted = ask(lane, folder / "lane.sqlite", helping)
            every += quoted
            rows.append(row(replace(lane, name=lane.name + helped_by), quoted))
            console.out(rows[-1])
            if options.misses and lane.chosen_on:
                for each in (each for each in quoted if not each.right):
                    shown = each.quote.text[:200] if each.quote else "nothing"
                    console.out(f"  {each.asked.text} | {each.asked.answers} | {shown}")
        share = sum(each.right for each in every) / (len(every) or 1)
        console.out(f"all {len(every)}: {share:.3f}")
    if not options.only_print:
        page = retrieval.PAGE.read_text(encoding="utf-8")
        page = _TABLE.written(page, _HEAD, retrieval.merged(rows, _TABLE.rows(page)))
        retrieval.PAGE.write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
