"""Energy of a stretch of work: counters that wrap, batteries, and all that cannot be read."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from fieldkit.core.measurement import EnergyUse
from fieldkit.machine import power as power_module
from fieldkit.machine.battery import capacity_j, discharge_w
from fieldkit.machine.energy import Energy, above_idle, counter_name, find_meter
from fieldkit.machine.power import Power, power, power_state
from fieldkit.probe.energy import energy_use

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads Linux's kernel files")

RANGE = 262_143_328_850  # uJ, as Intel's packages count


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def counter(root: Path, name: str, energy: int | str, *, at: str = "intel-rapl:0") -> Path:
    folder = root / "sys/class/powercap" / at
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "name").write_text(f"{name}\n")
    (folder / "max_energy_range_uj").write_text(f"{RANGE}\n")
    (folder / "energy_uj").write_text(f"{energy}\n")
    return folder / "energy_uj"


def battery(root: Path, name: str = "BAT0", **files: str | int) -> Path:
    folder = root / "sys/class/power_supply" / name
    folder.mkdir(parents=True, exist_ok=True)
    for file, value in {"type": "Battery", "status": "Discharging", **files}.items():
        (folder / file).write_text(f"{value}\n")
    return folder


def test_a_counter_is_read_in_joules(tmp_path: Path) -> None:
    clock = Clock()
    package = counter(tmp_path, "package-0", 5_000_000)
    meter = find_meter(tmp_path, clock)
    assert meter is not None
    assert meter.source == "package-0"
    watch = meter.start()
    package.write_text("25000000")
    clock.now += 4
    watch.sample()
    assert watch.energy() == Energy(20.0, 4.0)
    energy = watch.energy()
    assert energy is not None
    assert energy.watts == 5.0


def test_a_counter_that_wraps_goes_on(tmp_path: Path) -> None:
    clock = Clock()
    package = counter(tmp_path, "package-0", RANGE - 3_000_000)
    meter = find_meter(tmp_path, clock)
    assert meter is not None
    watch = meter.start()
    for count in (RANGE - 1_000_000, 4_000_000, 6_000_000):
        package.write_text(str(count))
        clock.now += 1
        watch.sample()
    energy = watch.energy()
    assert energy is not None
    assert energy.joules == pytest.approx(9.0)


def test_a_counter_that_jumps_back_without_a_known_range_tells_nothing(tmp_path: Path) -> None:
    package = counter(tmp_path, "package-0", 9_000_000)
    (package.parent / "max_energy_range_uj").unlink()
    meter = find_meter(tmp_path)
    assert meter is not None
    watch = meter.start()
    package.write_text("1")
    watch.sample()
    package.write_text("99000000")
    watch.sample()
    assert watch.energy() is None


def test_packages_are_added_up_and_their_parts_are_not(tmp_path: Path) -> None:
    clock = Clock()
    files = [
        counter(tmp_path, "package-0", 1, at="intel-rapl:0"),
        counter(tmp_path, "core", 1, at="intel-rapl:0:0"),
        counter(tmp_path, "package-1", 1, at="intel-rapl:1"),
    ]
    meter = find_meter(tmp_path, clock)
    assert meter is not None
    assert meter.source == "package-0+package-1"
    watch = meter.start()
    for file in files:
        file.write_text("2000001")
    clock.now += 1
    watch.sample()
    energy = watch.energy()
    assert energy is not None
    assert energy.joules == pytest.approx(4.0)


def test_the_platforms_counter_is_preferred_unless_it_stands_still(tmp_path: Path) -> None:
    counter(tmp_path, "package-0", 7)
    platform = counter(tmp_path, "psys", 8, at="intel-rapl:1")
    assert counter_name(tmp_path) == "psys"
    platform.write_text("0")
    assert counter_name(tmp_path) == "package-0"


def test_one_unreadable_package_would_count_half(tmp_path: Path) -> None:
    counter(tmp_path, "package-0", 7)
    counter(tmp_path, "package-1", "garbage", at="intel-rapl:1")
    assert counter_name(tmp_path) is None


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="has no permissions to take away")
def test_without_permission_there_is_no_meter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = counter(tmp_path, "package-0", 7)
    package.chmod(0)
    if os.geteuid() == 0:  # root reads everything
        opened = Path.open

        def refuse(path: Path, *arguments: object, **named: object) -> object:
            if path == package:
                raise PermissionError(13, "Permission denied", str(path))
            return opened(path, *arguments, **named)

        monkeypatch.setattr(Path, "open", refuse)
    assert find_meter(tmp_path) is None


def test_nothing_to_read_is_no_meter(tmp_path: Path) -> None:
    assert find_meter(tmp_path) is None


def test_a_counter_that_does_not_move_is_unknown(tmp_path: Path) -> None:
    clock = Clock()
    counter(tmp_path, "package-0", 5)
    meter = find_meter(tmp_path, clock)
    assert meter is not None
    watch = meter.start()
    clock.now += 3
    watch.sample()
    assert watch.energy() is None


def test_a_counter_that_vanishes_makes_all_of_it_unknown(tmp_path: Path) -> None:
    package = counter(tmp_path, "package-0", 5)
    meter = find_meter(tmp_path)
    assert meter is not None
    watch = meter.start()
    package.write_text("5000")
    watch.sample()
    package.unlink()
    watch.sample()
    assert watch.energy() is None


def test_a_watch_samples_by_itself_until_the_work_ends(tmp_path: Path) -> None:
    package = counter(tmp_path, "package-0", 5)
    meter = find_meter(tmp_path)
    assert meter is not None
    with meter.watching() as watch:
        package.write_text("3000005")
    energy = watch.energy()
    assert energy is not None
    assert energy.joules == pytest.approx(3.0)


@pytest.mark.parametrize(
    "files",
    [
        {"power_now": 12_000_000},
        {"power_now": -12_000_000},
        {"current_now": 1_000_000, "voltage_now": 12_000_000},
        {"power_now": 0, "current_now": -1_000_000, "voltage_now": 12_000_000},
    ],
)
def test_a_discharging_battery_is_a_meter(tmp_path: Path, files: Mapping[str, int]) -> None:
    clock = Clock()
    folder = battery(tmp_path, **files)
    meter = find_meter(tmp_path, clock)
    assert meter is not None
    assert meter.source == "battery"
    watch = meter.start()
    for _ in range(20):
        clock.now += 1
        watch.sample()
    energy = watch.energy(at_least_s=meter.at_least_s)
    assert energy is not None
    assert energy.joules == pytest.approx(240.0)
    (folder / "status").write_text("Charging")
    watch.sample()
    assert watch.energy() is None


def test_a_battery_that_was_watched_too_shortly_tells_nothing(tmp_path: Path) -> None:
    clock = Clock()
    battery(tmp_path, power_now=12_000_000)
    meter = find_meter(tmp_path, clock)
    assert meter is not None
    watch = meter.start()
    clock.now += 5
    watch.sample()
    assert watch.energy() is not None
    assert watch.energy(at_least_s=meter.at_least_s) is None


@pytest.mark.parametrize(
    "files",
    [
        {"status": "Charging", "power_now": 5_000_000},
        {"status": "Full", "power_now": 0},
        {"status": "Discharging"},
        {"status": "Discharging", "power_now": 0},
        {"status": "Discharging", "current_now": 3, "voltage_now": 0},
        {"status": "Discharging", "power_now": 5_000_000, "scope": "Device"},
        {"status": "Discharging", "power_now": 5_000_000, "present": 0},
    ],
)
def test_a_battery_that_tells_nothing_is_no_meter(
    tmp_path: Path, files: Mapping[str, str | int]
) -> None:
    battery(tmp_path, **files)
    assert discharge_w(tmp_path) is None
    assert find_meter(tmp_path) is None


def test_two_batteries_discharge_together(tmp_path: Path) -> None:
    battery(tmp_path, "BAT0", power_now=4_000_000, energy_full=20_000_000)
    battery(tmp_path, "BAT1", status="Not charging", power_now=0, energy_full=30_000_000)
    assert discharge_w(tmp_path) == pytest.approx(4.0)
    assert capacity_j(tmp_path) == pytest.approx(50 * 3600)
    battery(tmp_path, "BAT1", status="Charging")
    assert discharge_w(tmp_path) is None


@pytest.mark.parametrize(
    ("files", "joules"),
    [
        ({"energy_full": 50_000_000}, 180_000.0),
        ({"charge_full": 4_000_000, "voltage_min_design": 12_500_000}, 180_000.0),
        ({"charge_full": 4_000_000, "voltage_now": 12_500_000}, 180_000.0),
        ({"charge_full": 4_000_000}, None),
        ({"energy_full": 0}, None),
        ({}, None),
    ],
)
def test_what_a_battery_holds(
    tmp_path: Path, files: Mapping[str, int], joules: float | None
) -> None:
    battery(tmp_path, **files)
    assert capacity_j(tmp_path) == (None if joules is None else pytest.approx(joules))


def test_no_battery_holds_nothing_known(tmp_path: Path) -> None:
    assert capacity_j(tmp_path) is None


def test_idling_is_not_charged_to_the_work() -> None:
    work, idle = Energy(100.0, 10.0), Energy(8.0, 2.0)
    assert above_idle(work, idle) == pytest.approx(60.0)
    assert above_idle(work, Energy(30.0, 2.0)) is None, "the work does not stand out"
    assert above_idle(work, None) is None
    assert above_idle(None, idle) is None


@pytest.fixture
def no_battery(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(power_module.psutil, "sensors_battery", lambda: None, raising=False)
    return


@pytest.mark.usefixtures("no_battery")
@pytest.mark.parametrize(
    ("files", "saver"),
    [
        ({}, None),
        ({"sys/firmware/acpi/platform_profile": "low-power\n"}, True),
        ({"sys/firmware/acpi/platform_profile": "balanced\n"}, False),
        (
            {"sys/devices/system/cpu/cpufreq/policy0/energy_performance_preference": "power\n"},
            True,
        ),
        (
            {
                "sys/firmware/acpi/platform_profile": "balanced\n",
                "sys/devices/system/cpu/cpufreq/policy0/energy_performance_preference": "power",
            },
            True,
        ),
        ({"var/lib/power-profiles-daemon/state.ini": "[State]\nProfile=power-saver\n"}, True),
        ({"var/lib/power-profiles-daemon/state.ini": "[State]\nProfile=balanced\n"}, False),
        ({"var/lib/power-profiles-daemon/state.ini": "Profile=\x00 nonsense"}, None),
        ({"var/lib/power-profiles-daemon/state.ini": "[State]\nDriver=x%y\n"}, None),
    ],
)
def test_battery_saver_is_found_where_linux_tells_it(
    tmp_path: Path, files: Mapping[str, str], saver: bool | None
) -> None:
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    assert power(tmp_path).saver is saver


@pytest.mark.parametrize(
    ("on_mains", "saver", "state"),
    [
        (True, None, "mains"),
        (True, False, "mains"),
        (False, None, "battery"),
        (False, True, "saver"),
        (True, True, "saver"),
        (None, None, "unknown"),
        (None, False, "unknown"),
        (None, True, "saver"),
    ],
)
def test_the_state_of_the_power_has_one_name(
    on_mains: bool | None, saver: bool | None, state: str
) -> None:
    facts = Power(on_mains=on_mains, battery_percent=None, saver=saver, energy_counter=None)
    assert facts.state == state


def test_this_machines_power_has_a_state() -> None:
    assert power_state() in {"mains", "battery", "saver", "unknown"}


class Laptop:
    """Idles at 2 W, and takes 1 s and 10 J more for 64 tokens written or 512 tokens read."""

    def __init__(self, root: Path) -> None:
        self.clock = Clock()
        self.count = 5_000_000
        self.file = counter(root, "package-0", self.count)
        self.steps: list[tuple[str, int]] = []

    def pass_time(self, seconds: float, joules: float = 0.0) -> None:
        self.clock.now += seconds
        self.count += round((2 * seconds + joules) * 1e6)
        self.file.write_text(str(self.count))

    def bench(self, options: Mapping[str, list[tuple[str, int]]]) -> dict[str, object]:
        self.steps += options["steps"]
        self.pass_time(1.0, 10.0)
        return {"seconds": []}


def test_energy_is_measured_per_token_beyond_idling(tmp_path: Path) -> None:
    laptop = Laptop(tmp_path)
    found = energy_use(
        laptop,
        find_meter(tmp_path, laptop.clock),
        context=4096,
        battery_j=180_000.0,
        clock=laptop.clock,
        pause=laptop.pass_time,
    )
    assert found.source == "package-0"
    assert found.decode_j_per_token == pytest.approx(10 / 64)
    assert found.prefill_j_per_token == pytest.approx(10 / 512)
    assert found.answers_per_charge == int(180_000 / (800 * 10 / 512 + 150 * 10 / 64))
    assert set(laptop.steps) == {("keep", 0), ("decode", 64), ("read", 512)}


def test_energy_is_unknown_when_the_counter_stops(tmp_path: Path) -> None:
    laptop = Laptop(tmp_path)
    meter = find_meter(tmp_path, laptop.clock)
    laptop.file.unlink()
    (tmp_path / "elsewhere").mkdir()
    laptop.file = tmp_path / "elsewhere" / "energy_uj"
    found = energy_use(
        laptop, meter, context=16, battery_j=1e5, clock=laptop.clock, pause=laptop.pass_time
    )
    assert found == EnergyUse(battery_j=1e5)
    assert found.answers_per_charge is None


def test_without_a_meter_nothing_is_run(tmp_path: Path) -> None:
    laptop = Laptop(tmp_path)
    assert energy_use(laptop, None, context=4096) == EnergyUse()
    assert laptop.steps == []
