"""The recipe that is kept beside the model: with what it was made, and how long that took."""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import platform
from dataclasses import asdict
from pathlib import Path

from fieldkit.packager.demo_model.network import Network
from fieldkit.packager.demo_model.seeding import Seed
from fieldkit.packager.demo_model.train import Recipe

_PINS = ("torch", "sentencepiece", "numpy", "gguf")


def sha256(paths: list[Path]) -> str:
    """The checksum of the files' contents, one after the other."""
    total = hashlib.sha256()
    for path in paths:
        total.update(path.read_bytes())
    return total.hexdigest()


def _processor() -> str:
    path = Path("/proc/cpuinfo")
    lines = path.read_text("utf-8").splitlines() if path.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def write(
    path: Path, recipe: Recipe, network: Network, *, steps: int, spent: float, corpus: list[Path]
) -> None:
    """Write the recipe of ``network`` to ``path`` and the pins beside it."""
    versions = {name: importlib.metadata.version(name) for name in _PINS}
    tables: dict[str, dict[str, object]] = {
        "model": {"parameters": network.size(), **network.shape.as_dict()},
        "training": {"steps": steps, "minutes_spent": round(spent / 60, 1), **asdict(recipe)},
        "copying_layers": asdict(Seed()),
        "corpus": {"files": [file.name for file in corpus], "sha256": sha256(corpus)},
        "machine": {"processor": _processor(), "cores": os.cpu_count() or 0},
        "versions": {"python": platform.python_version(), **versions},
    }
    lines = ["# How this model was made; written by fieldkit.packager.demo_model.", ""]
    for table, values in tables.items():
        lines.append(f"[{table}]")
        lines += [f"{key} = {_toml(value)}" for key, value in values.items()]
        lines.append("")
    path.write_text("\n".join(lines).rstrip() + "\n", "utf-8")
    pins = "".join(f"{name}=={version.partition('+')[0]}\n" for name, version in versions.items())
    path.with_name("requirements.txt").write_text(pins, "utf-8")


def _toml(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(_toml(item) for item in value)}]"
    return f'"{value}"' if isinstance(value, str) else str(value)
