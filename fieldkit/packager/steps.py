"""The steps that make or check something, each with the inputs its artifact depends on."""

from __future__ import annotations

import importlib.metadata
import json
import platform
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import fieldkit
from fieldkit import resources
from fieldkit.core.measurement import Measurement
from fieldkit.core.release import Assistant
from fieldkit.engine.client import EngineClient
from fieldkit.engine.location import engine_key
from fieldkit.errors import InvalidInput
from fieldkit.library import synonyms
from fieldkit.library.search import Library
from fieldkit.machine.facts import machine
from fieldkit.packager import (
    calibrate,
    embedding,
    library_file,
    manuals_report,
    meaning_floor,
)
from fieldkit.packager import evaluate as evaluation
from fieldkit.packager import manuals as manuals_of
from fieldkit.packager.embedders import Embedder
from fieldkit.packager.engine import ensure_tools
from fieldkit.packager.freeze import freeze as freeze_app
from fieldkit.packager.process import ignore
from fieldkit.packager.progress import size
from fieldkit.packager.quantize import quantize as quantize_model
from fieldkit.packager.resolve import Resolved
from fieldkit.packager.run import Run, code
from fieldkit.packager.tools import perplexity
from fieldkit.probe.measure import measure as measure_model

_CHUNKS = 16  # of 512 tokens: llama-perplexity's error bar is then a few per cent of the mean
_PACKAGE = Path(fieldkit.__file__).parent
_LEFT_OUT = {"__pycache__", "data", "packager"}
_REPORT = "manuals.json"  # beside the index
_INDEX_CODE = tuple(
    f"packager/{name}.py"
    for name in ("calibrate", "library_file", "manuals", "manuals_report", "meaning_floor")
)


def quantize(run: Run, resolved: Resolved) -> Path:
    """The INT4 model file."""
    kind = resolved.profile.model.quantization

    needed_later = resolved.profile.gates.max_kl_divergence is not None

    def make(folder: Path) -> None:
        with resolved.original.last_use(kept=needed_later) as (source, spending):
            quantize_model(
                source,
                folder / "model.gguf",
                kind=kind,
                progress=lambda done, total: run.progress.advance(done, total, "tensors"),
                spending=spending,
            )

    inputs = {"model": resolved.original.sha256, "type": kind, "engine": engine_key()}
    path = run.cached("quantize", f"to {kind}", inputs, make) / "model.gguf"
    if not needed_later:
        resolved.original.drop()
    before, after = resolved.original.size, path.stat().st_size
    run.progress.detail(f"{kind}: {size(before)} -> {size(after)}")
    return path


def measure(run: Run, resolved: Resolved, model: Path) -> Measurement:
    """The figures of the INT4 model on this machine, read in the profile's context."""
    profile = resolved.profile
    digest = run.hashes.sha256(model)

    def make(folder: Path) -> None:
        measurement = measure_model(
            model,
            template=resolved.template,
            context=profile.model.context,
            question_tokens=profile.library.passage_tokens,
            model_sha256=digest,
            progress=lambda done, total: run.progress.advance(done, total, "runs"),
        )
        (folder / "measurement.json").write_text(measurement.to_json(), encoding="utf-8")

    inputs = {
        "model": digest,
        "engine": engine_key(),
        "context": profile.model.context,
        "question": profile.library.passage_tokens,
        "machine": machine(model.parent).lasting(),
        "code": code(
            "engine",
            "probe/energy.py",
            "probe/measure.py",
            "core/measurement.py",
            "core/settings.py",
        ),
    }
    entry = run.cached("measure", "on this machine", inputs, make)
    text = (entry / "measurement.json").read_text(encoding="utf-8")
    measurement = Measurement.from_json(text)
    run.progress.detail(
        f"decode {measurement.decode_tps:.1f} tok/s, prefill {measurement.prefill_tps:.0f} tok/s, "
        f"TTFT {measurement.ttft_s:.2f} s, load {measurement.load_s:.2f} s, "
        f"peak memory {size(measurement.peak_memory_bytes or 0)}"
    )
    return measurement


def index(run: Run, resolved: Resolved, embedder: Embedder | None = None) -> Path:
    """The library of the profile's manuals, with what they mean where there is an ``embedder``.

    Manuals that change meanwhile are read once more; InvalidInput where they change again.
    """
    try:
        return _index(run, resolved, embedder)
    except manuals_of.ManualsChanged:
        return _index(run, resolved, embedder)


def _index(run: Run, resolved: Resolved, embedder: Embedder | None) -> Path:
    state = manuals_of.inputs(run, resolved)
    language = resolved.profile.assistant.language
    named = resolved.profile.library.synonyms
    groups = synonyms.read(resolved.folder / named) if named else ()
    questions = resolved.profile.library.questions
    asked = evaluation.read_questions(resolved.folder / questions) if questions else ()

    without = manuals_of.tesseract(resolved.profile)[1]

    def make(folder: Path) -> None:
        manuals, reused = manuals_of.read(run, resolved)
        manuals_of.check_unchanged(run, resolved, state, manuals)
        with embedding.meant(run, embedder) as meant:
            summary = library_file.build(
                folder / "library.sqlite",
                manuals,
                language=language,
                synonyms=groups,
                meant=meant,
                calibrate=meaning_floor.both(calibrate.by(asked), meaning_floor.by(asked, meant)),
            )
        found = manuals_report.report(manuals, summary)
        (folder / _REPORT).write_text(json.dumps(found), encoding="utf-8")
        if reused:
            run.progress.detail(f"{reused} of {len(manuals.documents)} were read before")

    inputs = {
        "manuals": state,
        "language": language,
        "synonyms": groups,
        "stems": importlib.metadata.version("snowballstemmer"),
        "languages": importlib.metadata.version("langdetect"),
        "questions": [asdict(question) for question in asked],
        "embedder": embedding.inputs_of(embedder),
        "code": code("library", "core", *_INDEX_CODE),
    }
    path = run.cached("index", "manuals", inputs, make) / "library.sqlite"
    found = report_of(path)
    for line in manuals_report.lines(found):
        run.progress.detail(line)
    if without and any(document["unread_pages"] for document in found["documents"]):
        run.progress.detail(without)
    run.progress.detail(manuals_report.counts(found))
    if figures := calibrate.noted(path):
        run.progress.detail(f"evidence: {calibrate.told(figures)}")
    return path


