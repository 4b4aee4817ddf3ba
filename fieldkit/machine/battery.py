"""The batteries that Linux tells about: what they hold full, and what they give now.

Source: the kernel's Documentation/ABI/testing/sysfs-class-power. Its units are millionths: uWh,
uAh, uW, uA, uV. A mouse's battery has the scope ``Device`` and does not power this machine.
"""

from __future__ import annotations

from pathlib import Path

from fieldkit.machine.files import read_number, read_text

_SECONDS_PER_HOUR = 3600
_MICRO = 1e-6


def capacity_j(root: Path = Path("/")) -> float | None:
    """Joules in all batteries of this machine when full, as worn as they are; None: not told."""
    found = [_capacity(folder) for folder in _batteries(root)]
    if not found or None in found:
        return None
    return sum(value for value in found if value is not None)


def discharge_w(root: Path = Path("/")) -> float | None:
    """Watts taken from the batteries now.

    None unless at least one is discharging, none is being charged, and every one that discharges
    tells its power.
    """
    states = [(folder, read_text(folder / "status")) for folder in _batteries(root)]
    discharging = [folder for folder, state in states if state == "Discharging"]
    if not discharging or any(state == "Charging" for _, state in states):
        return None
    watts = [_watts(folder) for folder in discharging]
    if None in watts:
        return None
    return sum(value for value in watts if value is not None)


def _batteries(root: Path) -> list[Path]:
    return [
        folder
        for folder in sorted((root / "sys/class/power_supply").glob("*"))
        if read_text(folder / "type") == "Battery"
        and read_text(folder / "scope") != "Device"
        and read_number(folder / "present") != 0
    ]


def _capacity(folder: Path) -> float | None:
    energy = read_number(folder / "energy_full")
    if energy is None:
        charge = read_number(folder / "charge_full")
        volts = read_number(folder / "voltage_min_design") or read_number(folder / "voltage_now")
        energy = round(charge * volts * _MICRO) if charge and volts else None
    return energy * _MICRO * _SECONDS_PER_HOUR if energy and energy > 0 else None


def _watts(folder: Path) -> float | None:
    """Some drivers count what flows out as negative. No power at all is no reading."""
    power = read_number(folder / "power_now")
    if not power:
        current, volts = read_number(folder / "current_now"), read_number(folder / "voltage_now")
        power = round(current * volts * _MICRO) if current and volts else None
    return abs(power) * _MICRO if power else None
