"""Where an installation keeps what: the paths below one prefix.

``docs/release-format.md`` has the same as a picture.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from fieldkit.core.release import model_path

LAUNCHER_TARGET = "../lib/fieldkit/current/app/fieldkit"


@dataclass(frozen=True, slots=True)
class Layout:
    """The paths of the installation below ``prefix`` (absolute)."""

    prefix: Path

    @property
    def root(self) -> Path:
        """The folder that is all ours."""
        return self.prefix / "lib" / "fieldkit"

    @property
    def versions(self) -> Path:
        """One folder a release."""
        return self.root / "versions"

    @property
    def models(self) -> Path:
        """The models by hash, shared by all releases."""
        return self.root / "models"

    @property
    def current(self) -> Path:
        """The link to the active release."""
        return self.root / "current"

    @property
    def state(self) -> Path:
        """What is active, what was before, and which folders were created for it."""
        return self.root / "state.json"

    @property
    def log(self) -> Path:
        """One line for each thing done."""
        return self.root / "install.log"

    @property
    def lock(self) -> Path:
        """The folder that exists while somebody changes the installation."""
        return self.root / ".lock"

    @property
    def launcher(self) -> Path:
        """The command: a link into the active release."""
        return self.prefix / "bin" / "fieldkit"

    @property
    def menu_entry(self) -> Path:
        """The desktop's start menu entry."""
        return self.prefix / "share" / "applications" / "fieldkit.desktop"

    def version(self, directory: str) -> Path:
        """Return the folder of one release."""
        return self.versions / directory

    def model(self, sha256: str) -> Path:
        """Return the file of one model."""
        return self.root / model_path(sha256)

    @classmethod
    def below(cls, prefix: Path) -> Layout:
        """Return the layout below ``prefix``, links resolved."""
        return cls(prefix.expanduser().resolve())

    @classmethod
    def of_release(cls, release_dir: Path) -> Layout | None:
        """Return the layout that a release folder is installed in; None when it is in none."""
        folder = release_dir.resolve()
        if len(folder.parents) < 4:
            return None
        layout = cls(folder.parents[3])
        return layout if layout.versions == folder.parent else None


def default_prefix() -> Path:
    """Return the prefix of one user's programs on this system."""
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        return (Path(local) if local else Path.home() / "AppData" / "Local") / "Programs"
    return Path.home() / ".local"
