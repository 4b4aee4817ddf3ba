"""Profiles whose model comes from somewhere else: a loopback hub, a folder, a stick."""

from __future__ import annotations

import json
import os
import subprocess
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fieldkit.console import Console
from fieldkit.core.candidate import Candidate
from fieldkit.core.lock import LOCK_FILE, Lock, parse
from fieldkit.core.profile import Profile
from fieldkit.engine.header import read_header
from fieldkit.packager import deployments
from fieldkit.packager.origins import Options
from fieldkit.packager.progress import Progress
from fieldkit.packager.pull import Hook, Pulled, pull
from fieldkit.packager.run import Run
from tests.deployment import COMMAND, Deployment, copy_demo

REPOSITORY = "ridge/tiny"
GGUF = "tiny-f16.gguf"
LICENCE = b"Permission is granted to everybody, for everything.\n"


@dataclass(frozen=True)
class Rig:
    """A profile that pulls, in a folder of its own with its own candidate."""

    deployment: Deployment

    @property
    def folder(self) -> Path:
        return self.deployment.folder

    @property
    def lock_file(self) -> Path:
        return self.folder / LOCK_FILE

    @property
    def lock(self) -> Lock:
        return parse(self.lock_file.read_text(encoding="utf-8"), source=str(self.lock_file))

    def load(self) -> tuple[Profile, Path, Candidate]:
        profile, folder = deployments.load_profile(str(self.folder))
        return profile, folder, deployments.load_candidate(profile.model.candidate, beside=folder)

    def pull(self, before_weights: Hook | None = None, **options: Any) -> Pulled:
        """Pull in this process."""
        profile, folder, candidate = self.load()
        return pull(
            profile,
            folder,
            candidate,
            run=Run(progress=Progress(Console())),
            options=Options(**options),
            before_weights=before_weights,
        )

    def command(
        self, verb: str, *words: str, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a verb of fieldkit on it, as a process."""
        return subprocess.run(
            [*COMMAND, *verb.split(), str(self.folder), *words],
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
            env={**os.environ, **environment},
        )

    def accept(self, **environment: str) -> None:
        """Accept the licence, as legal does."""
        words = ("--name", "J. Doe, legal", "--ticket", "LEGAL-7")
        result = self.command("licence accept", *words, **environment)
        assert result.returncode == 0, result.stderr


def make_rig(
    folder: Path,
    shape: Mapping[str, Any],
    *,
    architecture: str = "phi3",
    template: str = "phi3",
    file: str | None = GGUF,
    repository: str = REPOSITORY,
    **values: str,
) -> Rig:
    """The demo's profile with a model of ``repository``: its GGUF ``file``, or safetensors.

    ``values`` are keys of the profile and their TOML.
    """
    rig = copy_demo(folder).set(candidate='"tiny"', source='"hub"', **values)
    lines = [
        'name = "Tiny"', 'publisher = "Ridge"', f'architecture = "{architecture}"',
        f'template = "{template}"', "context = 4096", "released = 2024-01-01",
        f'format = "{"gguf" if file else "safetensors"}"',
        "[licence]", 'name = "MIT License"', 'spdx = "MIT"', "commercial_use = true",
        "[origin]", f'repository = "{repository}"', *([f'file = "{file}"'] if file else []),
        "[shape]", *(f"{name} = {json.dumps(value)}" for name, value in shape.items()),
    ]  # fmt: skip
    text = "\n".join(lines) + "\n"
    tomllib.loads(text)
    (folder / "candidates").mkdir()
    (folder / "candidates" / "tiny.toml").write_text(text, encoding="utf-8")
    return Rig(rig)


def shape_of_file(path: Path) -> dict[str, Any]:
    """The section [shape] of a candidate for a GGUF."""
    shape = read_header(path).shape
    names = (
        "layers", "embedding", "heads", "kv_heads", "head_dim", "feed_forward", "vocabulary",
        "tied",
    )  # fmt: skip
    return {name: getattr(shape, name) for name in names}
