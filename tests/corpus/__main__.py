"""``make corpus DIR=…``: reads a folder of strange documents and reports what arrives.

For each file: seconds, pages, warnings, and how many digits and codes of an independent extraction
(tests/corpus/independent.py) are in what the reader returned. The last lines are the sums.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path

from fieldkit.console import Console
from fieldkit.core.text import clean_line
from fieldkit.engine.child import own_command
from fieldkit.errors import FieldkitError
from fieldkit.library.documents import READERS, Document
from fieldkit.library.reader_process import ReaderProcess
from tests.corpus import independent
from tests.corpus.arrival import Arrival, arrival, surplus

_OUT = Console()


@dataclass(slots=True, kw_only=True)
class Row:
    """What is reported of one file; ``unexplained`` are pages with losses and no warning."""

    file: str
    seconds: float
    pages: int = 0
    warnings: dict[str, int] = field(default_factory=dict)
    refused: str = ""
    compared: str = ""  # why there is no comparison
    digits: int = 0
    digits_arrived: int = 0
    codes: int = 0
    codes_arrived: int = 0
    lost: dict[str, list[str]] = field(default_factory=dict)
    unexplained: list[int] = field(default_factory=list)
    digits_unexplained: int = 0


def main(arguments: list[str] | None = None) -> int:
    """Print a line a file and the sums; returns 1 where a reader crashed or took too long."""
    parser = argparse.ArgumentParser(prog="python -m tests.corpus", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures to FILE")
    parser.add_argument("--losses", action="store_true", help="print what did not arrive, by page")
    options = parser.parse_args(arguments)
    rows = []
    with ReaderProcess(own_command("reader")) as reader:
        for path in sorted(options.folder.rglob("*")):
            if path.is_file() and path.suffix.lower() in READERS:
                rows.append(_row(reader, path, str(path.relative_to(options.folder))))
                _print(rows[-1], losses=options.losses)
    _sums(rows)
    if options.json:
        options.json.write_text(json.dumps([asdict(row) for row in rows], indent=1))
    return int(any("crashed" in row.refused or "longer than" in row.refused for row in rows))


def _row(reader: ReaderProcess, path: Path, name: str) -> Row:
    start = time.perf_counter()
    try:
        document = reader.load(path)
    except FieldkitError as error:
        seconds = time.perf_counter() - start
        return Row(file=name, seconds=seconds, refused=getattr(error, "reason", error.message))
    row = Row(
        file=name,
        seconds=time.perf_counter() - start,
        pages=len(document.pages),
        warnings=dict(Counter(str(warning.kind) for warning in document.warnings)),
    )
    try:
        theirs = independent.pages(path)
    except (independent.Missing, ValueError) as error:
        row.compared = str(error)
        return row
    _compare(row, document, theirs)
    return row


def _compare(row: Row, document: Document, theirs: list[str]) -> None:
    whole = len(theirs) != len(document.pages)
    ours = [page.text for page in document.pages]
    labels = [page.label or str(page.number) for page in document.pages]
    if whole:
        theirs, ours, labels = ["\n".join(theirs)], ["\n".join(ours)], [""]
    more = [surplus(one, other) for one, other in zip(theirs, ours, strict=True)]
    warned = {warning.page for warning in document.warnings}
    for number, (one, other) in enumerate(zip(theirs, ours, strict=True), 1):
        beside = " ".join(
            [labels[number - 1], *more[max(number - 2, 0) : number - 1], *more[number : number + 1]]
        )
        found: Arrival = arrival(one, other, beside=beside)
        row.digits += found.digits
        row.digits_arrived += found.digits_arrived
        row.codes += found.codes
        row.codes_arrived += found.codes_arrived
        if found.lost:
            row.lost[str(number)] = list(found.lost)
            if not (number in warned or 0 in warned or (whole and warned)):
                row.unexplained.append(number)
                row.digits_unexplained += found.digits - found.digits_arrived


def _print(row: Row, *, losses: bool) -> None:
    name = clean_line(row.file)
    if row.refused:
        _OUT.out(f"{row.seconds:6.2f} s  {name}: NOT READ: {clean_line(row.refused)}")
        return
    warnings = ", ".join(f"{count} {kind}" for kind, count in sorted(row.warnings.items())) or "-"
    compared = row.compared or f"digits {_share(row.digits_arrived, row.digits)}, codes " + _share(
        row.codes_arrived, row.codes
    )
    _OUT.out(f"{row.seconds:6.2f} s  {name}: {row.pages} pages; warnings {warnings}; {compared}")
    if losses:
        for page, lost in row.lost.items():
            _OUT.out(f"          page {page}: {' '.join(map(clean_line, lost))}")


def _sums(rows: list[Row]) -> None:
    read = [row for row in rows if not row.refused]
    digits, codes = sum(row.digits for row in read), sum(row.codes for row in read)
    seconds, pages = sum(row.seconds for row in rows), sum(row.pages for row in read)
    _OUT.out(f"{len(rows)} files, {len(read)} read, {pages} pages in {seconds:.1f} s")
    _OUT.out(f"digits {_share(sum(row.digits_arrived for row in read), digits)}")
    _OUT.out(f"codes  {_share(sum(row.codes_arrived for row in read), codes)}")
    silent = sum(row.digits_unexplained for row in read)
    _OUT.out(f"digits lost on pages without a warning: {_share(silent, digits)}")
    unexplained = [f"{row.file} {row.unexplained[:8]}" for row in read if row.unexplained]
    _OUT.out(f"losses on pages without a warning: {len(unexplained)} files")
    for line in unexplained:
        _OUT.out(f"    {clean_line(line)}")


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({100 * part / whole:.2f} %)" if whole else "none"


if __name__ == "__main__":
    sys.exit(main())
