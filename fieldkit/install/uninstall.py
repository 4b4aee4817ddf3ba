"""Removes an installation, and the folders that were created for it.

Everything needed is imported above: this may run from the very files that it deletes.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable
from pathlib import Path

from fieldkit.errors import UsageProblem
from fieldkit.install import files, lock
from fieldkit.install.layout import LAUNCHER_TARGET, Layout
from fieldkit.install.state import load
from fieldkit.install.switch import owns_menu_entry


def uninstall(layout: Layout, *, purge: Callable[[], None] | None = None) -> list[Path]:
    """Remove what was installed below the layout's prefix; the paths that are gone.

    Only what the installers write is removed: anything else in those folders stays, and so do the
    folders that hold it. ``purge`` removes what the assistant keeps of its user; it is
    called first, so that the command can be given again where it is interrupted.
    Raises UsageProblem when nothing is installed, Busy when another run is changing it.
    """
    if layout.root.is_symlink() or not layout.state.is_file():
        raise UsageProblem(
            f"nothing is installed below {layout.prefix}",
            hint="Name where it is installed with --prefix DIR.",
        )
    removed: list[Path] = []
    with files.explained(layout.prefix):
        with lock.hold(layout.lock):
            if purge is not None:
                purge()
            created = load(layout).created
            for path in _ours(layout):
                _remove(path, removed)
        for folder in [layout.root, *(layout.prefix / name for name in created)]:
            with contextlib.suppress(OSError):  # not empty: somebody else's things are in it
                folder.resolve().rmdir()
                removed.append(folder)
    return removed


def _ours(layout: Layout) -> list[Path]:
    paths = []
    if files.read_link(layout.launcher) == LAUNCHER_TARGET:
        paths.append(layout.launcher)
    if owns_menu_entry(layout):
        paths.append(layout.menu_entry)
    paths += [layout.current, layout.versions, layout.models, layout.log]
    for pattern in (".work-*", ".stale-*", ".lock-*"):
        paths += sorted(layout.root.glob(pattern))
    return [*paths, layout.state]


def _remove(path: Path, removed: list[Path]) -> None:
    if not files.present(path):
        return
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
    removed.append(path)
