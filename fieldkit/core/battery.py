"""When a laptop's battery is to be saved: decided from readings, without reading anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

LOW_PERCENT = 20
# A reading wavers, and a charge that has just begun is soon gone again.
MARGIN = 5.0
ON_MAINS_TWICE = 2

Mode = Literal["auto", "on", "off"]
MODES: tuple[Mode, ...] = ("auto", "on", "off")


@dataclass(frozen=True, slots=True, kw_only=True)
class Battery:
    """One reading: ``percent`` of its charge; ``on_mains`` None is not known.

    ``saver`` tells whether the system itself saves the battery.
    """

    percent: float
    on_mains: bool | None
    saver: bool = False


class LowBattery:
    """Whether the battery is low, from one reading to the next; ``percent`` 0: only by the saver.

    It is from ``percent`` down on battery, or while the system saves it. It is not any more when
    mains were seen twice in a row, or the charge is ``MARGIN`` above ``percent`` again, so that
    neither a loose plug nor a wavering reading switches to and fro.
    """

    def __init__(self, percent: float = LOW_PERCENT) -> None:
        self._percent = percent
        self._low = False
        self._on_mains = 0

    def see(self, battery: Battery | None) -> bool:
        """Whether it is low after this reading; a machine without a battery never is."""
        if battery is None:
            self._low = False
            return False
        if battery.on_mains:
            self._on_mains += 1
            if self._on_mains >= ON_MAINS_TWICE:
                self._low = False
            return self._low
        self._on_mains = 0
        margin = MARGIN if self._low else 0.0
        empty = battery.on_mains is False and battery.percent <= self._percent + margin
        self._low = battery.saver or (empty and self._percent > 0)
        return self._low
