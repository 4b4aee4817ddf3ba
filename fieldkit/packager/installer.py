"""Writes the Linux installers of a release: one script, beside the blobs or before them.

Both come from ``installer/linux/install.sh.in``. What the release holds is written into the script
as shell functions, because the target has no tool that reads JSON.
"""

from __future__ import annotations

import hashlib
import os
import shlex
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from fieldkit.core.release import RELEASE_FILE, Release, ReleaseFile
from fieldkit.core.text import clean_line
from fieldkit.errors import IntegrityProblem
from fieldkit.packager.blobs import Progress, silent, transfer
from fieldkit.resources import folder

LAUNCHER = "../lib/fieldkit/current/app/fieldkit"
_PAGE = 4096
_PATHS_A_CALL = 50
_SYSTEMS = {"linux": "Linux", "macos": "Darwin"}


def file_name(release: Release) -> str:
    """Return ``fieldkit-<name>-<version>-linux-x86_64.run``."""
    platform = release.platform
    return f"fieldkit-{release.name}-{release.version}-{platform.os}-{platform.machine}.run"


def media_script(release: Release, title: str) -> bytes:
    """Return the ``install.sh`` that lies in a media folder and reads ``blobs/`` beside itself."""
    return _render(release, title, {"appended": "", "manifest_size": str(_manifest_size(release))})


def write_run(
    media: Path, release: Release, title: str, output: Path, progress: Progress = silent
) -> Path:
    """Write the single-file installer into the folder ``output``; its path.

    The bytes come from the media folder's blobs and are checked against their hashes on the way;
    raises IntegrityProblem when one differs.
    """
    script = _run_script(release, title)
    total = sum(blob.size for blob in release.blobs)
    done = 0

    def advance(count: int) -> None:
        nonlocal done
        done += count
        progress(done, total)

    target = output / file_name(release)
    partial = output / f".{target.name}.partial"
    output.mkdir(parents=True, exist_ok=True)
    try:
        with partial.open("wb", buffering=0) as stream:
            _write_all(stream.write, script)
            for blob in release.blobs:
                digest = hashlib.sha256()
                with (media / "blobs" / blob.sha256).open("rb", buffering=0) as source:
                    transfer(source, stream, blob.size, (digest,), advance)
                if digest.hexdigest() != blob.sha256:
                    raise IntegrityProblem(
                        f"{source.name} has the SHA-256 {digest.hexdigest()}",
                        hint="Build the media again.",
                    )
            _write_all(stream.write, release.to_json().encode())
            os.fsync(stream.fileno())
        partial.chmod(0o755)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return target


def _write_all(write: Callable[[memoryview], int | None], content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[write(left) or 0 :]


def _manifest_size(release: Release) -> int:
    return len(release.to_json().encode())


def _run_script(release: Release, title: str) -> bytes:
    """Return the script padded to whole pages, so that blobs of whole pages stay aligned."""
    content = sum(blob.size for blob in release.blobs)
    payload = 0
    while True:
        values = {
            "appended": "yes",
            "payload": str(payload),
            "manifest_offset": str(content),
            "manifest_size": str(_manifest_size(release)),
            "installer_size": str(payload + content + _manifest_size(release)),
        }
        script = _render(release, title, values)
        length = -(-len(script) // _PAGE) * _PAGE
        if length == payload:
            return script.ljust(length, b"\n")
        payload = max(length, payload)


def _render(release: Release, title: str, place: dict[str, str]) -> bytes:
    appended = bool(place["appended"])
    platform = release.platform
    system = _SYSTEMS.get(platform.os, platform.os)
    facts = {
        "appended": "",
        "payload": "0",
        "manifest_offset": "0",
        "installer_size": "0",
        **place,
        "title": clean_line(title),
        "version": release.version,
        "release": release.directory,
        "identity": release.identity,
        "need_machine": f"{system}/{platform.machine}",
        "need_glibc": platform.glibc,
        "need_memory": str(release.memory_bytes),
        "model": release.model_sha256,
        "model_size": str(release.model.size),
        "version_bytes": str(sum(file.size for file in release.version_files)),
        "file_count": str(len(release.version_files)),
        "launcher": LAUNCHER,
    }
    lines = "\n".join(f"{key}={shlex.quote(value)}" for key, value in facts.items())
    tables = "\n\n".join(_tables(release, appended=appended))
    template = folder("installer") / "linux" / "install.sh.in"
    text = template.read_text(encoding="utf-8")
    before, rest = text.split("@FACTS@")
    between, after = rest.split("@TABLES@")
    return f"{before}{lines}{between}{tables}{after}".encode()


def _tables(release: Release, *, appended: bool) -> Iterator[str]:
    starts = list(_starts(blob.size for blob in release.blobs)) if appended else None

    def pieces(file: ReleaseFile) -> Iterator[str]:
        for part in file.parts:
            if starts is None:
                yield from (release.blobs[part.blob].sha256, str(part.offset), str(part.size))
            else:
                yield from ("-", str(starts[part.blob] + part.offset), str(part.size))

    def entry(file: ReleaseFile) -> Sequence[str]:
        return (f"{file.mode:o}", file.sha256, str(file.size), file.path, *pieces(file))

    files = release.version_files
    yield _each("on_model", [entry(release.model)])
    yield _each("each_file", [entry(file) for file in files])
    yield _each("each_link", [(link.path, link.target) for link in release.links])
    yield _each(
        "each_blob",
        [
            (
                blob.sha256,
                str(blob.size),
                *(("-", str(starts[n])) if starts else (blob.sha256, "0")),
            )
            for n, blob in enumerate(release.blobs)
        ],
    )
    yield _batches("on_folders", release.folders)
    yield _batches("on_files", [file.path for file in files] + [RELEASE_FILE])
    yield _batches("on_executables", [file.path for file in files if file.mode & 0o111])


def _starts(sizes: Iterable[int]) -> Iterator[int]:
    start = 0
    for size in sizes:
        yield start
        start += size


def _each(name: str, rows: Iterable[Sequence[str]]) -> str:
    """Return a function that calls the command it is given once a row."""
    lines = [f'    "$1" {shlex.join(row)}' for row in rows]
    return "\n".join([f"{name}() {{", *(lines or ["    true"]), "}"])


def _batches(name: str, paths: Sequence[str]) -> str:
    """Return a function that calls the command it is given with many paths at a time."""
    lines = [
        f'    "$@" {shlex.join(paths[start : start + _PATHS_A_CALL])} || return 1'
        for start in range(0, len(paths), _PATHS_A_CALL)
    ]
    return "\n".join([f"{name}() {{", *(lines or ["    true"]), "}"])
