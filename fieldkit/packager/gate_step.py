"""The step ``gate``: whether everything is as good as the profile demands, before it is bundled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fieldkit.core.gate import GateResult, Thresholds, evaluate, format_table
from fieldkit.core.measurement import Measurement
from fieldkit.errors import GateFailed
from fieldkit.packager import manuals, manuals_report
from fieldkit.packager.embedders import Embedder
from fieldkit.packager.manuals_report import Report
from fieldkit.packager.resolve import Chosen, Resolved
from fieldkit.packager.run import Run

_GIB = 1 << 30
_PLACES = 20  # lines about what could not be read


def check_unread(run: Run, chosen: Chosen) -> None:
    """Raise GateFailed where more pages of the manuals cannot be read than the profile allows.

    Where it sets that limit the manuals are read before long work, and later found in the cache.
    """
    limit = chosen.profile.gates.max_unread_pages
    if limit is None:
        return
    with run.step("manuals", "are read first, since [gates] limits their unread pages"):
        found = manuals_report.documents(manuals.read(run, chosen)[0])
    count = manuals_report.unread_count(found)
    if count > limit:
        thresholds = Thresholds(max_unread_pages=limit)
        _judge(run, evaluate(thresholds, {"max_unread_pages": count}), found)


def gate(
    run: Run,
    resolved: Resolved,
    measurement: Measurement,
    scores: Mapping[str, Any] | None,
    divergence: Mapping[str, float] | None,
    found: Report,
    embedder: Embedder | None = None,
) -> tuple[GateResult, ...]:
    """The profile's thresholds against the figures; raises GateFailed with the table.

    What an ``embedder`` is reckoned to take counts beside the memory that was measured. ``found``
    is what became of the manuals.
    """
    gates = resolved.profile.gates
    peak = measurement.peak_memory_bytes
    if peak is not None and embedder is not None:
        peak += embedder.memory_bytes
    thresholds = Thresholds(
        min_decode_tps=gates.min_decode_tps,
        max_ttft_s=gates.max_ttft_s,
        max_memory_gib=gates.max_memory_gib,
        max_kl_divergence=gates.max_kl_divergence,
        min_score=gates.min_score,
        max_unread_pages=gates.max_unread_pages,
    )
    values = {
        "min_decode_tps": measurement.decode_tps,
        "max_ttft_s": measurement.ttft_s,
        "max_memory_gib": peak / _GIB if peak is not None else None,
        "max_kl_divergence": divergence["mean"] if divergence else None,
        "min_score": scores["score"] if scores else None,
        "max_unread_pages": manuals_report.unread_count(found),
    }
    results = evaluate(thresholds, values)
    with run.step("gate", f"{len(results)} thresholds of the profile"):
        _judge(run, results, found)
    return results


def _judge(run: Run, results: Sequence[GateResult], found: Report) -> None:
    for line in format_table(results):
        run.progress.detail(line)
    failed = [result for result in results if not result.passed]
    if not failed:
        return
    if any(result.name == "max_unread_pages" for result in failed):
        places = manuals_report.unread_places(found)
        for line in places[:_PLACES]:
            run.progress.detail(line)
        if len(places) > _PLACES:
            run.progress.detail(f"and {len(places) - _PLACES} more documents")
    raise GateFailed(
        f"{len(failed)} of {len(results)} gates failed; nothing was bundled. "
        + "; ".join(result.reason for result in failed),
        hint=_hint(failed),
    )


def _hint(failed: Sequence[GateResult]) -> str:
    hints = []
    if any(result.name == "max_unread_pages" for result in failed):
        hints.append("Repair these manuals, or have scanned pages read by OCR (docs/manuals.md).")
    if any(result.name != "max_unread_pages" for result in failed):
        hints.append("Choose a smaller candidate or type.")
    return " ".join([*hints, "Or have the thresholds in [gates] reviewed."])
