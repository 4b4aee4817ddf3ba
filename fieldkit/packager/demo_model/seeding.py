"""Give a young network the circuit for copying, instead of waiting until it finds it.

Looking up what followed the last tokens earlier in the prompt takes heads in two layers that only
help together, and training finds them late. Here two layers that only attend are put into the
network once: the heads of the first look one, two and several tokens back and at the newlines
between passages; the heads of the other look for the place that the same tokens precede, copy what
stands there and pass on in which passage that was. The maps between them are least-squares fits on
the network's own states; what the network knew stays, and training goes on from there.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn import functional

from fieldkit.packager.demo_model.network import Layer, Network, Shape

log = logging.getLogger("fieldkit.demo_model")

_BACK = 3  # how many tokens back the first inserted layer looks
_CODE = 32  # numbers that tell an earlier token
_SHARP_PAIRS = 12  # fast rotary pairs that find a distance
_SLOW_PAIR = 20  # from here on rotary pairs hardly turn within a prompt


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """Where the second layer is inserted, and how strong the written heads are."""

    position: int = 2
    scale: float = 60.0
    constant: float = 2.0
    distance: float = 8.0
    written: float = 3.0
    match: float = 2.2
    copy: float = 4.0


def _fit(x: Tensor, y: Tensor, ridge: float = 1e-4) -> Tensor:
    """The matrix that maps rows of ``x`` nearest to rows of ``y``."""
    gram = x.T @ x
    size = ridge * gram.diagonal().mean() * torch.eye(gram.shape[0])
    matrix = torch.linalg.solve(gram + size, x.T @ y).T
    left = (x @ matrix.T - y).pow(2).mean() / y.var(0, correction=0).mean().clamp_min(1e-9)
    log.info("fit of %d: %.3f of the variance is left", y.shape[1], float(left))
    return matrix


def grown(shape: Shape, seed: Seed) -> Shape:
    """The shape of a network of ``shape`` after ``grow``."""
    return replace(shape, layers=shape.layers + 2, bare=(0, seed.position))


def moved(name: str, seed: Seed) -> str:
    """The name of an old parameter in the grown network."""
    if not name.startswith("layers."):
        return name
    _, number, rest = name.split(".")
    index = int(number) + 1
    return f"layers.{index + (index >= seed.position)}.{rest}"


@torch.no_grad()  # type: ignore[untyped-decorator]
def grow(old: Network, prompts: list[list[int]], seed: Seed) -> Network:
    """``old`` with the two layers inserted, fitted on ``prompts``."""
    generator = torch.Generator().manual_seed(1)
    network = Network(grown(old.shape, seed))
    state = {moved(name, seed): value for name, value in old.state_dict().items()}
    network.load_state_dict(state, strict=False)
    first, second = network.layers[0], network.layers[seed.position]
    for layer in (first, second):
        layer.attn_norm.fill_(1.0)
        layer.o.zero_()
        for matrix in (layer.q, layer.k, layer.v):
            matrix.normal_(std=0.02, generator=generator)
    signs = torch.where(torch.rand(old.shape.width, generator=generator) < 0.5, -1.0, 1.0)
    shift = seed.constant * signs / old.shape.width**0.5
    network.embedding.add_(shift).mul_(seed.scale)
    network.output_norm.div_(seed.scale)
    shift = shift * seed.scale
    tokens = [torch.tensor(prompt) for prompt in prompts]
    codes = _look_back(network, tokens, shift, seed, generator)
    x = torch.cat([_seen(network, row, seed.position)[_BACK:] for row in tokens])
    _copy(second, x, codes, tokens, old, seed, generator)
    return network


def _seen(network: Network, row: Tensor, position: int) -> Tensor:
    """What the attention of the layer at ``position`` reads for the prompt ``row``."""
    states = network.states(row[None], torch.arange(len(row))[None], layers=position)
    weight = network.layers[position].attn_norm
    return functional.rms_norm(
        states[position][0], (network.shape.width,), weight, network.shape.epsilon
    )


def _look_back(
    network: Network, tokens: list[Tensor], shift: Tensor, seed: Seed, generator: torch.Generator
) -> list[list[Tensor]]:
    """Write the first inserted layer; returns, for each prompt, its tokens' codes by distance."""
    layer, shape = network.layers[0], network.shape
    x = torch.cat([_seen(network, row, 0) for row in tokens])
    constant = _fit(x, torch.ones(len(x), 1))[0]
    embedded = torch.cat([network.embedding[row] - shift for row in tokens])
    variance, directions = torch.linalg.eigh(torch.cov(embedded.T))
    main = directions.flip(1)[:, :_CODE].T / variance.flip(0)[:_CODE, None].sqrt()
    mix = torch.linalg.qr(torch.randn(_CODE, _CODE, generator=generator))[0]
    code = mix @ main  # of an embedding; every number has variance one
    centre = embedded.mean(0)
    wanted = (embedded - centre) @ code.T
    value = _fit(x, wanted)
    quiet = directions[:, : _CODE * _BACK]  # where embeddings hardly differ
    size = seed.written * float(embedded.std())
    half = shape.head // 2
    turns = shape.rope_base ** (torch.arange(half) * (-2.0 / shape.head))
    weight = seed.distance * (torch.arange(half) < _SHARP_PAIRS)
    for index in range(_BACK):
        rows = slice(index * shape.head, (index + 1) * shape.head)
        angle = -turns * (index + 1)
        layer.q[rows] = torch.cat([weight * angle.cos(), weight * angle.sin()])[:, None] * constant
        layer.k[rows] = torch.cat([weight, torch.zeros(half)])[:, None] * constant
        layer.v[rows] = 0
        layer.v[rows][:_CODE] = value
        layer.o[:, rows] = 0
        out = quiet[:, index * _CODE : (index + 1) * _CODE]
        layer.o[:, index * shape.head : index * shape.head + _CODE] = out * size
    # One more number takes the constant away again, which the old layers do not know.
    layer.v[_CODE] = constant
    layer.o[:, _CODE] = -shift
    return [[((network.embedding[row] - shift) - centre) @ code.T] for row in tokens]


