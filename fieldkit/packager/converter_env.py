"""The environment that llama.cpp's converter runs in: its own Python packages, kept in the cache.

``build/convert/converter.toml`` says what it is, ``build/locks/converter.txt`` holds every package
by hash. The converter itself and its ``gguf`` package come from the engine's pinned source.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fieldkit import resources
from fieldkit.engine.location import platform_name
from fieldkit.errors import FetchFailed, FieldkitError, UsageProblem
from fieldkit.packager.cache import key_of, sync_tree
from fieldkit.packager.engine import Progress, ensure_source
from fieldkit.packager.process import Log, call, ignore
from fieldkit.packager.quantize import check_space
from fieldkit.packager.workplace import workplace

_COLLECTING = re.compile(r"^Collecting (\S+)")
_PIN = re.compile(r"^[A-Za-z][^\s]*==", re.MULTILINE)
_CPU_ONLY = "import torch; assert torch.version.cuda is None, 'this torch is built for CUDA'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Converter:
    """What conversions run with: an interpreter with the packages, and the unpacked source."""

    python: Path
    source: Path

    def script(self, name: str) -> Path:
        """The converter's script for ``model`` or ``adapter``."""
        return self.source / str(definition()["scripts"][name])


def definition() -> Mapping[str, Any]:
    """The content of ``build/convert/converter.toml``."""
    path = resources.folder("build") / "convert" / "converter.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def converter_key() -> str:
    """A short hash of all that decides what a conversion writes, besides its input."""
    return key_of({"environment": _environment_inputs(), "source": ensure_source().name})[:16]


def ensure_converter(*, log: Log = ignore, progress: Progress | None = None) -> Converter:
    """The converter, its environment made first if need be (about a minute, once).

    ``progress`` is told packages done and packages in all. Raises UsageProblem without the right
    Python, FetchFailed when a package cannot be had, DiskFull before anything is fetched, and what
    ``ensure_source`` raises.
    """
    source = ensure_source(log=log)
    target = resources.cache_dir() / "converter" / key_of(_environment_inputs())[:16]
    if not target.is_dir():
        _make(target, log, progress)
    return Converter(python=target / "bin" / "python", source=source)


def _environment_inputs() -> dict[str, Any]:
    environment = definition()["environment"]
    lock = _lock(environment).read_bytes()
    return {
        "environment": environment,
        "lock": hashlib.sha256(lock).hexdigest(),
        "platform": platform_name(),
    }


def _lock(environment: Mapping[str, Any]) -> Path:
    return resources.folder("build") / "locks" / str(environment["lock"])


def _make(target: Path, log: Log, progress: Progress | None) -> None:
    environment = definition()["environment"]
    base = _interpreter(environment["python"])
    target.parent.mkdir(parents=True, exist_ok=True)
    need = int(environment["megabytes"]) * 2_000_000  # with what pip keeps while it installs
    check_space(target.parent, need, "the converter's environment")
    with workplace(target.parent) as work:
        ready = work / "environment"
        call(
            [base, "-I", "-m", "venv", "--without-pip", ready],
            action="make the converter's environment",
            log=log,
            hint="Install the venv module of this Python (Debian: apt-get install python3-venv).",
        )
        _install(ready / "bin" / "python", _lock(environment), log, progress)
        imports = "".join(f"import {module}; " for module in environment["modules"])
        call(
            [ready / "bin" / "python", "-I", "-c", imports + _CPU_ONLY],
            action="import the converter's packages",
            log=log,
            hint="Remove what 'pip config list' shows to replace packages, and run this again.",
        )
        sync_tree(ready)
        try:
            ready.rename(target)
        except OSError:
            if not target.is_dir():  # else another process was first
                raise


def _interpreter(version: str) -> Path:
    """A Python of ``version``, this one if it is; the lock was resolved for that."""
    if version == f"{sys.version_info.major}.{sys.version_info.minor}":
        return Path(sys.executable)
    if found := shutil.which(f"python{version}"):
        return Path(found)
    raise UsageProblem(
        f"Unable to make the converter's environment: it needs Python {version}, "
        f"and this is {sys.version_info.major}.{sys.version_info.minor}",
        hint=f"Install Python {version} beside this one, or convert on a machine that has it.",
    )


def _install(python: Path, lock: Path, log: Log, progress: Progress | None) -> None:
    total = len(_PIN.findall(lock.read_text(encoding="utf-8")))
    seen: set[str] = set()

    def watch(line: str) -> None:
        log(line)
        if found := _COLLECTING.match(line):
            seen.add(found[1])
            if progress is not None:
                progress(len(seen), total)

    command: list[str | Path] = [
        sys.executable, "-P", "-m", "pip", "--python", python, "install", "--no-deps",
        "--only-binary", ":all:", "--require-hashes", "--no-input", "--progress-bar", "off",
        "--disable-pip-version-check", "--no-warn-script-location", "--requirement", lock,
    ]  # fmt: skip
    try:
        call(command, action="install the converter's packages", log=watch)
    except FieldkitError as error:
        raise FetchFailed(
            _told(error.message),
            hint="pip's index must carry every package of build/locks/converter.txt, among them "
            "PyTorch's build for CPUs (torch ...+cpu), which the torch project publishes in an "
            "index of its own: name that in pip's configuration as extra-index-url, or mirror it. "
            "See docs/conversion.md.",
        ) from error


def _told(message: str) -> str:
    """The errors of pip without its warnings, and without passwords in addresses."""
    first, _, output = message.partition("\n")
    errors = [line for line in output.splitlines() if line.startswith("ERROR:")]
    text = "\n".join([first, *(errors or output.splitlines()[-3:])])
    return re.sub(r"://[^/@\s]*@", "://", text)


def isolated() -> dict[str, str]:
    """Environment variables for the converter: no hub, no telemetry, no token, no user's caches."""
    nowhere = os.devnull
    return {
        "HF_HUB_OFFLINE": "1",
        "TRANSFORMERS_OFFLINE": "1",
        "HF_DATASETS_OFFLINE": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_DISABLE_XET": "1",
        "DO_NOT_TRACK": "1",
        "HF_TOKEN": "",
        "HF_HOME": nowhere,
        "TOKENIZERS_PARALLELISM": "false",
    }
