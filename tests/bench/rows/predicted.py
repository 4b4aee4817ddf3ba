"""What the probe predicts from slices, against models of full size (``tests.bench.prediction``)."""

from __future__ import annotations

from typing import Any

from fieldkit.packager.subjects import subjects
from tests.bench import prediction
from tests.bench.bench import Bench
from tests.bench.figures import Figure

TITLE = "Prediction"
# Each is predicted, measured at full size, and predicted again; then held to these limits.
LIMITS = {
    "decode_tps": ("decode", 12.0),
    "deep_decode_tps": (f"decode at depth {prediction.DEEP}", 12.0),
    "prefill_tps": ("prefill", 12.0),
    "memory_bytes": ("memory", 5.0),
}
_QUICK = ("qwen2.5-1.5b",)


def run(bench: Bench) -> list[Figure]:
    """Compare four shapes from 1.5B to 7B; the worst of them is held to the target."""
    entries = []
    for subject in subjects(_QUICK if bench.quick else prediction.NAMES):
        entries.append(prediction.compare(subject, prediction.BOX_S, 32))
        bench.say(f"  {subject.name}: {prediction.short(entries[-1]['ratio'])}")
    return [
        figure(name, known)
        for name in LIMITS
        if (known := [entry for entry in entries if entry["ratio"][name] is not None])
    ]


def figure(name: str, entries: list[dict[str, Any]]) -> Figure:
    """How far the prediction of ``name`` is off, in percent, for the worst of ``entries``.

    A machine too busy to measure gives no prediction; such a model is not among ``entries``.
    """
    title, limit = LIMITS[name]
    off = tuple(abs(entry["ratio"][name] - 1) * 100 for entry in entries)
    models = "model" if len(entries) == 1 else "models"
    return Figure(
        name=f"predicted {title}, worst of {len(entries)} {models}",
        against="measured at full size",
        unit="%",
        value=max(off),
        values=off,
        limit=limit,
        at_least=False,
        ours=(),
        facts={
            "models": [
                {
                    "model": f"{entry['name']} {entry['quantization']}",
                    "figure": name,
                    "predicted": [
                        value
                        for values in entry["predicted"]
                        if (value := values[name]) is not None
                    ],
                    "measured": entry["measured"][name],
                    "ratio": entry["ratio"][name],
                }
                for entry in entries
            ]
        },
    )
