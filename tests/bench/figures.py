"""One line of the table: what was measured, against what, and whether it is what it must be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from tests.bench.stats import Spread, flat, ratios


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """``values`` are in ``unit`` (``x`` for a ratio) and ``value`` is the one held to the target.

    ``ours`` and ``peer`` are all raw samples in ``sample_unit``. The target is ``limit``: at least
    that when ``at_least``, else at most. ``peer_name`` says whose the peer's samples are.
    """

    name: str
    against: str
    unit: str
    value: float
    values: tuple[float, ...]
    limit: float
    at_least: bool
    ours: tuple[float, ...]
    peer: tuple[float, ...] = ()
    sample_unit: str = ""
    remark: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def met(self) -> bool:
        """Whether ``value`` is what it must be."""
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    @property
    def target(self) -> str:
        """``>= 0.98x``."""
        sign = ">=" if self.at_least else "<="
        return f"{sign} {self.limit:g}{unit_text(self.unit)}"

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON; the inverse of ``from_dict``."""
        return {**asdict(self), "facts": dict(self.facts), "met": self.met}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Figure:
        """Read what ``to_dict`` wrote."""
        plain = {key: value for key, value in data.items() if key != "met"}
        for name in ("values", "ours", "peer"):
            plain[name] = tuple(plain[name])
        return cls(**plain)


def compared(
    name: str,
    *,
    against: str,
    ours: Sequence[Sequence[float]],
    peer: Sequence[Sequence[float]],
    unit: str,
    at_least: float | None = None,
    at_most: float | None = None,
    remark: str = "",
    facts: Mapping[str, Any] | None = None,
) -> Figure:
    """The ratio of two sides' samples by round; the median round is held to the target."""
    values = ratios(ours, peer)
    limit = at_least if at_least is not None else at_most
    assert limit is not None
    return Figure(
        name=name,
        against=against,
        unit="x",
        value=Spread.of(values).median,
        values=tuple(values),
        limit=limit,
        at_least=at_least is not None,
        ours=tuple(flat(ours)),
        peer=tuple(flat(peer)),
        sample_unit=unit,
        remark=remark,
        facts=facts or {},
    )


def unit_text(unit: str) -> str:
    """A unit as it follows its number: ``x`` and ``%`` close to it, others after a space."""
    return unit if unit in {"", "x"} else f" {unit}"
