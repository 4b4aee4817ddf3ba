"""Measure fieldkit against its peers and write docs/performance.md.

    make bench                                   # everything, five rounds A B B A
    python -m tests.bench --only decode,prefill  # some rows, merged with those measured before
    python -m tests.bench --report               # only write the page again

Peers are built from the engine's own source when first needed, and the model of true size is made
from random weights: both take minutes, once. The figures count only on a machine that does nothing
else; the load average before each row is part of the result. ``taskset`` keeps every side to the
same cores.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

from fieldkit.console import Console
from fieldkit.engine.defaults import default_settings
from fieldkit.engine.location import revision
from fieldkit.errors import FieldkitError
from fieldkit.machine.facts import machine
from tests.bench import models, report, results
from tests.bench.bench import Bench
from tests.bench.figures import Figure
from tests.bench.rows import (
    chat,
    decode,
    embedding,
    interface,
    memory,
    overhead,
    predicted,
    prefill,
    pull,
    restart,
    retrieval,
    speculation,
    stop,
    turns,
    typed,
)

ROWS: dict[str, Callable[[Bench], list[Figure]]] = {
    "decode": decode.run,
    "prefill": prefill.run,
    "chat": chat.run,
    "overhead": overhead.run,
    "typed": typed.run,
    "turns": turns.run,
    "restart": restart.run,
    "memory": memory.run,
    "speculation": speculation.run,
    "stop": stop.run,
    "prediction": predicted.run,
    "pull": pull.run,
    "interface": interface.run,
    "retrieval": retrieval.run,
    "embedding": embedding.run,
}


def main() -> int:
    """Parse the command line, measure, merge, report."""
    options = _options()
    console = Console()
    os.environ.pop("SOURCE_DATE_EPOCH", None)  # it would turn AVX off in the native build
    data = results.read(options.results)
    try:
        if not options.report:
            bench = _bench(options, console.err)
            for name in options.only:
                data = measure(bench, name, data)
                results.write(options.results, data)
    except FieldkitError as error:
        console.err(f"{error.message}\n{error.hint}")
        return error.exit_code
    page = report.write(data, list(ROWS), docs=options.docs)
    console.out(str(page))
    return 0


def measure(bench: Bench, name: str, data: dict[str, Any]) -> dict[str, Any]:
    """Run the row ``name`` and return ``data`` with its figures."""
    facts = {
        "taken": datetime.now(UTC).isoformat(timespec="seconds"),
        "load_average_before": psutil.getloadavg()[0],
        "model": models.name(bench.given),
        "engine": revision(),
        "settings": bench.settings.to_dict(),
        "rounds": bench.rounds,
        "half": bench.half,
        "quick": bench.quick,
        "machine": machine(Path.cwd()).to_dict(),
    }
    bench.say(f"{name}:")
    figures = ROWS[name](bench)
    for figure in figures:
        verdict = "met" if figure.met else "MISSED"
        bench.say(
            f"  {figure.name}, {figure.against}: {figure.value:.3f} {figure.unit} "
            f"({figure.target}): {verdict}"
        )
    return results.merge(data, name, figures, facts)


def _bench(options: argparse.Namespace, say: Callable[[str], None]) -> Bench:
    return Bench(
        given=options.model,
        settings=default_settings(),
        rounds=options.rounds,
        half=options.half,
        quick=options.quick,
        say=say,
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    given = os.environ.get("FIELDKIT_BENCH_MODEL")
    parser.add_argument(
        "--model",
        type=Path,
        default=Path(given) if given else None,
        help="a GGUF with Phi-3's shape and vocabulary; default: made once, in the cache",
    )
    parser.add_argument("--only", default=",".join(ROWS), help="rows, with commas between them")
    parser.add_argument("--rounds", type=int, help="rounds A B B A; default 5")
    parser.add_argument("--half", action="store_true", help="a round is A B, the next one B A")
    parser.add_argument("--quick", action="store_true", help="one short round: does it work?")
    parser.add_argument("--report", action="store_true", help="measure nothing, write the page")
    parser.add_argument("--results", type=Path, default=Path("dist/bench/results.json"))
    parser.add_argument("--docs", type=Path, default=Path("docs"))
    options = parser.parse_args()
    options.only = options.only.split(",")
    if unknown := set(options.only) - set(ROWS):
        parser.error(f"no row {', '.join(sorted(unknown))}; there are {', '.join(ROWS)}")
    if options.rounds is None:
        options.rounds = 1 if options.quick else 5
    return options


if __name__ == "__main__":
    sys.exit(main())
