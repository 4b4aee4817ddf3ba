"""What a stretch of work takes in joules, from the processor's counters or from the battery.

Linux only: RAPL counts (``sys/class/powercap``, root only since CVE-2020-8694) are used before the
battery's discharge. Windows and macOS tell no more than a percentage, which is too coarse for work
of seconds. What cannot be read is None, and so is a counter that does not move: never 0.
"""

from __future__ import annotations

import sys
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fieldkit.machine.battery import discharge_w
from fieldkit.machine.files import read_number, read_text

# Far below the shortest time in which a counter wraps: 32 bits of 15 uJ at 100 W are 11 minutes.
SAMPLE_S = 0.5
# A battery's controller averages over seconds and tells a new value every few seconds.
BATTERY_MIN_S = 15.0

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Energy:
    """``joules`` taken in ``seconds``."""

    joules: float
    seconds: float

    @property
    def watts(self) -> float:
        """The mean power."""
        return self.joules / self.seconds


class Watch(ABC):
    """Adds up energy from ``sample`` to ``sample``; one that fails once tells nothing any more."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._began = clock()
        self._joules = 0.0
        self._failed = False
        self._lock = threading.Lock()

    def sample(self) -> None:
        """Count what was taken since the last sample."""
        with self._lock:
            taken = None if self._failed else self._taken()
            if taken is None:
                self._failed = True
            else:
                self._joules += taken

    def energy(self, *, at_least_s: float = 0.0) -> Energy | None:
        """What the samples add up to so far; None when unreadable, zero, or too short to trust."""
        seconds = self._clock() - self._began
        if self._failed or self._joules <= 0 or seconds <= 0 or seconds < at_least_s:
            return None
        return Energy(self._joules, seconds)

    @abstractmethod
    def _taken(self) -> float | None:
        """Joules since the last call; None when they cannot be read."""


class Meter:
    """A source of energy readings; ``source`` names it: ``psys``, ``package-0``, ``battery``."""

    def __init__(self, source: str, start: Callable[[], Watch], *, at_least_s: float = 0.0) -> None:
        self.source = source
        self.at_least_s = at_least_s
        self._start = start

    def start(self) -> Watch:
        """Begin to count."""
        return self._start()

    @contextmanager
    def watching(self) -> Iterator[Watch]:
        """Count while the body runs; the watch is complete when it has ended."""
        watch = self.start()
        stop = threading.Event()

        def run() -> None:
            while not stop.wait(SAMPLE_S):
                watch.sample()

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        try:
            yield watch
        finally:
            stop.set()
            thread.join()
            watch.sample()


def find_meter(root: Path = Path("/"), clock: Clock = time.monotonic) -> Meter | None:
    """The best meter this user may read now, None when there is none; ``root`` holds ``sys``."""
    if sys.platform != "linux":
        return None
    if counters := _counters(root):
        source = "+".join(name for name, _ in counters)
        folders = [folder for _, folder in counters]
        return Meter(source, lambda: _RaplWatch(folders, clock))
    if discharge_w(root) is not None:
        return Meter("battery", lambda: _BatteryWatch(root, clock), at_least_s=BATTERY_MIN_S)
    return None


def counter_name(root: Path = Path("/")) -> str | None:
    """The name of the widest counter this user may read, None when there is none."""
    return next((name for name, _ in _counters(root)), None)


def above_idle(work: Energy | None, idle: Energy | None) -> float | None:
    """Joules that ``work`` took beyond what the idle machine takes in the same time.

    None when either is not known, or when the work does not stand out from idling.
    """
    if work is None or idle is None:
        return None
    net = work.joules - idle.watts * work.seconds
    return net if net > 0 else None


def _counters(root: Path) -> list[tuple[str, Path]]:
    """The counters to add up: the platform's alone, else every package's, none if one is missing.

    Domains inside a package (``core``, ``uncore``, ``dram``) count again what the package counts.
    Some firmware offers a platform counter that stays 0.
    """
    found: dict[str, tuple[Path, int | None]] = {}
    for folder in sorted((root / "sys/class/powercap").glob("intel-rapl:*")):
        name = read_text(folder / "name")
        if name and folder.name.count(":") == 1:
            found.setdefault(name, (folder, read_number(folder / "energy_uj")))
    platform = found.pop("psys", None)
    if platform and platform[1]:
        return [("psys", platform[0])]
    if any(count is None for _, count in found.values()):
        return []
    return [(name, folder) for name, (folder, _) in found.items()]


class _RaplWatch(Watch):
    """Counters in microjoules that start over after ``max_energy_range_uj``."""

    def __init__(self, folders: list[Path], clock: Clock) -> None:
        super().__init__(clock)
        self._ranges = {folder: read_number(folder / "max_energy_range_uj") for folder in folders}
        self._last = {folder: read_number(folder / "energy_uj") for folder in folders}

    def _taken(self) -> float | None:
        total = 0
        for folder, limit in self._ranges.items():
            now, last = read_number(folder / "energy_uj"), self._last[folder]
            if now is None or last is None:
                return None
            if now < last:
                if limit is None or last > limit:
                    return None
                total += limit
            total += now - last
            self._last[folder] = now
        return total * 1e-6


class _BatteryWatch(Watch):
    """The battery's power, taken to hold from one sample to the next."""

    def __init__(self, root: Path, clock: Clock) -> None:
        super().__init__(clock)
        self._root = root
        self._time = self._began
        self._watts = discharge_w(root)

    def _taken(self) -> float | None:
        now, watts = self._clock(), discharge_w(self._root)
        if watts is None or self._watts is None:
            return None
        joules = (watts + self._watts) / 2 * (now - self._time)
        self._time, self._watts = now, watts
        return joules
