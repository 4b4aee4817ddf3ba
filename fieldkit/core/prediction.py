"""How fast a model will be, computed from two slices of it that were measured.

Every cost of a transformer is a part that its layers share (embedding, output matrix, bookkeeping)
and a part that each layer adds:

    cost = a + b x layers

Two slices of different height (``fieldkit.engine.slice``) give a and b, and so the whole:

    whole = large + (r - 1) x (large - small)
    r = (whole's work - small's work) / (large's work - small's work)

The work is that of the layers. For decode that is the bytes a token makes the processor read:
the layers' weights plus their KV cache at that depth, so that a slice whose mixture of types is
not quite that of the whole is corrected for. For prefill it is the number of layers. The cache
memory of the processor cannot flatter the result as long as both slices stream more than it holds
(``heights`` sees to that): what it saves is then the same in both, and in the whole.

**Error band.** A figure's band is the share by which it may be off, two standard deviations:

    band = sqrt(BIAS^2 + (2 x s / whole)^2),   s^2 = (r x s_large)^2 + ((r - 1) x s_small)^2

Of repeated measurements the median counts: what disturbs one makes it slower, and the whole model
is disturbed as well (the faster half promised up to a quarter too much). ``s_large`` and
``s_small`` are standard errors, never taken to be less than
``noise`` of the value over the root of their number. ``noise`` is the standard deviation of the
decode rounds as a share, at least ``SINGLE``: long reads are done once or twice, and it tells how
steady the machine was. ``BIAS`` is what the method itself may be off, however often it is repeated:
short runs meet another clock rate and other caches than long ones.

**Depth.** Reading token x costs c0 + c1 x: attention looks at all that came before. ``prefill``
fits both to reads at growing depth. Decoding between depth 0 and ``DEEP`` is interpolated; where
there was no time to measure at ``DEEP``, a cached token costs what its bytes do.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from fieldkit.core.fit import kv_cache_bytes
from fieldkit.core.gguf_types import Shape
from fieldkit.core.quantization import tensor_bytes, tensor_types

BIAS = 0.06
SINGLE = 0.03
DEEP = 1024  # tokens in the cache at the deeper of the two measured depths
DECODE = 128  # the decode rate is that of this many tokens from an empty cache, as llama-bench's
PROMPT = 512  # the prefill rate is that of a prompt of this many tokens
QUESTION = 800  # tokens of a manual-backed question with its passages

_LEAST_SLICE = 100 << 20  # bytes of layers in the smaller slice
_WHOLE_SHARE = 0.6  # a larger slice beyond this share of the layers is replaced by the whole model
# Without reads at two depths: how much dearer attention's arithmetic is than that of the weights.
_ATTENTION = 2.0
_STEEPEST = 20.0  # and with reads at two depths, how many times that it may come out


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A predicted figure and the share by which it may be off."""

    value: float
    band: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """``tokens`` read in ``seconds`` after ``start`` tokens that the cache held already."""

    start: int
    tokens: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What one slice cost: seconds a token near depth 0 and at ``DEEP``, one of each a round."""

    layers: tuple[int, ...]
    decode: tuple[float, ...]
    deep: tuple[float, ...] = ()
    reads: tuple[Read, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """The predicted speed of a model; ``deep_decode_tps`` is at ``DEEP`` tokens, if measured."""

    decode_tps: Figure
    deep_decode_tps: Figure | None
    prefill_tps: Figure
    ttft_s: Figure


def predict(
    shape: Shape,
    quantization: str,
    small: Measured,
    large: Measured | None,
    *,
    question: int = QUESTION,
) -> Speed:
    """Return the speed of the model of ``shape`` from its slices.

    ``large`` is None when ``small`` is no slice but has every layer. ``question`` is the number of
    prompt tokens whose first answer token gives the TTFT. Raises ValueError when the slices were
    not measured alike.
    """
    model = _Model(shape, quantization, small, large)
    flat = model.decode(0, small.decode, large.decode if large else ())
    deep = model.decode(DEEP, small.deep, large.deep if large else ()) if small.deep else None
    if deep:
        slope = max(0.0, deep.seconds - flat.seconds) / DEEP
    else:  # decode is bound by what it reads: a token in the cache costs its bytes
        read = layer_bytes(shape, quantization, range(shape.layers))
        read += _output_bytes(shape, quantization)
        slope = flat.seconds * kv_cache_bytes(shape, DEEP) / DEEP / read
    middle = _Cost(flat.seconds + slope * DECODE / 2, flat.error)
    prefill = _Prefill.fitted(shape, model.reads())
    return Speed(
        decode_tps=_rate(1, middle),
        deep_decode_tps=_rate(1, deep) if deep else None,
        prefill_tps=_rate(PROMPT, prefill.cost(PROMPT)),
        ttft_s=Figure(value=prefill.cost(question).seconds, band=prefill.cost(question).band),
    )


def question_tokens(*, passages: int, system_prompt: str, context: int) -> int:
    """Prompt tokens of a manual-backed question: ``passages`` tokens beside the system prompt.

    Text is taken to have four characters a token, as English does in these vocabularies.
    """
    return min(passages + len(system_prompt) // 4, context - 1)


def heights(shape: Shape, quantization: str, *, cache_bytes: int) -> tuple[int, ...]:
    """How many layers the two slices of a model should have; one number when it is all of them.

    Even numbers, so that a mixture which treats half of the layers differently is met. The smaller
    slice streams at least twice ``cache_bytes`` (the processor's last-level cache) a token; where
    that takes most of the model, as with models of a few million parameters, it is taken whole.
    """
    order = imitated(shape, quantization, shape.layers)
    layer = layer_bytes(shape, quantization, order) / shape.layers
    wanted = max(_LEAST_SLICE, 2 * cache_bytes - _output_bytes(shape, quantization))
    small = 2 * max(1, math.ceil(wanted / (2 * layer)))
    if 3 * small > _WHOLE_SHARE * shape.layers:
        return (shape.layers,)
    return (small, 3 * small)


def imitated(shape: Shape, quantization: str, count: int) -> tuple[int, ...]:
    """Which ``count`` layers of the model a slice should imitate, as their numbers in it.

    Layers that have the same types are one kind; each kind gets its share of the slice, by the
    largest remainder. The last layer is that of the model: while a prompt is read, the engine
    computes its feed-forward for the last token alone, so what it costs less must be the same in
    slices and whole.
    """
    kinds: dict[tuple[str, ...], list[int]] = {}
    types: dict[int, list[str]] = {}
    for name, _, kind in tensor_types(shape, quantization):
        if name.startswith("blk."):
            types.setdefault(int(name.split(".")[1]), []).append(kind.name)
    for layer, names in types.items():
        kinds.setdefault(tuple(names), []).append(layer)
    groups = sorted(kinds.values(), key=len, reverse=True)
    exact = [count * len(group) / shape.layers for group in groups]
    shares = [int(value) for value in exact]
    for _ in range(count - sum(shares)):
        index = max(range(len(groups)), key=lambda number: exact[number] - shares[number])
        shares[index] += 1
    chosen: list[int] = []
    for group, share in zip(groups, shares, strict=True):
        chosen += (group[(index + 1) * len(group) // share - 1] for index in range(share))
    return (*sorted(chosen)[:-1], shape.layers - 1)


def layer_bytes(shape: Shape, quantization: str, layers: Sequence[int]) -> int:
    """Bytes of the weights of ``layers`` (numbers of the whole model, which may repeat) a token.

    Of a mixture's experts those count that read one token.
    """
    sizes: dict[int, int] = {}
    for name, dimensions, kind in tensor_types(shape, quantization):
        if name.startswith("blk."):
            size = tensor_bytes(dimensions, kind)
            if "_exps." in name:
                size = size * shape.experts_used // shape.experts
            layer = int(name.split(".")[1])
            sizes[layer] = sizes.get(layer, 0) + size
    return sum(sizes[layer] for layer in layers)


def _output_bytes(shape: Shape, quantization: str) -> int:
    """Bytes of the output matrix, which every token reads whole."""
    wanted = "token_embd.weight" if shape.tied else "output.weight"
    return next(
        tensor_bytes(dimensions, kind)
        for name, dimensions, kind in tensor_types(shape, quantization)
        if name == wanted
    )


@dataclass(frozen=True, slots=True)
class _Cost:
    """Seconds and their standard error."""

    seconds: float
    error: float

    @property
    def band(self) -> float:
        return round(math.hypot(BIAS, 2 * self.error / self.seconds), 3)


def _typical(values: Sequence[float], noise: float) -> _Cost:
    """The median of repeated measurements, and their standard error.

    ``noise`` is the share that a single measurement is at least taken to be off.
    """
    middle = statistics.median(values)
    spread = statistics.stdev(values) if len(values) > 1 else 0.0
    return _Cost(middle, max(noise * middle, spread) / math.sqrt(len(values)))


def _noise(small: Measured, large: Measured | None) -> float:
    """How far apart the rounds of decoding lie, as a share: what else this machine does."""
    shares = [
        statistics.stdev(rounds) / statistics.fmean(rounds)
        for rounds in (small.decode, large.decode if large else ())
        if len(rounds) > 1
    ]
    return max((SINGLE, *shares))


def extrapolate(
    small: Sequence[float], large: Sequence[float], ratio: float, *, noise: float = SINGLE
) -> tuple[float, float]:
    """Seconds of the whole and their standard error, from repeated seconds of two slices.

    ``ratio`` is (work of the whole - small's) / (large's - small's), at least 1. Noise can make the
    larger slice the faster one; the whole then costs what the larger one does, for certain less
    than the truth, and the error says so. ``noise`` is the share that a single figure may be off.
    """
    low, high = _typical(small, noise), _typical(large, noise)
    difference = high.seconds - low.seconds
    error = math.hypot(ratio * high.error, (ratio - 1) * low.error)
    seconds = high.seconds + (ratio - 1) * max(0.0, difference)
    return seconds, max(error, seconds) if difference <= 0 else error


class _Model:
    """The work of a whole model and of its slices, and costs carried from these to that."""

    def __init__(
        self, shape: Shape, quantization: str, small: Measured, large: Measured | None
    ) -> None:
        self._shape = shape
        self._small, self._large = small, large
        self._noise = _noise(small, large)
        chosen = [small.layers, large.layers if large else small.layers, range(shape.layers)]
        self._layers = [len(layers) for layers in chosen]
        self._bytes = [layer_bytes(shape, quantization, layers) for layers in chosen]

    def decode(self, depth: int, small: Sequence[float], large: Sequence[float]) -> _Cost:
        """Seconds a token of the whole at ``depth``."""
        cache = kv_cache_bytes(self._shape, depth) // self._shape.layers
        work = [
            weights + layers * cache
            for weights, layers in zip(self._bytes, self._layers, strict=True)
        ]
        return self._whole(small, large, work)

    def reads(self) -> list[tuple[Read, float]]:
        """Every read that both slices did, with its seconds in the whole and their error.

        Reads of the same stretch are repetitions of each other.
        """
        stretches = sorted({(read.start, read.tokens) for read in self._small.reads})
        result = []
        for start, tokens in stretches:
            small, large = (
                [
                    read.seconds
                    for read in (measured.reads if measured else ())
                    if (read.start, read.tokens) == (start, tokens)
                ]
                for measured in (self._small, self._large)
            )
            if self._large is not None and not large:
                continue
            cost = self._whole(small, large, self._layers)
            result.append((Read(start=start, tokens=tokens, seconds=cost.seconds), cost.error))
        return result

    def _whole(self, small: Sequence[float], large: Sequence[float], work: Sequence[int]) -> _Cost:
        if not small or (self._large is not None and not large):
            raise ValueError("a slice was not measured")
        if self._large is None:
            return _typical(small, self._noise)
        ratio = (work[2] - work[0]) / (work[1] - work[0])
        return _Cost(*extrapolate(small, large, ratio, noise=self._noise))


@dataclass(frozen=True, slots=True)
class _Prefill:
    """Reading token x costs ``first + growth * x`` seconds; ``error`` is a share of any cost."""

    first: float
    growth: float
    error: float

    @classmethod
    def fitted(cls, shape: Shape, reads: Sequence[tuple[Read, float]]) -> _Prefill:
        """Fit by least squares; with one stretch, the growth follows from the arithmetic.

        A read of n tokens from x costs first * n + growth * ((x + n)^2 - x^2) / 2. Noise must not
        make reading cheaper with depth, nor dearer than it can be; with the growth settled, the
        level is what makes all reads together come out right.
        """
        if not reads:
            raise ValueError("no prompt was read")
        rows = [
            (read.tokens, ((read.start + read.tokens) ** 2 - read.start**2) / 2, read.seconds)
            for read, _ in reads
        ]
        ratio = _growth_ratio(shape)
        if len(rows) > 1:
            first, growth = _least_squares(rows)
            steepest = _STEEPEST * ratio
            ratio = min(max(growth / first, 0.0), steepest) if first > 0 else steepest
        seconds = sum(row[2] for row in rows)
        first = seconds / sum(row[0] + ratio * row[1] for row in rows)
        error = math.sqrt(sum(error**2 for _, error in reads)) / seconds
        return cls(first, ratio * first, error)

    def cost(self, tokens: int) -> _Cost:
        """Seconds for a prompt of ``tokens`` read into an empty cache."""
        seconds = self.first * tokens + self.growth * tokens**2 / 2
        return _Cost(seconds, self.error * seconds)


def _least_squares(rows: Sequence[tuple[float, float, float]]) -> tuple[float, float]:
    """The two factors that make factors x (row[0], row[1]) come nearest to row[2]."""
    aa = sum(row[0] * row[0] for row in rows)
    ab = sum(row[0] * row[1] for row in rows)
    bb = sum(row[1] * row[1] for row in rows)
    ac = sum(row[0] * row[2] for row in rows)
    bc = sum(row[1] * row[2] for row in rows)
    determinant = aa * bb - ab * ab
    if determinant <= 0:
        return ac / aa, 0.0
    return (ac * bb - bc * ab) / determinant, (aa * bc - ab * ac) / determinant


def _growth_ratio(shape: Shape) -> float:
    """How the cost of a token grows per token before it, as a share of that of the first.

    Attention multiplies queries with keys and weights with values: 4 x heads x head size operations
    a layer and a token before; the layer's weights take 2 operations each.
    """
    queries = shape.heads * shape.head_dim
    keys = shape.kv_heads * shape.head_dim
    feed_forward = shape.feed_forward * max(1, shape.experts_used)
    weights = shape.embedding * (2 * queries + 2 * keys + 3 * feed_forward)
    return _ATTENTION * 4 * queries / (2 * weights)


def _rate(tokens: int, cost: _Cost) -> Figure:
    return Figure(value=tokens / cost.seconds, band=cost.band)
