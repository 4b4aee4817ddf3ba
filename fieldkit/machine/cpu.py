"""The processor: name, cores and the instruction sets that decide how fast the engine runs."""

from __future__ import annotations

import ctypes
import os
import platform
import sys
from dataclasses import dataclass
from pathlib import Path

import psutil

from fieldkit.core.text import clean_line
from fieldkit.machine.files import read_text

# Named as Linux names them; these tell the engine's CPU variants apart.
FEATURES = (
    "sse4_2",
    "avx",
    "f16c",
    "fma",
    "bmi2",
    "avx2",
    "avx_vnni",
    "avx512f",
    "avx512bw",
    "avx512vl",
    "avx512_vbmi",
    "avx512_vnni",
    "avx512_bf16",
    "amx_int8",
    "asimd",
    "asimddp",
    "i8mm",
    "sve",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cpu:
    """``usable_cores`` is how many logical cores this process may run on."""

    name: str | None
    architecture: str
    physical_cores: int | None
    logical_cores: int | None
    usable_cores: int | None
    features: tuple[str, ...] | None


def cpu(root: Path = Path("/")) -> Cpu:
    """Return the facts of this machine's processor; ``root`` is where ``proc`` is found."""
    info = read_text(root / "proc/cpuinfo") if sys.platform == "linux" else None
    return Cpu(
        name=_name(info),
        architecture=platform.machine().lower(),
        physical_cores=psutil.cpu_count(logical=False),
        logical_cores=psutil.cpu_count(),
        usable_cores=_usable(),
        features=_features(info),
    )


def _usable() -> int | None:
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else psutil.cpu_count()


def _field(info: str, *keys: str) -> str | None:
    for line in info.splitlines():
        key, _, value = line.partition(":")
        if key.strip() in keys and value.strip():
            return value.strip()
    return None


def _name(info: str | None) -> str | None:
    name = _field(info, "model name", "Hardware", "Model") if info is not None else None
    if name is None and sys.platform == "darwin":
        name = _sysctl("machdep.cpu.brand_string")
    if name is None and sys.platform == "win32":
        name = _registry_name()
    return clean_line(name or platform.processor() or "") or None


def _features(info: str | None) -> tuple[str, ...] | None:
    if info is not None:
        flags = _field(info, "flags", "Features")
    elif sys.platform == "darwin":
        flags = _mac_flags()
    else:
        flags = None
    if not flags:
        return None
    present = set(flags.split())
    return tuple(feature for feature in FEATURES if feature in present)


def _mac_flags() -> str | None:
    """Return the features that macOS knows, in Linux's spelling; None on Apple's processors."""
    known = [_sysctl(f"machdep.cpu.{part}") for part in ("features", "leaf7_features")]
    flags = " ".join(text for text in known if text).lower()
    return flags.replace("avx1.0", "avx").replace("sse4.2", "sse4_2") or None


def _sysctl(name: str) -> str | None:
    """Return a text that the kernel of macOS tells by name."""
    try:
        ask = ctypes.CDLL(None).sysctlbyname
    except (OSError, AttributeError, TypeError):
        return None
    size = ctypes.c_size_t(0)
    if ask(name.encode(), None, ctypes.byref(size), None, 0) or not size.value:
        return None
    buffer = ctypes.create_string_buffer(size.value)
    if ask(name.encode(), buffer, ctypes.byref(size), None, 0):
        return None
    return buffer.value.decode("utf-8", "replace").strip() or None


def _registry_name() -> str | None:
    if sys.platform != "win32":
        return None
    import winreg

    path = r"HARDWARE\DESCRIPTION\System\CentralProcessor\0"
    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, path) as key:
            return str(winreg.QueryValueEx(key, "ProcessorNameString")[0])
    except OSError:
        return None
