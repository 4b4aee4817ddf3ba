"""Finds the release that the running program belongs to."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from fieldkit.errors import UsageProblem
from fieldkit.install.layout import Layout, default_prefix

VARIABLE = "FIELDKIT_RELEASE"


def release_dir() -> Path:
    """Return the folder that holds ``assistant.json`` and the rest of the release.

    A frozen program lies in its ``app`` folder; development names one in FIELDKIT_RELEASE.
    Raises UsageProblem when there is none.
    """
    if named := os.environ.get(VARIABLE):
        folder = Path(named).expanduser().resolve()
    elif getattr(sys, "frozen", False):
        folder = Path(sys.executable).resolve().parent.parent
    else:
        raise UsageProblem(
            "this fieldkit is not part of a release, so it has no assistant",
            hint=f"Install a release, or set {VARIABLE} to a version folder.",
        )
    if not (folder / "assistant.json").is_file():
        raise UsageProblem(
            f"{folder} holds no assistant.json",
            hint="Install the release again from its media.",
        )
    return folder


def layout(prefix: Path | None = None) -> Layout:
    """Return the installation below ``prefix``, else this program's, else the user's.

    ``prefix`` may be relative; it need not exist.
    """
    if prefix is not None:
        return Layout.below(prefix)
    if getattr(sys, "frozen", False):
        own = Layout.of_release(Path(sys.executable).resolve().parent.parent)
        if own is not None:
            return own
    return Layout.below(default_prefix())
