"""Gates: a profile's thresholds against what was measured, with the figures in the verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

GIB = 1 << 30

# gate -> (what it limits, unit, whether the value must be at least the limit)
_GATES: dict[str, tuple[str, str, bool]] = {
    "min_decode_tps": ("decode rate", "token/s", True),
    "max_ttft_s": ("time to first token", "s", False),
    "max_memory_gib": ("peak memory", "GiB", False),
    "max_kl_divergence": ("mean KL divergence from the original", "nats", False),
    "min_score": ("share of questions answered rightly", "", True),
    "max_unread_pages": ("pages of manuals that could not be read", "", False),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """The limits of a profile; None is not checked."""

    min_decode_tps: float | None = None
    max_ttft_s: float | None = None
    max_memory_gib: float | None = None
    max_kl_divergence: float | None = None
    min_score: float | None = None
    max_unread_pages: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GateResult:
    """One gate. ``value`` is None when it is not known, and then the gate does not pass."""

    name: str
    limit: float
    value: float | None
    passed: bool

    @property
    def reason(self) -> str:
        """The gate in words and numbers."""
        what, unit, at_least = _GATES[self.name]
        unit = f" {unit}" if unit else ""
        bound = "at least" if at_least else "at most"
        if self.value is None:
            return f"{what}: not known, and {bound} {self.limit:g}{unit} is asked for"
        return f"{what}: {self.value:.4g}{unit}, {bound} {self.limit:g}{unit} is asked for"

    def to_dict(self) -> dict[str, Any]:
        """Return the object of ``build --json``: name, limit, value, passed."""
        return asdict(self)


def evaluate(thresholds: Thresholds, values: Mapping[str, float | None]) -> tuple[GateResult, ...]:
    """Check ``values`` (keyed by gate name) against every threshold that is set.

    A value that is missing or None fails its gate: an unmeasured figure is no promise.
    """
    results = []
    for name, (_, _, at_least) in _GATES.items():
        limit = getattr(thresholds, name)
        if limit is None:
            continue
        value = values.get(name)
        passed = value is not None and (value >= limit if at_least else value <= limit)
        results.append(GateResult(name=name, limit=limit, value=value, passed=passed))
    return tuple(results)


def format_table(results: Sequence[GateResult]) -> list[str]:
    """Lines of a table: gate, limit, value, verdict."""
    rows = [("gate", "limit", "value", "")]
    for result in results:
        value = "unknown" if result.value is None else f"{result.value:.4g}"
        verdict = "passed" if result.passed else "FAILED"
        rows.append((result.name, f"{result.limit:g}", value, verdict))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    return [
        f"{name:<{widths[0]}}  {limit:>{widths[1]}}  {value:>{widths[2]}}  {verdict}".rstrip()
        for name, limit, value, verdict in rows
    ]
