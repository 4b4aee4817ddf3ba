"""``fieldkit pull PROFILE``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from fieldkit.console import Console
from fieldkit.errors import ExitCode
from fieldkit.packager import deployments, licensing, stick
from fieldkit.packager.origins import Options
from fieldkit.packager.progress import Progress, size
from fieldkit.packager.pull import Pulled, pull
from fieldkit.packager.run import Run


def run(options: argparse.Namespace, console: Console) -> int:
    """Pull the model of a profile; prints the folder it lies in."""
    profile, folder = deployments.load_profile(options.profile)
    candidate = deployments.load_candidate(profile.model.candidate, beside=folder)
    licensing.check_policy(profile, candidate)
    work = Run(progress=Progress(console))
    pulled = pull(
        profile,
        folder,
        candidate,
        run=work,
        options=Options(endpoint=options.endpoint, stick=options.source, update=options.update),
    )
    if options.to is not None:
        _write_stick(options.to, pulled, work)
    if options.json:
        console.out_json(_summary(pulled))
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
