"""Builds the portable engine and llama.cpp's tools from one pinned source distribution.

The engine is keyed by its recipe (``build/engine/*.toml``): version, source hash, CMake flags. It
is built once into the cache and used by the development environment, the pipeline and every
release.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import sysconfig
import tarfile
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from fieldkit import resources
from fieldkit.engine.location import (
    MEND,
    REVISION_FILE,
    engine_key,
    platform_name,
    recipe,
    variants,
)
from fieldkit.errors import FetchFailed, FieldkitError, IntegrityProblem, InvalidInput
from fieldkit.packager.cache import file_sha256, key_of, sync_tree
from fieldkit.packager.process import Log, call, ignore
from fieldkit.packager.tools.cmake import CMake

Progress = Callable[[int, int], None]

# Parts of llama.cpp's tree that nothing here is made from. ``models`` (vocabularies and chat
# templates) and the converter stay.
_UNUSED = ("docs", "media", "examples", "tests", "benches", "ci")
_NINJA_STEP = re.compile(r"^\[(\d+)/(\d+)\]")


def ensure_engine(*, log: Log = ignore, progress: Progress | None = None) -> Path:
    """The folder of the portable engine, built first if need be (minutes, once).

    Raises UsageProblem when a build tool is missing, FetchFailed when the source cannot be had,
    IntegrityProblem when it is not the pinned one.
    """
    target = resources.cache_dir() / "engine" / engine_key()
    if target.is_dir() and variants(target):
        return target
    spec = _recipe()
    cmake = CMake.verify(minimum=spec["cmake"]["minimum"])
    source = ensure_source(log=log)
    with _workspace(target.parent) as work:
        flags = spec["cmake"]["flags"]
        watch = _watch(log, progress)
        cmake.build(source, work / "b", flags=flags, targets=spec["cmake"]["targets"], log=watch)
        ready = work / "engine"
        ready.mkdir()
        _collect(work / "b", ready, spec["cmake"])
        _check_complete(ready, spec["cmake"])
        shutil.copy2(source / "LICENSE", ready / "LICENSE")
        (ready / REVISION_FILE).write_text(
            f"{spec['source']['package']} {spec['source']['version']}\n"
            f"sha256 {spec['source']['sha256']}\n" + "\n".join(flags) + "\n"
        )
        sync_tree(ready)
        ready.rename(target)
    return target


def ensure_tools(*, log: Log = ignore, progress: Progress | None = None) -> Path:
    """The folder of llama-bench, llama-imatrix, llama-perplexity and llama-quantize.

    Built from the engine's own source when first needed. They are linked against a ggml without a
    CPU part and load the engine's variants, which are copied beside them.
    """
    engine = ensure_engine(log=log, progress=progress)
    target = resources.cache_dir() / "tools" / engine_key()
    if target.is_dir():
        _add_variants(target, engine)
        return target
    tools = _recipe()["tools"]
    flags = [*tools["flags"], "-DGGML_CPU=OFF", "-DGGML_CPU_ALL_VARIANTS=OFF"]
    return build_programs(
        target, flags, tools["programs"], variants_of=engine, log=log, progress=progress
    )


def build_programs(
    target: Path,
    flags: list[str],
    programs: list[str],
    *,
    variants_of: Path | None,
    log: Log = ignore,
    progress: Progress | None = None,
) -> Path:
    """Build ``programs`` of the pinned source into the new folder ``target``, and return it.

    ``flags`` replace the engine's flags of the same name. ``variants_of`` is the engine whose CPU
    variants are copied beside the programs. Raises what ``ensure_engine`` raises.
    """
    spec = _recipe()
    cmake = CMake.verify(minimum=spec["cmake"]["minimum"])
    replaced = {flag.split("=")[0] for flag in flags}
    kept = [flag for flag in spec["cmake"]["flags"] if flag.split("=")[0] not in replaced]
    source = ensure_source(log=log)
    with _workspace(target.parent) as work:
        watch = _watch(log, progress)
        cmake.build(source, work / "b", flags=[*kept, *flags], targets=programs, log=watch)
        ready = work / "tools"
        ready.mkdir()
        for path in sorted((work / "b" / "bin").iterdir()):
            if path.name in programs or ".so" in path.name:
                shutil.copy2(path, ready / path.name, follow_symlinks=False)
        if variants_of is not None:
            _add_variants(ready, variants_of)
        sync_tree(ready)
        ready.rename(target)
    return target


def _add_variants(programs: Path, engine: Path) -> None:
    """Copy the CPU variants of ``engine`` that ``programs`` lacks beside them.

    Links would break with the path they point to: the engine's folder may be reached through a
    cache that is itself temporary.
    """
    for path in engine.glob(_recipe()["cmake"]["variants"]):
        target = programs / path.name
        if target.is_file() and not target.is_symlink():
            continue
        with _workspace(programs.parent) as work:
            shutil.copy2(path, work / path.name)
            (work / path.name).replace(target)


def require_portable(folder: Path) -> None:
    """Raise InvalidInput unless ``folder`` holds an engine that runs on any CPU of its kind.

    An engine compiled for the build machine dies with an illegal instruction on an older laptop, so
    only one with a variant for the oldest CPU of its architecture is ever bundled.
    """
    baseline = {"x86_64": "x64", "amd64": "x64"}.get(platform_name().split("-", 1)[1])
    found = variants(folder) if folder.is_dir() else ()
    if len(found) < 2 or (baseline and baseline not in found):
        raise InvalidInput(
            f"{folder} holds no portable engine: "
            f"{'CPU variants ' + ', '.join(found) if found else 'no CPU variants'}",
            hint=f"It would die with an illegal instruction on an older laptop. {MEND}",
        )


def _recipe() -> dict[str, Any]:
    return tomllib.loads(recipe().read_text(encoding="utf-8"))


@contextmanager
def _workspace(parent: Path) -> Iterator[Path]:
    """A temporary folder beside where its result will stand, so that a rename publishes it."""
    parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".building-", dir=parent) as folder:
        yield Path(folder)


def _watch(log: Log, progress: Progress | None) -> Log:
    def line(text: str) -> None:
        log(text)
        if progress is not None and (step := _NINJA_STEP.match(text)):
            progress(int(step[1]), int(step[2]))

    return line


def ensure_source(*, log: Log = ignore) -> Path:
    """The pinned llama.cpp, unpacked in the cache: sources, converter, vocabularies, templates.

    Read-only by agreement: whoever runs Python from it writes no bytecode there. Raises
    FetchFailed when the source cannot be had, IntegrityProblem when it is not the pinned one.
    """
    source = _recipe()["source"]
    key = key_of({"sha256": source["sha256"], "without": _UNUSED})[:16]
    target = resources.cache_dir() / "source" / key
    if target.is_dir():
        return target
    archive = _download(source, log)
    with _workspace(target.parent) as work:
        ready = work / "source"
        _unpack(archive, source["llama_cpp"], ready)
        sync_tree(ready)
        try:
            ready.rename(target)
        except OSError:
            if not target.is_dir():  # else another process was first
                raise
    return target


def _unpack(archive: Path, inside: str, target: Path) -> None:
    """Unpack the folder ``inside`` of the source distribution as ``target``."""
    target.mkdir()
    with tarfile.open(archive) as tar:
        for member in tar:
            path = PurePosixPath(*PurePosixPath(member.name).parts[1:])
            if not path.is_relative_to(inside):
                continue
            if any(path.is_relative_to(PurePosixPath(inside, unused)) for unused in _UNUSED):
                continue
            member.name = str(path.relative_to(inside))
            tar.extract(member, target, filter="data")


def source_archive(*, log: Log = ignore) -> Path:
    """The pinned source distribution, fetched once; raises FetchFailed or IntegrityProblem."""
    return _download(_recipe()["source"], log)


def _download(source: dict[str, str], log: Log) -> Path:
    """The source distribution in the cache; pip fetches it, with its index, proxy, certificates."""
    folder = resources.cache_dir() / "downloads"
    name = f"{source['package'].replace('-', '_')}-{source['version']}.tar.gz"
    archive = folder / name
    if not archive.is_file():
        with _workspace(folder) as work:
            pins = work / "pins.txt"
            pins.write_text(
                f"{source['package']}=={source['version']} --hash=sha256:{source['sha256']}\n"
            )
            _pip_download(pins, work, log)
            (work / name).rename(archive)
    if (actual := file_sha256(archive)) != source["sha256"]:
        archive.unlink()
        raise IntegrityProblem(
            f"{archive}: expected sha256 {source['sha256']}, got {actual}; the file was removed",
            hint="Run this again to fetch it anew.",
        )
    return archive


def _pip_download(pins: Path, folder: Path, log: Log) -> None:
    command: list[str | Path] = [
        sys.executable, "-P", "-m", "pip", "download", "--quiet", "--no-deps",
        "--no-binary", ":all:", "--no-build-isolation", "--require-hashes",
        "--requirement", pins, "--dest", folder,
    ]  # fmt: skip
    # pip asks the build back end for metadata; none of the libraries is compiled for that.
    path = os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", "")])
    env = {"PATH": path, "CMAKE_ARGS": "-DLLAMA_BUILD=OFF -DLLAVA_BUILD=OFF"}
    try:
        call(command, action="fetch the engine's source", log=log, env=env)
    except FieldkitError as error:
        raise FetchFailed(
            error.message,
            hint="Check pip's index and proxy settings, or put the file into "
            f"{resources.cache_dir() / 'downloads'} by hand.",
        ) from error


def _collect(build: Path, ready: Path, spec: dict[str, Any]) -> None:
    """Copy the libraries: each real file once, under its SONAME, with a link for the plain name."""
    for path in sorted((build / "bin").iterdir()):
        if path.is_symlink() or ".so" not in path.name or path.name in spec["without"]:
            continue
        plain, _, version = path.name.partition(".so")
        soname = f"{plain}.so" + (f".{version.split('.')[1]}" if version else "")
        shutil.copy2(path, ready / soname)
        if version and f"{plain}.so" in spec["libraries"]:
            (ready / f"{plain}.so").symlink_to(soname)


def _check_complete(ready: Path, spec: dict[str, Any]) -> None:
    missing = [name for name in spec["libraries"] if not (ready / name).is_file()]
    if missing or len(variants(ready)) < 2:
        raise FieldkitError(
            f"the engine was built but is not complete: {', '.join(missing) or 'one variant only'}",
            hint="Remove the cache folder 'engine' and build again; if it stays so, report it.",
        )


def engine_version() -> str:
    """``llama-cpp-python 0.3.36``: what the engine is built from."""
    source = _recipe()["source"]
    return f"{source['package']} {source['version']}"
