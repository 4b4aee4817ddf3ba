"""Measure what search finds and refuses, and write the tables of docs/search.md.

    python -m tests.retrieval                      # every lane; writes docs/search.md
    python -m tests.retrieval --print              # writes nothing
    python -m tests.retrieval --only real          # lanes whose name holds "real"
    python -m tests.retrieval --questions FILE.json --manuals DIR [--name NAME]
    python -m tests.retrieval --only demo --embedder MODEL.gguf --question "query: "
    python -m tests.retrieval --cost               # how long search and indexing take, instead

A lane over documents that are not part of this repository is measured where they are
(FIELDKIT_REAL_MANUALS, FIELDKIT_HELD_OUT_MANUALS), else said to be skipped, and its documented
figures stay. With an embedder a lane has a row of its own.
"""

from __future__ import annotations

import argparse
import array
import hashlib
import math
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from fieldkit.console import Console
from fieldkit.engine.embedder import EmbedderClient
from fieldkit.library.meaning import Meant
from tests.bench.rows import retrieval as bench
from tests.question_sets import lanes, outside
from tests.question_sets.lanes import Asked, ByMeaning, Lane, Score

PAGE = Path(__file__).parent.parent / "docs" / "search.md"
_AT_ONCE = 16  # texts that an embedder is given
HEAD = """\
| set | chosen on | questions | among three | first | refused | "answered" | none: not "answered" |
|---|---|---:|---:|---:|---:|---:|---:|
"""
_PARTS_HEAD = """\
| answerable questions | | page among three | first | refused | "answered" |
|---|---:|---:|---:|---:|---:|
"""
_COST_HEAD = """\
| what | measured | target | over |
|---|---:|---:|---|
"""
_FROM_ELSEWHERE = "another language"


@dataclass(frozen=True, slots=True)
class Block:
    """A table of the page, between two comments."""

    name: str

    @property
    def pattern(self) -> re.Pattern[str]:
        """What it is on the page: its comments, and the rows between them."""
        opening = rf"(<!-- {self.name}: [^\n]*-->)\n"
        return re.compile(rf"{opening}(.*?)(<!-- end of {self.name} -->)", re.DOTALL)

    def rows(self, page: str) -> dict[str, str]:
        """The rows on ``page``, by their first cell."""
        found = self.pattern.search(page)
        lines = found[2].splitlines()[2:] if found else []
        return {_first_cell(line): line for line in lines if line.startswith("| ")}

    def written(self, page: str, head: str, rows: Sequence[str]) -> str:
        """``page`` with these rows instead; raises ValueError where it has no such block."""
        table = head + "\n".join(rows) + "\n"
        text, count = self.pattern.subn(lambda match: f"{match[1]}\n{table}{match[3]}", page)
        if count != 1:
            raise ValueError(f"{PAGE}: no block {self.name}")
        return text


LANES, PARTS, COST = Block("retrieval"), Block("parts of the real manuals"), Block("cost")


def row(lane: Lane, score: Score) -> str:
    """One line of the table of lanes."""
    counts = f"{score.answerable} / {score.unanswerable}"
    shares = (
        score.among_three,
        score.first,
        score.refused,
        score.answered,
        score.not_answered,
    )
    chosen = "yes" if lane.chosen_on else "no"
    return f"| {lane.name} | {chosen} | {counts} | {' | '.join(map(_share, shares))} |"


def parts(score: Score) -> list[str]:
    """Lines by language and by kind: where a set misses most."""
    own = score.only(lambda asked: not _elsewhere(asked))
    groups: list[tuple[str, Score]] = [
        *_grouped(own, lambda asked: f"in {asked.language}"),
        (f"in {_FROM_ELSEWHERE} than the document's", score.only(_elsewhere)),
        *_grouped(score, lambda asked: f"kind: {asked.kind}"),
    ]
    return [_part(name, group) for name, group in groups if group.answerable]


def merged(measured: Sequence[str], documented: dict[str, str]) -> list[str]:
    """The documented rows, each replaced by the measured one of its name; new ones at the end."""
    new = {_first_cell(line): line for line in measured}
    kept = [new.pop(name, line) for name, line in documented.items()]
    return [*kept, *new.values()]


def _grouped(score: Score, name: Callable[[Asked], str]) -> list[tuple[str, Score]]:
    names = sorted({name(each.asked) for each in score.found if each.asked.answerable})

    def of(wanted: str) -> Score:
        return score.only(lambda asked: name(asked) == wanted)

    return [(each, of(each)) for each in names]


def _part(name: str, score: Score) -> str:
    shares = (score.among_three, score.first, score.refused, score.answered)
    return f"| {name} | {score.answerable} | {' | '.join(map(_share, shares))} |"


def _elsewhere(asked: Asked) -> bool:
    return asked.id.startswith(("cross-", "none-cross-"))


def _share(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.3f}"


def _first_cell(line: str) -> str:
    return line.split("|")[1].strip()


