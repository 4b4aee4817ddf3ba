"""The report of ``fieldkit probe``: what this machine is, what each model needs, and a verdict.

Its JSON is a contract; ``docs/probe.md`` describes every field.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from fieldkit.core.fit import (
    GIB,
    Assessment,
    Footprint,
    Resources,
    assess,
    footprint,
    gib,
    simulated_available,
)
from fieldkit.core.measurement import Measurement
from fieldkit.core.text import clean_line
from fieldkit.machine.facts import Machine
from fieldkit.probe.subject import Subject

WIDTH = 80
VERDICTS = ("fits", "tight", "unfit")
_NO_SPEED = "speed is not predicted: it has to be measured on this machine (--model FILE)"


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineFacts:
    """The engine found: its revision, the CPU variant that runs here, and all it carries."""

    revision: str
    variant: str
    variants: tuple[str, ...]


def probe(
    subjects: Sequence[Subject],
    *,
    machine: Machine,
    engine: EngineFacts | None = None,
    measure: Callable[[], Measurement] | None = None,
    simulate_ram_gib: float | None = None,
) -> dict[str, Any]:
    """Assess ``subjects`` on ``machine`` and return the report, ready for JSON.

    ``measure`` measures the one subject given; it is not called when that subject does not fit.
    With several subjects the verdict is that of the best one; with none it is ``unfit``.
    ``simulate_ram_gib`` pretends an idle machine with that much memory installed.
    """
    if simulate_ram_gib is not None:
        total = round(simulate_ram_gib * GIB)
        available = simulated_available(total)
        ram = replace(machine.memory, total=total, available=available, container_limit=None)
        machine = replace(machine, memory=ram)
    has = Resources(
        memory_total=machine.memory.total,
        memory_available=machine.memory.available,
        disk_free=machine.disk.free,
    )
    candidates = [_candidate(subject, has, measured=measure is not None) for subject in subjects]
    verdict = min((entry["verdict"] for entry in candidates), key=VERDICTS.index, default="unfit")
    measured = None
    if measure is not None and verdict != "unfit":
        measured = measure().summary()
    return {
        "machine": _machine(machine, engine, simulated=simulate_ram_gib is not None),
        "candidates": candidates,
        "measured": measured,
        "verdict": verdict,
    }


def _machine(machine: Machine, engine: EngineFacts | None, *, simulated: bool) -> dict[str, Any]:
    facts = machine.to_dict()
    facts["memory"]["simulated"] = simulated
    facts["engine"] = engine and {
        "revision": engine.revision or None,
        "variant": engine.variant or None,
        "variants": list(engine.variants),
    }
    return facts


def _candidate(subject: Subject, has: Resources, *, measured: bool) -> dict[str, Any]:
    need = _need(subject)
    if need is None:
        assessment = Assessment(verdict="tight", reasons=(subject.note,))
    else:
        assessment = assess(need, has, download=subject.download)
    unpredicted = dict.fromkeys(("decode_tps", "prefill_tps", "ttft_s"))
    return {
        "name": clean_line(subject.name),
        "quantization": subject.quantization,
        "predicted": {**unpredicted, "memory_bytes": need and need.total},
        "error_band": {**unpredicted, "memory_bytes": need and need.error_band},
        "verdict": assessment.verdict,
        "reasons": [*assessment.reasons, *(() if measured else (_NO_SPEED,))],
    }


def _need(subject: Subject) -> Footprint | None:
    if subject.shape is None or subject.weights is None:
        return None
    return footprint(subject.shape, weights=subject.weights, context=subject.context)


def format_report(report: Mapping[str, Any]) -> str:
    """Return ``report`` for a person: plain text, no line longer than 80 columns."""
    lines = ["This machine", *_machine_lines(report["machine"]), ""]
    for entry in report["candidates"]:
        lines += [*_candidate_lines(entry), ""]
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


def _candidate_lines(entry: Mapping[str, Any]) -> Iterator[str]:
    title = f"{entry['name']} {entry['quantization']}"
    shown = textwrap.shorten(title, WIDTH - 12, placeholder="...")
    yield f"{shown}: {entry['verdict']}"
    for reason in entry["reasons"]:
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
