"""Measure the check of answers on planted ones, and write the tables of docs/answers.md.

    python -m tests.planted                       # every file of tests/claim_sets
    python -m tests.planted --write               # and write docs/answers.md
    python -m tests.planted FILE.jsonl            # this one
    python -m tests.planted --misses              # list what was judged wrongly; not of unseen ones
    python -m tests.planted --export LINES.jsonl  # lines for fieldkit check, with their passages

Wrong answers should be marked, true ones should not. A mark counts as at the fault where the claim
that is marked holds the words that are wrong. Answers about documents of others are measured where
these are (FIELDKIT_REAL_MANUALS, FIELDKIT_HELD_OUT_MANUALS), else said to be left out.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from fieldkit.console import Console
from fieldkit.core.citation import Passage
from fieldkit.core.claims import Checked
from fieldkit.library.claims.check import check
from tests.bench.stats import percentile
from tests.claim_sets import items
from tests.claim_sets.items import Item, NoManuals, Shelf

_PAGE = Path(__file__).parent.parent / "docs" / "answers.md"
_BLOCK = re.compile(r"(<!-- planted: [^\n]*-->)\n.*?(<!-- end of planted -->)", re.DOTALL)
_Z = 1.959964  # 95 %
HEAD = """\
| answers | n | marked | 95 % | at the fault |
|---|---:|---:|---:|---:|
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What the check made of an item; ``seconds`` is processor time for one sentence."""

    item: Item
    checked: Checked
    seconds: float

    @property
    def marked(self) -> bool:
        """Whether any claim is marked."""
        return self.checked.flagged

    @property
    def right(self) -> bool:
        """Whether it is marked if, and only if, it is wrong."""
        return self.marked == self.item.wrong

    @property
    def at_fault(self) -> bool:
        """Whether a claim is marked that holds the words that are wrong."""
        start, end = self.item.fault
        return self.item.wrong and any(
            claim.start < end and start < claim.end
            for claim in self.checked.claims
            if not claim.supported
        )


def judged(item: Item, passages: Sequence[Passage]) -> Judged:
    """Check ``item`` as it is after a model wrote it."""
    start = time.process_time()
    checked = check(item.answer, passages, item.question)
    spent = time.process_time() - start
    return Judged(item=item, checked=checked, seconds=spent / max(1, len(checked.claims)))


def interval(count: int, total: int) -> tuple[float, float]:
    """Wilson's 95 % interval of the share ``count`` of ``total``; (0, 1) of none."""
    if not total:
        return 0.0, 1.0
    share, square = count / total, _Z * _Z
    middle = share + square / (2 * total)
    spread = _Z * math.sqrt(share * (1 - share) / total + square / (4 * total * total))
    scale = 1 + square / total
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def rows(found: Sequence[Judged]) -> list[str]:
    """The table of ``found``: wrong ones by kind, true ones by kind, and each by language."""
    table = []
    for wrong, name in ((True, "wrong"), (False, "true")):
        part = [each for each in found if each.item.wrong is wrong]
        if not part:
            continue
        table += [_row(kind, group) for kind, group in _by(part, lambda item: item.kind)]
        table.append(_row(f"**all {name} ones**", part))
        table += [
            _row(f"{name}, in {language or 'a language that is not named'}", group)
            for language, group in _by(part, lambda item: item.language)
        ]
        table += [
            _row(f"{name}, manuals: {manuals}", group)
            for manuals, group in _by(part, lambda item: item.manuals)
        ]
    return table


def _by(part: Sequence[Judged], of: Callable[[Item], str]) -> Iterator[tuple[str, list[Judged]]]:
    for name in sorted({of(each.item) for each in part}):
        yield name.replace("_", " "), [each for each in part if of(each.item) == name]


def _row(name: str, part: Sequence[Judged]) -> str:
    marked = sum(each.marked for each in part)
    low, high = interval(marked, len(part))
    wrong = part[0].item.wrong
    at_fault = f"{sum(each.at_fault for each in part) / len(part):.1%}" if wrong else ""
    share = f"{marked / len(part):.1%}"
    return f"| {name} | {len(part)} | {share} | {low:.1%} to {high:.1%} | {at_fault} |"


def speed(found: Sequence[Judged]) -> str:
    """How long a sentence takes."""
    times = [each.seconds * 1000 for each in found]
    median, high = percentile(times, 0.5), percentile(times, 0.95)
    return f"A sentence takes {median:.1f} ms of processor time (median), {high:.1f} ms (p95)."


