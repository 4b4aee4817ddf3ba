"""Deployments to build: the demo with other values, and the build tool to run on it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fieldkit import resources

COMMAND = [sys.executable, "-m", "fieldkit"]

# The engine and llama.cpp's tools take minutes to build and are the same for everyone, so they (and
# the source they are built from) are shared.
REAL_CACHE = resources.cache_dir()
SHARED = ("engine", "tools", "downloads", "source", "converter")

# The machine that runs the tests may be slow and busy; what is tested is not its speed.
_LENIENT = {"min_decode_tps": "0.01", "max_ttft_s": "1000", "max_memory_gib": "4"}


@dataclass(frozen=True)
class Deployment:
    """A profile in a folder of its own."""

    folder: Path

    @property
    def profile(self) -> Path:
        return self.folder / "profile.toml"

    @property
    def manuals(self) -> Path:
        return self.folder / "manuals"

    def set(self, **values: str) -> Deployment:
        """Write other values (TOML text) for keys that the profile has."""
        text = self.profile.read_text(encoding="utf-8")
        for key, value in values.items():
            text, count = re.subn(rf"(?m)^{key} = .*$", f"{key} = {value}", text)
            assert count == 1, f"{count} keys {key}"
        self.profile.write_text(text, encoding="utf-8")
        return self

    def drop(self, key: str) -> Deployment:
        """Remove a key that the profile has."""
        text = self.profile.read_text(encoding="utf-8")
        text, count = re.subn(rf"(?m)^{key} = .*\n", "", text)
        assert count == 1, f"{count} keys {key}"
        self.profile.write_text(text, encoding="utf-8")
        return self

    def add(self, section: str, line: str) -> Deployment:
        """Add a line to a section."""
        text = self.profile.read_text(encoding="utf-8")
        assert f"[{section}]\n" in text
        self.profile.write_text(text.replace(f"[{section}]\n", f"[{section}]\n{line}\n"))
        return self


def copy_demo(folder: Path) -> Deployment:
    """The demo with thresholds that any machine meets and three questions, not scored."""
    demo = resources.folder("profiles") / "demo"
    shutil.copytree(demo, folder)
    questions = (folder / "questions.toml").read_text(encoding="utf-8").split("[[question]]")
    (folder / "questions.toml").write_text("[[question]]".join(questions[:4]), encoding="utf-8")
    return Deployment(folder).set(**_LENIENT).drop("min_score")


def build(deployment: Deployment, output: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run ``fieldkit build``; what it exits with and says."""
    return subprocess.run(
        [*COMMAND, "build", str(deployment.folder), "--output", str(output), *words],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def build_json(deployment: Deployment, output: Path, *words: str) -> dict[str, Any]:
    """Run ``fieldkit build --json``, which must succeed; the object it prints."""
    result = build(deployment, output, "--json", *words)
    assert result.returncode == 0, result.stderr
    data: dict[str, Any] = json.loads(result.stdout)
    return data


def files(folder: Path) -> set[str]:
    """Everything below a folder, relative; nothing where there is none."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def make_cache(folder: Path) -> Path:
    """Make an empty cache that shares nothing but the engine, its tools and their source."""
    folder.mkdir(parents=True)
    for name in SHARED:
        (REAL_CACHE / name).mkdir(parents=True, exist_ok=True)
        (folder / name).symlink_to(REAL_CACHE / name, target_is_directory=True)
    return folder
