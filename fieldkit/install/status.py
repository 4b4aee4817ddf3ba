"""What is installed below a prefix."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fieldkit.install.layout import Layout
from fieldkit.install.state import load
from fieldkit.install.verify import installed, read_release


def report(layout: Layout) -> dict[str, Any]:
    """Return the object of ``status --json``.

    ``active`` and ``previous`` are names of version folders or None; a release whose
    ``release.json`` cannot be read has only its ``directory`` and ``damaged``.
    """
    state = load(layout)
    return {
        "active": state.active or None,
        "previous": state.previous or None,
        "releases": [_release(folder) for folder in installed(layout)],
        "prefix": str(layout.prefix),
    }


def _release(folder: Path) -> dict[str, Any]:
    release = read_release(folder)
    if release is None:
        return {"directory": folder.name, "damaged": True}
    return {
        "directory": folder.name,
        "damaged": False,
        "name": release.name,
        "version": release.version,
        "publisher": release.publisher,
        "created": release.created,
        "identity": release.identity,
        "model_sha256": release.model_sha256,
        "installed_bytes": release.installed_bytes,
    }


def format_report(report: Mapping[str, Any]) -> str:
    """Return ``report`` for a person."""
    lines = [f"Installed below {report['prefix']}"]
    for entry in report["releases"]:
        marks = {report["active"]: " (active)", report["previous"]: " (previous)"}
        mark = marks.get(entry["directory"], "")
        if entry["damaged"]:
            lines.append(f"  {entry['directory']}{mark}: damaged, its release.json is not readable")
        else:
            lines.append(
                f"  {entry['name']} {entry['version']}{mark}, published by {entry['publisher']}, "
                f"{entry['installed_bytes'] / 1e6:.0f} MB, release {entry['identity'][:12]}"
            )
    if not report["releases"]:
        lines.append("  nothing")
    return "\n".join(lines)
