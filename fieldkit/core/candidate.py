"""A candidate: an open-weight model that could serve a deployment (``build/candidates/*.toml``).

Only what must be known before its weights are there: where they are, what the licence is, and the
shape from which memory and speed are predicted. Hashes and commits are resolved into locks, never
typed. Needs pydantic, so it is no part of a release.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from fieldkit.core.gguf_types import Rope
from fieldkit.core.licence import Terms
from fieldkit.core.prompt import TEMPLATES
from fieldkit.core.sampling import GREEDY, Sampling
from fieldkit.core.validation import Line, Section, nearest, validate
from fieldkit.errors import InvalidInput


def _known_template(value: str) -> str:
    if value not in TEMPLATES:
        known = ", ".join(sorted(TEMPLATES))
        raise ValueError(f"{value!r} is not one of {known}{nearest(value, TEMPLATES)}")
    return value


TemplateName = Annotated[Line, AfterValidator(_known_template)]


class Shape(Section):
    """The sizes of a transformer, as its configuration gives them.

    ``tied`` says that the output matrix is the embedding's. ``experts`` is how many feed-forwards a
    layer of a mixture has, of which ``experts_used`` read a token; both are 0 for a dense model.
    ``rotary`` is how many dimensions of a head are rotated, 0 for all; ``rope`` says which tables
    for that come with the weights (``fieldkit.core.gguf_types.Shape``).
    """

    layers: int = Field(gt=0, le=1024)
    embedding: int = Field(gt=0, le=65536)
    heads: int = Field(gt=0, le=1024)
    kv_heads: int = Field(gt=0, le=1024)
    head_dim: int = Field(gt=0, le=1024)
    feed_forward: int = Field(gt=0, le=1048576)
    vocabulary: int = Field(gt=0, le=4194304)
    tied: bool = False
    experts: int = Field(default=0, ge=0, le=1024)
    experts_used: int = Field(default=0, ge=0, le=1024)
    rotary: int = Field(default=0, ge=0, le=1024)
    rope: Rope = "plain"


Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]
Task = Literal["general", "code", "multilingual", "long-documents"]


class Quality(Section):
    """A published figure of quality: ``value`` on ``benchmark``, and the page that says so.

    Figures of different publishers are measured in different ways; they order candidates only
    after every constraint is met, and only within one benchmark.
    """

    benchmark: Line
    value: float = Field(ge=0, le=100)
    source: Line


class SamplingSection(Section):
    """How its publisher says the model should be sampled, and the page that says so.

    ``temperature`` 0 is greedy, as a model without this section is. See ``core.sampling``.
    """

    temperature: float = Field(ge=0, le=2)
    top_p: float = Field(default=1.0, gt=0, le=1)
    top_k: int = Field(default=0, ge=0, le=1000)
    min_p: float = Field(default=0.0, ge=0, lt=1)
    repeat_penalty: float = Field(default=1.0, ge=1, le=2)
    source: Line

    @property
    def sampling(self) -> Sampling:
        """The settings without their source."""
        return Sampling(**self.model_dump(exclude={"source"}))


class Origin(Section):
    """Where the weights are published, or which file fieldkit itself carries.

    ``embedded`` is a path below ``build/``; ``file`` is the GGUF in ``repository``, absent where
    the repository holds safetensors.
    """

    repository: Line | None = None
    file: Line | None = None
    embedded: Line | None = None


class Candidate(Section):
    """One model. ``context`` is the longest it was trained for, in tokens.

    ``template`` is None where this version cannot talk to the model yet: it can be probed, and a
    build refuses it.
    ``languages`` are ISO 639 codes of what its publisher says it was trained for; ``good_for`` says
    in one line when to choose it.
    ``sliding_window`` is how many tokens a layer looks back, None for all of them. ``shape`` is
    None where the weights are carried along and tell it themselves.
    """

    name: Line
    publisher: Line
    architecture: Line
    template: TemplateName | None = None
    context: int = Field(ge=256)
    sliding_window: int | None = Field(default=None, gt=0)
    licence: Terms
    released: date
    languages: tuple[Language, ...] = Field(default=("en",), min_length=1, strict=False)
    tasks: tuple[Task, ...] = Field(default=("general",), min_length=1, strict=False)
    good_for: Line | None = None
    quality: tuple[Quality, ...] = Field(default=(), strict=False)
    format: Literal["gguf", "safetensors"] = "gguf"
    origin: Origin
    shape: Shape | None = None
    sampling: SamplingSection | None = None

    @property
    def recommended(self) -> Sampling:
        """How its publisher says it should be sampled; greedy where nothing is published."""
        return GREEDY if self.sampling is None else self.sampling.sampling


def parse(data: Mapping[str, Any], *, source: str) -> Candidate:
    """Validate the content of a candidate's TOML file; ``source`` names it in messages.

    Raises InvalidInput with every problem at once, each as ``key: what is wrong``.
    """
    candidate, problems = validate(Candidate, dict(data), at="")
    if candidate is not None:
        problems = _contradictions(candidate)
        if not problems:
            return candidate
    raise InvalidInput(
        f"{source}: the candidate is not valid",
        problems=problems,
        hint="build/candidates/phi-3-mini-4k.toml is an example.",
    )


def _contradictions(candidate: Candidate) -> list[str]:
    problems = []
    origin, shape = candidate.origin, candidate.shape
    if (origin.repository is None) == (origin.embedded is None):
        problems.append("origin: needs either repository or embedded")
    if origin.repository and candidate.format == "gguf" and not origin.file:
        problems.append("origin.file: is missing (which GGUF of the repository)")
    if shape is None and origin.embedded is None:
        problems.append("shape: the section [shape] is missing")
    if shape and shape.heads % shape.kv_heads:
        problems.append(
            f"shape.kv_heads: {shape.heads} heads cannot share {shape.kv_heads} KV heads evenly"
        )
    if shape and (shape.experts_used > shape.experts or (shape.experts and not shape.experts_used)):
        problems.append(
            f"shape.experts_used: {shape.experts_used} of {shape.experts} experts cannot be used"
        )
    return problems
