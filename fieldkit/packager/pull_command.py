"""``fieldkit pull PROFILE``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from fieldkit.console import Console
from fieldkit.errors import ExitCode
from fieldkit.packager import deployments, embedder_pull, embedders, licensing, stick
from fieldkit.packager.embedder_pull import PulledEmbedder
from fieldkit.packager.origins import Options
from fieldkit.packager.progress import Progress, size
from fieldkit.packager.pull import Pulled, pull
from fieldkit.packager.run import Run


def run(options: argparse.Namespace, console: Console) -> int:
    """Pull the model of a profile, and its embedder of the catalog; prints the model's folder."""
    profile, folder = deployments.load_profile(options.profile)
    candidate = deployments.load_candidate(profile.model.candidate, beside=folder)
    licensing.check_policy(profile, candidate)
    work = Run(progress=Progress(console))
    how = Options(endpoint=options.endpoint, stick=options.source, update=options.update)
    pulled = pull(profile, folder, candidate, run=work, options=how)
    embedder = None
    if profile.embedder is not None and profile.embedder.name is not None:
        embedder = embedders.pull(work, profile, folder, how)
    if options.to is not None:
        _write_stick(options.to, pulled, work)
        if embedder is not None:
            _write_embedder(options.to / embedder_pull.STICK, embedder, work)
    if options.json:
        console.out_json({**_summary(pulled), "embedder": _embedder(embedder)})
    else:
        total = sum(file.size for file in pulled.lock.model.files)
        console.err(f"{len(pulled.lock.model.files)} files, {size(total)}, as the lock has them.")
        console.out(str(options.to or pulled.model))
    return ExitCode.OK


def _write_stick(folder: Path, pulled: Pulled, work: Run) -> None:
    total = sum(file.size for part in _parts(pulled) for file in part.files)
    done = 0

    def advance(count: int) -> None:
        nonlocal done
        done += count
        work.progress.advance(done, total, "bytes")

    with work.step("write", str(folder)):
        stick.write(
            folder, pulled.lock, model=pulled.model, adapter=pulled.adapter, advance=advance
        )


def _write_embedder(folder: Path, embedder: PulledEmbedder, work: Run) -> None:
    with work.step("write", str(folder)):
        stick.write(
            folder, embedder.lock, model=embedder.folder, adapter=None, advance=lambda _count: None
        )


def _embedder(embedder: PulledEmbedder | None) -> dict[str, Any] | None:
    if embedder is None:
        return None
    lock = embedder.lock
    return {
        "name": lock.candidate,
        **lock.model.model_dump(mode="json"),
        "folder": str(embedder.folder),
    }


def _parts(pulled: Pulled) -> list[Any]:
    lock = pulled.lock
    return [lock.model, *([lock.adapter] if lock.adapter is not None else [])]


def _summary(pulled: Pulled) -> dict[str, Any]:
    lock = pulled.lock
    adapter = lock.adapter.model_dump(mode="json") if lock.adapter is not None else None
    return {
        "candidate": lock.candidate,
        **lock.model.model_dump(mode="json"),
        "licence": lock.licence,
        "folder": str(pulled.model),
        "adapter": {**adapter, "folder": str(pulled.adapter)} if adapter else None,
        "fetched_bytes": pulled.fetched,
        "changes": list(pulled.changes or ()),
    }
