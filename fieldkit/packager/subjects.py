"""Candidates as what ``fieldkit probe`` assesses: their shapes, or the file fieldkit carries."""

from __future__ import annotations

from collections.abc import Sequence

from fieldkit.core.candidate import Candidate
from fieldkit.core.gguf_types import Shape
from fieldkit.engine.header import read_header
from fieldkit.packager import deployments
from fieldkit.probe.subject import Subject, from_shape

_QUANTIZATION = "Q4_K_M"
_CONTEXT = 4096  # tokens, or what the candidate was trained for when that is less


def subjects(names: Sequence[str]) -> list[Subject]:
    """The candidates ``names`` (all of them when empty), quantized to Q4_K_M."""
    chosen = names or deployments.candidate_names()
    return [_subject(deployments.load_candidate(name)) for name in chosen]


def _subject(candidate: Candidate) -> Subject:
    return from_shape(
        _shape(candidate),
        name=candidate.name,
        quantization=_QUANTIZATION,
        context=min(_CONTEXT, candidate.context),
    )


def _shape(candidate: Candidate) -> Shape:
    embedded = deployments.embedded_model(candidate)
    if candidate.shape is None:
        assert embedded is not None  # held by the candidate's validation
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
    )
