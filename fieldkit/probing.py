"""``fieldkit probe``: what there is to probe here, and the report on it.

In a release that is the installed model, exactly. At IT's it is the candidates, by their shapes; a
file given with ``--model`` is measured.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fieldkit import assistant
from fieldkit.core.gguf_types import FILE_TYPES
from fieldkit.core.measurement import Measurement
from fieldkit.core.release import Assistant
from fieldkit.engine import backend
from fieldkit.engine.header import read_header
from fieldkit.engine.location import revision
from fieldkit.errors import FieldkitError, UsageProblem
from fieldkit.install.locate import release_dir
from fieldkit.machine.facts import machine
from fieldkit.probe.explain import code_for
from fieldkit.probe.explain import explain as explanation
from fieldkit.probe.measure import measure
from fieldkit.probe.report import EngineFacts, probe
from fieldkit.probe.subject import Subject, from_header

_CONTEXT = 4096  # tokens, for a file that no release says how to run


def run(options: argparse.Namespace) -> dict[str, Any]:
    """The report for the options of ``fieldkit probe``, ready for JSON."""
    measuring: Callable[[], Measurement] | None = None
    place = Path.cwd()
    if options.model is not None:
        subject = _file(options.model)
        subjects = [subject]
        place = options.model.absolute().parent

        def measuring() -> Measurement:
            return measure(options.model, context=subject.context)

    elif options.candidate is not None:
        subjects = _candidates([options.candidate])
    elif (installed := _installed()) is not None:
        subjects = [installed]
    else:
        subjects = _candidates([])
    report = probe(
        subjects,
        machine=machine(place),
        engine=_engine(),
        measure=measuring,
        simulate_ram_gib=options.simulate_ram,
    )
    report["code"] = code_for(report)
    return report


def explain(code: str) -> dict[str, Any]:
    """What the ``code`` of a report tells, ready for JSON; raises UsageProblem when it is none."""
    subjects = [found] if (found := _installed()) is not None else []
    with contextlib.suppress(UsageProblem):  # a release carries no candidates
        subjects += _candidates([])
    kinds = FILE_TYPES.values()
    return explanation(code, [(subject.name, kind) for subject in subjects for kind in kinds])


def _file(path: Path) -> Subject:
    header = read_header(path)
    context = min(_CONTEXT, header.shape.context)
    return from_header(header, name=path.name, context=context)


def _installed() -> Subject | None:
    """The model of the release this runs from, None outside a release."""
    try:
        folder = release_dir()
    except UsageProblem:
        return None
    settings: Assistant = assistant.read(folder)
    with assistant.damage_told():
        header = read_header(folder / settings.model)
    return from_header(header, name=settings.model_name, context=settings.context)


def _candidates(names: list[str]) -> list[Subject]:
    """The candidates ``names``, or all; they are no part of a release."""
    try:
        subjects = importlib.import_module("fieldkit.packager.subjects")
    except ImportError as error:
        raise UsageProblem(
            "there are no candidates here: they belong to the build tool",
            hint="Without --candidate, the installed model is probed.",
        ) from error
    found: list[Subject] = subjects.subjects(names)
    return found


def _engine() -> EngineFacts | None:
    try:
        backend.load()
        return EngineFacts(
            revision=revision(), variant=backend.chosen_variant(), variants=backend.variants()
        )
    except FieldkitError:
        return None