@contextmanager
def helping(options: argparse.Namespace) -> Iterator[ByMeaning | None]:
    """The embedder that ``options`` name, started; None where they name none."""
    if options.embedder is None:
        yield None
        return
    with closing(EmbedderClient(options.embedder)) as client:
        client.start()

        def vectors(texts: Sequence[str]) -> list[array.array[float]]:
            lots = [texts[n : n + _AT_ONCE] for n in range(0, len(texts), _AT_ONCE)]
            return [vector for lot in lots for vector in client.embed(lot)]

        yield ByMeaning(
            Meant(
                embedder=hashlib.sha256(options.embedder.read_bytes()).hexdigest(),
                question=options.question,
                passage=options.passage,
                vectors=vectors,
            ),
            _Sure(client),
        )


class _Sure:
    """An embedder that is waited for."""

    problem = None

    def __init__(self, client: EmbedderClient) -> None:
        self._client = client

    def __call__(self, text: str, /) -> Sequence[float]:
        return self._client.embed([text])[0]


def lanes_of(options: argparse.Namespace, folder: Path, console: Console) -> list[Lane]:
    """The sets that ``options`` name; manuals that are made here are written into ``folder``."""
    if options.questions is not None:
        questions = outside.read_json(options.questions)
        name = options.name or options.questions.stem
        return [lanes.of_questions(name, questions, options.manuals, chosen_on=options.chosen_on)]
    found, absent = lanes.outside_lanes(options.only)
    for asked in absent:
        console.err(f"SKIPPED, its documented figures stay: {asked.name}: {asked.where()}")
    translated = [lanes.translated(language) for language in ("es", "no")]
    return [*lanes.in_repository(folder), *translated, *found]


def parser(description: str) -> argparse.ArgumentParser:
    """The options that name sets, embedders and what is written."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--print", action="store_true", dest="only_print", help="write nothing")
    parser.add_argument("--only", default="", metavar="TEXT", help="lanes whose name holds it")
    parser.add_argument("--questions", type=Path, metavar="FILE", help="a JSON list of questions")
    parser.add_argument("--manuals", type=Path, metavar="DIR", help="the documents of --questions")
    parser.add_argument("--name", help="of the row for --questions")
    parser.add_argument("--chosen-on", action="store_true", help="something was chosen on them")
    parser.add_argument("--embedder", type=Path, metavar="FILE", help="a GGUF that helps to find")
    parser.add_argument("--question", default="", help="put before a question for the embedder")
    parser.add_argument("--passage", default="", help="put before a passage for the embedder")
    parser.add_argument("--with", dest="helped_by", help="what the rows call the embedder")
    parser.add_argument(
        "--misses", action="store_true", help="name what is not found, unless held out"
    )
    return parser


def checked(parser: argparse.ArgumentParser) -> argparse.Namespace:
    """What was given on the command line; ends with a message where it does not fit."""
    options = parser.parse_args()
    if (options.questions is None) != (options.manuals is None):
        parser.error("--questions and --manuals go together")
    return options


def _misses(score: Score) -> Iterator[str]:
    for each in score.found:
        if each.asked.answerable and not each.rank:
            yield f"  not among three ({each.state}): {each.asked.id} {each.asked.text}"


def main() -> int:
    """Measure, print, write."""
    arguments = parser(__doc__ or "")
    arguments.add_argument("--cost", action="store_true", help="measure time instead")
    options, console = checked(arguments), Console()
    if options.cost:
        return _cost(options, console)
    helped_by = f", with {options.helped_by or options.embedder.stem}" if options.embedder else ""
    rows: list[str] = []
    by_part: list[str] = []
    with tempfile.TemporaryDirectory() as name, helping(options) as by_meaning:
        folder = Path(name)
        chosen = [lane for lane in lanes_of(options, folder, console) if options.only in lane.name]
        console.out(HEAD.rstrip())
        for lane in chosen:
            score = lanes.score(lane, folder / "lane.sqlite", by_meaning)
            shown = replace(lane, name=lane.name + helped_by)
            rows.append(row(shown, score))
            console.out(rows[-1])
            if any(asked.code for asked in lane.asked):
                shown = replace(shown, name=f"{shown.name}: those with a code")
                rows.append(row(shown, score.only(lambda asked: asked.code)))
                console.out(rows[-1])
            if lane.name == outside.CHOSEN_ON[1] and not helped_by:
                by_part = parts(score)
            if options.misses and lane.chosen_on:
                console.out("\n".join(_misses(score)))
    if by_part:
        console.out("\n" + _PARTS_HEAD + "\n".join(by_part))
    if not options.only_print:
        page = PAGE.read_text(encoding="utf-8")
        page = LANES.written(page, HEAD, merged(rows, LANES.rows(page)))
        if by_part:
            page = PARTS.written(page, _PARTS_HEAD, by_part)
        PAGE.write_text(page, encoding="utf-8")
    return 0


def _cost(options: argparse.Namespace, console: Console) -> int:
    """How long search and indexing take, as ``make bench ROWS=retrieval`` measures it."""
    with tempfile.TemporaryDirectory() as name:
        rows = [
            f"| {each.name} | {each.value:.1f} {each.unit} | {each.target} | {each.remark} |"
            for each in bench.cost(Path(name), rounds=1)
        ]
    console.out(_COST_HEAD + "\n".join(rows))
    if not options.only_print:
        page = COST.written(PAGE.read_text(encoding="utf-8"), _COST_HEAD, rows)
        PAGE.write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
