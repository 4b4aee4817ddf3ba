"""Facts of the machine, read from made-up kernel files; what is missing is None."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import psutil
import pytest

from fieldkit.machine import power as power_module
from fieldkit.machine.cpu import cpu
from fieldkit.machine.disk import disk
from fieldkit.machine.facts import machine
from fieldkit.machine.memory import memory
from fieldkit.machine.power import power
from fieldkit.machine.process import process_memory
from fieldkit.machine.terminal import terminal

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="reads Linux's kernel files")
MIB = 1 << 20


def put(root: Path, path: str, text: str) -> None:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


@linux_only
def test_the_processor_is_named_with_the_features_that_matter(tmp_path: Path) -> None:
    put(
        tmp_path,
        "proc/cpuinfo",
        "processor\t: 0\nmodel name\t: Some  CPU \x1b[31m@ 2 GHz\n"
        "flags\t\t: fpu sse4_2 avx fma avx2 avx512_vnni nonsense\n",
    )
    facts = cpu(tmp_path)
    assert facts.name == "Some CPU [31m@ 2 GHz"
    assert facts.features == ("sse4_2", "avx", "fma", "avx2", "avx512_vnni")


@linux_only
def test_a_processor_that_tells_nothing_is_unknown(tmp_path: Path) -> None:
    assert cpu(tmp_path).features is None


@linux_only
@pytest.mark.parametrize(
    ("cgroup", "folder", "files"),
    [
        ("0::/app/inner\n", "sys/fs/cgroup/app", ("memory.max", "memory.current")),
        ("0::/\n", "sys/fs/cgroup", ("memory.max", "memory.current")),
        (
            "5:devices:/\n4:memory:/box\n",
            "sys/fs/cgroup/memory/box",
            ("memory.limit_in_bytes", "memory.usage_in_bytes"),
        ),
        (
            "4:memory:/only/on/the/host\n",
            "sys/fs/cgroup/memory",
            ("memory.limit_in_bytes", "memory.usage_in_bytes"),
        ),
    ],
    ids=["v2", "v2-root", "v1", "v1-host-path"],
)
def test_a_containers_limit_counts(
    cgroup: str, folder: str, files: tuple[str, str], tmp_path: Path
) -> None:
    put(tmp_path, "proc/self/cgroup", cgroup)
    put(tmp_path, f"{folder}/{files[0]}", f"{256 * MIB}\n")
    put(tmp_path, f"{folder}/{files[1]}", f"{200 * MIB}\n")
    put(
        tmp_path,
        f"{folder}/memory.stat",
        f"anon 5\nactive_file {20 * MIB}\ninactive_file {30 * MIB}\n",
    )
    ram = memory(tmp_path)
    assert ram.total == ram.container_limit == 256 * MIB
    assert ram.available == 106 * MIB


@linux_only
@pytest.mark.parametrize("limit", ["max", str(1 << 62)])
def test_a_group_without_a_limit_changes_nothing(limit: str, tmp_path: Path) -> None:
    put(tmp_path, "proc/self/cgroup", "0::/app\n")
    put(tmp_path, "sys/fs/cgroup/app/memory.max", limit)
    put(tmp_path, "sys/fs/cgroup/app/memory.current", "1000")
    ram = memory(tmp_path)
    assert ram.container_limit is None
    assert ram.total == psutil.virtual_memory().total


def test_the_disk_of_a_folder_that_does_not_exist_yet(tmp_path: Path) -> None:
    facts = disk(tmp_path / "not" / "yet")
    assert facts.path == str(tmp_path)
    assert facts.total is not None
    assert facts.free is not None
    assert 0 < facts.free <= facts.total


@linux_only
@pytest.mark.parametrize(
    ("domains", "name"),
    [
        ({}, None),
        ({"intel-rapl:0": ("package-0", "12345")}, "package-0"),
        ({"intel-rapl:0": ("package-0", "1"), "intel-rapl:1": ("psys", "2")}, "psys"),
        ({"intel-rapl:0": ("package-0", "unreadable")}, None),
    ],
)
def test_the_widest_energy_counter_is_named(
    domains: dict[str, tuple[str, str]], name: str | None, tmp_path: Path
) -> None:
    for folder, (label, energy) in domains.items():
        put(tmp_path, f"sys/class/powercap/{folder}/name", f"{label}\n")
        put(tmp_path, f"sys/class/powercap/{folder}/energy_uj", energy)
    assert power(tmp_path).energy_counter == name


def test_a_battery_is_reported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    battery = type("Battery", (), {"percent": 81.23, "power_plugged": False})()
    monkeypatch.setattr(power_module.psutil, "sensors_battery", lambda: battery, raising=False)
    facts = power(tmp_path)
    assert (facts.on_mains, facts.battery_percent) == (False, 81.2)


def test_a_machine_without_a_battery_is_unknown(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(power_module.psutil, "sensors_battery", lambda: None, raising=False)
    assert power(tmp_path).on_mains is None


@pytest.mark.parametrize(
    ("environment", "colours", "unicode"),
    [
        ({"TERM": "xterm-256color", "LANG": "de_DE.UTF-8"}, 256, True),
        (
            {"TERM": "xterm", "COLORTERM": "truecolor", "LC_ALL": "C", "LANG": "x.utf8"},
            1 << 24,
            False,
        ),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, 0, False),
        ({"TERM": "dumb"}, 0, False),
        ({"TERM": "vt100"}, 8, False),
        ({}, 0, False),
    ],
)
@pytest.mark.skipif(os.name == "nt", reason="Windows' terminals are always capable")
def test_what_the_terminal_can_show(
    environment: dict[str, str], colours: int, unicode: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    facts = terminal(environment)
    assert facts.interactive
    assert (facts.colours, facts.unicode) == (colours, unicode)


def test_output_to_a_pipe_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: False, raising=False)
    facts = terminal({"TERM": "xterm-256color"})
    assert (facts.interactive, facts.columns, facts.colours) == (False, None, 0)


def test_all_facts_are_plain_data(tmp_path: Path) -> None:
    facts = machine(tmp_path)
    data = json.loads(json.dumps(facts.to_dict()))
    assert set(data) == {"system", "cpu", "memory", "disk", "power", "terminal"}
    assert data["memory"]["available"] <= data["memory"]["total"]
    assert data["cpu"]["logical_cores"] >= 1
    assert "available" not in str(facts.lasting())


@linux_only
def test_a_processs_memory_is_split(tmp_path: Path) -> None:
    put(
        tmp_path,
        "proc/42/status",
        "Name:\tx\nVmHWM:\t    900 kB\nRssAnon:\t     300 kB\nRssFile:\t 500 kB\nThreads:\t4\n",
    )
    put(tmp_path, "proc/42/smaps_rollup", "00-ff ---p 00000000 00:00 0  [rollup]\nPss:  700 kB\n")
    memory = process_memory(42, tmp_path)
    assert memory.anonymous == 300 * 1024
    assert memory.file == 500 * 1024
    assert memory.proportional == 700 * 1024
    assert memory.high_water == 900 * 1024


def test_this_process_has_memory_and_a_gone_one_has_not(tmp_path: Path) -> None:
    peak = process_memory(os.getpid()).peak
    assert peak is not None
    assert peak > MIB
    assert process_memory(2**22 + 1, tmp_path).peak is None
