"""The battery while somebody asks: read now and then, and what is said about saving it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from fieldkit.chat.i18n import N_, _
from fieldkit.core.battery import LOW_PERCENT, MODES, Battery, LowBattery, Mode
from fieldkit.errors import UsageProblem

EVERY_S = 30.0
FIRST_S = 1.0  # how long who cannot be told later waits for the first reading

Read = Callable[[], Battery | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Power:
    """What the last reading came to: ``low`` is whether the battery is saved, as ``mode`` says."""

    battery: Battery | None = None
    low: bool = False
    mode: Mode = "auto"


class BatteryWatch:
    """Reads the battery on a thread of its own and tells what changed; ``read`` None: never.

    ``tell`` is called from that thread, or from the one that sets ``mode``, never from both at
    once. A reading that raises or hangs leaves everything as it is.
    """

    def __init__(
        self,
        read: Read | None,
        tell: Callable[[Power], None],
        *,
        percent: float = LOW_PERCENT,
        mode: Mode = "auto",
    ) -> None:
        self._read = read
        self._tell = tell
        self._gauge = LowBattery(percent)
        self._low = False
        self._battery: Battery | None = None
        self._mode: Mode = mode
        self._lock = threading.Lock()
        self._ending = threading.Event()
        self._first = threading.Event()
        self.power = Power()

    def begin(self, wait_s: float = 0.0) -> None:
        """Start to read; wait so long for the first reading at most."""
        self._judge()
        if self._read is not None:
            threading.Thread(target=self._run, name="battery", daemon=True).start()
            self._first.wait(wait_s)

    def close(self) -> None:
        """Read no more; safe to call twice."""
        self._ending.set()

    @property
    def mode(self) -> Mode:
        """Whether the battery is saved when it is low, always, or never."""
        return self._mode

    @mode.setter
    def mode(self, mode: Mode) -> None:
        self._mode = mode
        self._judge()

    def look(self) -> None:
        """Read the battery once."""
        assert self._read is not None
        try:
            battery = self._read()
        except Exception:  # noqa: BLE001 - whatever a system says of its battery: it is not known
            battery = None
        with self._lock:
            self._battery = battery
            self._low = self._gauge.see(battery)
        self._judge()

    def _run(self) -> None:
        while not self._ending.is_set():
            self.look()
            self._first.set()
            self._ending.wait(EVERY_S)

    def _judge(self) -> None:
        """Tell what is another now."""
        with self._lock:
            low = self._mode == "on" or (self._mode == "auto" and self._low)
            power = Power(battery=self._battery, low=low, mode=self._mode)
            if power != self.power:
                self.power = power
                self._tell(power)


def low_now(read: Read | None, percent: float, mode: Mode) -> Power:
    """One reading, for who asks a single question; waits a second for it at most."""
    watch = BatteryWatch(read, lambda _power: None, percent=percent, mode=mode)
    watch.begin(FIRST_S)
    watch.close()
    return watch.power


def chosen(word: str, mode: Mode) -> Mode:
    """The mode that ``word`` names, the next one without a word; raises UsageProblem."""
    if not word:
        return MODES[(MODES.index(mode) + 1) % len(MODES)]
    for known in MODES:
        if word.casefold() == known:
            return known
    raise UsageProblem(_("that is no way to save the battery"), hint=f"/battery {'|'.join(MODES)}")


def mode_of(word: str) -> Mode:
    """The mode that ``word`` names, the usual one for any other."""
    return next((mode for mode in MODES if mode == word), "auto")


def charge(battery: Battery) -> str:
    """Its charge in per cent, as it is written everywhere."""
    return f"{battery.percent:.0f} %"


def told(power: Power) -> str:
    """What holds now, for who asks."""
    parts = [_(_MODE[power.mode]) if power.mode != "auto" else _(_AUTO[power.low])]
    if power.battery is not None:
        text = (
            N_("Battery: {percent}, plugged in.")
            if power.battery.on_mains
            else N_("Battery: {percent}.")
        )
        parts.append(_(text).format(percent=charge(power.battery)))
    return " ".join(parts)


def begun(power: Power) -> str:
    """What is said once when the battery begins to be saved."""
    effect = _("Fewer processor cores, shorter answers, nothing is read ahead.")
    if power.mode == "on" or power.battery is None:
        return f"{_(_MODE['on'])} {effect}"
    text = _("The battery is saved, it is at {percent}.").format(percent=charge(power.battery))
    return f"{text} {effect} {_('/battery off ends that.')}"


def over() -> str:
    """What is said once when it is not saved any more."""
    return _("The battery is not saved any more: full speed, whole answers.")


_MODE = {
    "on": N_("Low-battery mode is on."),
    "off": N_("Low-battery mode is off, however low the battery is."),
}
_AUTO = {
    True: N_("Low-battery mode is automatic, and on now."),
    False: N_("Low-battery mode is automatic, and off now."),
}
