"""Installs a release from its media folder, in the order that makes it safe to end anywhere.

Lock, check, stage aside with every byte hashed, flush, hash again from the disk, try the
assistant, rename, and only then flip the pointer. ``install.sh`` does the same.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from fieldkit.core.release import RELEASE_FILE, Release
from fieldkit.errors import ExitCode, IntegrityProblem, Unfit, UsageProblem
from fieldkit.install import files, lock, state
from fieldkit.install.fitness import check_machine, check_space
from fieldkit.install.layout import Layout
from fieldkit.install.media import Media
from fieldkit.install.switch import refuse_foreign, switch
from fieldkit.install.verify import check_version, matches

Progress = Callable[[int, int], None]
SelfTest = Callable[[Path], None]
_SELFTEST_S = 600
_ODD = set('"$`\\%')


def _silent(_done: int, _total: int) -> None:
    """Tell nobody."""


def run_selftest(folder: Path) -> None:
    """Start the assistant in ``folder`` and let it generate one token.

    Raises IntegrityProblem or Unfit with the last lines it said.
    """
    environment = {key: value for key, value in os.environ.items() if key != "FIELDKIT_RELEASE"}
    try:
        result = subprocess.run(
            [folder / "app" / "fieldkit", "selftest"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=_SELFTEST_S,
            check=False,
            env=environment,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unfit(
            f"The assistant does not work on this machine: {error}",
            hint="What was installed before is unchanged.",
        ) from error
    if result.returncode == 0:
        return
    said = " / ".join(result.stdout.decode(errors="replace").splitlines()[-5:])
    if result.returncode == ExitCode.INTEGRITY:
        raise IntegrityProblem(
            f"The assistant's self-test found damage: {said}",
            hint="Copy the media again from its source.",
        )
    raise Unfit(
        f"The assistant does not work on this machine (its self-test ended with "
        f"{result.returncode}): {said}",
        hint="What was installed before is unchanged.",
    )


@dataclass(slots=True)
class _Run:
    """One installation while it runs: what it would have to take back."""

    layout: Layout
    media: Media
    progress: Progress
    created: list[str] = field(default_factory=list)
    placed: list[Path] = field(default_factory=list)
    done: int = 0
    total: int = 0

    @property
    def release(self) -> Release:
        return self.media.release

    @property
    def stage(self) -> Path:
        return self.layout.versions / f".staging-{os.getpid()}"

    @property
    def work(self) -> Path:
        return self.layout.root / f".work-{os.getpid()}"

    def advance(self, count: int) -> None:
        self.done += count
        self.progress(self.done, self.total)


def install(
    media: Path,
    layout: Layout,
    *,
    progress: Progress = _silent,
    selftest: SelfTest = run_selftest,
) -> Release:
    """Install the release of a media folder below the layout's prefix and make it active.

    ``progress`` gets bytes done and bytes in all. On any error nothing is changed and what this
    run created is gone again. Raises IntegrityProblem, Unfit, DiskFull, Busy, or UsageProblem for
    a prefix that cannot be used.
    """
    source = Media.open(media)
    check_machine(source.release)
    _check_prefix(layout.prefix)
    refuse_foreign(layout)
    run = _Run(layout, source, progress)
    with files.explained(layout.prefix):
        try:
            _make_root(run)
            with lock.hold(layout.lock):
                try:
                    _install_locked(run, selftest)
                finally:
                    _clean_up(run)
        finally:
            _remove_empty(run)
    return source.release


def _check_prefix(prefix: Path) -> None:
    if prefix == Path(prefix.anchor) or not str(prefix).isprintable() or _ODD & set(str(prefix)):
        raise UsageProblem(
            f"the folder {str(prefix)!r} cannot be used",
            hint="Choose one without quotes, $, %, \\ and control characters.",
        )


def _install_locked(run: _Run, selftest: SelfTest) -> None:
    layout, release = run.layout, run.release
    _clear_stale(layout)
    for name in ("bin", "share", "share/applications"):
        _make(run, layout.prefix / name, name)
    for folder in (layout.versions, layout.models, run.work):
        folder.mkdir(exist_ok=True)
    before = state.load(layout)
    added = tuple(name for name in run.created if name not in before.created)
    run.created = [*added, *before.created]
    state.save(layout, replace(before, created=tuple(run.created)), run.work)
    _log(layout, f"installing {release.directory}")
    model = layout.model(release.model_sha256)
    has_model = matches(model, release.model.size, release.model_sha256)
    folder = layout.version(release.directory)
    whole = folder.is_dir() and _is_whole(folder, release)
    check_space(release, layout, with_model=not has_model)
    run.total = 0 if has_model else release.model.size
    run.total += 0 if whole else sum(file.size for file in release.version_files)
    if not has_model:
        _stage_model(run, model)
    if not whole:
        _stage_version(run)
    selftest(folder if whole else run.stage)
    if not whole:
        _place_version(run, folder)
    switch(layout, release, run.work)
    _log(layout, f"installed {release.directory}")


def _make_root(run: _Run) -> None:
    missing = [(run.layout.prefix, ".")]
    while not missing[-1][0].parent.is_dir():
        path, name = missing[-1]
        missing.append((path.parent, ".." if name == "." else f"{name}/.."))
    for path, name in reversed(missing):
        _make(run, path, name)
    _make(run, run.layout.prefix / "lib", "lib")
    run.layout.root.mkdir(exist_ok=True)


def _make(run: _Run, path: Path, name: str) -> None:
    if not path.is_dir():
        path.mkdir()
        run.created.insert(0, name)


def _clear_stale(layout: Layout) -> None:
    for pattern in ("versions/.staging-*", ".work-*", ".stale-*"):
        for path in layout.root.glob(pattern):
            shutil.rmtree(path)
    for path in layout.root.glob(".lock-*"):
        pid = path.name.rpartition("-")[2]
        if not (pid.isdecimal() and lock.started(int(pid))):
            shutil.rmtree(path)


def _is_whole(folder: Path, release: Release) -> bool:
    return not any(kind != "extra" for _, kind in check_version(folder, release))


def _stage_model(run: _Run, model: Path) -> None:
    aside = run.work / "model"
    run.media.copy(run.release.model, aside, run.advance)
    if not matches(aside, run.release.model.size, run.release.model_sha256):
        raise IntegrityProblem("the model is damaged on this disk", hint="Check the disk.")
    if not files.present(model):
        run.placed.append(model)
    aside.replace(model)
    files.sync(model.parent)


def _stage_version(run: _Run) -> None:
    release, stage = run.release, run.stage
    stage.mkdir()
    for name in release.folders:
        (stage / name).mkdir()
    for file in release.version_files:
        run.media.copy(file, stage / file.path, run.advance)
    for link in release.links:
        (stage / link.path).symlink_to(link.target)
    files.write(stage / RELEASE_FILE, release.to_json().encode(), run.work)
    for name in reversed(release.folders):
        files.sync(stage / name)
    files.sync(stage)
    if damaged := [path for path, _ in check_version(stage, release)]:
        raise IntegrityProblem(f"{damaged[0].name} is damaged on this disk", hint="Check the disk.")


def _place_version(run: _Run, folder: Path) -> None:
    if not folder.is_dir():
        run.placed.append(folder)
        run.stage.rename(folder)
    else:
        # The same release, damaged: file by file, so that what is whole stays usable throughout.
        for name in run.release.folders:
            (folder / name).mkdir(exist_ok=True)
        names = [file.path for file in run.release.version_files]
        names += [link.path for link in run.release.links]
        for name in [*names, RELEASE_FILE]:
            (run.stage / name).replace(folder / name)
    files.sync(run.layout.versions)


def _clean_up(run: _Run) -> None:
    layout = run.layout
    for path in (run.stage, run.work):
        shutil.rmtree(path, ignore_errors=True)
    flipped = files.read_link(layout.current) == f"versions/{run.release.directory}"
    for path in () if flipped else run.placed:
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    if not _ever_installed(layout):
        for path in (layout.versions, layout.models):
            shutil.rmtree(path, ignore_errors=True)
        for path in (layout.state, layout.log):
            path.unlink(missing_ok=True)


def _ever_installed(layout: Layout) -> bool:
    found = state.load(layout)
    return bool(found.active or found.previous)


def _remove_empty(run: _Run) -> None:
    """Take back folders that were created for nothing."""
    if run.layout.current.is_symlink():
        return
    for path in (run.layout.root, *(run.layout.prefix / name for name in run.created)):
        with contextlib.suppress(OSError):  # not empty: somebody else's things are in it
            path.resolve().rmdir()


def _log(layout: Layout, line: str) -> None:
    moment = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    with layout.log.open("a", encoding="utf-8") as stream:
        stream.write(f"{moment} {line}\n")
