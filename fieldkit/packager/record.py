"""The decision record: why this model was shipped, on which figures, from which inputs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fieldkit.core.gate import GateResult, format_table
from fieldkit.core.measurement import Measurement
from fieldkit.core.release import Release
from fieldkit.packager import calibrate, manuals_report, score_report, textfile
from fieldkit.packager.embedders import Embedder
from fieldkit.packager.licensing import Acceptance
from fieldkit.packager.manuals_report import Report
from fieldkit.packager.progress import size
from fieldkit.packager.resolve import Resolved


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What was found out: ``scores`` on the questions, how the floor of ``evidence`` was chosen.

    Both are None where nobody asked for them, or the profile has no questions. ``manuals`` is what
    became of the manuals (``manuals_report.report``).
    """

    measurement: Measurement
    gates: Sequence[GateResult]
    scores: Mapping[str, Any] | None
    evidence: Mapping[str, Any] | None
    manuals: Report


def write(
    folder: Path,
    resolved: Resolved,
    release: Release,
    figures: Figures,
    acceptance: Acceptance,
    embedder: Embedder | None = None,
) -> None:
    """Write ``decision.md`` for people and ``decision.json`` for tools into ``folder``."""
    data = {
        "release": release.identity,
        "version": release.version,
        "profile": resolved.profile.model_dump(mode="json"),
        "candidate": resolved.candidate.model_dump(mode="json"),
        "licence": acceptance.to_dict(),
        "source_sha256": resolved.original.sha256,
        "lock": resolved.lock.model_dump(mode="json") if resolved.lock is not None else None,
        "model_sha256": release.model_sha256,
        "measurement": json.loads(figures.measurement.to_json()),
        "gates": [gate.to_dict() for gate in figures.gates],
        "scores": figures.scores,
        "evidence": figures.evidence,
        "manuals": figures.manuals,
        "embedder_sha256": embedder.sha256 if embedder else None,
    }
    text = json.dumps(data, indent=2, ensure_ascii=False) + "\n"
    textfile.write(folder / "decision.json", text)
    words = _markdown(resolved, release, figures, acceptance, embedder)
    textfile.write(folder / "decision.md", words)


def _source(resolved: Resolved) -> str:
    """Where the weights are from, and the hash of the file that was quantized."""
    digest = f"sha256 `{resolved.original.sha256}`"
    if resolved.lock is None:
        return digest
    parts = [resolved.lock.model, *([resolved.lock.adapter] if resolved.lock.adapter else [])]
    places = [
        f"{part.repository} at commit `{part.commit}`"
        if part.commit
        else f"folder {part.repository}"
        for part in parts
    ]
    made = ", converted: " if resolved.original.is_intermediate else ", "
    return " with ".join(places) + made + digest


def _markdown(
    resolved: Resolved,
    release: Release,
    figures: Figures,
    acceptance: Acceptance,
    embedder: Embedder | None,
) -> str:
    profile, measurement = resolved.profile, figures.measurement
    machine = measurement.machine
    facts = {
        "Candidate": f"{resolved.candidate.name}, licence {resolved.candidate.licence.identifier}, "
        f"released {resolved.candidate.released}",
        "Licence": acceptance.in_words(),
        "Source": _source(resolved),
        "Shipped": f"{profile.model.quantization}, {size(measurement.model_bytes)}, "
        f"sha256 `{release.model_sha256}`",
        "Engine": f"{release.engine}, variant {measurement.variant}",
        "Measured on": f"{machine.get('cpu', 'unknown')}, "
        f"{measurement.settings.decode_threads} threads",
        "Speed": f"decode {measurement.decode_tps:.1f} tok/s, "
        f"prefill {measurement.prefill_tps:.0f} tok/s, "
        f"first token after {measurement.ttft_s:.2f} s for {measurement.question_tokens} prompt "
        f"tokens, load {measurement.load_s:.2f} s",
        "Memory": f"peak {size(measurement.peak_memory_bytes or 0)}, "
        f"anonymous {size(measurement.memory.anonymous or 0)}, "
        f"file {size(measurement.memory.file or 0)}",
    }
    if embedder:
        facts["Embedder"] = embedder.in_words()
    if figures.scores:
        facts |= score_report.in_words(figures.scores)
    if figures.evidence:
        facts["Evidence"] = calibrate.told(figures.evidence)
    lines = [
        f"# {profile.assistant.name} {release.version}",
        "",
        f"Release `{release.identity}`, published by {release.publisher}, built {release.created}.",
        "",
        *(f"- {name}: {text}" for name, text in facts.items()),
        "",
        "```",
        *format_table(figures.gates),
        "```",
        "",
        *manuals_report.markdown(figures.manuals),
    ]
    return "\n".join(lines) + "\n"
