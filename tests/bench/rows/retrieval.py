"""What search finds and refuses, and what an index and a search cost; needs no model and no engine.

Quality is counted on the sets that things are chosen on and on those held out, over manuals of this
repository and over real ones where they are there (``tests/question_sets/lanes.py``). Cost is taken
on pages drawn at random, in time and in processor time: where other programs run, only the second
says much.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fieldkit.library import index
from fieldkit.library.meaning import Meant
from fieldkit.library.search import Library
from tests.bench.bench import Bench
from tests.bench.figures import Figure
from tests.bench.stats import percentile
from tests.manual_files import write_pdf
from tests.many_pages import ManyPages, many_pages
from tests.question_sets import lanes
from tests.question_sets.lanes import Lane

TITLE = "Retrieval"


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """The least shares of questions whose page is found."""

    among_three: float
    first: float
    reciprocal: float


_MADE_HERE = Targets(among_three=0.95, first=0.9, reciprocal=0.93)
_REAL = Targets(among_three=0.9, first=0.75, reciprocal=0.8)
_PAGES, _QUICK_PAGES = 10_000, 500
_QUESTIONS, _QUICK_QUESTIONS = 600, 60
_PDF_PAGES, _QUICK_PDF_PAGES = 300, 100
_FILES = 6
_DIMENSIONS = 384
# Everything on one core, its children too.
_ON_ONE_CORE = """
import os, sys
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-1:])
os.execv(sys.executable, [sys.executable, "-m", "fieldkit", *sys.argv[1:]])
"""


def run(bench: Bench) -> list[Figure]:
    """Count what is found and refused, then draw pages, index and search them."""
    quick = bench.quick
    with tempfile.TemporaryDirectory(prefix="fieldkit-retrieval-") as name:
        folder = Path(name)
        found = _quality(folder, bench.say)
        found += cost(folder, rounds=1 if quick else bench.rounds, quick=quick)
    return found


def cost(folder: Path, *, rounds: int, quick: bool = False) -> list[Figure]:
    """Search pages drawn at random by words and with vectors, and index some; uses ``folder``."""
    pages = many_pages(_QUICK_PAGES if quick else _PAGES, _QUICK_QUESTIONS if quick else _QUESTIONS)
    return [
        *_searching(pages, folder / "pages.sqlite", rounds),
        *_indexing(folder, _QUICK_PDF_PAGES if quick else _PDF_PAGES, rounds),
    ]


def _quality(folder: Path, say: Callable[[str], None]) -> list[Figure]:
    found, absent = lanes.outside_lanes()
    for asked in absent:
        say(f"SKIPPED: {asked.name}: {asked.where()}")
    figures = [
        figure
        for lane in lanes.in_repository(folder)
        for figure in _held_to(lane, folder, _MADE_HERE)
    ]
    for lane in found:
        figures += _held_to(lane, folder, _REAL)
    return figures


def _held_to(lane: Lane, folder: Path, targets: Targets) -> list[Figure]:
    got = lanes.score(lane, folder / "set.sqlite")
    made = [
        _share(
            f"{lane.name}: page among three",
            got.among_three,
            targets.among_three,
            remark=f"{got.answerable} questions",
        ),
        _share(f"{lane.name}: page first", got.first, targets.first),
        _share(f"{lane.name}: mean reciprocal rank", got.reciprocal, targets.reciprocal),
        _share(f"{lane.name}: answerable refused", got.refused, 0.03, at_least=False),
    ]
    if got.unanswerable:
        what = f"{lane.name}: unanswerable not answered"
        remark = f"{got.unanswerable} questions"
        made.append(_share(what, got.not_answered, 0.85, remark=remark))
    return made


def _share(
    name: str, value: float, limit: float, *, at_least: bool = True, remark: str = ""
) -> Figure:
    return Figure(
        name=name,
        against="",
        unit="",
        value=value,
        values=(value,),
        limit=limit,
        at_least=at_least,
        ours=(value,),
        remark=remark,
    )


def _searching(pages: ManyPages, path: Path, rounds: int) -> list[Figure]:
    """Search an index of ``pages``; the slowest of twenty questions has to be quick enough."""
    summary = index.build(path, pages.documents)
    ratio = summary.size / pages.text_bytes
    where = f"{summary.pages} pages, {len(pages.questions)} questions"
    with Library.open(path) as library:
        found = _slowest("search", library, pages.questions, rounds, 15.0, where)
    size = f"by {pages.text_bytes / 1e6:.0f} MB of text"
    found.append(_measured("size of the index", "x", [ratio], 2.0, remark=size))
    draw = np.random.default_rng(7)

    def vectors(texts: Sequence[str]) -> Iterable[Sequence[float]]:
        return (draw.standard_normal(_DIMENSIONS).tolist() for _ in texts)

    index.build(path, pages.documents, meant=Meant(embedder="random", vectors=vectors))
    where += f", {summary.passages} random vectors of {_DIMENSIONS}, the question's not counted"
    with Library.open(path) as library:
        library.find_by_meaning(_Drawn(pages.questions))
        found += _slowest("hybrid search", library, pages.questions, rounds, 40.0, where)
    return found


class _Drawn:
    """An embedder that had drawn the vector of every question before it was asked."""

    problem = None

    def __init__(self, questions: Sequence[str]) -> None:
        draw = np.random.default_rng(8)
        self._known = {each: draw.standard_normal(_DIMENSIONS).tolist() for each in questions}

    def __call__(self, text: str, /) -> Sequence[float]:
        return self._known[text]


def _slowest(
    name: str,
    library: Library,
    questions: Sequence[str],
    rounds: int,
    limit: float,
    remark: str,
) -> list[Figure]:
    """The 95th percentile of ``questions``, in milliseconds of the processor and of the clock."""
    busy: list[float] = []
    wall: list[float] = []
    library.search(questions[0])
    for _ in range(rounds):
        times = [_timed(library, question) for question in questions]
        busy.append(percentile([cpu for cpu, _ in times], 0.95))
        wall.append(percentile([real for _, real in times], 0.95))
    return [
        _measured(f"{name}, p95, processor time", "ms", busy, limit, remark=remark),
        _measured(f"{name}, p95", "ms", wall, limit, remark=remark),
    ]


def _timed(library: Library, question: str) -> tuple[float, float]:
    """Milliseconds of the processor, and of the clock."""
    real, busy = time.perf_counter(), time.thread_time()
    library.search(question)
    return 1000 * (time.thread_time() - busy), 1000 * (time.perf_counter() - real)


def _indexing(folder: Path, pages: int, rounds: int) -> list[Figure]:
    """Index PDF files by ``fieldkit index`` on one core, its start and its reader's included."""
    manuals = folder / "manuals"
    manuals.mkdir()
    texts = [page.text for d in many_pages(pages, 0).documents for page in d.pages][:pages]
    each = -(-len(texts) // _FILES)
    for number in range(_FILES):
        some = texts[number * each : (number + 1) * each]
        name = f"MX-{number}"
        write_pdf(manuals / f"{name}.pdf", some, title=f"{name} manual", head=f"{name} manual")
    busy: list[float] = []
    wall: list[float] = []
    for _ in range(rounds):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        began = time.perf_counter()
        command = ["index", str(manuals), "--output", str(folder / "pdf.sqlite")]
        subprocess.run(
            [sys.executable, "-c", _ON_ONE_CORE, *command],
            check=True,
            capture_output=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        wall.append(pages / (time.perf_counter() - began))
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        busy.append(pages / used)
    where = f"{pages} PDF pages in {_FILES} files, one core"
    return [
        _measured("indexing, processor time", "pages/s", busy, 80.0, at_least=True, remark=where),
        _measured("indexing", "pages/s", wall, 80.0, at_least=True, remark=where),
    ]


def _measured(
    name: str,
    unit: str,
    values: Sequence[float],
    limit: float,
    *,
    at_least: bool = False,
    remark: str = "",
) -> Figure:
    """The worst round is held to the limit."""
    return Figure(
        name=name,
        against="",
        unit=unit,
        value=min(values) if at_least else max(values),
        values=tuple(values),
        limit=limit,
        at_least=at_least,
        ours=tuple(values),
        sample_unit=unit,
        remark=remark,
    )