def report_of(library: Path) -> dict[str, Any]:
    """What became of the manuals in a library that ``index`` made: ``manuals_report.report``."""
    text = library.with_name(_REPORT).read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return {"library": library.name, **found}


def evaluate(
    run: Run,
    resolved: Resolved,
    model: Path,
    library: Path,
    assistant: Assistant,
    *,
    asked: bool,
    embedder: Embedder | None = None,
) -> Mapping[str, Any] | None:
    """The score on the profile's question set; None unless a gate needs it or it is ``asked`` for.

    Raises InvalidInput when the profile names no question set.
    """
    if resolved.profile.gates.min_score is None and not asked:
        return None
    if resolved.profile.library.questions is None:
        raise InvalidInput(
            f"{resolved.folder}: the profile has no question set to be scored on",
            hint="Name one in library.questions; profiles/demo/questions.toml is an example.",
        )
    path = resolved.folder / resolved.profile.library.questions

    def make(folder: Path) -> None:
        engine = EngineClient(model, template=assistant.template, context=assistant.context)
        try:
            for _ in engine.start():
                pass
            with Library.open(library) as opened, embedding.searching(opened, embedder):
                scores = evaluation.evaluate(
                    evaluation.read_questions(path),
                    assistant=assistant,
                    library=opened,
                    engine=engine,
                    progress=lambda done, total: run.progress.advance(done, total, "questions"),
                )
        finally:
            engine.close()
        (folder / "scores.json").write_text(json.dumps(scores, indent=2), encoding="utf-8")

    inputs = {
        "questions": run.hashes.sha256(path),
        "library": run.hashes.sha256(library),
        "assistant": assistant.to_json(),
        "embedder": embedding.inputs_of(embedder),
        "engine": engine_key(),
        "code": code("core", "engine", "library", "packager/evaluate.py"),
    }
    entry = run.cached("evaluate", "the profile's questions", inputs, make)
    scores: dict[str, Any] = json.loads((entry / "scores.json").read_text(encoding="utf-8"))
    run.progress.detail(
        f"score {scores['score']:.0%}: {scores['answered']:.0%} of the answerable answered, "
        f"{scores['refused']:.0%} of the others refused"
    )
    return scores


def divergence(run: Run, resolved: Resolved, model: Path) -> Mapping[str, float] | None:
    """How far INT4 is from the original on the manuals' text; None when no gate asks for it."""
    if resolved.profile.gates.max_kl_divergence is None:
        return None

    def make(folder: Path) -> None:
        tools = ensure_tools(
            progress=lambda done, total: run.progress.advance(done, total, "files")
        )
        manuals = manuals_of.read(run, resolved)[0].documents
        text = "\n\n".join(page.text for manual in manuals for page in manual.pages)
        found = perplexity.divergence(
            tools / "llama-perplexity", resolved.original.path(), model, text, chunks=_CHUNKS
        )
        (folder / "divergence.json").write_text(json.dumps(asdict(found)), encoding="utf-8")

    inputs = {
        "original": resolved.original.sha256,
        "model": run.hashes.sha256(model),
        "manuals": manuals_of.inputs(run, resolved),
        "engine": engine_key(),
        "code": code("packager/tools/perplexity.py"),
        "chunks": _CHUNKS,
    }
    entry = run.cached("divergence", "of INT4 from the original, on the manuals", inputs, make)
    resolved.original.drop()
    found: dict[str, float] = json.loads((entry / "divergence.json").read_text(encoding="utf-8"))
    run.progress.detail(
        f"mean KL divergence {found['mean']:.4f} +- {found['error']:.4f} nats, "
        f"same first choice {found['same_top_percent']:.1f} %"
    )
    return found


def freeze(run: Run, engine: Path) -> Path:
    """The frozen assistant: the folder ``app``."""

    def make(folder: Path) -> None:
        freeze_app(engine, folder, log=ignore)

    inputs = {
        "engine": engine_key(),
        "python": sys.version,
        "platform": platform.platform(),
        "code": code(*shipped_code(), *FREEZE_CODE),
        "recipe": run.hashes.tree(resources.folder("build") / "freeze"),
        "packages": sorted(
            f"{found.name}=={found.version}" for found in importlib.metadata.distributions()
        ),
    }
    app = run.cached("freeze", "the assistant (about a minute)", inputs, make) / "app"
    total = sum(path.lstat().st_size for path in app.rglob("*") if not path.is_dir())
    run.progress.detail(f"app {size(total)} without the model")
    return app


def shipped_code() -> tuple[str, ...]:
    """The parts of fieldkit that travel in a release: all but the packager and its data."""
    return tuple(sorted({path.name for path in _PACKAGE.iterdir()} - _LEFT_OUT))


FREEZE_CODE = tuple(
    f"packager/{name}.py" for name in ("freeze", "freeze_native", "freeze_recipe", "freeze_spec")
)
