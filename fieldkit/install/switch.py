"""Makes a staged release the active one: the pointer, the command and the menu entry."""

from __future__ import annotations

from pathlib import Path

from fieldkit.core.release import Release
from fieldkit.errors import UsageProblem
from fieldkit.install import files, state
from fieldkit.install.layout import LAUNCHER_TARGET, Layout
from fieldkit.install.state import State

_MARK = "X-Fieldkit-Root="


def refuse_foreign(layout: Layout) -> None:
    """Raise UsageProblem when a name we need belongs to somebody else."""
    launcher = layout.launcher
    if files.present(launcher) and files.read_link(launcher) != LAUNCHER_TARGET:
        raise UsageProblem(
            f"{launcher} exists and is not from this installer",
            hint="Move it away, or choose another folder with --prefix.",
        )
    if layout.root.is_symlink():
        raise UsageProblem(
            f"{layout.root} is a symbolic link",
            hint="Remove it, or choose another folder with --prefix.",
        )
    ours = layout.state.exists() or layout.lock.exists()
    # A run that was killed at its very start leaves hidden names only.
    if not ours and any(path.name[0] != "." for path in layout.root.glob("*")):
        raise UsageProblem(
            f"{layout.root} holds something that is not from this installer",
            hint="Move it away, or choose another folder with --prefix.",
        )


def switch(layout: Layout, release: Release, work: Path) -> None:
    """Point ``current`` at the release, record it, and see to the command and the menu entry.

    The release is in its place and was tried; ``work`` is a folder to write aside in. Each step is
    one rename: a run that ends between two of them leaves the old or the new release active, whole.
    """
    before = state.load(layout)
    files.link(layout.current, f"versions/{release.directory}", work)
    again = before.active == release.directory
    state.save(
        layout,
        State(
            active=release.directory,
            previous=before.previous if again else before.active,
            created=before.created,
        ),
        work,
    )
    if not layout.launcher.is_symlink():
        files.link(layout.launcher, LAUNCHER_TARGET, work)
    if owns_menu_entry(layout) or not files.present(layout.menu_entry):
        files.write(layout.menu_entry, _menu_entry(layout, release).encode(), work)


def owns_menu_entry(layout: Layout) -> bool:
    """Whether the menu entry was written for this installation."""
    try:
        lines = layout.menu_entry.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return False
    return f"{_MARK}{layout.root}" in lines


def _menu_entry(layout: Layout, release: Release) -> str:
    template = layout.version(release.directory) / "share" / "fieldkit.desktop"
    lines = template.read_text(encoding="utf-8").splitlines()
    return "".join(f"{_filled(line, layout)}\n" for line in lines)


def _filled(line: str, layout: Layout) -> str:
    if "@EXEC@" in line:
        return line.replace("@EXEC@", str(layout.launcher), 1)
    return line.replace("@ROOT@", str(layout.root), 1)
