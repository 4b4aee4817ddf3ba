"""The code of a report, and what a code tells: ``fieldkit probe --explain CODE``."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from fieldkit.core.fit import gib
from fieldkit.core.text import clean_line
from fieldkit.core.verdict_code import (
    MAX_CORES,
    SCALES,
    VERDICTS,
    Summary,
    decode,
    encode,
    model_hash,
    spell,
)
from fieldkit.machine.power import Power

Model = tuple[str, str]  # name and quantization

_POWER = {
    "mains": "on mains",
    "battery": "on battery",
    "saver": "battery saver on",
    "unknown": "unknown",
}


def code_for(report: Mapping[str, Any]) -> str | None:
    """The code of a probe's ``report``: of the model probed, or of the best candidate.

    The best has the best verdict, and among those needs the most memory: it is the largest model
    that this machine carries. None without a candidate, and for a simulated machine.
    """
    if not report["candidates"] or report["machine"]["memory"]["simulated"]:
        return None
    entry = min(report["candidates"], key=_rank)
    figures = report["measured"] or entry["predicted"]
    need = entry["predicted"]["memory_bytes"] or figures.get("peak_memory_bytes")
    facts = report["machine"]
    return encode(
        Summary(
            verdict=entry["verdict"],
            measured=report["measured"] is not None,
            power=Power(**facts["power"]).state,
            model=model_hash(entry["name"], entry["quantization"]),
            decode_tps=figures["decode_tps"],
            prefill_tps=figures["prefill_tps"],
            ttft_s=figures["ttft_s"],
            memory_bytes=need,
            memory_available=facts["memory"]["available"],
            memory_total=facts["memory"]["total"],
            cores=facts["cpu"]["usable_cores"],
            variant=facts["engine"] and facts["engine"]["variant"],
        )
    )


def _rank(entry: Mapping[str, Any]) -> tuple[int, float]:
    return VERDICTS.index(entry["verdict"]), -(entry["predicted"]["memory_bytes"] or 0)


def explain(code: str, known: Iterable[Model]) -> dict[str, Any]:
    """What ``code`` tells, ready for JSON; raises UsageProblem when it is none.

    Its model is found again among the ``known`` ones; two may share its hash, so all are named.
    """
    told = decode(code)
    names = [
        {"name": clean_line(name), "quantization": quantization}
        for name, quantization in dict.fromkeys(known)
        if model_hash(name, quantization) == told.model
    ]
    return {
        "code": encode(told),
        "verdict": told.verdict,
        "measured": told.measured,
        "models": names,
        "model_hash": f"{told.model:05x}",
        "figures": {name: _rounded(name, getattr(told, name)) for name in SCALES},
        "error_band": {name: round(math.sqrt(scale.step) - 1, 4) for name, scale in SCALES.items()},
        "bounds": {
            name: bound.strip()
            for name, scale in SCALES.items()
            if (value := getattr(told, name)) is not None and (bound := scale.bound(value))
        },
        "usable_cores": told.cores,
        "variant": told.variant,
        "power": told.power,
    }


def format_explanation(told: Mapping[str, Any]) -> str:
    """``told`` for a person, with the words to say the code by."""
    lines = [f"Verdict: {told['verdict']}", *_rows(told), "", f"Code: {told['code']}"]
    return "\n".join([*lines, *format_spelling(told["code"])])


def format_spelling(code: str) -> list[str]:
    """The lines that say how to speak ``code``."""
    return [f"  {line}" for line in spell(code)]


def _rows(told: Mapping[str, Any]) -> Iterator[str]:
    cores = told["usable_cores"]
    rows = (
        ("Model", _models(told)),
        ("Figures", f"{'measured' if told['measured'] else 'predicted'}, sent to within 2 %"),
        ("Decode", _figure(told, "decode_tps", "token/s")),
        ("Prefill", _figure(told, "prefill_tps", "token/s")),
        ("First token", _figure(told, "ttft_s", "s")),
        ("Needs", _figure(told, "memory_bytes")),
        ("Available", _figure(told, "memory_available")),
        ("Installed", _figure(told, "memory_total")),
        ("Cores", f"at least {cores}" if cores == MAX_CORES else str(cores or "unknown")),
        ("Engine", told["variant"] or "unknown"),
        ("Power", _POWER[told["power"]]),
    )
    for label, text in rows:
        yield f"  {label:<12} {text}"


def _models(told: Mapping[str, Any]) -> str:
    names = [f"{model['name']} {model['quantization']}" for model in told["models"]]
    return " or ".join(names) or f"not known here (hash {told['model_hash']})"


def _figure(told: Mapping[str, Any], name: str, unit: str = "") -> str:
    value = told["figures"][name]
    if value is None:
        return "unknown"
    text = f"{value:g} {unit}" if unit else gib(value)
    bound = told["bounds"].get(name)
    return f"{bound} {text}" if bound else text


def _rounded(name: str, value: float | None) -> float | int | None:
    """Three digits, which is more than a code carries; sizes are whole."""
    if value is None:
        return None
    return round(value) if name.startswith("memory") else float(f"{value:.3g}")
