"""Writes the media folder: one release on a stick, with everything its installer needs.

``docs/release-format.md`` describes what is written.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePath

from fieldkit.core.release import (
    RELEASE_FILE,
    Assistant,
    Link,
    Platform,
    Release,
    ReleaseFile,
    model_path,
)
from fieldkit.core.text import clean_line
from fieldkit.errors import FieldkitError, IntegrityProblem, InvalidInput, UsageProblem
from fieldkit.library import originals
from fieldkit.packager import glibc, installer
from fieldkit.packager.blobs import BLOB_BYTES, LARGE_BYTES, BlobWriter, Progress, silent
from fieldkit.packager.progress import size as in_words
from fieldkit.resources import folder

MENU_ENTRY = "share/fieldkit.desktop"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseFacts:
    """What a release says of itself that its files do not tell.

    ``name`` and ``version`` become parts of file names; ``memory_bytes`` is the least memory of
    the machine in bytes; ``fieldkit`` and ``engine`` are versions; ``licence`` is the model's.
    """

    name: str
    version: str
    publisher: str
    fieldkit: str
    engine: str
    memory_bytes: int
    licence: str
    os: str = "linux"
    machine: str = "x86_64"


def write_media(
    tree: Path,
    model: Path,
    facts: ReleaseFacts,
    output: Path,
    progress: Progress = silent,
    *,
    blob_bytes: int = BLOB_BYTES,
    large_bytes: int = LARGE_BYTES,
) -> Release:
    """Write the media folder ``output`` from a staged version tree and a model file.

    ``tree`` holds ``app/`` (PyInstaller onedir), ``assistant.json``, ``library.sqlite``,
    ``licences/``, and maybe ``manuals/``. Everything is written aside and renamed at the end; a
    media folder that is already there is replaced. Equal input gives equal bytes when
    SOURCE_DATE_EPOCH is set. ``progress`` gets bytes done and bytes in all.

    Raises UsageProblem when ``output`` is something else, InvalidInput for a tree that cannot be
    carried, IntegrityProblem when the model is not the one ``assistant.json`` names, or a manual's
    own file not what its name says.
    """
    with _aside(output) as partial:
        assistant = _read_assistant(tree)
        staged = partial / ".tree"
        _menu_entry(staged / MENU_ENTRY, assistant.name)
        release = _write_blobs(
            _collect(tree, staged),
            model,
            facts,
            partial,
            progress,
            BlobSizes(blob=blob_bytes, large=large_bytes),
            glibc.floor(tree / "app"),
        )
        if not assistant.model.endswith(f"/{model_path(release.model_sha256)}"):
            raise IntegrityProblem(
                f"assistant.json names {assistant.model}, and {model} has the SHA-256 "
                f"{release.model_sha256}",
                hint="Stage the version again with this model.",
            )
        shutil.rmtree(staged)
        _write_texts(release, assistant.name, partial)
    return release


@dataclass(frozen=True, slots=True, kw_only=True)
class BlobSizes:
    """The most bytes of a blob, and from how many bytes on a file has blobs of its own."""

    blob: int
    large: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tree:
    files: dict[str, Path]
    links: tuple[Link, ...]


@contextmanager
def _aside(output: Path) -> Iterator[Path]:
    if output.is_symlink() or (output.exists() and not _replaceable(output)):
        raise UsageProblem(
            f"{output} exists and is not a media folder",
            hint="Choose another --output, or move it away.",
        )
    partial = output.parent / f".{output.name}.partial"
    old = output.parent / f".{output.name}.old"
    for stale in (partial, old):
        shutil.rmtree(stale, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        yield partial
        sync_folder(partial)
        if output.exists():
            output.rename(old)
        partial.rename(output)
        sync_folder(output.parent)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
        if not output.exists() and old.exists():
            old.rename(output)
        shutil.rmtree(old, ignore_errors=True)


def _replaceable(output: Path) -> bool:
    return output.is_dir() and ((output / RELEASE_FILE).is_file() or not any(output.iterdir()))


def sync_folder(path: Path) -> None:
    """Make the names in a folder survive a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _read_assistant(tree: Path) -> Assistant:
    try:
        return Assistant.from_json((tree / "assistant.json").read_text(encoding="utf-8"))
    except (FieldkitError, OSError, ValueError) as error:
        raise InvalidInput(f"{tree}: assistant.json cannot be read: {error}") from error


def _menu_entry(target: Path, title: str) -> None:
    template = (folder("installer") / "linux" / "fieldkit.desktop.in").read_text(encoding="utf-8")
    # A desktop entry's value escapes the backslash (Desktop Entry Specification, "Value types").
    name = clean_line(title).replace("\\", "\\\\").replace("@", "(at)")
    target.parent.mkdir(parents=True)
    target.write_text(template.replace("@NAME@", name), encoding="utf-8")


