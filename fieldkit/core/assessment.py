"""Whether predicted figures meet a deployment's limits, with their error bands in the verdict."""

from __future__ import annotations

from collections.abc import Iterator

from fieldkit.core.fit import GIB, Assessment, Footprint, Verdict
from fieldkit.core.gate import GateResult, Thresholds
from fieldkit.core.prediction import Figure, Speed

_ORDER: tuple[Verdict, ...] = ("fits", "tight", "unfit")
_WORDS = {
    "fits": "",
    "tight": "; it is too near the limit to be promised",
    "unfit": "; it will not be met",
}


def assess_limits(limits: Thresholds, need: Footprint | None, speed: Speed | None) -> Assessment:
    """Compare a prediction with ``limits``, those that it can say something about.

    ``fits`` when the whole error band is on the right side of a limit, ``unfit`` when all of it is
    on the wrong side, ``tight`` in between and when the figure is not known. Without limits the
    verdict is ``fits``, with no reasons.
    """
    verdict: Verdict = "fits"
    reasons = []
    for name, limit, figure in _figures(limits, need, speed):
        found = _verdict(limit, figure, at_least=name.startswith("min_"))
        value = None if figure is None else figure.value
        result = GateResult(name=name, limit=limit, value=value, passed=found == "fits")
        band = "" if figure is None else f" (predicted within {figure.band:.0%})"
        reasons.append(f"{result.reason}{band}{_WORDS[found] if figure else ''}")
        verdict = max(verdict, found, key=_ORDER.index)
    return Assessment(verdict=verdict, reasons=tuple(reasons))


def combine(*assessments: Assessment) -> Assessment:
    """The worst verdict with all reasons."""
    return Assessment(
        verdict=max((one.verdict for one in assessments), key=_ORDER.index),
        reasons=tuple(reason for one in assessments for reason in one.reasons),
    )


def describe(speed: Speed, question: int) -> str:
    """``speed`` in words; ``question`` is the number of prompt tokens behind the TTFT."""
    return (
        f"about {_shown(speed.decode_tps)} token/s written, {_shown(speed.prefill_tps)} token/s "
        f"read, first token of a question of {question} tokens after {_shown(speed.ttft_s)} s"
    )


def describe_energy(joules: float, band: float, answers: int | None) -> str:
    """Energy in words: ``joules`` a token written, and ``answers`` on a full battery, if known."""
    text = f"about {joules:.2g} J for a token written (within {band:.0%})"
    return text if answers is None else f"{text}, {answers} answers on a full battery"


def _shown(figure: Figure) -> str:
    digits = 1 if figure.value < 20 else 0
    return f"{figure.value:.{digits}f} (within {figure.band:.0%})"


def _figures(
    limits: Thresholds, need: Footprint | None, speed: Speed | None
) -> Iterator[tuple[str, float, Figure | None]]:
    """Name of the limit, the limit, and the predicted figure."""
    memory = Figure(value=need.total / GIB, band=need.error_band) if need else None
    decode, first = (speed.decode_tps, speed.ttft_s) if speed else (None, None)
    known = (
        ("min_decode_tps", limits.min_decode_tps, decode),
        ("max_ttft_s", limits.max_ttft_s, first),
        ("max_memory_gib", limits.max_memory_gib, memory),
    )
    for name, limit, figure in known:
        if limit is not None:
            yield name, limit, figure


def _verdict(limit: float, figure: Figure | None, *, at_least: bool) -> Verdict:
    if figure is None:
        return "tight"
    low, high = figure.value * (1 - figure.band), figure.value * (1 + figure.band)
    if at_least:
        low, high, limit = -high, -low, -limit
    if high <= limit:
        return "fits"
    return "unfit" if low > limit else "tight"
