"""What ``fieldkit candidates`` prints for a person: plain text, no line longer than 80 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fieldkit.core.columns import row, short
from fieldkit.core.fit import gib

WIDTH = 80
_COLUMNS = (-16, 8, 9, 7, 7, 7, 9, -7)  # widths; below zero: aligned to the left
_HEADINGS = (
    ("Candidate", "Figure", "Memory", "Decode", "First", "Answer", "Energy", "Verdict"),
    ("", "", "", "tok/s", "s", "s", "J", ""),
)


def format_report(report: Mapping[str, Any]) -> str:
    """Return the report of ``fieldkit candidates`` for a person."""
    lines = []
    survivors, rejected = report["candidates"], report["rejected"]
    if survivors:
        lines += [*_table(survivors), "", _wrap(f"Ordered by: {report['order']['by']}.")]
        lines += [_wrap(note) for note in report["order"]["notes"]]
        lines += [*_remarks(survivors), ""]
        lines += [_described(entry) for entry in survivors]
    else:
        lines.append("No candidate meets these constraints.")
    if rejected:
        lines += ["", "Rejected"]
        lines += [_rejection(entry) for entry in rejected]
    return "\n".join(lines)


def _table(entries: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    priced = any(entry["answer"]["cost"] is not None for entry in entries)
    for heading in _HEADINGS:
        yield row(_swapped(heading) if priced else heading, _COLUMNS)
    for entry in entries:
        figures, answer, figure = entry["predicted"], entry["answer"], entry["figure"]
        need = figures["memory_bytes"]
        yield row(
            (
                textwrap.shorten(entry["name"], -_COLUMNS[0], placeholder="..."),
                "-" if figure is None else f"{figure['value']:.1f}",
                "-" if need is None else gib(need),
                short(figures["decode_tps"]),
                short(figures["ttft_s"]),
                short(answer["seconds"]),
                _cost(answer["cost"]) if priced else short(answer["energy_j"]),
                entry["verdict"],
            ),
            _COLUMNS,
        )


def _swapped(heading: Sequence[str]) -> Sequence[str]:
    """``heading`` with the price of an answer in place of its energy."""
    return tuple({"Energy": "Cost", "J": ""}.get(cell, cell) for cell in heading)


def _cost(value: float | None) -> str:
    return "-" if value is None else f"{value:.2g}"


def _remarks(entries: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What is not in the table: what an answer is, and doubts and remarks, each once."""
    answer = entries[0]["answer"]
    yield _wrap(
        f"An answer: {answer['prompt_tokens']} tokens read and {answer['answer_tokens']} written."
    )
    remarks: dict[str, list[str]] = {}
    for entry in entries:
        for remark in [*entry["doubts"], *([entry["note"]] if entry["note"] else [])]:
            remarks.setdefault(remark, []).append(entry["name"])
    for remark, names in remarks.items():
        text = f"{remark[0].upper()}{remark[1:]}"
        yield _wrap(f"{text}." if len(names) == len(entries) else f"{', '.join(names)}: {remark}.")


def _described(entry: Mapping[str, Any]) -> str:
    text = f"{entry['name']} ({entry['licence']}): {entry['good_for'] or entry['model']}"
    return _wrap(text, rest="  ")


def _rejection(entry: Mapping[str, Any]) -> str:
    reasons = "; ".join(f"{one['constraint']}: {one['reason']}" for one in entry["failures"])
    return _wrap(f"{entry['name']} - {reasons}", first="  ", rest="    ")


def _wrap(text: str, *, first: str = "", rest: str = "") -> str:
    return "\n".join(
        textwrap.wrap(
            text, WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False
        )
    )
