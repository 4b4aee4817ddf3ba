"""What search finds and refuses, and what an index and a search cost; needs no model and no engine.

Quality is counted on the demo's questions and on those of the made-up yard, whose manuals are read
as Markdown and as PDF, Word and web pages. Cost is taken on pages drawn at random, in time and in
processor time: where other programs run, only the second says much.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fieldkit.library import index
from fieldkit.library.search import Library
from tests.bench.bench import Bench
from tests.bench.figures import Figure
from tests.bench.stats import percentile
from tests.manual_files import write_pdf
from tests.many_pages import ManyPages, many_pages
from tests.question_sets import sets
from tests.question_sets.sets import QuestionSet

TITLE = "Retrieval"
_PAGES, _QUICK_PAGES = 10_000, 500
_QUESTIONS, _QUICK_QUESTIONS = 600, 60
_PDF_PAGES, _QUICK_PDF_PAGES = 300, 100
_FILES = 6
# Everything on one core, its children too.
_ON_ONE_CORE = """
import os, sys
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-1:])
os.execv(sys.executable, [sys.executable, "-m", "fieldkit", *sys.argv[1:]])
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """The place of each answerable question's page (0: not among three), and refusals."""

    ranks: Sequence[int]
    refused: Sequence[bool]
    falsely: Sequence[bool]


def run(bench: Bench) -> list[Figure]:
    """Count what is found and refused, then draw pages, index and search them."""
    quick = bench.quick
    with tempfile.TemporaryDirectory(prefix="fieldkit-retrieval-") as name:
        folder = Path(name)
        found = [figure for asked in _sets(folder) for figure in _quality(asked, folder)]
        pages = many_pages(
            _QUICK_PAGES if quick else _PAGES, _QUICK_QUESTIONS if quick else _QUESTIONS
        )
        rounds = 1 if quick else bench.rounds
        found += _searching(pages, folder / "pages.sqlite", rounds)
        found += _indexing(folder, _QUICK_PDF_PAGES if quick else _PDF_PAGES, rounds)
    return found


def _sets(folder: Path) -> list[QuestionSet]:
    made: list[QuestionSet] = [sets.demo()]
    for formats in sets.FORMATS:
        place = folder / formats
        place.mkdir()
        made.append(sets.yard(place, formats))
    return made


def score(asked: QuestionSet, path: Path) -> Score:
    """Ask every question of an index at ``path`` that is made for it."""
    index.build(path, asked.documents, language=asked.language)
    ranks, refused, falsely = [], [], []
    with Library.open(path) as library:
        for question in asked.questions:
            passages = library.search(question.text, 3)
            if not question.answer:
                refused.append(not passages)
                continue
            falsely.append(not passages)
            right = (n for n, p in enumerate(passages, 1) if asked.is_at(p, question))
            ranks.append(next(right, 0))
    return Score(ranks=ranks, refused=refused, falsely=falsely)


def _quality(asked: QuestionSet, folder: Path) -> list[Figure]:
    got = score(asked, folder / "set.sqlite")
    ranks = got.ranks
    reciprocal = [1 / rank if rank else 0.0 for rank in ranks]
    places = f"{len(ranks)} questions"
    return [
        _share(f"{asked.name}: page among three", [r > 0 for r in ranks], 0.95, remark=places),
        _share(f"{asked.name}: page first", [r == 1 for r in ranks], 0.9),
        _share(f"{asked.name}: mean reciprocal rank", reciprocal, 0.93),
        _share(
            f"{asked.name}: unanswerable refused",
            got.refused,
            0.9,
            remark=f"{len(got.refused)} questions",
        ),
        _share(f"{asked.name}: answerable refused", got.falsely, 0.05, at_least=False),
    ]


def _share(
    name: str,
    values: Sequence[float],
    limit: float,
    *,
    at_least: bool = True,
    remark: str = "",
) -> Figure:
    value = sum(values) / len(values)
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
    busy: list[float] = []
    wall: list[float] = []
    with Library.open(path) as library:
        library.search(pages.questions[0])
        for _ in range(rounds):
            times = [_timed(library, question) for question in pages.questions]
            busy.append(percentile([cpu for cpu, _ in times], 0.95))
            wall.append(percentile([real for _, real in times], 0.95))
    ratio = summary.size / pages.text_bytes
    where = f"{summary.pages} pages, {len(pages.questions)} questions"
    return [
        _measured("search, p95, processor time", "ms", busy, 20.0, remark=where),
        _measured("search, p95", "ms", wall, 20.0, remark=where),
        _measured(
            "size of the index",
            "x",
            [ratio],
            2.0,
            remark=f"by {pages.text_bytes / 1e6:.0f} MB of text",
        ),
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
        _measured("indexing, processor time", "pages/s", busy, 50.0, at_least=True, remark=where),
        _measured("indexing", "pages/s", wall, 50.0, at_least=True, remark=where),
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
