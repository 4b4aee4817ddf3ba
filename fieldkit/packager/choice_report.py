"""What ``fieldkit candidates --json`` prints; ``docs/candidates.md`` describes every field."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fieldkit.core.candidate import Candidate
from fieldkit.core.selection import Option, doubts
from fieldkit.core.trial import ANSWER_TOKENS
from fieldkit.packager.choose import Choice

_JOULES_PER_KWH = 3.6e6


def report(choice: Choice, *, price_per_kwh: float | None = None) -> dict[str, Any]:
    """``choice`` for ``fieldkit candidates --json``; what is not known is null, never 0."""
    asked = choice.asked
    return {
        "constraints": {
            **{name: value for name, value in asdict(asked).items() if name != "limits"},
            "min_decode_tps": asked.limits.min_decode_tps,
            "max_ttft_s": asked.limits.max_ttft_s,
            "max_memory_gib": asked.limits.max_memory_gib,
            "price_per_kwh": price_per_kwh,
        },
        "machine": {
            "cpu": choice.machine.cpu.name,
            "memory_total": choice.has.memory_total,
            "memory_available": choice.has.memory_available,
            "simulated": asked.ram_gib is not None,
        },
        "quantization": choice.quantization,
        "order": {"by": choice.ranking.by, "notes": list(choice.ranking.notes)},
        "candidates": [
            {
                **_facts(one.option.name, one.option.candidate),
                "parameters": one.option.parameters,
                "predicted": _predicted(one.option),
                "answer": _answer(one.option, price_per_kwh),
                "figure": one.figure and one.figure.model_dump(),
                "verdict": one.sure.verdict,
                "reasons": list(one.sure.reasons),
                "doubts": list(doubts(one.option, asked, choice.has)),
                "note": one.option.note or None,
            }
            for one in choice.ranking.ranked
        ],
        "rejected": [
            {
                **_facts(one.name, one.candidate),
                "stage": one.stage,
                "felled_by": one.failures[0].constraint,
                "failures": [asdict(failure) for failure in one.failures],
            }
            for one in choice.rejected
        ],
    }


def _facts(name: str, candidate: Candidate) -> dict[str, Any]:
    return {
        "name": name,
        "model": candidate.name,
        "publisher": candidate.publisher,
        "repository": candidate.origin.repository,
        "licence": candidate.licence.identifier,
        "released": candidate.released.isoformat(),
        "context": candidate.context,
        "languages": list(candidate.languages),
        "tasks": list(candidate.tasks),
        "good_for": candidate.good_for,
    }


def _predicted(option: Option) -> dict[str, Any]:
    speed = option.speed
    figures = {
        name: getattr(speed, name, None)
        for name in ("decode_tps", "deep_decode_tps", "prefill_tps", "ttft_s")
    }
    return {
        **{name: figure and _rounded(figure.value) for name, figure in figures.items()},
        "memory_bytes": option.need and option.need.total,
        "error_band": {
            **{name: figure and figure.band for name, figure in figures.items()},
            "memory_bytes": option.need and option.need.error_band,
        },
    }


def _answer(option: Option, price_per_kwh: float | None) -> dict[str, Any]:
    """A typical answer: its tokens, seconds, joules and cost."""
    joules = option.answer_j
    cost = None if joules is None or price_per_kwh is None else joules / _JOULES_PER_KWH
    return {
        "prompt_tokens": option.question,
        "answer_tokens": ANSWER_TOKENS,
        "seconds": _rounded(option.answer_s),
        "energy_j": _rounded(joules),
        "cost": None if cost is None else _rounded(cost * (price_per_kwh or 0.0)),
    }


def _rounded(value: float | None) -> float | None:
    """Three digits: more would promise what a prediction cannot keep."""
    return None if value is None else float(f"{value:.3g}")
