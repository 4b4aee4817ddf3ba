"""``fieldkit build``: the order of the steps, one build at a time, and what it answers.

Every step is a function from inputs to one artifact. A step whose inputs did not change is reused
and said to be; a build that was killed goes on where it stopped.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import fieldkit
from fieldkit import resources
from fieldkit.core.fit import footprint
from fieldkit.core.release import RELEASE_FILE, Assistant, Release
from fieldkit.engine.header import read_header
from fieldkit.engine.location import engine_key
from fieldkit.errors import UsageProblem
from fieldkit.install import lock
from fieldkit.packager import (
    calibrate,
    embedders,
    gate_step,
    installer,
    manuals,
    record,
    steps,
    target,
    weights,
)
from fieldkit.packager.embedders import Embedder
from fieldkit.packager.engine import engine_version, ensure_engine, require_portable
from fieldkit.packager.licensing import Acceptance
from fieldkit.packager.media import ReleaseFacts, write_media
from fieldkit.packager.progress import size
from fieldkit.packager.quantize import check_space
from fieldkit.packager.resolve import Chosen, Resolved, choose
from fieldkit.packager.run import Enough, Run, code
from fieldkit.packager.stage import assistant_of, stage, stage_originals

STEPS = (
    "resolve", "pull", "licence", "convert", "engine", "quantize", "measure", "index", "evaluate",
    "divergence", "gate", "freeze", "media", "installer", "record",
)  # fmt: skip

_APP_BYTES = 150 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a build is asked for.

    ``model`` overrides the profile's file; ``evaluate`` scores the question set though no gate
    needs it.
    """

    profile: str
    output: Path
    model: Path | None = None
    evaluate: bool = False


def build(order: Order, run: Run) -> dict[str, Any]:
    """Run every step up to ``run.until``; returns the object of ``build --json``.

    Raises the FieldkitError of the step that failed; nothing is bundled then. Busy when another
    build holds the cache's lock.
    """
    if run.until is not None and run.until not in STEPS:
        raise UsageProblem(f"there is no step {run.until!r}", hint=f"Steps: {', '.join(STEPS)}.")
    result: dict[str, Any] = {
        "release": None,
        "version": None,
        "media": None,
        "installers": [],
        "measurement": None,
        "manuals": None,
        "evidence": None,
        "gates": [],
        "scores": None,
    }
    if run.until is None:
        _check_output(order.output)
    cache = resources.cache_dir()
    cache.mkdir(parents=True, exist_ok=True)
    with lock.hold(cache / "build.lock"):
        try:
            _build(order, run, result)
        except Enough:
            run.progress.note(f"stopped after {run.until}, as asked")
    result["seconds_by_step"] = dict(run.progress.seconds)
    result["reused"] = run.reused
    return result


def _check_output(folder: Path) -> None:
    """Raise UsageProblem before work starts when ``folder`` could not be made or written to."""
    absolute = folder.absolute()
    nearest = next(place for place in (absolute, *absolute.parents) if place.exists())
    if not nearest.is_dir() or not os.access(nearest, os.W_OK):
        what = "is not a folder" if not nearest.is_dir() else "cannot be written to"
        raise UsageProblem(f"{nearest}: {what}", hint="Name another folder with --output.")


def _build(order: Order, run: Run, result: dict[str, Any]) -> None:
    chosen = _choose(order, run)
    result["version"] = chosen.profile.release.version
    embedder = embedders.obtain(run, chosen)
    manuals.tesseract(chosen.profile)  # a tool that is required and missing is told first
    if not order.evaluate:
        gate_step.check_unread(run, chosen)
    found = weights.obtain(run, chosen)
    resolved, acceptance = found.resolved, found.acceptance
    engine = prepare_engine(run)
    model = steps.quantize(run, resolved)
    run.done("quantize")
    measurement = steps.measure(run, resolved, model)
    result["measurement"] = measurement.summary()
    run.done("measure")
    library = steps.index(run, resolved, embedder)
    originals = manuals.files_of(run, resolved, steps.report_of(library)["documents"])
    manuals_read = _manuals(run, resolved, library, originals)
    result["manuals"] = manuals_read
    result["evidence"] = calibrate.noted(library)
    run.done("index")
    assistant = assistant_of(resolved, run.hashes.sha256(model), embedder)
    scores = steps.evaluate(
        run, resolved, model, library, assistant, asked=order.evaluate, embedder=embedder
    )
    result["scores"] = scores
    run.done("evaluate")
    divergence = steps.divergence(run, resolved, model)
    run.done("divergence")
    gates = gate_step.gate(run, resolved, measurement, scores, divergence, manuals_read, embedder)
    result["gates"] = [gate.to_dict() for gate in gates]
    run.done("gate")
    app = steps.freeze(run, engine)
    run.done("freeze")
    version = Version(
        resolved, assistant, app, library, model, engine, acceptance, embedder, originals
    )
    folder = order.output / f"{resolved.name}-{resolved.profile.release.version}"
    release = _media(run, folder, version)
    result["release"], result["media"] = release.identity, str(folder / "media")
    run.done("media")
    result["installers"] = [str(_installer(run, folder, release, assistant))]
    run.done("installer")
    with run.step("record", "what was decided, and on which figures"):
        figures = record.Figures(
            measurement=measurement,
            gates=gates,
            scores=scores,
            evidence=result["evidence"],
            manuals=manuals_read,
        )
        record.write(folder, resolved, release, figures, acceptance, embedder)


