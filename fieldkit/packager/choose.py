"""``fieldkit candidates``: the catalog, joined with what the probe predicts on this machine.

Cheap constraints come first; memory is counted for what is left, and only what has room is
measured, each shape once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from fieldkit.core.candidate import Candidate
from fieldkit.core.fit import GIB, Resources, footprint, simulated_available
from fieldkit.core.ranking import Ranking, rank
from fieldkit.core.selection import (
    Constraints,
    Failure,
    Option,
    Stage,
    limit_failures,
    memory_failures,
    policy_failures,
    standing,
)
from fieldkit.core.tensors import parameters
from fieldkit.errors import ExitCode
from fieldkit.machine.facts import Machine, machine
from fieldkit.packager import deployments
from fieldkit.packager.choice_asked import Asked
from fieldkit.packager.choice_speed import Predict
from fieldkit.packager.subjects import shape_of
from fieldkit.probe.subject import Subject, from_shape

CONTEXT = 4096  # tokens, where none are asked for and the candidate has as many


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A candidate that does not serve, the stage that felled it, and every failure of it there."""

    name: str
    candidate: Candidate
    stage: Stage
    failures: tuple[Failure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What was asked, on which machine, what stands in which order, and what fell why."""

    asked: Constraints
    quantization: str
    machine: Machine
    has: Resources
    ranking: Ranking
    rejected: tuple[Rejected, ...]

    @property
    def exit_code(self) -> ExitCode:
        """0 when one stands, 15 when none does because of the machine, else 10."""
        if self.ranking.ranked:
            return ExitCode.OK
        machine_felled = any(one.stage == "machine" for one in self.rejected)
        return ExitCode.UNFIT if machine_felled else ExitCode.INVALID


def catalog() -> dict[str, Candidate]:
    """Every candidate whose weights are published, by the name of its file."""
    known = {name: deployments.load_candidate(name) for name in deployments.candidate_names()}
    return {name: one for name, one in known.items() if one.origin.repository is not None}


def choose(
    candidates: Mapping[str, Candidate],
    wanted: Asked,
    *,
    facts: Machine,
    today: date,
    predict: Predict,
) -> Choice:
    """Apply what is ``wanted`` to ``candidates`` on the machine of ``facts``.

    ``predict`` tells the speed of those that everything else left standing.
    """
    asked = wanted.constraints
    has = _resources(facts, asked)
    rejected: list[Rejected] = []
    options: list[tuple[Option, Subject]] = []
    for name, candidate in candidates.items():
        failures = policy_failures(candidate, asked, today=today)
        if failures:
            rejected.append(_rejected(name, candidate, "policy", failures))
            continue
        option, subject = _option(name, candidate, wanted)
        failures = memory_failures(option, asked, has) or limit_failures(
            option, replace(asked.limits, min_decode_tps=None, max_ttft_s=None)
        )
        if failures:
            rejected.append(_rejected(name, candidate, "machine", failures))
        else:
            options.append((option, subject))
    left = []
    for option in _with_speeds(options, predict):
        if failures := limit_failures(option, asked.limits):
            rejected.append(_rejected(option.name, option.candidate, "machine", failures))
        else:
            left.append((option, standing(option, asked, has)))
    order = {name: number for number, name in enumerate(candidates)}
    return Choice(
        asked=asked,
        quantization=wanted.quantization,
        machine=facts,
        has=has,
        ranking=rank(left, asked),
        rejected=tuple(sorted(rejected, key=lambda one: (one.stage, order[one.name]))),
    )


def this_machine() -> Machine:
    """The facts of this machine; the disk is that of the working directory."""
    return machine(Path.cwd())


def _resources(facts: Machine, asked: Constraints) -> Resources:
    total, available = facts.memory.total, facts.memory.available
    if asked.ram_gib is not None:
        total = round(asked.ram_gib * GIB)
        available = simulated_available(total)
    return Resources(memory_total=total, memory_available=available, disk_free=None)


def _rejected(
    name: str, candidate: Candidate, stage: Stage, failures: tuple[Failure, ...]
) -> Rejected:
    return Rejected(name=name, candidate=candidate, stage=stage, failures=failures)


def _option(name: str, candidate: Candidate, wanted: Asked) -> tuple[Option, Subject]:
    """What memory arithmetic says of a candidate, and what the probe would measure of it."""
    shape = shape_of(candidate)
    context = wanted.constraints.context or min(CONTEXT, candidate.context)
    subject = from_shape(
        shape, name=candidate.name, quantization=wanted.quantization, context=context
    )
    if wanted.question is not None:
        subject = replace(subject, question=min(wanted.question, context - 1))
    known = subject.shape is not None and subject.weights is not None
    option = Option(
        name=name,
        candidate=candidate,
        parameters=parameters(shape) if known else None,
        need=footprint(shape, weights=subject.weights or 0, context=context) if known else None,
        download=subject.download,
        question=subject.question,
        note=subject.note,
    )
    return option, subject


def _with_speeds(options: Sequence[tuple[Option, Subject]], predict: Predict) -> list[Option]:
    predictions = predict([subject for _, subject in options])
    return [
        replace(
            option,
            speed=found.speed,
            energy=found.energy,
            note="; ".join(note for note in (option.note, found.note) if note),
        )
        for (option, _), found in zip(options, predictions, strict=True)
    ]
