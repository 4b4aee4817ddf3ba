"""The report of ``fieldkit probe`` for a person: a table of models, and the reasons below it."""

from __future__ import annotations

import collections
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fieldkit.core.columns import row, short
from fieldkit.core.fit import gib

WIDTH = 80
_COLUMNS = (-25, -7, 9, 7, 8, 7, -7)  # widths; below zero: aligned to the left
_HEADINGS = (
    ("Model", "Type", "Memory", "Decode", "Prefill", "First", "Verdict"),
    ("", "", "", "tok/s", "tok/s", "s", ""),
)


def format_report(report: Mapping[str, Any]) -> str:
    """Return ``report`` for a person: plain text, no line longer than 80 columns."""
    lines = ["This machine", *_machine_lines(report["machine"]), ""]
    if report["candidates"]:
        lines += [*_table(report["candidates"]), ""]
    shared = _shared(report["candidates"])
    for entry in report["candidates"]:
        lines += [*_reasons(entry, without=shared), ""]
    lines += [line for reason in shared for line in (_wrap(reason), "")]
    if report["measured"] is not None:
        lines += ["Measured", *_measured_lines(report["measured"]), ""]
    if not report["candidates"]:
        lines += [_wrap("No model to assess: name one with --candidate NAME or --model FILE."), ""]
    lines.append(f"Verdict: {report['verdict']}")
    if report.get("code"):
        lines.append(f"Code: {report['code']}")
    return "\n".join(lines)


def _wrap(text: str, first: str = "", rest: str | None = None) -> str:
    return "\n".join(
        textwrap.wrap(
            text,
            WIDTH,
            initial_indent=first,
            subsequent_indent=first if rest is None else rest,
            break_on_hyphens=False,
        )
    )


def _machine_lines(facts: Mapping[str, Any]) -> Iterator[str]:
    rows = (
        ("Processor", _processor(facts["cpu"])),
        ("Engine", _engine(facts["engine"], facts["cpu"])),
        ("Memory", _memory(facts["memory"])),
        ("Disk", _disk(facts["disk"])),
        ("Power", _power(facts["power"])),
        ("System", f"{facts['system']['distribution'] or facts['system']['os']}"),
        ("Terminal", _terminal(facts["terminal"])),
    )
    for label, text in rows:
        yield _wrap(text, f"  {label:<10} ", " " * 13)


def _processor(cpu: Mapping[str, Any]) -> str:
    cores = cpu["physical_cores"] or cpu["logical_cores"]
    usable = cpu["usable_cores"]
    counted = f"{cores or 'unknown number of'} cores"
    if usable and cpu["logical_cores"] and usable < cpu["logical_cores"]:
        counted += f", {usable} of {cpu['logical_cores']} threads usable"
    return f"{cpu['name'] or cpu['architecture']}, {counted}"


def _engine(engine: Mapping[str, Any] | None, cpu: Mapping[str, Any]) -> str:
    features = f"; the processor has {' '.join(cpu['features'])}" if cpu["features"] else ""
    if engine is None:
        return f"none found{features}"
    chosen = f"{engine['variant'] or 'unknown'}, one of {len(engine['variants'])} variants"
    revision = f"{engine['revision']}, " if engine["revision"] else ""
    return f"{revision}{chosen}{features}"


def _memory(ram: Mapping[str, Any]) -> str:
    if ram["total"] is None or ram["available"] is None:
        return "unknown"
    text = f"{gib(ram['total'])}, {gib(ram['available'])} available"
    if ram["simulated"]:
        text += " (simulated, idle)"
    elif ram["container_limit"] is not None:
        text += " (limited by the container)"
    return text


def _disk(disk: Mapping[str, Any]) -> str:
    if disk["free"] is None:
        return "unknown"
    return f"{gib(disk['free'])} free of {gib(disk['total'])}"


def _power(power: Mapping[str, Any]) -> str:
    names = {True: "mains", False: "battery", None: "unknown"}
    text = names[power["on_mains"]]
    if power["saver"]:
        text += ", battery saver on"
    if power["battery_percent"] is not None:
        text += f", battery at {power['battery_percent']:g} %"
    return text


def _terminal(terminal: Mapping[str, Any]) -> str:
    if not terminal["interactive"]:
        return "none (output goes to a file or a pipe)"
    colours = f"{terminal['colours']} colours" if terminal["colours"] else "no colours"
    size = f"{terminal['columns']}x{terminal['lines']}" if terminal["columns"] else "unknown size"
    return f"{size}, {colours}, {'Unicode' if terminal['unicode'] else 'no Unicode'}"


def _table(entries: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """One row a model; predicted figures, a dash for what is not known."""
    for heading in _HEADINGS:
        yield row(heading, _COLUMNS)
    for entry in entries:
        figures = entry["predicted"]
        need = figures["memory_bytes"]
        yield row(
            (
                textwrap.shorten(entry["name"], -_COLUMNS[0], placeholder="..."),
                textwrap.shorten(entry["quantization"], -_COLUMNS[1], placeholder="..."),
                "-" if need is None else gib(need),
                *(short(figures[name]) for name in ("decode_tps", "prefill_tps", "ttft_s")),
                entry["verdict"],
            ),
            _COLUMNS,
        )


def _shared(entries: Sequence[Mapping[str, Any]]) -> list[str]:
    """The reasons that all models have in common: they are said once."""
    counted = collections.Counter(reason for entry in entries for reason in entry["reasons"])
    return [reason for reason, count in counted.items() if count == len(entries) > 1]


def _reasons(entry: Mapping[str, Any], *, without: Sequence[str]) -> Iterator[str]:
    title = f"{entry['name']} {entry['quantization']}"
    shown = textwrap.shorten(title, WIDTH - 12, placeholder="...")
    yield f"{shown}: {entry['verdict']}"
    for reason in entry["reasons"]:
        if reason not in without:
            yield _wrap(reason, "  - ", "    ")


def _measured_lines(measured: Mapping[str, Any]) -> Iterator[str]:
    yield f"  decode     {measured['decode_tps']:.1f} token/s"
    if measured["deep_decode_tps"] is not None:
        deep, depth = measured["deep_decode_tps"], measured["depth"]
        yield f"             {deep:.1f} token/s after {depth} tokens"
    yield f"  prefill    {measured['prefill_tps']:.1f} token/s"
    yield f"  first token after {measured['ttft_s']:.2f} s, loaded in {measured['load_s']:.1f} s"
    if measured["peak_memory_bytes"] is not None:
        yield f"  peak memory of the engine {gib(measured['peak_memory_bytes'])}"
    if measured["energy_j_per_token"] is not None:
        yield f"  energy     {measured['energy_j_per_token']:.2f} J/token"
    if measured["answers_per_charge"] is not None:
        yield f"  a full battery is enough for {measured['answers_per_charge']} answers"
