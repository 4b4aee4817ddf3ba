"""Orders the candidates that nothing felled, without ever mixing benchmarks.

What can be promised comes before what is tight. Then, by default, published quality: one benchmark
for all of them, the one that most have a figure of. Who has none stands behind those who have, and
the notes say so. Figures of one benchmark from different publications are compared, for want of
better, and that is said too: each measures in its own way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fieldkit.core.fit import Assessment, Verdict
from fieldkit.core.selection import Constraints, Option

if TYPE_CHECKING:  # it needs pydantic, which this module does not
    from fieldkit.core.candidate import Quality

Candidature = tuple[Option, Assessment]
"""An option with how surely it meets the constraints."""

_VERDICTS: tuple[Verdict, ...] = ("fits", "tight", "unfit")

# What measures a task, the better measure first. General figures stand in where a task has none.
_GENERAL = ("MMLU (5-shot)", "MMLU-redux")
BENCHMARKS = {
    "general": _GENERAL,
    "code": ("HumanEval (pass@1)",),
    "multilingual": ("Multilingual MMLU (5-shot)", "MMLU, translated (okapi)"),
    "long-documents": ("RULER (mean of 4K to 128K)",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """An option in its place: how surely it serves, and the figure it is ordered by, if any."""

    option: Option
    sure: Assessment
    figure: Quality | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """Options, the best first. ``by`` names what ordered them; ``notes`` say what that is worth."""

    ranked: tuple[Ranked, ...]
    by: str
    notes: tuple[str, ...] = ()


def rank(options: Sequence[Candidature], asked: Constraints) -> Ranking:
    """Order ``options`` as the constraints prefer."""
    if asked.prefer == "speed":
        return _by_speed(options)
    if asked.prefer == "capacity":
        return _by_capacity(options, ())
    benchmark = chosen_benchmark([option for option, _ in options], asked)
    if benchmark is None:
        note = "No benchmark is known for two of these, so the larger one stands first."
        return _by_capacity(options, (note,) if len(options) > 1 else ())
    return _by_quality(options, benchmark, asked)


def chosen_benchmark(options: Sequence[Option], asked: Constraints) -> str | None:
    """The benchmark that most of ``options`` have a figure of, among those that suit the task.

    None when no suitable one is known for two of them.
    """
    least = min(2, len(options))
    for task in (task_of(asked), "general"):
        counts = {name: _covered(options, name) for name in BENCHMARKS[task]}
        best = max(counts, key=lambda name: counts[name])
        if counts[best] >= max(1, least):
            return best
    return None


def task_of(asked: Constraints) -> str:
    """What quality is about: the task, or several languages where others than English count."""
    if asked.task in {None, "general"} and any(code != "en" for code in asked.languages):
        return "multilingual"
    return asked.task or "general"


def _covered(options: Sequence[Option], benchmark: str) -> int:
    return sum(any(q.benchmark == benchmark for q in o.candidate.quality) for o in options)


def _figures(options: Sequence[Option], benchmark: str) -> list[Quality | None]:
    """The figure of each option, from as few publications as possible.

    Where a candidate has several, the one counts whose publication has figures of the most others.
    """
    found = [[q for q in o.candidate.quality if q.benchmark == benchmark] for o in options]
    sources = Counter(quality.source for figures in found for quality in figures)
    return [
        max(figures, key=lambda quality: sources[quality.source], default=None) for figures in found
    ]


def _by_quality(options: Sequence[Candidature], benchmark: str, asked: Constraints) -> Ranking:
    figures = _figures([option for option, _ in options], benchmark)
    ranked = [
        Ranked(option=option, sure=sure, figure=figure)
        for (option, sure), figure in zip(options, figures, strict=True)
    ]
    ranked.sort(
        key=lambda one: (
            _VERDICTS.index(one.sure.verdict),
            -one.figure.value if one.figure else 1.0,
            -(one.option.parameters or 0),
            one.option.name,
        )
    )
    return Ranking(
        ranked=tuple(ranked), by=benchmark, notes=tuple(_notes(ranked, benchmark, asked))
    )


def _notes(ranked: Sequence[Ranked], benchmark: str, asked: Constraints) -> list[str]:
    notes = []
    task = task_of(asked)
    if benchmark not in BENCHMARKS[task]:
        notes.append(f"No benchmark of {task} is known for two of these; this one is general.")
    sources = {one.figure.source for one in ranked if one.figure}
    if len(sources) > 1:
        notes.append(
            f"The figures are from {len(sources)} publications, which measure in their own ways: "
            "a lead of a few points says little."
        )
    without = [one.option.name for one in ranked if one.figure is None]
    if without:
        notes.append(
            f"No figure of {benchmark} is known for {', '.join(without)}: behind the others with "
            "the same verdict, the larger one first."
        )
    return notes


def _by_speed(options: Sequence[Candidature]) -> Ranking:
    unknown = [option.name for option, _ in options if option.answer_s is None]
    note = f"The speed of {', '.join(unknown)} is not known: last, the smaller one first."
    ranked = sorted(
        (Ranked(option=option, sure=sure) for option, sure in options),
        key=lambda one: (
            _VERDICTS.index(one.sure.verdict),
            one.option.answer_s is None,
            one.option.answer_s or 0.0,
            one.option.parameters or 0,
            one.option.name,
        ),
    )
    return Ranking(
        ranked=tuple(ranked), by="seconds an answer takes", notes=(note,) if unknown else ()
    )


def _by_capacity(options: Sequence[Candidature], notes: tuple[str, ...]) -> Ranking:
    ranked = sorted(
        (Ranked(option=option, sure=sure) for option, sure in options),
        key=lambda one: (
            _VERDICTS.index(one.sure.verdict),
            -(one.option.parameters or 0),
            one.option.name,
        ),
    )
    return Ranking(ranked=tuple(ranked), by="number of parameters", notes=notes)
