"""Which candidates serve a deployment: hard constraints, cheapest first, and what fells each one.

Three stages, each on what the one before left: what is written in a candidate's file (licence, age,
languages, context, task), the memory it needs, and the speed that was predicted from measured
slices. ``fieldkit.core.ranking`` orders what stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Literal

from fieldkit.core.assessment import assess_limits, combine
from fieldkit.core.fit import DISK_RESERVE, GIB, Assessment, Footprint, Resources, assess, gib
from fieldkit.core.gate import Thresholds
from fieldkit.core.measurement import EnergyUse
from fieldkit.core.prediction import QUESTION, Speed
from fieldkit.core.trial import ANSWER_TOKENS

if TYPE_CHECKING:  # it needs pydantic, which this module does not
    from fieldkit.core.candidate import Candidate, Task

Stage = Literal["policy", "machine"]
Prefer = Literal["quality", "speed", "capacity"]

# The limits of a deployment that predictions can say something about, in the order of checking.
_LIMITS = ("max_memory_gib", "min_decode_tps", "max_ttft_s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraints:
    """What a candidate must meet; what is None, empty or allowed is not checked.

    ``context`` is in tokens, ``languages`` are ISO 639 codes that all must be served, ``licences``
    SPDX identifiers. ``user_threshold``, ``output_limits`` and ``gated`` say whether such terms are
    allowed. ``ram_gib`` pretends an idle machine with that much memory, ``disk_gib`` is what is
    free where it is to be installed. ``prefer`` orders what is left: by published quality, by the
    time an answer takes, or by the number of parameters.
    """

    context: int | None = None
    languages: tuple[str, ...] = ()
    task: Task | None = None
    licences: tuple[str, ...] | None = None
    commercial: bool = False
    user_threshold: bool = True
    output_limits: bool = True
    gated: bool = True
    min_months: int | None = None
    ram_gib: float | None = None
    disk_gib: float | None = None
    limits: Thresholds = field(default_factory=Thresholds)
    prefer: Prefer = "quality"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A constraint that felled a candidate: what was asked for, what it has, and that in words.

    ``limit`` and ``value`` are plain JSON values in the unit of the constraint (bytes for memory
    and disk).
    """

    constraint: str
    limit: object
    value: object
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A candidate that met what is written in its file, and what is known of it on a machine.

    ``name`` is that of its file. ``need`` is None where its memory cannot be known, ``speed`` where
    it was not measured; ``note`` says why. ``download`` is the size of its weights in bytes,
    ``question`` the prompt tokens behind the TTFT.
    """

    name: str
    candidate: Candidate
    parameters: int | None = None
    need: Footprint | None = None
    download: int = 0
    question: int = QUESTION
    speed: Speed | None = None
    energy: EnergyUse = field(default_factory=EnergyUse)
    note: str = ""

    @property
    def answer_s(self) -> float | None:
        """Seconds of a typical answer: its cold prompt read, and the answer written after it."""
        if self.speed is None:
            return None
        rate = self.speed.deep_decode_tps or self.speed.decode_tps
        return self.speed.ttft_s.value + ANSWER_TOKENS / rate.value

    @property
    def answer_j(self) -> float | None:
        """Joules of the same answer beyond what the idle machine takes; None where not known."""
        read, write = self.energy.prefill_j_per_token, self.energy.decode_j_per_token
        if not read or not write:
            return None
        return self.question * read + ANSWER_TOKENS * write


def months_since(released: date, today: date) -> int:
    """Calendar months between ``released`` and ``today``, as the gate of a build counts them."""
    return (today.year - released.year) * 12 + today.month - released.month


def policy_failures(
    candidate: Candidate, asked: Constraints, *, today: date
) -> tuple[Failure, ...]:
    """Every constraint that the candidate's file alone says it does not meet."""
    found = (check(candidate, asked) for check in _CHECKS)
    age = _age(candidate, asked, today)
    return tuple(failure for failure in (*found, age) if failure is not None)


def memory_failures(option: Option, asked: Constraints, has: Resources) -> tuple[Failure, ...]:
    """What the machine has too little of: memory, and disk space where that is asked for."""
    found = []
    if option.need is not None and assess(option.need, has, download=0).verdict == "unfit":
        free = has.memory_available
        assert free is not None  # an unknown amount is never unfit
        found.append(
            Failure(
                constraint="memory",
                limit=free,
                value=option.need.total,
                reason=f"needs {gib(option.need.total)} of memory, {gib(free)} are available",
            )
        )
    if asked.disk_gib is not None and option.download > asked.disk_gib * GIB:
        free = round(asked.disk_gib * GIB)
        found.append(
            Failure(
                constraint="disk",
                limit=free,
                value=option.download,
                reason=f"needs {gib(option.download)} of disk, {gib(free)} are free",
            )
        )
    return tuple(found)


def limit_failures(option: Option, limits: Thresholds) -> tuple[Failure, ...]:
    """The limits that the whole error band of a prediction is on the wrong side of."""
    found = []
    for name, single in _single(limits):
        verdict = assess_limits(single, option.need, option.speed)
        if verdict.verdict == "unfit":
            found.append(
                Failure(
                    constraint=name,
                    limit=getattr(limits, name),
                    value=_predicted(option, name),
                    reason=verdict.reasons[0],
                )
            )
    return tuple(found)


