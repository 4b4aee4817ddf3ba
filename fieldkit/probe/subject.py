"""What is probed: a model with its quantization and context, from its file or from its shape."""

from __future__ import annotations

from dataclasses import dataclass, field

from fieldkit.core.fit import MIB
from fieldkit.core.gate import Thresholds
from fieldkit.core.gguf_types import Header, Shape
from fieldkit.core.measurement import EnergyUse
from fieldkit.core.prediction import QUESTION, Speed
from fieldkit.core.quantization import weight_bytes
from fieldkit.errors import InvalidInput


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One model to assess. ``weights`` are its tensors' bytes, None when they cannot be known.

    ``context`` is in tokens; ``download`` is how many bytes must still come onto this disk;
    ``note`` says in words what is not known. ``question`` is how many prompt tokens a typical
    question with its passages has, and ``limits`` are those of the deployment it is for.
    """

    name: str
    quantization: str
    shape: Shape | None
    weights: int | None
    context: int
    download: int
    note: str = ""
    question: int = QUESTION
    limits: Thresholds = field(default_factory=Thresholds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """The predicted speed and energy of a subject; ``note`` says what else there is to know."""

    speed: Speed | None = None
    energy: EnergyUse = field(default_factory=EnergyUse)
    note: str = ""


def from_header(header: Header, *, name: str, context: int = 0) -> Subject:
    """Return the model whose GGUF ``header`` lies on this disk already; context 0: as trained.

    Raises InvalidInput when the header lacks the hyper-parameters.
    """
    shape = header.shape
    return Subject(
        name=name,
        quantization=header.quantization,
        shape=shape,
        weights=header.tensor_bytes,
        context=context or shape.context,
        download=0,
        question=min(QUESTION, (context or shape.context) - 1),
    )


def from_shape(shape: Shape, *, name: str, quantization: str, context: int = 0) -> Subject:
    """Return a model that is not here yet; context 0: as trained.

    Of a family whose tensors are not known here, nothing is predicted and the note says so.
    """
    try:
        weights = weight_bytes(shape, quantization)
    except InvalidInput as problem:
        return Subject(
            name=name,
            quantization=quantization,
            shape=None,
            weights=None,
            context=context or shape.context,
            download=0,
            note=f"memory is not predicted: {problem.message}",
        )
    return Subject(
        name=name,
        quantization=quantization,
        shape=shape,
        weights=weights,
        context=context or shape.context,
        download=weights + MIB,  # the header with the vocabulary
        question=min(QUESTION, (context or shape.context) - 1),
    )