def _manuals(
    run: Run, resolved: Resolved, library: Path, originals: Mapping[str, Path]
) -> dict[str, Any]:
    """What became of the manuals, and the size of their own files where they travel."""
    if not resolved.profile.library.originals:
        return {**steps.report_of(library), "originals": None}
    carried = {"files": len(originals), "size": _bytes(originals.values())}
    run.progress.detail(f"with {carried['files']} original files, {size(carried['size'])}")
    return {**steps.report_of(library), "originals": carried}


def _bytes(paths: Iterable[Path]) -> int:
    return sum(path.stat().st_size for path in paths)


def prepare_engine(run: Run) -> Path:
    """The portable engine, built first if need be; InvalidInput when it is not portable."""
    with run.step("engine", "portable engine"):
        engine = ensure_engine(
            progress=lambda done, total: run.progress.advance(done, total, "files")
        )
        require_portable(engine)
    run.done("engine")
    return engine


def _choose(order: Order, run: Run) -> Chosen:
    with run.step("resolve", f"profile {order.profile}"):
        chosen = choose(order.profile, model=order.model)
        run.progress.detail(
            f"{chosen.candidate.name}, licence {chosen.candidate.licence.identifier}"
        )
    run.done("resolve")
    return chosen


@dataclass(frozen=True, slots=True)
class Version:
    """Everything that is installed, before it is packed."""

    resolved: Resolved
    assistant: Assistant
    app: Path
    library: Path
    model: Path
    engine: Path
    acceptance: Acceptance
    embedder: Embedder | None
    originals: Mapping[str, Path]

    @property
    def size(self) -> int:
        """About how many bytes of disk it takes."""
        files = [self.model, self.library, *self.originals.values()]
        return _APP_BYTES + _bytes(files)


def _media(run: Run, folder: Path, version: Version) -> Release:
    """Write the media folder, unless the one there was made from the same inputs."""
    profile, candidate = version.resolved.profile, version.resolved.candidate
    target.check_disk(profile, version.size, _bytes(version.originals.values()))
    header = read_header(version.model)
    need = footprint(header.shape, weights=header.tensor_bytes, context=profile.model.context)
    wanted = {
        "app": str(version.app),
        "library": run.hashes.sha256(version.library),
        "assistant": version.assistant.to_json(),
        "release": profile.release.model_dump(mode="json"),
        "licence": {"identifier": candidate.licence.identifier, **version.acceptance.to_dict()},
        "code": code("packager", "core"),
        "installer": run.hashes.tree(resources.folder("installer")),
        "originals": list(version.originals),
    }
    embedder = version.embedder
    if embedder is not None:
        need = replace(need, embedder=embedder.memory_bytes)
        wanted["embedder"] = embedder.in_words()
    stamp = folder / ".media.json"
    if _read(stamp) == wanted and (kept := _kept(folder / "media")) is not None:
        run.reuse("media")
        return kept
    facts = ReleaseFacts(
        name=version.resolved.name,
        version=profile.release.version,
        publisher=profile.release.publisher,
        fieldkit=fieldkit.__version__,
        engine=f"{engine_version()} ({engine_key()})",
        memory_bytes=need.total,
        licence=candidate.licence.identifier,
    )
    with run.step("media", str(folder / "media")):
        folder.mkdir(parents=True, exist_ok=True)
        check_space(folder, 2 * version.size, "the media folder and the installer")
        stamp.unlink(missing_ok=True)
        tree = folder / ".tree"
        shutil.rmtree(tree, ignore_errors=True)
        try:
            stage(
                tree,
                app=version.app,
                library=version.library,
                assistant=version.assistant,
                engine=version.engine,
                acceptance=version.acceptance,
                embedder=embedder,
            )
            stage_originals(tree, version.originals)
            release = write_media(
                tree,
                version.model,
                facts,
                folder / "media",
                lambda done, total: run.progress.advance(done, total, "bytes"),
            )
        finally:
            shutil.rmtree(tree, ignore_errors=True)
        stamp.write_text(json.dumps(wanted), encoding="utf-8")
    return release


def _kept(media: Path) -> Release | None:
    """The release in ``media`` if every blob is there with its size."""
    try:
        release = Release.from_json((media / RELEASE_FILE).read_text(encoding="utf-8"))
        sizes = [(media / "blobs" / blob.sha256).stat().st_size for blob in release.blobs]
    except OSError:
        return None
    return release if sizes == [blob.size for blob in release.blobs] else None


def _installer(run: Run, folder: Path, release: Release, assistant: Assistant) -> Path:
    """Write the single-file installer, unless the one there carries this release."""
    path = folder / installer.file_name(release)
    stamp = folder / ".installer.json"
    wanted: dict[str, Any] = {
        "release": release.identity,
        "code": code("packager/installer.py", "packager/blobs.py"),
        "parts": run.hashes.tree(resources.folder("installer")),
    }
    if path.is_file() and _read(stamp) == {**wanted, "size": path.stat().st_size}:
        run.reuse("installer")
        return path
    with run.step("installer", path.name):
        stamp.unlink(missing_ok=True)
        installer.write_run(
            folder / "media",
            release,
            assistant.name,
            folder,
            lambda done, total: run.progress.advance(done, total, "bytes"),
        )
        wanted["size"] = path.stat().st_size
        stamp.write_text(json.dumps(wanted), encoding="utf-8")
        run.progress.detail(size(path.stat().st_size))
    return path


def _read(path: Path) -> Mapping[str, Any] | None:
    try:
        data: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return data
