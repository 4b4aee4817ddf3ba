"""All facts of this machine together."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from fieldkit.machine.cpu import Cpu, cpu
from fieldkit.machine.disk import Disk, disk
from fieldkit.machine.memory import Ram, memory
from fieldkit.machine.power import Power, power
from fieldkit.machine.system import System, system
from fieldkit.machine.terminal import Terminal, terminal


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """One machine as it is now: available memory and battery change by the minute."""

    system: System
    cpu: Cpu
    memory: Ram
    disk: Disk
    power: Power
    terminal: Terminal

    def to_dict(self) -> dict[str, Any]:
        """Return the facts as plain data for JSON."""
        data = asdict(self)
        if self.cpu.features is not None:
            data["cpu"]["features"] = list(self.cpu.features)
        return data

    def lasting(self) -> dict[str, Any]:
        """Return the facts that stay the same from run to run, to key measurements by."""
        return {
            "cpu": self.cpu.name,
            "architecture": self.cpu.architecture,
            "physical_cores": self.cpu.physical_cores,
            "usable_cores": self.cpu.usable_cores,
            "memory_total": self.memory.total,
            "os": self.system.os,
            "kernel": self.system.kernel,
        }


def machine(path: Path) -> Machine:
    """Return the facts of this machine; ``path`` is where something would be installed."""
    return Machine(
        system=system(),
        cpu=cpu(),
        memory=memory(),
        disk=disk(path),
        power=power(),
        terminal=terminal(),
    )
