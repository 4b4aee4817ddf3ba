"""Candidates as what ``fieldkit probe`` assesses: their shapes, or the file fieldkit carries.

A profile tells which candidate, in which type and context, for which questions and limits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fieldkit.core.candidate import Candidate
from fieldkit.core.gate import Thresholds
from fieldkit.core.gguf_types import Shape
from fieldkit.core.prediction import question_tokens
from fieldkit.core.tensors import parameters
from fieldkit.engine.header import read_header
from fieldkit.errors import InvalidInput
from fieldkit.packager import deployments
from fieldkit.probe.subject import Subject, from_shape

_DEFAULT = "phi-3-mini-4k"
_QUANTIZATION = "Q4_K_M"
_CONTEXT = 4096  # tokens, or what the candidate was trained for when that is less
# A probe of everything takes two minutes, so it leaves out what no laptop carries.
_MOST_PARAMETERS = 9.5e9


def subjects(names: Sequence[str]) -> list[Subject]:
    """The candidates ``names``, quantized to Q4_K_M; without names those for laptops.

    These have at most 9.5 billion parameters; the smallest comes first.
    """
    if names:
        return [_subject(deployments.load_candidate(name)) for name in names]
    known = [deployments.load_candidate(name) for name in deployments.candidate_names()]
    small = [one for one in known if parameters(shape_of(one)) <= _MOST_PARAMETERS]
    return sorted(map(_subject, small), key=lambda one: one.weights or 0)


def every_subject() -> list[Subject]:
    """All candidates, whatever their size."""
    return subjects(deployments.candidate_names())


def default_subject() -> Subject:
    """The one candidate of ``fieldkit probe --quick``."""
    return _subject(deployments.load_candidate(_DEFAULT))


def profile_subject(spec: str) -> Subject:
    """What the profile ``spec`` deploys, with its limits; raises InvalidInput as a build does.

    A typical question is the system prompt and all the passages that an answer may have.
    """
    profile, folder = deployments.load_profile(spec, model_given=True)
    model, gates = profile.model, profile.gates
    candidate = deployments.load_candidate(model.candidate, beside=folder)
    subject = from_shape(
        shape_of(candidate),
        name=candidate.name,
        quantization=model.quantization,
        context=model.context,
    )
    return replace(
        subject,
        question=question_tokens(
            passages=profile.library.passage_tokens,
            system_prompt=profile.assistant.system_prompt,
            context=model.context,
        ),
        limits=Thresholds(
            min_decode_tps=gates.min_decode_tps,
            max_ttft_s=gates.max_ttft_s,
            max_memory_gib=gates.max_memory_gib,
        ),
    )


def _subject(candidate: Candidate) -> Subject:
    return from_shape(
        shape_of(candidate),
        name=candidate.name,
        quantization=_QUANTIZATION,
        context=min(_CONTEXT, candidate.context),
    )


def shape_of(candidate: Candidate) -> Shape:
    """The sizes of a candidate: from its file in ``build/candidates``, or its weights' header."""
    embedded = deployments.embedded_model(candidate)
    if candidate.shape is None:
        if embedded is None:
            raise InvalidInput(
                f"{candidate.name}: fieldkit carries no model for it (origin.embedded)",
                hint="Describe its sizes in the candidate's section [shape].",
            )
        return read_header(embedded).shape
    sizes = candidate.shape
    return Shape(
        architecture=candidate.architecture,
        layers=sizes.layers,
        embedding=sizes.embedding,
        heads=sizes.heads,
        kv_heads=sizes.kv_heads,
        head_dim=sizes.head_dim,
        feed_forward=sizes.feed_forward,
        vocabulary=sizes.vocabulary,
        context=candidate.context,
        sliding_window=candidate.sliding_window or 0,
        tied=sizes.tied,
        experts=sizes.experts,
        experts_used=sizes.experts_used,
        rotary=sizes.rotary,
        rope=sizes.rope,
    )