def _copy(
    layer: Layer,
    x: Tensor,
    codes: list[list[Tensor]],
    tokens: list[Tensor],
    old: Network,
    seed: Seed,
    generator: torch.Generator,
) -> None:
    """Write the heads that find the place after the same tokens and copy what stands there."""
    size, pairs = layer.shape.head, layer.shape.head // 2 - _SLOW_PAIR
    back = [
        torch.cat([rows[_BACK - lag : len(rows) - lag] for (rows,) in codes])
        for lag in range(_BACK + 1)
    ]
    wanted = seed.scale * torch.cat([old.embedding[row[_BACK:]] for row in tokens])
    matrix = _fit(x, wanted - wanted.mean(0))
    left, sizes, right = torch.linalg.svd(matrix)
    places = torch.tensor([*range(_SLOW_PAIR, size // 2), *range(size // 2 + _SLOW_PAIR, size)])
    shares = ((0, 12), (1, 7), (2, 2 * pairs - 19))
    for head in range(2):
        rows = slice(head * size, (head + 1) * size)
        query, key = [], []
        for lag, count in shares:
            mix = torch.linalg.qr(torch.randn(_CODE, _CODE, generator=generator))[0][:count]
            query.append(_fit(x, back[lag] @ mix.T))
            key.append(_fit(x, back[lag + 1] @ mix.T))
        for target, parts in ((layer.q, query), (layer.k, key)):
            block = torch.zeros(size, layer.shape.width)
            block[places] = torch.cat(parts) * seed.match
            target[rows] = block
        part = slice(size * head, size * (head + 1))
        layer.v[rows] = right[part]
        layer.o[:, rows] = left[:, part] * sizes[part] * seed.copy


@torch.no_grad()  # type: ignore[untyped-decorator]
def count_passages(network: Network, prompts: list[list[int]], newline: int, seed: Seed) -> None:
    """Let each token know which passage it is in, and the copying heads pass that on.

    The last head of the first layer looks at the start of the prompt and at every newline, so that
    the share of newlines tells the number of the passage.
    """
    layer, shape = network.layers[0], network.shape
    second = network.layers[seed.position]
    tokens = [torch.tensor(prompt) for prompt in prompts]
    start = int(tokens[0][0])
    x = torch.cat([_seen(network, row, 0) for row in tokens])
    flat = torch.cat(tokens)
    constant = _fit(x, torch.ones(len(x), 1))[0]
    weight = torch.where((flat == start) | (flat == newline), 30.0, 1.0)[:, None]
    wanted = torch.stack(
        [
            ((flat == start) | (flat == newline)).float(),
            (flat == newline).float() - (flat == start).float(),
        ],
        1,
    )
    found = _fit(x * weight, wanted * weight, 1e-6)
    rows = slice(_BACK * shape.head, (_BACK + 1) * shape.head)
    slowest = shape.head // 2 - 1
    for matrix in (layer.q, layer.k, layer.v):
        matrix[rows] = 0
    layer.o[:, rows] = 0
    layer.q[rows][slowest] = 12.0 * constant
    layer.k[rows][slowest] = 12.0 * found[0]
    layer.v[rows][0] = found[1]
    embedded = network.embedding[flat]
    directions = torch.linalg.eigh(torch.cov(embedded.T))[1]
    layer.o[:, _BACK * shape.head] = directions[:, _CODE * _BACK] * 25.0
    seen, number = [], []
    for row in tokens:
        lines = (row == newline).cumsum(0).float()
        seen.append(_seen(network, row, seed.position))
        number.append((lines - 1) / (lines + 1))
    reader = _fit(torch.cat(seen), torch.cat(number)[:, None])[0]
    states = torch.cat(
        [
            network.states(row[None], torch.arange(len(row))[None], layers=seed.position + 1)[-1][0]
            for row in tokens
        ]
    )
    quiet = torch.linalg.eigh(torch.cov(states.T))[1][:, 0]
    for head in range(2):
        place = (head + 1) * shape.head - 1
        second.v[place] = reader
        second.o[:, place] = quiet * 0.25 * float(states.norm(dim=1).mean())


@torch.no_grad()  # type: ignore[untyped-decorator]
def look_wider(
    network: Network, prompts: list[list[int]], seed: Seed, strength: float = 2.0
) -> None:
    """Let the copying heads compare about eight tokens, not three.

    Sentences of a manual often have their last words in common. The third look-back head takes the
    mean of what is one to nine tokens back instead of one token, and the copying heads compare it.
    """
    layer, second, shape = network.layers[0], network.layers[seed.position], network.shape
    generator = torch.Generator().manual_seed(2)
    tokens = [torch.tensor(prompt) for prompt in prompts]
    x = torch.cat([_seen(network, row, 0) for row in tokens])
    constant = _fit(x, torch.ones(len(x), 1))[0]
    half, head = shape.head // 2, _BACK - 1
    rows = slice(head * shape.head, (head + 1) * shape.head)
    turns = shape.rope_base ** (torch.arange(half) * (-2.0 / shape.head))
    weight = 3.5 * ((torch.arange(half) >= 5) & (torch.arange(half) < 15))
    angle = -5 * turns
    layer.q[rows] = torch.cat([weight * angle.cos(), weight * angle.sin()])[:, None] * constant
    layer.k[rows] = torch.cat([weight, torch.zeros(half)])[:, None] * constant
    value = layer.v[rows][:_CODE]
    bags = []
    for row in tokens:
        code = _seen(network, row, 0) @ value.T
        distance = torch.arange(len(row))[:, None] - torch.arange(len(row))[None]
        score = -0.09 * (distance - 5.0) ** 2
        score = score.masked_fill(distance < 0, -1e9)
        bags.append((score.softmax(-1) @ code)[12:])
    bag = torch.cat(bags)
    seen = torch.cat([_seen(network, row, seed.position)[12:] for row in tokens])
    variance, directions = torch.linalg.eigh(torch.cov(bag.T))
    white = (bag - bag.mean(0)) @ directions[:, 8:] / variance[8:].sqrt()
    count = 5
    for index in range(2):
        size = white.shape[1]
        mix = torch.linalg.qr(torch.randn(size, size, generator=generator))[0][:, :count]
        reader = _fit(seen, white @ mix) * strength
        rows = slice((index + 1) * shape.head - count, (index + 1) * shape.head)
        second.q[rows] = reader
        second.k[rows] = reader