def section(title: str, found: Sequence[Judged], left_out: Sequence[str]) -> str:
    """What is said of some files."""
    lines = [f"{title}\n", HEAD + "\n".join(rows(found)) + "\n"]
    if found:
        lines.append(speed(found))
    lines += left_out
    return "\n".join(lines) + "\n"


def measure(path: Path, shelf: Shelf, given: Iterable[Item]) -> tuple[list[Judged], list[str]]:
    """What the check makes of the items of ``path``, and what is left out, as sentences."""
    found: list[Judged] = []
    absent: Counter[str] = Counter()
    for item in given:
        try:
            found.append(judged(item, shelf.passages(item)))
        except NoManuals as error:
            absent[str(error)] += 1
    left_out = [f"LEFT OUT of {path.name}: {count}, {why}" for why, count in absent.items()]
    return found, left_out


def misses(found: Sequence[Judged]) -> list[str]:
    """The items that are judged wrongly."""
    lines = []
    for each in found:
        if not each.right:
            what = "not marked" if each.item.wrong else "marked"
            said = "; ".join(r.sentence() for c in each.checked.claims for r in c.faults)
            span = f" [{each.item.wrong_span}]" if each.item.wrong else ""
            lines.append(
                f"{what}: {each.item.id} {each.item.kind}{span}: {each.item.answer} ({said})"
            )
    return lines


def _export(path: Path, shelf: Shelf, given: Sequence[Item]) -> None:
    """Write ``given`` as lines that ``fieldkit check`` reads; raises NoManuals."""
    with path.open("w", encoding="utf-8") as file:
        for item in given:
            passages = [
                {"document": p.document, "page": p.page, "heading": p.heading, "text": p.text}
                for p in shelf.passages(item)
            ]
            line = {
                "id": item.id,
                "question": item.question,
                "passages": passages,
                "answer": item.answer,
            }
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


def _unseen(path: Path) -> bool:
    return path.name.startswith(items.UNSEEN)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.planted", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE")
    parser.add_argument("--write", action="store_true", help="write docs/answers.md")
    parser.add_argument("--misses", action="store_true", help="list what was judged wrongly")
    parser.add_argument("--export", type=Path, metavar="FILE", help="lines for fieldkit check")
    options = parser.parse_args()
    if options.write and options.files:
        parser.error("--write measures every file; name none")
    options.files = options.files or items.files()
    named = [path.name for path in options.files if _unseen(path)]
    if options.misses and named:
        if len(named) == len(options.files):
            parser.error(f"--misses is not for unseen answers: {', '.join(named)}")
        options.files = [path for path in options.files if not _unseen(path)]
    return options


def main() -> int:
    """Measure, print, write; 1 where --write lacks documents."""
    options, console = _options(), Console()
    given = {path: items.read(path) for path in options.files}
    shelf = Shelf([item for part in given.values() for item in part])
    if options.export:
        _export(options.export, shelf, [item for part in given.values() for item in part])
        return 0
    text, complete = [], True
    groups: tuple[tuple[str, Callable[[Path], bool]], ...] = (
        ("Used while the check was made:", lambda path: not _unseen(path)),
        ("Unseen by whoever made the check:", _unseen),
    )
    for title, belongs in groups:
        found: list[Judged] = []
        left_out: list[str] = []
        for path in filter(belongs, given):
            part, absent = measure(path, shelf, given[path])
            found += part
            left_out += absent
        if found or left_out:
            complete = complete and not left_out
            text.append(section(title, found, left_out))
            console.out(text[-1])
            if options.misses:
                console.out("\n".join(misses(found)))
    if options.write:
        if not complete:
            console.err("docs/answers.md is not written: some documents are not there.")
            return 1
        page = _PAGE.read_text(encoding="utf-8")
        _PAGE.write_text(written(page, "\n".join(text)), encoding="utf-8")
    return 0


def written(page: str, tables: str) -> str:
    """``page`` with these tables; raises ValueError where it has no place for them."""
    page, count = _BLOCK.subn(lambda match: f"{match[1]}\n{tables}{match[2]}", page)
    if count != 1:
        raise ValueError(f"{_PAGE}: no block for planted answers")
    return page


if __name__ == "__main__":
    sys.exit(main())
