"""``fieldkit probe``: what there is to probe here, and the report on it.

In a release that is the installed model, exactly. At IT's it is the candidates, by their shapes, or
what a profile deploys; a file given with ``--model`` is measured as well.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from fieldkit import assistant, tuning
from fieldkit.core.gguf_types import FILE_TYPES
from fieldkit.core.measurement import Measurement
from fieldkit.core.prediction import question_tokens
from fieldkit.core.release import Assistant
from fieldkit.core.settings import Settings
from fieldkit.core.trial import Trial
from fieldkit.engine import backend
from fieldkit.engine.defaults import default_settings
from fieldkit.engine.header import read_header
from fieldkit.engine.location import revision
from fieldkit.errors import FieldkitError, UsageProblem
from fieldkit.install.locate import release_dir
from fieldkit.machine.energy import find_meter
from fieldkit.machine.facts import Machine, machine
from fieldkit.probe.explain import code_for
from fieldkit.probe.explain import explain as explanation
from fieldkit.probe.history import Experience, machine_class
from fieldkit.probe.measure import measure
from fieldkit.probe.predict import BUDGET_S, QUICK_S
from fieldkit.probe.predict import predict as predict_speed
from fieldkit.probe.report import EngineFacts, probe
from fieldkit.probe.subject import Prediction, Subject, from_header
from fieldkit.probe.tuning_report import describe
from fieldkit.probe.tuning_report import report as tuning_report
from fieldkit.probe.wattage import measure_wattage
from fieldkit.resources import data_dir

_NO_ENGINE = "speed is not predicted: there is no engine here to measure with (fieldkit engine)"
_CONTEXT = 4096  # tokens, for a file that no release says how to run

Say = Callable[[str], None]


def run(options: argparse.Namespace, say: Say) -> dict[str, Any]:
    """The report for the options of ``fieldkit probe``, ready for JSON; ``say`` gets progress."""
    subjects, place = subjects_for(options)
    fixed = _settings(options.threads)

    def settings(subject: Subject) -> Settings | None:
        return fixed or tuning.settings_of(subject)

    engine = _engine()
    facts = machine(place)
    experience = Experience(data_dir(), machine_class(facts.cpu, engine.variant if engine else ""))
    predict = _Predictor(
        engine=engine,
        experience=experience,
        facts=facts,
        settings=settings,
        quick=options.quick,
        say=say,
    )
    measuring: Callable[[], Measurement] | None = None
    if options.model is not None:
        (subject,) = subjects

        def measuring() -> Measurement:
            say(f"Measuring {subject.name} ...")
            figures = measure(
                options.model,
                context=subject.context,
                question_tokens=subject.question,
                settings=settings(subject),
            )
            experience.learn(subject, figures)
            return figures

    report = probe(
        subjects,
        machine=facts,
        engine=engine,
        predict=predict,
        measure=measuring,
        simulate_ram_gib=options.simulate_ram,
    )
    report["code"] = code_for(report)
    return report


def subjects_for(options: argparse.Namespace) -> tuple[list[Subject], Path]:
    """What to assess, and the folder whose disk counts."""
    if options.model is not None:
        return [_file(options.model)], options.model.absolute().parent
    if options.profile is not None:
        return [_from_packager("profile_subject", options.profile)], Path.cwd()
    if options.candidate is not None:
        return _candidates([options.candidate]), Path.cwd()
    if (installed := _installed()) is not None:
        return [installed], Path.cwd()
    if options.quick:
        return [_from_packager("default_subject")], Path.cwd()
    return _candidates([]), Path.cwd()


def _settings(threads: int | None) -> Settings | None:
    """How the engine is to run, None for its defaults."""
    if threads is None:
        return None
    return replace(default_settings(), decode_threads=threads, prefill_threads=threads)


@dataclass(frozen=True, kw_only=True)
class _Predictor:
    """Predicts speed, and energy where it can be read; a quick one takes no time for energy."""

    engine: EngineFacts | None
    experience: Experience
    facts: Machine
    settings: Callable[[Subject], Settings | None]
    quick: bool
    say: Say

    def __call__(self, subjects: Sequence[Subject]) -> Sequence[Prediction]:
        if self.engine is None:
            return [Prediction(note=_NO_ENGINE)] * len(subjects)
        began = time.monotonic()
        watts = measure_wattage(
            subjects,
            None if self.quick else find_meter(),
            battery_j=self.facts.power.battery_capacity_j,
            settings=self.settings,
        )
        predictions = predict_speed(
            subjects,
            budget_s=(QUICK_S if self.quick else BUDGET_S) - (time.monotonic() - began),
            available=self.facts.memory.available,
            settings=self.settings,
            say=self.say,
        )
        return [
            replace(prediction, energy=watts.of(prediction.speed))
            for prediction in self.experience.corrected(subjects, predictions)
        ]


def tune(options: argparse.Namespace, say: Say) -> dict[str, Any]:
    """What ``fieldkit probe --tune`` finds, and keeps, ready for JSON: the field ``tuned``."""
    subjects, place = subjects_for(options)
    if len(subjects) != 1:
        raise UsageProblem(
            "settings are tuned for one model",
            hint="Name it with --candidate NAME, --profile PROFILE or --model FILE.",
        )
    (subject,) = subjects
    if tuning.busy():
        say("Other programs use the processor: the figures will vary, and the defaults may stay.")
    say(f"Tuning {subject.name} for at most {options.tune_seconds:.0f} s ...")

    def tell(trial: Trial) -> None:
        say(f"  {describe(trial.changed)}: {trial.gain() * 100:+.0f} %")

    outcome = tuning.foreground(subject, options.model, options.tune_seconds, tell).run()
    facts = machine(place)
    tuned = tuning_report(outcome, name=subject.name, power=facts.power.state)
    return {"machine": facts.to_dict(), "tuned": tuned}


def explain(code: str) -> dict[str, Any]:
    """What the ``code`` of a report tells, ready for JSON; raises UsageProblem when it is none."""
    subjects: list[Subject] = []
    with contextlib.suppress(FieldkitError):  # a damaged release is no reason not to read a code
        subjects += [found] if (found := _installed()) is not None else []
    with contextlib.suppress(FieldkitError):  # a release carries no candidates
        subjects += _from_packager("every_subject")
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
    subject = from_header(header, name=settings.model_name, context=settings.context)
    question = question_tokens(
        passages=settings.passage_tokens,
        system_prompt=settings.system_prompt,
        context=settings.context,
    )
    return replace(subject, question=question)


def _candidates(names: list[str]) -> list[Subject]:
    """The candidates ``names``, or all; they are no part of a release."""
    found: list[Subject] = _from_packager("subjects", names)
    return found


def _from_packager(name: str, *arguments: object) -> Any:
    """Call a function of the build tool's ``subjects``, which a release does not contain."""
    try:
        subjects = importlib.import_module("fieldkit.packager.subjects")
    except ImportError as error:
        raise UsageProblem(
            "there are no candidates and profiles here: they belong to the build tool",
            hint="Without --candidate and --profile, the installed model is probed.",
        ) from error
    return getattr(subjects, name)(*arguments)


def _engine() -> EngineFacts | None:
    try:
        backend.load()
        return EngineFacts(
            revision=revision(), variant=backend.chosen_variant(), variants=backend.variants()
        )
    except FieldkitError:
        return None
