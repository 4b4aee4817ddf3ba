"""Writes docs/performance.md and its chart from what was measured; nothing here measures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.bench import chart
from tests.bench.figures import Figure, unit_text
from tests.bench.results import figures
from tests.bench.stats import Spread

PAGE, CHART = "performance.md", "images/performance.svg"
NOTES = Path(__file__).with_name("notes.md")
_GIB = 1 << 30

_HEAD = """\
# Performance

Written by `make bench` from what it measured; edit `tests/bench`, not this page. Every peer is
built from the engine's own pinned source and runs beside it on the same machine, in turns
(A B B A), with the same model file and the same threads unless tuning is what is measured. The
model has Phi-3-mini's true shape, types and vocabulary and random weights: speed and memory do not
depend on what a model learned.
"""

_TABLE_HEAD = """\
| figure | against | ours | peer | result | rounds from .. to | target | |
|---|---|---:|---:|---:|---:|---:|---|
"""

_LEGEND = """\
*Ours* and *peer* are medians of all samples. *Result* is the median over the rounds of ours by
theirs, which cancels what drifts between rounds; for a figure with no peer it is the figure itself.
All raw samples are in `dist/bench/results.json` after a run.
"""


def write(data: Mapping[str, Any], rows: Sequence[str], *, docs: Path) -> Path:
    """Write the page and the chart below ``docs``; the page's path."""
    measured = figures(data, rows)
    image = docs / CHART
    image.parent.mkdir(parents=True, exist_ok=True)
    image.write_text(chart.svg([figure for _, figure in measured]), encoding="utf-8")
    target = docs / PAGE
    target.write_text(page(data, rows, NOTES.read_text(encoding="utf-8")), encoding="utf-8")
    return target


def page(data: Mapping[str, Any], rows: Sequence[str], notes: str) -> str:
    """The whole page as Markdown."""
    measured = figures(data, rows)
    if not measured:
        return _HEAD + "\nNothing was measured yet.\n"
    table = _TABLE_HEAD + "".join(line(figure) for _, figure in measured)
    parts = [_HEAD, f"![Results by target]({CHART})\n", table, _LEGEND]
    if models := [entry for _, figure in measured for entry in figure.facts.get("models", ())]:
        parts.append(_predictions(models))
    return "\n".join([*parts, _runs(data, rows), notes.strip() + "\n"])


def line(figure: Figure) -> str:
    """One row of the table."""
    spread = Spread.of(figure.values)
    unit = unit_text(figure.unit)
    name = f"{figure.name} ({figure.remark})" if figure.remark else figure.name
    cells = [
        name,
        figure.against,
        _median(figure.ours, figure.sample_unit),
        _median(figure.peer, figure.sample_unit),
        f"**{number(figure.value)}{unit}**",
        f"{number(spread.low)} .. {number(spread.high)}",
        figure.target,
        "met" if figure.met else "**missed**",
    ]
    return "| " + " | ".join(cells) + " |\n"


def _median(values: Sequence[float], unit: str) -> str:
    if not values:
        return ""
    median = Spread.of(values).median
    if unit == "B":
        return f"{median / _GIB:.2f} GiB"
    return f"{number(median)}{unit_text(unit)}"


def number(value: float) -> str:
    """Three digits that count, without an exponent."""
    size = abs(value)
    if size >= 100:
        return f"{value:.0f}"
    if size >= 10:
        return f"{value:.1f}"
    return f"{value:.2f}" if size >= 1 else f"{value:.3f}"


def _predictions(models: Sequence[Mapping[str, Any]]) -> str:
    """Every prediction beside what was measured; rates in tok/s."""
    lines = [
        "## Predicted against measured",
        "",
        "| model | figure | predicted | measured | predicted / measured |",
        "|---|---|---:|---:|---:|",
    ]
    for entry in sorted(models, key=lambda entry: str(entry["model"])):
        unit = "B" if entry["figure"].endswith("bytes") else "tok/s"
        lines.append(
            f"| {entry['model']} | {entry['figure']} | {_median(entry['predicted'], unit)} "
            f"| {_median([entry['measured']], unit)} | {number(entry['ratio'])} |"
        )
    return "\n".join(lines) + "\n"


def _runs(data: Mapping[str, Any], rows: Sequence[str]) -> str:
    """On what, when and how often each row was measured."""
    present = [data["rows"][name] for name in rows if name in data["rows"]]
    places = dict.fromkeys(machine_text(row) for row in present)
    lines = ["## Where and when", "", *(f"- {place}" for place in places)]
    lines += ["", "| row | taken | rounds | load before |", "|---|---|---|---:|"]
    for name in rows:
        if name in data["rows"]:
            row = data["rows"][name]
            load = row["load_average_before"]
            lines.append(f"| {name} | {row['taken']} | {rounds_text(row)} | {load:.2f} |")
    return "\n".join(lines) + "\n"


def rounds_text(row: Mapping[str, Any]) -> str:
    """``5 x A B B A``, or that it was only tried."""
    form = "A B, B A in turn" if row["half"] else "A B B A"
    return f"{row['rounds']} x {form}" + (", shortened" if row["quick"] else "")


def machine_text(row: Mapping[str, Any]) -> str:
    """The machine, the engine and the model of a row in one line."""
    facts = row["machine"]
    cpu, memory, system = facts["cpu"], facts["memory"], facts["system"]
    total = f", {memory['total'] / _GIB:.0f} GiB" if memory.get("total") else ""
    settings = row["settings"]
    return (
        f"{cpu['name']}, {cpu['usable_cores']} cores{total}, {system['os']} {system['kernel']}; "
        f"{row['engine']}; {row['model']}; {settings['decode_threads']} threads"
    )
