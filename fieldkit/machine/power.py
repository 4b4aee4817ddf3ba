"""Mains, battery or battery saver, and whether the processor's energy can be read."""

from __future__ import annotations

import configparser
import ctypes
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import psutil

from fieldkit.machine.battery import capacity_j
from fieldkit.machine.energy import counter_name
from fieldkit.machine.files import read_text

PowerState = Literal["mains", "battery", "saver", "unknown"]

_ENERGY_PREFERENCE = "sys/devices/system/cpu/cpufreq/policy0/energy_performance_preference"
_PROFILES_DAEMON = "var/lib/power-profiles-daemon/state.ini"


@dataclass(frozen=True, slots=True, kw_only=True)
class Power:
    """How this machine is powered; None is not known.

    ``saver`` tells whether the system trades speed for battery life. ``battery_capacity_j`` is what
    the batteries hold when full, in joules. ``energy_counter`` names the energy counter (RAPL) this
    user may read; Linux lets only root read it (CVE-2020-8694).
    """

    on_mains: bool | None
    battery_percent: float | None
    saver: bool | None = None
    battery_capacity_j: float | None = None
    energy_counter: str | None

    @property
    def state(self) -> PowerState:
        """What speed depends on: a saver slows the processor down on mains too."""
        if self.saver:
            return "saver"
        if self.on_mains is None:
            return "unknown"
        return "mains" if self.on_mains else "battery"


def power(root: Path = Path("/")) -> Power:
    """Return how this machine is powered; ``root`` is where ``sys`` and ``var`` are found."""
    battery = _battery()
    linux = sys.platform == "linux"
    return Power(
        on_mains=None if battery is None else battery[1],
        battery_percent=None if battery is None else battery[0],
        saver=_saver(root),
        battery_capacity_j=capacity_j(root) if linux else None,
        energy_counter=counter_name(root) if linux else None,
    )


def power_state() -> PowerState:
    """The state of this machine's power now, by one word: a key for what was tuned in it."""
    return power().state


def _battery() -> tuple[float, bool | None] | None:
    read = getattr(psutil, "sensors_battery", None)
    if read is None:
        return None
    try:
        battery = read()
    except (OSError, RuntimeError, ValueError):
        return None
    return None if battery is None else (round(battery.percent, 1), battery.power_plugged)


def _saver(root: Path) -> bool | None:
    if sys.platform == "linux":
        return _linux_saver(root)
    if sys.platform == "win32":
        return _windows_saver()
    return None  # macOS tells it only to pmset and to its own frameworks


def _linux_saver(root: Path) -> bool | None:
    """What the firmware and the processor were told; else what the profiles daemon last chose."""
    profile = read_text(root / "sys/firmware/acpi/platform_profile")
    preference = read_text(root / _ENERGY_PREFERENCE)
    if profile == "low-power" or preference == "power":
        return True
    if profile or preference:
        return False
    state = configparser.ConfigParser(interpolation=None)
    try:
        state.read_string(read_text(root / _PROFILES_DAEMON) or "")
    except configparser.Error:
        return None
    chosen = state.get("State", "Profile", fallback=None)
    return None if chosen is None else chosen == "power-saver"


def _windows_saver() -> bool | None:
    """``SYSTEM_POWER_STATUS.SystemStatusFlag`` is 1 while battery saver is on (Windows 10)."""
    if sys.platform != "win32":
        return None

    class Status(ctypes.Structure):
        _fields_ = (
            ("line", ctypes.c_ubyte),
            ("battery_flag", ctypes.c_ubyte),
            ("battery_percent", ctypes.c_ubyte),
            ("system_flag", ctypes.c_ubyte),
            ("battery_seconds", ctypes.c_uint32),
            ("battery_full_seconds", ctypes.c_uint32),
        )

    status = Status()
    try:
        told = ctypes.windll.kernel32.GetSystemPowerStatus(ctypes.byref(status))
    except (OSError, AttributeError):
        return None
    return bool(status.system_flag & 1) if told else None
