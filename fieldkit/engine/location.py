"""Where the engine's libraries are: in a release, beside a checkout's cache, or where told.

An engine is a folder of shared libraries: ``libllama``, ``libggml``, ``libggml-base`` and one
``libggml-cpu-*`` for each CPU variant. Its *key* is the hash of the file in ``build/engine`` that
says what it is built from, so a changed flag or version is a different engine.
"""

from __future__ import annotations

import hashlib
import os
import platform
import sys
from pathlib import Path

from fieldkit import resources
from fieldkit.errors import InvalidInput

REVISION_FILE = "ENGINE.txt"
MEND = "Build the portable engine: fieldkit engine"


def platform_name() -> str:
    """``linux-x86_64``, ``windows-amd64``, ``darwin-arm64``: the name of the engine's file."""
    return f"{platform.system().lower()}-{platform.machine().lower()}"


def recipe() -> Path:
    """The file in ``build/engine`` that says what this platform's engine is built from."""
    path = resources.folder("build") / "engine" / f"{platform_name()}.toml"
    if not path.is_file():
        raise InvalidInput(
            f"no engine is defined for {platform_name()}",
            hint=f"Add {path.name} to build/engine; linux-x86_64.toml shows the form.",
        )
    return path


def engine_key() -> str:
    """The first 16 digits of the SHA-256 of the engine's recipe."""
    return hashlib.sha256(recipe().read_bytes()).hexdigest()[:16]


def variants(folder: Path) -> tuple[str, ...]:
    """The CPU variants in ``folder``, by name (``haswell``, ``zen4``), sorted."""
    names = set()
    for path in folder.iterdir():
        stem = path.name.split(".")[0].removeprefix("lib")
        if stem.startswith("ggml-cpu-"):
            names.add(stem.removeprefix("ggml-cpu-"))
    return tuple(sorted(names))


def find_engine() -> Path:
    """The folder of the portable engine; raises InvalidInput when it has not been built.

    A release uses its own. Elsewhere ``FIELDKIT_ENGINE`` may name another folder (a native build
    to compare with, say).
    """
    if bundle := getattr(sys, "_MEIPASS", None):
        folder = Path(bundle) / "engine"
    elif named := os.environ.get("FIELDKIT_ENGINE"):
        folder = Path(named)
    else:
        folder = resources.cache_dir() / "engine" / engine_key()
    folder = folder.absolute()
    if not folder.is_dir() or not variants(folder):
        raise InvalidInput(f"no portable engine in {folder}", hint=MEND)
    return folder


def revision() -> str:
    """What the engine found was built from, as its folder says: ``llama-cpp-python 0.3.36``.

    Empty when there is no engine, or none that this project built.
    """
    try:
        text = (find_engine() / REVISION_FILE).read_text(encoding="utf-8")
    except (OSError, InvalidInput):
        return ""
    return text.splitlines()[0] if text else ""


def fingerprint() -> str:
    """A short hash of all that the engine found says it was built from; empty without one."""
    try:
        return hashlib.sha256((find_engine() / REVISION_FILE).read_bytes()).hexdigest()[:16]
    except (OSError, InvalidInput):
        return ""
