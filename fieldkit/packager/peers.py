"""Builds what the engine is compared with, from the engine's own pinned source.

``build/engine/peers.toml`` defines the groups; each is built when first needed and kept in the
cache. Only benchmarks ask for them: no build of a release does.
"""

from __future__ import annotations

import hashlib
import tarfile
import tomllib
from pathlib import Path, PurePosixPath

from fieldkit import resources
from fieldkit.engine.location import engine_key
from fieldkit.errors import InvalidInput
from fieldkit.packager.engine import Progress, build_programs, ensure_engine, source_archive
from fieldkit.packager.process import Log, ignore


def ensure_peer(group: str, *, log: Log = ignore, progress: Progress | None = None) -> Path:
    """The folder with the programs of ``group`` (``server`` or ``native``), built if need be.

    Raises InvalidInput for an unknown group, and what ``ensure_engine`` raises.
    """
    file = resources.folder("build") / "engine" / "peers.toml"
    groups = tomllib.loads(file.read_text(encoding="utf-8"))
    if group not in groups:
        raise InvalidInput(
            f"{file.name} defines no group {group!r}", hint=f"It has: {', '.join(sorted(groups))}."
        )
    spec = groups[group]
    target = resources.cache_dir() / "peers" / f"{group}-{_key(group, spec)}"
    if target.is_dir():
        return target
    engine = ensure_engine(log=log, progress=progress)
    return build_programs(
        target,
        spec["flags"],
        spec["programs"],
        variants_of=engine if spec["variants"] else None,
        log=log,
        progress=progress,
    )


def _key(group: str, spec: dict[str, object]) -> str:
    """What ``group`` is built from: the engine's key and the group's own definition."""
    text = f"{engine_key()} {group} {sorted(spec.items())}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def ensure_vocabulary(name: str, *, log: Log = ignore) -> Path:
    """A header-only GGUF with the vocabulary ``name`` (``phi-3``) from the pinned source.

    Raises InvalidInput when the source carries no such vocabulary, and FetchFailed or
    IntegrityProblem when the source cannot be had.
    """
    wanted = f"ggml-vocab-{name}.gguf"
    target = resources.cache_dir() / "peers" / f"{engine_key()}-{wanted}"
    if target.is_file():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_suffix(".partial")
    with tarfile.open(source_archive(log=log)) as archive:
        for member in archive:
            if PurePosixPath(member.name).name == wanted and (
                stream := archive.extractfile(member)
            ):
                aside.write_bytes(stream.read())
                aside.replace(target)
                return target
    raise InvalidInput(f"the engine's source carries no vocabulary {name!r}")
