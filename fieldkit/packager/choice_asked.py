"""What the options of ``fieldkit candidates`` ask for: a case, a profile, and what is added."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from fieldkit.core.gate import Thresholds
from fieldkit.core.guide import CASES
from fieldkit.core.prediction import question_tokens
from fieldkit.core.profile import Profile
from fieldkit.core.selection import Constraints
from fieldkit.packager import deployments

# Options that allow something unless they are given.
_FORBID = {
    "no_user_threshold": "user_threshold",
    "no_output_limits": "output_limits",
    "no_gated": "gated",
}
_PLAIN = {
    "context": "context",
    "task": "task",
    "min_months": "min_months",
    "ram": "ram_gib",
    "prefer": "prefer",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Constraints, and how the model would be run: ``question`` is None for the probe's."""

    constraints: Constraints
    quantization: str = "Q4_K_M"
    question: int | None = None


def asked(options: argparse.Namespace) -> Asked:
    """What ``options`` ask for; an option beats the case or profile that it is added to.

    Raises InvalidInput for a profile that is not valid.
    """
    base = Asked(constraints=Constraints())
    if options.case is not None:
        base = Asked(constraints=CASES[options.case].constraints)
    if options.profile is not None:
        profile, _ = deployments.load_profile(options.profile, model_given=True)
        base = from_profile(profile)
    return replace(base, constraints=_added(base.constraints, options))


def from_profile(profile: Profile) -> Asked:
    """What a profile asks of any candidate, whichever it names itself."""
    gates, model, policy = profile.gates, profile.model, profile.licence
    constraints = Constraints(
        context=model.context,
        languages=(profile.assistant.language.partition("-")[0],),
        licences=gates.licences,
        commercial=True,
        user_threshold=policy.user_threshold,
        output_limits=policy.output_limits,
        gated=policy.gated,
        min_months=gates.min_months_since_release,
        ram_gib=profile.target.ram_gib,
        disk_gib=profile.target.disk_gib,
        limits=Thresholds(
            min_decode_tps=gates.min_decode_tps,
            max_ttft_s=gates.max_ttft_s,
            max_memory_gib=gates.max_memory_gib,
        ),
    )
    question = question_tokens(
        passages=profile.library.passage_tokens,
        system_prompt=profile.assistant.system_prompt,
        context=model.context,
    )
    return Asked(constraints=constraints, quantization=model.quantization, question=question)


def _added(base: Constraints, options: argparse.Namespace) -> Constraints:
    given: Mapping[str, Any] = vars(options)
    changes = {key: given[name] for name, key in _PLAIN.items() if given[name] is not None}
    changes |= {key: False for name, key in _FORBID.items() if given[name]}
    if options.commercial:
        changes["commercial"] = True
    if options.language:
        changes["languages"] = tuple(options.language)
    if options.licence:
        changes["licences"] = tuple(options.licence)
    limits = {
        name: value
        for name, value in (
            ("min_decode_tps", options.min_tps),
            ("max_ttft_s", options.max_ttft),
        )
        if value is not None
    }
    return replace(base, **changes, limits=replace(base.limits, **limits))
