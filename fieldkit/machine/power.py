"""Mains or battery, and whether the processor's energy can be read."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import psutil

from fieldkit.machine.files import read_number, read_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Power:
    """``energy_counter`` names the energy counter (RAPL) this user may read; None: none.

    Linux lets only root read it (CVE-2020-8694).
    """

    on_mains: bool | None
    battery_percent: float | None
    energy_counter: str | None


def power(root: Path = Path("/")) -> Power:
    """Return how this machine is powered; ``root`` is where ``sys`` is found."""
    battery = _battery()
    return Power(
        on_mains=None if battery is None else battery[1],
        battery_percent=None if battery is None else battery[0],
        energy_counter=_energy_counter(root) if sys.platform == "linux" else None,
    )


def _battery() -> tuple[float, bool | None] | None:
    read = getattr(psutil, "sensors_battery", None)
    if read is None:
        return None
    try:
        battery = read()
    except (OSError, RuntimeError, ValueError):
        return None
    return None if battery is None else (round(battery.percent, 1), battery.power_plugged)


def _energy_counter(root: Path) -> str | None:
    """Return the name of the widest readable RAPL domain: the platform's before a package's."""
    found: dict[str, str] = {}
    for folder in sorted((root / "sys/class/powercap").glob("intel-rapl:*")):
        name = read_text(folder / "name")
        if name and read_number(folder / "energy_uj") is not None:
            found.setdefault(name, name)
    return found.get("psys") or next(iter(found), None)