def standing(option: Option, asked: Constraints, has: Resources) -> Assessment:
    """How surely a candidate that nothing felled meets the constraints, with the reasons.

    ``tight`` when it leaves too little memory or disk for everything else, or when the error band
    of a prediction reaches over a limit, or when a limited figure is not known.
    """
    return combine(*_assessments(option, asked, has))


def doubts(option: Option, asked: Constraints, has: Resources) -> tuple[str, ...]:
    """The reasons of ``standing`` that keep a candidate from being promised."""
    return tuple(
        reason
        for one in _assessments(option, asked, has)
        if one.verdict != "fits"
        for reason in one.reasons
        if option.need is None or reason != option.need.explanation
    )


def _assessments(option: Option, asked: Constraints, has: Resources) -> list[Assessment]:
    """Memory, each limit, and disk where that is asked for."""
    if option.need is None:
        found = [Assessment(verdict="tight", reasons=("the memory it needs is not known",))]
    else:
        found = [assess(option.need, has, download=0)]
    found += [
        assess_limits(single, option.need, option.speed) for _, single in _single(asked.limits)
    ]
    if asked.disk_gib is not None and option.download + DISK_RESERVE > asked.disk_gib * GIB:
        reason = f"its {gib(option.download)} leave less than {gib(DISK_RESERVE)} of disk free"
        found.append(Assessment(verdict="tight", reasons=(reason,)))
    return found


def _single(limits: Thresholds) -> Iterator[tuple[str, Thresholds]]:
    """Each limit that is set, alone."""
    for name in _LIMITS:
        value = getattr(limits, name)
        if value is not None:
            yield name, Thresholds(**{name: value})


def _predicted(option: Option, limit: str) -> float | None:
    speed = option.speed
    if limit == "max_memory_gib":
        return None if option.need is None else round(option.need.total / GIB, 3)
    if speed is None:
        return None
    return round((speed.decode_tps if limit == "min_decode_tps" else speed.ttft_s).value, 3)


def _commercial(candidate: Candidate, asked: Constraints) -> Failure | None:
    terms = candidate.licence
    if not asked.commercial or terms.commercial_use:
        return None
    reason = f"{terms.name} does not permit commercial use"
    return Failure(constraint="commercial", limit=True, value=False, reason=reason)


def _licence(candidate: Candidate, asked: Constraints) -> Failure | None:
    has, allowed = candidate.licence.identifier, asked.licences
    if allowed is None or has in allowed:
        return None
    reason = f"is under {has}; allowed: {', '.join(allowed)}"
    return Failure(constraint="licence", limit=list(allowed), value=has, reason=reason)


def _user_threshold(candidate: Candidate, asked: Constraints) -> Failure | None:
    users = candidate.licence.user_threshold
    if asked.user_threshold or users is None:
        return None
    reason = f"its licence ends at {users:,} monthly users"
    return Failure(constraint="user_threshold", limit=None, value=users, reason=reason)


def _output_limits(candidate: Candidate, asked: Constraints) -> Failure | None:
    if asked.output_limits or not candidate.licence.output_limits:
        return None
    reason = "its licence limits what answers may be used for"
    return Failure(constraint="output_limits", limit=False, value=True, reason=reason)


def _gated(candidate: Candidate, asked: Constraints) -> Failure | None:
    if asked.gated or not candidate.licence.gated:
        return None
    reason = "its publisher asks for an agreement before a download"
    return Failure(constraint="gated", limit=False, value=True, reason=reason)


def _languages(candidate: Candidate, asked: Constraints) -> Failure | None:
    missing = [language for language in asked.languages if language not in candidate.languages]
    if not missing:
        return None
    served = list(candidate.languages)
    reason = f"is not published for {', '.join(missing)} but for {', '.join(served)}"
    return Failure(constraint="language", limit=list(asked.languages), value=served, reason=reason)


def _context(candidate: Candidate, asked: Constraints) -> Failure | None:
    if asked.context is None or candidate.context >= asked.context:
        return None
    reason = f"is made for {candidate.context} tokens, {asked.context} are asked for"
    return Failure(
        constraint="context", limit=asked.context, value=candidate.context, reason=reason
    )


def _task(candidate: Candidate, asked: Constraints) -> Failure | None:
    if asked.task is None or asked.task in candidate.tasks:
        return None
    served = list(candidate.tasks)
    reason = f"is for {', '.join(served)}; {asked.task} is asked for"
    return Failure(constraint="task", limit=asked.task, value=served, reason=reason)


def _age(candidate: Candidate, asked: Constraints, today: date) -> Failure | None:
    months = months_since(candidate.released, today)
    if asked.min_months is None or months >= asked.min_months:
        return None
    reason = f"has been public for {months} months, {asked.min_months} are asked for"
    return Failure(constraint="min_months", limit=asked.min_months, value=months, reason=reason)


_CHECKS: tuple[Callable[[Candidate, Constraints], Failure | None], ...] = (
    _commercial,
    _licence,
    _user_threshold,
    _output_limits,
    _gated,
    _languages,
    _context,
    _task,
)