def _collect(*roots: Path) -> _Tree:
    files: dict[str, Path] = {}
    links: list[Link] = []
    for root in roots:
        for path in sorted(root.rglob("*")):
            name = path.relative_to(root).as_posix()
            kind = path.lstat().st_mode
            if stat.S_ISLNK(kind):
                links.append(Link(path=name, target=path.readlink().as_posix()))
            elif stat.S_ISREG(kind):
                files[name] = path
            elif not stat.S_ISDIR(kind):
                raise InvalidInput(f"{path} is neither a file, a folder nor a link")
    if "app/fieldkit" not in files:
        raise InvalidInput(f"{roots[0]} holds no app/fieldkit", hint="Freeze the assistant first.")
    return _Tree(
        files=dict(sorted(files.items())), links=tuple(sorted(links, key=lambda link: link.path))
    )


def _write_blobs(
    tree: _Tree,
    model: Path,
    facts: ReleaseFacts,
    media: Path,
    progress: Progress,
    sizes: BlobSizes,
    glibc_floor: str,
) -> Release:
    paths = [model, *tree.files.values()]
    total = sum(path.stat().st_size for path in paths)
    done = 0

    def advance(count: int) -> None:
        nonlocal done
        done += count
        progress(done, total)

    (media / "blobs").mkdir()
    writer = BlobWriter(
        media / "blobs", blob_bytes=sizes.blob, large_bytes=sizes.large, advance=advance
    )
    entries = [(path, *writer.add(path, alone=path is model)) for path in paths]
    blobs = writer.finish()
    sync_folder(media / "blobs")
    model_sha256 = entries[0][1]
    names = [model_path(model_sha256), *tree.files]
    _check_originals(zip(names, (sha256 for _, sha256, *_ in entries), strict=True))
    # What is data is no program, whatever the file system it came from says of it.
    plain = {name for name in names if name == names[0] or name.startswith(f"{originals.FOLDER}/")}
    release = Release(
        name=facts.name,
        version=facts.version,
        publisher=clean_line(facts.publisher),
        created=_created(),
        fieldkit=facts.fieldkit,
        engine=facts.engine,
        platform=Platform(os=facts.os, machine=facts.machine, glibc=glibc_floor),
        memory_bytes=facts.memory_bytes,
        model_sha256=model_sha256,
        licence=clean_line(facts.licence),
        files=tuple(
            ReleaseFile(
                path=name,
                mode=0o755 if name not in plain and path.stat().st_mode & 0o111 else 0o644,
                size=size,
                sha256=sha256,
                parts=writer.numbered(parts),
            )
            for name, (path, sha256, size, parts) in zip(names, entries, strict=True)
        ),
        links=tree.links,
        blobs=blobs,
    )
    try:
        return Release.from_json(release.to_json())
    except IntegrityProblem as error:
        raise InvalidInput(f"this release cannot be carried: {error.message}") from error


def _check_originals(named: Iterable[tuple[str, str]]) -> None:
    """Raise IntegrityProblem where a manual's own file is not what it was when it was indexed."""
    for name, sha256 in named:
        if name.startswith(f"{originals.FOLDER}/") and PurePath(name).stem != sha256:
            raise IntegrityProblem(
                f"a manual changed while the release was built: {name} has the SHA-256 {sha256}",
                hint="Build again when the manuals are in place.",
            )


def _created() -> str:
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    moment = datetime.fromtimestamp(int(epoch), UTC) if epoch else datetime.now(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _write_texts(release: Release, title: str, media: Path) -> None:
    _write(media / RELEASE_FILE, release.to_json().encode())
    _write(media / "README.txt", _readme(release, title).encode())
    if release.platform.os == "linux":
        _write(media / "install.sh", installer.media_script(release, title))


def _readme(release: Release, title: str) -> str:
    template = (folder("installer") / "linux" / "README.txt.in").read_text(encoding="utf-8")
    heading = f"{clean_line(title)} {release.version}"
    values = {
        "@NAME@ @VERSION@": heading,
        "@UNDERLINE@": "=" * len(heading),
        "@PUBLISHED@": f"Published by {release.publisher}.\n" if release.publisher else "",
        "@SIZE@": in_words(release.installed_bytes),
        "@MEMORY@": in_words(release.memory_bytes),
        "@IDENTITY@": release.identity,
        "@LICENCE@": release.licence or "not stated",
    }
    for word, value in values.items():
        template = template.replace(word, value)
    return template


def _write(path: Path, content: bytes) -> None:
    with path.open("xb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
